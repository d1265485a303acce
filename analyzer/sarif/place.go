package sarif

import (
	"net/url"
	"strings"
	"unicode"

	"whatif/analyzer/record"
)

// place says where a citation stands. Regions are into files: a citation of a Word or PDF file, whose text stands nowhere in it as
// such, has its quote, its page and its line in the text that "whatif text FILE" prints as properties.
func (w *Writer) place(r *record.Record, at *record.Region) location {
	l := w.document(r.Name)
	if at.Section != "" {
		l.Logical = []logicalLocation{{at.Section}}
	}
	switch r.Format {
	case "md", "txt":
		l.Physical.Region = area(r, at)
		l.Physical.Region.Snippet = &snippet{Text: at.Quote}
	case "html":
		l.Physical.Region = area(r, at)
		l.Physical.Region.Snippet = &snippet{Rendered: &message{Text: plain(at.Quote)}} // the file has tags among the words
	default:
		l.Message = &message{Text: plain(at.Quote)}
		l.Properties = &locationProperties{Quote: at.Quote, Page: at.Page, Line: at.StartLine}
	}
	return l
}

func area(r *record.Record, at *record.Region) *region {
	a := &region{StartLine: at.StartLine, StartColumn: at.StartColumn, EndLine: at.EndLine, EndColumn: at.EndColumn,
		CharOffset: at.CharOffset, CharLength: at.CharLength}
	if r.Encoding == "" { // else the offsets are not into the file
		a.ByteOffset, a.ByteLength = &at.ByteOffset, &at.ByteLength
	}
	return a
}

// document is a document as a whole.
func (w *Writer) document(name string) location {
	if w.opt.Path != nil {
		name = w.opt.Path(name)
	}
	return location{Physical: physicalLocation{Artifact: artifactLocation{address(name), root}}}
}

// address returns the relative address of a document: each part of its name percent-encoded, no part that could be read as a scheme
// or a host.
func address(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	return strings.TrimLeft(strings.Join(parts, "/"), "/")
}

// plain returns text as a message: SARIF reads braces as places to fill in, and "[words](address)" as a link. Controls and marks that
// turn the direction of a line are left out.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e || r == 0x200f || r == 0x61c:
			return ' '
		}
		return r
	}, s)
	s = strings.NewReplacer("{", "{{", "}", "}}").Replace(s)
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	}
	return s
}

// camel returns a rule's name for people, as SARIF wants it: "ShareLinkOpen" for "share-link-open".
func camel(id string) string {
	var b strings.Builder
	up := true
	for _, r := range id {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			up = true
			continue
		}
		if up {
			r = unicode.ToUpper(r)
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}
