package document

import (
	"fmt"
	"strings"
)

// A sheet is the text of a document whose file is not text itself, laid out for reading: Source is what is written on it, and
// the blocks remember where they stand. A line holds one block.
type sheet struct {
	text   strings.Builder
	blocks []sheetBlock
	limit  int64 // bytes of text
	above  Kind  // of the block on the last line
}

type sheetBlock struct {
	block
	more  bool // a further paragraph of the list item above
	aside bool // a note: what follows goes on as if it were not there
}

// put writes a block of plain text on a line of its own after prefix, which is no part of it.
func (s *sheet) put(k sheetBlock, prefix, text string) {
	text = foldBlanks(text)
	if k.kind == Code {
		text = strings.TrimRightFunc(text, blank)
	}
	if strings.TrimFunc(text, blank) == "" {
		return
	}
	s.gap(k.kind)
	s.text.WriteString(prefix)
	k.runs = []run{s.write(text)}
	s.blocks = append(s.blocks, k)
}

// row writes a table row, its cells set off by bars.
func (s *sheet) row(headers, texts []string, page int) {
	if strings.TrimSpace(strings.Join(texts, "")) == "" {
		return
	}
	s.gap(TableRow)
	k := sheetBlock{block: block{kind: TableRow, page: page}}
	for i, text := range texts {
		if i > 0 {
			s.text.WriteString(" | ")
		}
		c := cell{}
		if i < len(headers) {
			c.header = headers[i]
		}
		if text = foldBlanks(text); text != "" {
			c.runs = []run{s.write(text)}
		}
		k.cells = append(k.cells, c)
	}
	s.blocks = append(s.blocks, k)
}

// hide writes words that the file holds but does not show.
func (s *sheet) hide(text string, page int) {
	s.put(sheetBlock{block: block{kind: Hidden, page: page}, aside: true}, "[hidden] ", text)
}

// strike writes words that were struck out.
func (s *sheet) strike(text string) {
	n := len(s.blocks)
	s.put(sheetBlock{block: block{kind: Hidden}, aside: true}, "[struck] ", text)
	if len(s.blocks) > n {
		s.blocks[n].runs[0].veiled, s.blocks[n].runs[0].struck = true, true
	}
}

func (s *sheet) write(text string) run {
	start := s.text.Len()
	s.text.WriteString(text)
	return run{text: text, start: start, end: start + len(text)}
}

// gap ends the last line, and leaves one empty unless the blocks above and below belong together.
func (s *sheet) gap(below Kind) {
	if s.text.Len() > 0 {
		s.text.WriteByte('\n')
		if s.above != below || (below != ListItem && below != TableRow && below != Code) {
			s.text.WriteByte('\n')
		}
	}
	s.above = below
}

// full returns an error if more is written than the limit allows.
func (s *sheet) full() error {
	if int64(s.text.Len()) <= s.limit {
		return nil
	}
	return tooMuchText(s.limit)
}

func tooMuchText(limit int64) error {
	return &Error{Err: ErrTooLarge, Detail: fmt.Sprintf("holds more than %d MB of text when unpacked", limit>>20),
		Advice: "split it, or raise --max-extracted"}
}

// emit hands the sheet over as the document's source, and its blocks in order.
func (s *sheet) emit(b *builder) {
	if s.text.Len() > 0 {
		s.text.WriteByte('\n')
	}
	b.doc.Source = s.text.String()
	var flow outline
	for _, k := range s.blocks {
		if k.kind == ListItem {
			k.lead = flow.lead(k.depth)
			if k.more && len(flow.items) >= k.depth && flow.items[k.depth-1] > 0 {
				k.lead = flow.items[k.depth-1]
			}
		}
		if num := b.add(k.block); num > 0 && !k.aside && !k.more {
			flow.note(b.doc, k.kind, k.depth, num)
		}
	}
}

// foldBlanks makes every stretch of white space one blank, and none at the ends.
func foldBlanks(text string) string {
	clean := text == strings.TrimFunc(text, blank)
	space := false
	for _, r := range text {
		if (r != ' ' && blank(r)) || (space && r == ' ') {
			clean = false
			break
		}
		space = r == ' '
	}
	if clean {
		return text
	}
	return strings.Join(strings.FieldsFunc(text, blank), " ")
}
