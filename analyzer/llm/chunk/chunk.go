// Package chunk cuts a document into parts that a model reads at once.
//
// In come a document and a number of tokens; out come [Chunk]s that cover each sentence once. Borders lie between sections
// where they can, never within a sentence or a table row, and an edit in one section moves no border of another.
package chunk

import (
	"strings"
	"unicode"

	"whatif/analyzer/document"
)

// A Chunk is a part of a document, with sentences numbered from 1 within it.
type Chunk struct {
	Sentences []int    // numbers in the document, ascending; the first is 1 in the chunk, and so on
	Before    []int    // up to three sentences before it, for reading only, never to be cited
	Path      []string // titles of the sections around it, from the top
	Title     string   // of its first section, for people; "(beginning)" before the first heading
	Tokens    int      // of its sentences as they are sent
}

// perLine is what a line costs besides its sentence: its number, the bar and the line's end. Measured with o200k_base, "12| "
// and the end of the line take 3 or 4 tokens.
const perLine = 5

// Cut cuts a document into chunks of at most most tokens by count, which is asked once for each sentence's [Line]. Only a sentence
// that is above that, by itself or with the headings right above it, makes a larger chunk with them. Equal documents give equal
// chunks.
//
// Sections stay whole where they can, then blocks. Which of several borders is taken follows from the words that stand there,
// never from their place, so that an edit changes the chunk that it is in, seldom a second one, and very seldom more.
func Cut(doc *document.Document, most int, count func(text string) int) []Chunk {
	if len(doc.Sentences) == 0 {
		return nil
	}
	c := newCutter(doc, 0, len(doc.Sentences), count)
	var chunks []Chunk
	c.cut(0, len(doc.Sentences), max(most, 1), func(from, to int) {
		chunks = append(chunks, c.chunk(from, to))
	})
	return chunks
}

// Halves cuts a chunk in two, at the best border that leaves at least a third of its tokens on both sides if there is one. It
// reports false for a chunk that holds nothing to part: one sentence and its headings.
func (k Chunk) Halves(doc *document.Document, count func(text string) int) (Chunk, Chunk, bool) {
	if len(k.Sentences) < 2 {
		return Chunk{}, Chunk{}, false
	}
	from, to := k.Sentences[0]-1, k.Sentences[len(k.Sentences)-1]
	c := newCutter(doc, from, to, count)
	at := c.border(from, to, c.weight(from, to)/3)
	if at == 0 {
		return Chunk{}, Chunk{}, false
	}
	return c.chunk(from, at), c.chunk(at, to), true
}

// Line returns the sentence with the number num as it is written in a prompt, without its number: on one line, headings and list
// items marked as in Markdown, the cells of a table row with the words of their headers, and hidden text with "(hidden) " before it.
// It returns "" for a number that the document does not have.
func Line(doc *document.Document, num int) string {
	s := doc.Sentence(num)
	if s == nil {
		return ""
	}
	text := s.Text
	if s.Kind == document.TableRow {
		text = row(s.Cells)
	}
	return mark(doc, s) + oneLine(text)
}

// mark returns what stands before hidden text, a heading, and the first sentence of a list item.
func mark(doc *document.Document, s *document.Sentence) string {
	switch {
	case s.Kind == document.Hidden:
		return "(hidden) " // whatever it looks like: a reader of the page does not see it
	case s.Kind == document.Heading:
		return strings.Repeat("#", min(max(doc.Sections[s.Section].Level, 1), 6)) + " "
	case s.Depth > 0 && (s.Num == 1 || doc.Sentences[s.Num-2].Block != s.Block):
		return strings.Repeat("  ", min(s.Depth, 8)-1) + "- "
	}
	return ""
}

// row writes the cells of a table row, those left out that say nothing.
func row(cells []document.Cell) string {
	var parts []string
	for _, c := range cells {
		switch {
		case c.Text == "":
		case c.Header == "":
			parts = append(parts, c.Text)
		default:
			parts = append(parts, c.Header+": "+c.Text)
		}
	}
	return strings.Join(parts, " | ")
}

// oneLine makes a blank of whatever could end a line: a sentence must not be able to start the next one.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
