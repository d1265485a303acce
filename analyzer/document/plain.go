package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain folds white space and takes out invisible characters. Where that leaves the source as it is, the source's own bytes
// are shared rather than copied.
func plain(text, source string) string {
	if source == text {
		text = source
	}
	if isPlain(text) {
		return text
	}
	text = validUTF8(text)
	var out strings.Builder
	out.Grow(len(text))
	space, last := false, rune(0)
	for i, r := range text {
		switch {
		case blank(r):
			space = true
			continue
		case invisible(r) && !joins(r, last, text[i:]):
			continue
		case space && out.Len() > 0:
			out.WriteByte(' ')
		}
		space, last = false, r
		out.WriteRune(r)
	}
	return out.String()
}

// isPlain reports text that plain would not change.
func isPlain(text string) bool {
	space := true
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f || (c == ' ' && space) {
				return false
			}
			space = c == ' '
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if blank(r) || invisible(r) || (r == utf8.RuneError && n == 1) {
			return false
		}
		space = false
		i += n
	}
	return !space
}

// blank reports white space, the no-break kinds included.
func blank(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r) || r == '\u2800' || r == '\u3164' || r == '\uffa0' || r == '\u115f' || r == '\u1160'
}

// unseenEdge reports what a sentence neither begins nor ends with.
func unseenEdge(r rune) bool { return blank(r) || invisible(r) }

// invisible reports characters that take no room on the page: control characters, zero-width ones, direction marks, tags,
// soft hyphens, the selectors of rare glyphs. They are used to smuggle text past readers.
func invisible(r rune) bool {
	switch {
	case r < 0xa0:
		return r < ' ' && !blank(r) || r >= 0x7f
	case r == '\ufe0e' || r == '\ufe0f', r < 0x0300 && r != '\u00ad':
		return false
	case r == '\u034f' || r == '\u17b4' || r == '\u17b5' || r >= 0xe0000 && r <= 0xe0fff, r >= 0xfe00 && r <= 0xfe0d:
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// joins reports an invisible character that its neighbours need: joiners in Indic and Arabic scripts and in emoji, the tags of
// a flag.
func joins(r, last rune, text string) bool {
	if r == '\u200c' || r == '\u200d' {
		return last >= 0x0590 && last < 0x2000 || last >= 0x2100 && !invisible(last)
	}
	const flag, end = '\U0001F3F4', '\U000E007F'
	if r > 0xe0020 && r <= end && (last == flag || last > 0xe0020 && last < end) {
		return strings.ContainsRune(text[:min(len(text), 32)], end)
	}
	return false
}

// veilInvisible notes the stretches of s in which invisible characters may carry words or turn them round: tags, two or more
// zero-width characters in a row, overrides of the direction.
func (b *builder) veilInvisible(s *Sentence) {
	source := b.doc.Source[s.Span.Start:s.Span.End]
	if len(source) == len(s.Text) || isASCII(source) {
		return
	}
	last := rune(0)
	for i := 0; i < len(source); {
		n, suspect := smuggled(source[i:], last)
		if n == 0 {
			r, size := utf8.DecodeRuneInString(source[i:])
			last, i = r, i+size
			continue
		}
		if suspect {
			s.Veiled = insertSpan(s.Veiled, Span{s.Span.Start + i, s.Span.Start + i + n})
			b.hidden.add(s.Num, source[i:i+n])
		}
		i += n
	}
}

// smuggled returns how many bytes of invisible characters s begins with, and whether they are more than typography.
func smuggled(s string, last rune) (n int, suspect bool) {
	runes := 0
	for i, r := range s {
		if !invisible(r) || joins(r, last, s[i:]) {
			break
		}
		last = r
		runes++
		n = i + utf8.RuneLen(r)
		suspect = suspect || r >= 0xe0000 || r == '\u202d' || r == '\u202e'
	}
	return n, suspect || runes > 1
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// insertSpan keeps spans in order, and leaves out one that lies within another.
func insertSpan(spans []Span, s Span) []Span {
	i := len(spans)
	for i > 0 && spans[i-1].Start > s.Start {
		i--
	}
	if i > 0 && spans[i-1].End >= s.End {
		return spans
	}
	spans = append(spans, Span{})
	copy(spans[i+1:], spans[i:])
	spans[i] = s
	return spans
}
