package render

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// apart stands between two characters that must not be read together: GitHub and GitLab look for names and numbers to link
// in the text after Markdown was read, so that a backslash does not keep "@all" from calling everybody.
const apart = "<!-- -->"

// MarkdownText returns s as plain words in Markdown, on one line, wherever text may stand: nothing else can come of it.
func MarkdownText(s string) string { return mdText(s) }

// mdText returns s as plain words in Markdown, on one line, for a paragraph, a list item, a table cell or a heading: no
// emphasis, link, image, HTML, mention, list, heading or table can come of it.
func mdText(s string) string {
	s = fold(visible(s))
	var b strings.Builder
	done := 0 // bytes of s that are in b
	for i := range len(s) {
		c := s[i]
		if !mdSpecial[c] {
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[i+1:])
		switch {
		case strings.IndexByte("\\`*[]<~|$", c) >= 0, c == '_' && !(letterBefore(s, i) && isLetter(next)),
			c == '&' && (isWord(next) || next == '#'), c == ':' && next == '/', c == '.' && endsInWWW(s[:i]):
			b.WriteString(s[done:i])
			b.WriteByte('\\')
			done = i
		case c == '@' && isWord(next), c == '#' && isWord(next):
			b.WriteString(s[done : i+1])
			b.WriteString(apart)
			done = i + 1
		}
	}
	if done == 0 && b.Len() == 0 {
		return mdStart(s)
	}
	b.WriteString(s[done:])
	return mdStart(b.String())
}

// mdSpecial are the characters that may need something before or after them.
var mdSpecial = func() (is [256]bool) {
	for _, c := range []byte("\\`*[]<~|$_&:.@#") {
		is[c] = true
	}
	return is
}()

// mdStart keeps the first characters of a line from being read as a list, a heading, a quote or a rule.
func mdStart(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("-+=#>", rune(s[0])) {
		return `\` + s
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') && (digits+1 == len(s) || s[digits+1] == ' ') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

func endsInWWW(s string) bool { return len(s) >= 3 && strings.EqualFold(s[len(s)-3:], "www") }

func letterBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return isLetter(r)
}

func isLetter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isWord(r rune) bool { return r == '_' || isLetter(r) }

// mdCode returns s as a code span that holds exactly its words, also within a table.
func mdCode(s string) string {
	s = fold(visible(s))
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + strings.ReplaceAll(s, "|", `\|`) + pad + fence
}

// mdTarget returns the destination of a link to a file or a page, "" when there is nothing to link to. Only paths and http
// and https addresses pass; a path that looks like another scheme is made a path.
func mdTarget(path string) string {
	path = visible(path)
	if path == "" || path == "-" {
		return ""
	}
	if u, err := url.Parse(path); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return mdParens(u.String())
	}
	parts := strings.Split(strings.ReplaceAll(path, `\`, "/"), "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	out := strings.Join(parts, "/")
	if strings.Contains(parts[0], ":") {
		out = "./" + out
	}
	if strings.HasPrefix(out, "//") {
		out = "/" + strings.TrimLeft(out, "/") // two slashes would name another host
	}
	return mdParens(out)
}

// mdParens encodes what would end a link's destination or start something else within it.
func mdParens(s string) string { return parens.Replace(s) }

var parens = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", "*", "%2A", "|", "%7C", "`", "%60",
	"[", "%5B", "]", "%5D", `"`, "%22", "'", "%27", "@", "%40")
