package index

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
)

// shown returns a text for people: on one line, nothing in it hidden or turned.
func shown(s string) string { return strings.Join(strings.Fields(render.EscapeTerminal(s)), " ") }

// cut returns at most n characters of s, with a mark where something is missing. What is cut does not hold on to the memory of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	at := 0
	for i := range s {
		if n--; n == 0 {
			at = i
		}
		if n < 0 {
			return strings.Clone(strings.ToValidUTF8(s[:at], "�")) + "…"
		}
	}
	return s
}

// plain returns a word of a vocabulary as people write it.
func plain(word string) string {
	words := shown(strings.ReplaceAll(word, "_", " "))
	if rest, ok := strings.CutPrefix(words, "ai "); ok {
		return "AI " + rest
	}
	return words
}

// upper returns s with its first letter large.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// thousands prints n with a comma every three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count returns "1 draft", "1,200 drafts", "no drafts"; a plural that is not made with an s comes as a second word.
func count(n int, one string, many ...string) string {
	word := one + "s"
	if len(many) > 0 {
		word = many[0]
	}
	switch n {
	case 0:
		return "no " + word
	case 1:
		return "1 " + one
	}
	return thousands(n) + " " + word
}

// percent prints a share of a whole. What is not nothing is not called 0 %, and what is not all is not called 100 %.
func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	p := (200*n + of) / (2 * of)
	switch {
	case p == 0 && n > 0:
		return "<1 %"
	case p == 100 && n < of:
		return "99 %"
	}
	return strconv.Itoa(p) + " %"
}

// money prints an amount in dollars with as many digits as it needs.
func money(usd float64) string {
	if usd > 0 && usd < 0.01 {
		return fmt.Sprintf("$%.4f", usd)
	}
	return fmt.Sprintf("$%.2f", usd)
}

// stateWords name what became of a document.
func stateWords(s record.State) string {
	switch s {
	case record.Done:
		return "done"
	case record.Partial:
		return "partial"
	case record.Copy:
		return "copy"
	case record.LeftOut:
		return "left out"
	case record.Failed:
		return "failed"
	}
	return plain(string(s))
}

// link returns the address of a file of the output folder, relative to it: every byte that could mean something is encoded.
func link(file string) string {
	const safe = "-._~/"
	var b strings.Builder
	for i := range len(file) {
		c := file[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte(safe, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
