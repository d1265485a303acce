package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A run is a stretch of visible text and the source bytes that it was written as. Where text has as many bytes as its
// span, the two go byte by byte; else (an entity, a folded line end) the run is one piece that no sentence is cut within.
type run struct {
	text       string
	start, end int  // offsets into Source
	veiled     bool // in the source, but not visible: text is ignored
}

func (r run) verbatim() bool { return len(r.text) == r.end-r.start }

// A block is what a loader finds: a heading, a paragraph, a list item's own text, a table row, a line of code.
type block struct {
	kind  Kind
	level int    // of a heading, 1 is the top
	runs  []run  // in source order
	cells []cell // of a table row, instead of runs
	depth int    // of a list item, 1 for the outermost
	lead  int    // number of the sentence that leads into it
	page  int    // 1-based for pdf
}

// A cell is one cell of a table row as a loader finds it.
type cell struct {
	header string
	runs   []run
}

// A builder puts a document together from blocks, which must come in source order.
type builder struct {
	doc    *Document
	blocks int
	end    int // where the last sentence ends
}

func newBuilder(doc *Document) *builder {
	doc.Sections = append(doc.Sections[:0], Section{})
	doc.Sentences = nil
	return &builder{doc: doc}
}

// add splits a block into sentences and appends them. It returns the number of the last sentence added, 0 if the block has
// no visible text.
func (b *builder) add(k block) int {
	runs, cells := k.runs, []Cell(nil)
	if k.kind == TableRow {
		runs, cells = joinCells(k.cells)
	}
	t := newRunText(runs)
	if strings.TrimSpace(t.text) == "" {
		return 0
	}
	b.blocks++
	cuts := [][2]int{{0, len(t.text)}}
	if k.kind == Prose || k.kind == ListItem || k.kind == UserStory {
		cuts = t.keepWhole(sentenceCuts(t.text))
	}
	last := 0
	for _, c := range cuts {
		if num := b.sentence(k, t, c[0], c[1], cells); num > 0 {
			last = num
		}
	}
	return last
}

// sentence appends the sentence that stands at t.text[from:to], white space at its ends left out.
func (b *builder) sentence(k block, t *runText, from, to int, cells []Cell) int {
	piece := t.text[from:to]
	from += len(piece) - len(strings.TrimLeftFunc(piece, blank))
	to -= len(piece) - len(strings.TrimRightFunc(piece, blank))
	if from >= to {
		return 0
	}
	span := Span{t.sourceStart(from), t.sourceEnd(to)}
	if span.Start < b.end {
		span.Start = b.end // a loader that steps back would break the order that all else stands on
	}
	if span.End <= span.Start {
		return 0
	}
	b.end = span.End
	s := Sentence{Num: len(b.doc.Sentences) + 1, Kind: k.kind, Span: span, Text: b.plain(t.text[from:to], span),
		Cells: cells, Lead: k.lead, Depth: k.depth, Block: b.blocks, Page: k.page, Veiled: t.veiledIn(span)}
	if (k.kind == Prose || k.kind == ListItem) && isUserStory(s.Text) {
		s.Kind = UserStory
	}
	b.place(&s, k.level)
	b.doc.Sentences = append(b.doc.Sentences, s)
	return s.Num
}

// place puts s into its section; a heading opens one.
func (b *builder) place(s *Sentence, level int) {
	d := b.doc
	if s.Kind == Heading {
		d.Sections = append(d.Sections, Section{Title: s.Text, Path: b.path(level, s.Text), Level: level, Heading: s.Num})
	}
	s.Section = len(d.Sections) - 1
	if s.Kind == Heading {
		return
	}
	sec := &d.Sections[s.Section]
	if sec.First == 0 {
		sec.First = s.Num
	}
	sec.Last = s.Num
}

// path returns the titles above a heading of the level, and its own.
func (b *builder) path(level int, title string) []string {
	var above []string
	for i := len(b.doc.Sections) - 1; i > 0; i-- {
		if sec := b.doc.Sections[i]; sec.Level < level {
			above = sec.Path
			break
		}
	}
	return append(above[:len(above):len(above)], title)
}

