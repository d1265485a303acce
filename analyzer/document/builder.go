package document

import (
	"strconv"
	"strings"
)

// A run is a stretch of visible text and the source bytes that it was written as. Where text has as many bytes as its
// span, the two go byte by byte; else (an entity, a folded line end) the run is one piece that no sentence is cut within.
type run struct {
	text       string
	start, end int  // offsets into Source
	veiled     bool // in the source, but not visible: text is what it says, "" for the source as it stands
	struck     bool // veiled because it was struck out, which is no secret
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
	end    int   // where the last sentence ends
	shift  int   // added to the offsets of every run, for a loader that reads a part of Source by itself
	open   []int // the sections that the next heading may stand in, outermost first

	hidden, struck tally
	text           runText  // of the block at hand
	cuts           [][2]int // of its sentences
}

// A tally counts stretches of one sort and remembers the sentence of the first, 0 if it belongs to none.
type tally struct {
	n, first int
	text     string // of the first, as it stands in the file
}

func (t *tally) add(num int, text string) {
	if t.n == 0 {
		t.first, t.text = num, text
	}
	t.n++
}

func newBuilder(doc *Document) *builder {
	doc.Sections = append(doc.Sections[:0], Section{})
	doc.Sentences = make([]Sentence, 0, len(doc.Source)/100+8)
	return &builder{doc: doc}
}

// longestHeading is how many bytes a heading may have before it is read as a paragraph.
const longestHeading = 1000

// add splits a block into sentences and appends them. It returns the number of the last sentence added, 0 if the block has
// no visible text.
func (b *builder) add(k block) int {
	runs, cells := k.runs, []Cell(nil)
	if k.kind == TableRow {
		runs, cells = joinCells(k.cells)
	}
	t := &b.text
	t.reset(runs, b.shift)
	if t.blank() && len(t.hidden) == 0 {
		return 0
	}
	b.blocks++
	b.cuts = append(b.cuts[:0], [2]int{0, len(t.text)})
	if k.kind == Heading && len(t.text) > longestHeading {
		k.kind = Prose
	}
	if k.kind == Prose || k.kind == ListItem || k.kind == UserStory || len(t.text) > maxSentence && k.kind != TableRow {
		b.cuts = t.keepWhole(appendCuts(b.cuts[:0], t.text))
	}
	last := 0
	for _, c := range b.cuts {
		if num := b.sentence(k, t, c[0], c[1], cells); num > 0 {
			last = num
		}
	}
	b.unseen(t, len(b.doc.Source))
	return last
}

// sentence appends the sentence that stands at t.text[from:to], white space at its ends left out.
func (b *builder) sentence(k block, t *runText, from, to int, cells []Cell) int {
	piece := t.text[from:to]
	from += len(piece) - len(strings.TrimLeftFunc(piece, unseenEdge))
	to -= len(piece) - len(strings.TrimRightFunc(piece, unseenEdge))
	if from >= to {
		return 0
	}
	span := Span{t.sourceStart(from), t.sourceEnd(to)}
	b.unseen(t, span.Start)
	num := b.append(k, t.text[from:to], span, cells)
	if num == 0 {
		return 0
	}
	s := &b.doc.Sentences[num-1]
	for ; len(t.hidden) > 0 && t.hidden[0].end <= span.End; t.hidden = t.hidden[1:] {
		s.Veiled = append(s.Veiled, Span{t.hidden[0].start, t.hidden[0].end})
		b.count(t.hidden[0], num)
	}
	b.veilInvisible(s)
	return num
}

// append adds a sentence as it is.
func (b *builder) append(k block, text string, span Span, cells []Cell) int {
	if span.Start < b.end {
		span.Start = b.end // a loader that steps back would break the order that all else stands on
	}
	if span.End <= span.Start {
		return 0
	}
	if text = plain(text, b.doc.Source[span.Start:span.End]); text == "" {
		return 0
	}
	b.end = span.End
	s := Sentence{Num: len(b.doc.Sentences) + 1, Kind: k.kind, Span: span, Text: text,
		Cells: cells, Lead: k.lead, Depth: k.depth, Block: b.blocks, Page: k.page}
	if (k.kind == Prose || k.kind == ListItem) && isUserStory(s.Text) {
		s.Kind = UserStory
	}
	b.place(&s, k.level)
	b.doc.Sentences = append(b.doc.Sentences, s)
	if k.kind == Hidden {
		b.hidden.add(s.Num, text)
	}
	return s.Num
}

