// Package document turns a requirements document on disk into numbered sentences with exact places.
//
// In comes a file (Markdown, plain text, HTML, DOCX, PDF); out comes a [Document]: its title, its sections and its
// sentences in reading order, each with the bytes of the source it was read from. Nothing here judges what is said.
package document

import (
	"strings"
	"time"
)

// A Format is how a document is written.
type Format string

// The formats that [Parse] reads.
const (
	Markdown Format = "md"
	Text     Format = "txt"
	HTML     Format = "html"
	DOCX     Format = "docx"
	PDF      Format = "pdf"
)

// A Kind says what part a sentence plays on the page.
type Kind string

// The kinds of sentence.
const (
	Heading   Kind = "heading"
	Prose     Kind = "prose"
	ListItem  Kind = "list_item"
	TableRow  Kind = "table_row"
	UserStory Kind = "user_story"
	Code      Kind = "code"
	Hidden    Kind = "hidden" // in the file, but not shown to a reader: never a requirement
)

// A Span is a half-open range of byte offsets into [Document.Source].
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// A Document is what was read from one file. It is not changed after it was parsed.
type Document struct {
	Path     string // as given by the caller; "-" for standard input
	Title    string // never empty: front matter, first heading, or the file's name
	Format   Format
	Encoding string // of the file: "utf-8", "utf-16le", "utf-16be", "windows-1252"; "" for docx and pdf

	// Source is the text that every span points into. For md, txt and html in UTF-8 it is the file itself, byte for
	// byte, mark included. For other encodings it is the file decoded to UTF-8, and for docx and pdf the text as
	// extracted: in both cases what "whatif text FILE" prints.
	Source string

	SHA256   string // of the file's bytes, lower-case hex
	Bytes    int    // size of the file
	Pages    int    // of a pdf, else 0
	Language string // ISO 639-1 as guessed from the text; "" when unsure

	Sections  []Section  // in order; Sections[0] is what stands before the first heading and has no title
	Sentences []Sentence // in order of their spans, which never overlap; Sentences[i].Num == i+1
	Warnings  []Warning

	lineStarts []int // byte offsets into Source
}

// A Section is a heading and what stands under it, up to the next heading of any level.
type Section struct {
	Title   string   // as printed, "3.2 Sharing"
	Path    []string // titles from the top level down to this one
	Level   int      // 1 is the top; 0 for what stands before the first heading
	Heading int      // number of the heading's sentence, 0 if there is none
	First   int      // number of the first sentence under the heading, 0 if there is none
	Last    int      // number of the last one
}

// A Sentence is the smallest thing that can be cited: a sentence of prose or of a list item, a heading, a table row, a line
// of code, or a stretch of hidden text.
type Sentence struct {
	Num     int // 1-based, in reading order
	Kind    Kind
	Section int // index into [Document.Sections]
	Span    Span

	// Text is what a reader sees: no markup, entities decoded, white space folded, invisible characters taken out.
	// The cells of a table row are joined by " | ".
	Text string

	Cells []Cell // of a table row, with the words of its header
	Lead  int    // number of the sentence that leads into a list item ("Admins can:", the parent item); 0 if none
	Depth int    // of a list item, 1 for the outermost; else 0
	Block int    // sentences of one paragraph, list item or cell-less block share a number, 1-based
	Page  int    // 1-based for pdf, else 0

	// Veiled holds stretches within Span that a reader does not see (an HTML comment in the middle of a sentence). They are
	// not part of Text.
	Veiled []Span
}

// A Cell is one cell of a table row.
type Cell struct {
	Header string // words of the column's header; "" if the table has none
	Text   string // as in [Sentence.Text]
}

// A Warning is something about the file that a reader of the draft should know.
type Warning struct {
	Code     string // stable, snake_case: hidden_text, encoding_fallback, tracked_changes, …
	Message  string // one sentence for people, no markup
	Sentence int    // that it is about, 0 if about the whole file
}

// Limits bound what is read, so that no file can exhaust the machine. A zero field means its default.
type Limits struct {
	Bytes     int64         // size of the file
	Extracted int64         // bytes of text or unpacked parts that a file may grow to
	Nesting   int           // depth of lists, quotes and elements
	Time      time.Duration // for parsing one document
}

// DefaultLimits are generous for any document written by people.
var DefaultLimits = Limits{Bytes: 64 << 20, Extracted: 256 << 20, Nesting: 200, Time: 2 * time.Minute}

// Quote returns the words that a citation of s shows: for md, txt, docx and pdf the source's bytes as they stand (bytes that
// are not UTF-8 become U+FFFD), for html the visible text. The cells of an html table row are set apart by a blank, as they are
// once the tags are taken out; the bar in [Sentence.Text] does not stand in the file.
func (d *Document) Quote(s *Sentence) string {
	if d.Format == HTML {
		if s.Kind == TableRow {
			return strings.ReplaceAll(s.Text, " | ", " ")
		}
		return s.Text
	}
	return validUTF8(d.Source[s.Span.Start:s.Span.End])
}

// SectionOf returns the section of the sentence with the 1-based number num, or nil if there is none.
func (d *Document) SectionOf(num int) *Section {
	s := d.Sentence(num)
	if s == nil {
		return nil
	}
	return &d.Sections[s.Section]
}

// IsRequirement reports a kind of sentence that can say what the product does: not a heading, code or hidden text.
func (k Kind) IsRequirement() bool {
	return k == Prose || k == ListItem || k == TableRow || k == UserStory
}

// Sentence returns the sentence with the 1-based number num, or nil if there is none.
func (d *Document) Sentence(num int) *Sentence {
	if num < 1 || num > len(d.Sentences) {
		return nil
	}
	return &d.Sentences[num-1]
}