// plain folds white space and takes out invisible characters. Where that changes nothing, the source's own bytes are
// shared rather than copied.
func (b *builder) plain(text string, span Span) string {
	if src := b.doc.Source[span.Start:span.End]; src == text {
		text = src
	}
	clean := true
	space := false
	for _, r := range text {
		if invisible(r) || (r != ' ' && blank(r)) || (space && r == ' ') {
			clean = false
			break
		}
		space = r == ' '
	}
	if clean {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	space = false
	for _, r := range text {
		switch {
		case invisible(r):
		case blank(r):
			space = true
		default:
			if space && out.Len() > 0 {
				out.WriteByte(' ')
			}
			space = false
			out.WriteRune(r)
		}
	}
	return out.String()
}

// finish counts lines, names the document when no loader did, and reports what readers do not see.
func (b *builder) finish() *Document {
	b.doc.indexLines()
	return b.doc
}

// joinCells lays the cells of a row side by side.
func joinCells(in []cell) ([]run, []Cell) {
	var runs []run
	var cells []Cell
	for _, c := range in {
		t := newRunText(c.runs)
		cells = append(cells, Cell{Header: c.header, Text: strings.Join(strings.FieldsFunc(t.text, blank), " ")})
		if len(runs) > 0 && len(c.runs) > 0 {
			runs = append(runs, run{text: " | ", start: runs[len(runs)-1].end, end: c.runs[0].start})
		}
		runs = append(runs, c.runs...)
	}
	return runs, cells
}

// A runText is the visible text of a block with the way back to the source.
type runText struct {
	text    string
	runs    []run // the visible ones
	offsets []int // where each begins in text
	hidden  []Span
}

func newRunText(runs []run) *runText {
	t := &runText{}
	var text strings.Builder
	for _, r := range runs {
		if r.veiled {
			t.hidden = append(t.hidden, Span{r.start, r.end})
			continue
		}
		if r.text == "" {
			continue
		}
		t.runs = append(t.runs, r)
		t.offsets = append(t.offsets, text.Len())
		text.WriteString(r.text)
	}
	t.text = text.String()
	return t
}

// at returns the index of the run that the byte of text at offset belongs to.
func (t *runText) at(offset int) int {
	lo, hi := 0, len(t.offsets)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if t.offsets[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// sourceStart returns where the byte of text at offset begins in the source.
func (t *runText) sourceStart(offset int) int {
	i := t.at(offset)
	if r := t.runs[i]; r.verbatim() {
		return r.start + offset - t.offsets[i]
	}
	return t.runs[i].start
}

// sourceEnd returns where the byte of text before offset ends in the source.
func (t *runText) sourceEnd(offset int) int {
	i := t.at(offset - 1)
	if r := t.runs[i]; r.verbatim() {
		return r.start + offset - t.offsets[i]
	}
	return t.runs[i].end
}

// keepWhole takes out cuts that fall within a run that is one piece.
func (t *runText) keepWhole(cuts [][2]int) [][2]int {
	var out [][2]int
	for _, c := range cuts {
		if len(out) > 0 {
			i := t.at(c[0])
			if t.offsets[i] < c[0] && !t.runs[i].verbatim() {
				out[len(out)-1][1] = c[1]
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

func (t *runText) veiledIn(span Span) []Span {
	var in []Span
	for _, h := range t.hidden {
		if h.Start >= span.Start && h.End <= span.End {
			in = append(in, h)
		}
	}
	return in
}

// blank reports white space, the no-break kinds included.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f' || r == '\u2007' }

// invisible reports characters that take no room on the page: zero-width ones, direction marks, tags, soft hyphens. Used to
// smuggle text past readers; the joiners that emoji and Indic scripts need stay.
func invisible(r rune) bool {
	switch {
	case r == '\u00ad' || r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == utf8.RuneError:
		return r != utf8.RuneError
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\u061c':
		return true
	case r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