// unseen makes sentences of kind [Hidden] from the veiled runs that stand between sentences, up to offset.
func (b *builder) unseen(t *runText, offset int) {
	for ; len(t.hidden) > 0 && t.hidden[0].start < offset; t.hidden = t.hidden[1:] {
		r := t.hidden[0]
		text := r.text
		if text == "" {
			text = b.doc.Source[r.start:r.end]
		}
		if !saysSomething(text) {
			continue
		}
		if num := b.append(block{kind: Hidden}, text, Span{r.start, r.end}, nil); num > 0 && r.struck {
			b.hidden.n--
			b.struck.add(num, text)
		}
	}
}

func (b *builder) count(r run, num int) {
	text := r.text
	if text == "" {
		text = b.doc.Source[r.start:r.end]
	}
	if r.struck {
		b.struck.add(num, text)
	} else if r.text == "" || saysSomething(r.text) {
		b.hidden.add(num, text)
	}
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

// path returns the titles above a heading of the level, and its own. The heading's section is the next to be appended.
func (b *builder) path(level int, title string) []string {
	n := len(b.open)
	for n > 0 && b.doc.Sections[b.open[n-1]].Level >= level {
		n--
	}
	var above []string
	if n > 0 {
		above = b.doc.Sections[b.open[n-1]].Path
	}
	b.open = append(b.open[:n], len(b.doc.Sections))
	return append(above[:len(above):len(above)], title)
}

// finish counts lines, names the document when no loader did, and reports what readers do not see.
func (b *builder) finish() {
	d := b.doc
	d.indexLines()
	d.Title = strings.Join(strings.FieldsFunc(plain(d.Title, ""), blank), " ")
	if d.Title == "" {
		d.Title = d.firstHeading()
	}
	if d.Title == "" {
		d.Title = nameTitle(d.Path)
	}
	if h := b.hidden; h.n > 0 {
		d.Warnings = append(d.Warnings, Warning{Code: "hidden_text", Sentence: h.first, Message: "The file holds " +
			count(h.n, "piece") + " of text that a reader does not see, the first in line " + d.lineOfSentence(h.first) + " (" + glimpse(h.text) + "); nothing there counts as a requirement."})
	}
	if h := b.struck; h.n > 0 {
		d.Warnings = append(d.Warnings, Warning{Code: "struck_text", Sentence: h.first, Message: "The file holds " +
			count(h.n, "piece") + " of text struck out, the first in line " + d.lineOfSentence(h.first) + "; it was left out."})
	}
	d.Language = language(d)
}

func (d *Document) lineOfSentence(num int) string {
	return strconv.Itoa(d.LineOf(d.Sentences[num-1].Span.Start))
}

// firstHeading returns the first heading of the top level, else the first of any.
func (d *Document) firstHeading() string {
	title := ""
	for _, s := range d.Sections[1:] {
		if s.Level == 1 {
			return s.Title
		}
		if title == "" {
			title = s.Title
		}
	}
	return title
}

// joinCells lays the cells of a row side by side.
func joinCells(in []cell) ([]run, []Cell) {
	var runs []run
	var cells []Cell
	for _, c := range in {
		cells = append(cells, Cell{Header: c.header, Text: plain(strings.TrimFunc(visibleText(c.runs), unseenEdge), "")})
		if len(runs) > 0 && len(c.runs) > 0 {
			runs = append(runs, run{text: " | ", start: runs[len(runs)-1].end, end: c.runs[0].start})
		}
		runs = append(runs, c.runs...)
	}
	return runs, cells
}
