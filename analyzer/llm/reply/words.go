package reply

import (
	"slices"
	"strings"
	"unicode"
)

// clean makes one line of a text, without what a reader does not see, of at most most runes. It reports whether all of it is there.
func clean(text string, most int) (string, bool) {
	var b strings.Builder
	runes := 0
	for _, r := range strings.TrimSpace(text) {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			r = ' '
		case unseen(r):
			continue
		}
		if runes++; runes > most {
			return strings.TrimSpace(b.String()), false
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String()), true
}

// unseen reports what takes no room on a page: control characters, zero-width ones, direction marks, tags, fillers and the selectors
// that can carry hidden bytes.
func unseen(r rune) bool {
	switch {
	case r < 0x7f:
		return r < ' '
	case r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0', r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// fold makes names and values alike that differ in case and punctuation.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// match returns the one of the values that a text means: as it is, folded, or before a remark ("anyone (no login)"); at last with
// another number ("users").
func match(text string, values []string) (string, bool) {
	if slices.Contains(values, text) {
		return text, true
	}
	if len(text) > mostRunes {
		return "", false
	}
	words := []string{text}
	if i := strings.IndexAny(text, "(:.–—"); i > 0 {
		words = append(words, text[:i])
	}
	if before, _, ok := strings.Cut(text, " - "); ok {
		words = append(words, before)
	}
	for _, same := range []func(a, b string) bool{
		func(a, b string) bool { return a == b },
		func(a, b string) bool { return strings.TrimSuffix(a, "s") == strings.TrimSuffix(b, "s") },
	} {
		for _, word := range words {
			for _, v := range values {
				if folded := fold(word); folded != "" && same(folded, fold(v)) {
					return v, true
				}
			}
		}
	}
	return "", false
}

// nothing reports words for no value.
func nothing(text string) bool {
	switch fold(text) {
	case "", "none", "na", "null", "nil":
		return true
	}
	return false
}

// join makes one text of several: sentences stand side by side, other words are set apart.
func join(parts []string) string {
	by := " "
	for _, p := range parts {
		if !strings.HasSuffix(p, ".") && !strings.HasSuffix(p, "!") && !strings.HasSuffix(p, "?") {
			by = "; "
		}
	}
	return strings.Join(parts, by)
}

// longestTerm is how many words a part between commas may have to be one of a list rather than of a sentence.
const longestTerm = 3

// split makes a list of a text: of its lines, or its parts between semicolons, or between commas if they are terms. The values of
// an enum have no commas in them.
func split(text string, enum bool) []node {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if strings.HasPrefix(text, "[") {
		if inner := findWithin(text, 0); len(inner) == 1 && inner[0].kind == listNode {
			return inner[0].items
		}
	}
	by := ""
	switch {
	case strings.Contains(text, "\n"):
		by = "\n"
	case strings.Contains(text, ";"):
		by = ";"
	case enum:
		by = ",/|"
	case terms(text):
		by = ","
	}
	var items []node
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(by, r) }) {
		if part = withoutBullet(part); part != "" {
			items = append(items, node{kind: textNode, text: part})
		}
	}
	return items
}

// terms reports parts between commas that are a few words each, with no sentence among them.
func terms(text string) bool {
	if strings.HasSuffix(text, ".") {
		return false
	}
	for part := range strings.SplitSeq(text, ",") {
		if n := len(strings.Fields(part)); n == 0 || n > longestTerm {
			return false
		}
	}
	return true
}

// withoutBullet takes the mark of a list from the beginning of a line: "- ", "* ", "• ", "3. ", "b) ".
func withoutBullet(line string) string {
	line = strings.TrimSpace(line)
	mark, rest, ok := strings.Cut(line, " ")
	if ok && (strings.Trim(mark, "-*•–+") == "" || len(mark) <= 4 && strings.Trim(mark, "0123456789") != mark && strings.Trim(mark, "0123456789.)(") == "") {
		return strings.TrimSpace(rest)
	}
	return line
}
