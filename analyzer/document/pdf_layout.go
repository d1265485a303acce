package document

import (
	"math"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pdfLayout makes blocks of lines, in the order that the file draws them in.
type pdfLayout struct {
	sheet sheet
	title string // the first heading of the largest size
	large float64

	lines  []pdfLine
	hyphen hyphenation
	body   float64         // size of running text
	ranks  map[float64]int // heading sizes, the largest is 1
	pitch  float64         // from line to line, in sizes

	counts map[int]int // lines of each tagged block
	levels [10]int     // of numbered headings by the parts of their number

	cur    *pdfBlock
	hidden []pdfLine
	label  string    // mark of the list item to come
	item   int       // tag of the last list item
	lefts  []float64 // edges of the list items around, the outermost first
	intro  float64   // edge of the last paragraph
	opens  bool      // it leads into a list
	table  pdfTable
}

// A pdfBlock is a block as it grows line by line.
type pdfBlock struct {
	kind         Kind
	level, depth int
	mark         string
	text         []byte
	page         int
	more         bool
	last         pdfLine // the line that ends it so far
	first        pdfLine
	count        int
}

// tail returns the end of the text, some words long.
func (b *pdfBlock) tail() string { return string(b.text[max(0, len(b.text)-120):]) }

// lay writes all pages.
func (l *pdfLayout) lay(pages []pdfPage) {
	l.lines = pdfLines(pages)
	l.hyphen.lines = l.lines
	l.measure()
	for i := 0; i < len(l.lines); {
		line := l.lines[i]
		switch {
		case line.hidden:
			l.hidden = append(l.hidden, line)
			i++
		case line.tag != nil && line.tag.drop:
			i++
		case line.tagged():
			l.taggedLine(line)
			i++
		default:
			l.flushTable()
			if n := l.plainTable(i); n > 0 {
				i += n
				continue
			}
			l.plainLine(line)
			i++
		}
	}
	l.flush()
	l.flushTable()
	l.flushHidden()
}

// measure finds the size of running text, those of headings, and how far lines stand apart.
func (l *pdfLayout) measure() {
	chars, pitches := map[float64]int{}, map[float64]int{}
	l.counts = map[int]int{}
	for i, line := range l.lines {
		if line.hidden {
			continue
		}
		l.counts[line.block()]++
		size := halves(line.size)
		chars[size] += len(line.text)
		if i > 0 && l.lines[i-1].page == line.page && halves(l.lines[i-1].size) == size && size > 0 {
			if pitch := (l.lines[i-1].base - line.base) / size; pitch > 0.8 && pitch < 2.5 {
				pitches[math.Round(pitch*20)/20] += len(line.text)
			}
		}
	}
	l.body, l.pitch = commonest(chars), commonest(pitches)
	if l.pitch == 0 {
		l.pitch = 1.3
	}
	var sizes []float64
	for size := range chars {
		if size >= 1.12*l.body {
			sizes = append(sizes, size)
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(sizes)))
	l.ranks = map[float64]int{}
	for i, size := range sizes {
		l.ranks[size] = min(i+1, 6)
	}
}

func halves(size float64) float64 { return math.Round(size*2) / 2 }

func commonest(count map[float64]int) float64 {
	best, most := 0.0, 0
	for v, n := range count {
		if n > most || (n == most && v < best) {
			best, most = v, n
		}
	}
	return best
}

// plainLine reads a line that nothing is told about.
func (l *pdfLayout) plainLine(line pdfLine) {
	if l.cur != nil && l.goesOn(line) {
		l.extend(line)
		return
	}
	l.flush()
	l.begin(line)
}

func (l *pdfLayout) begin(line pdfLine) {
	b := &pdfBlock{kind: Prose, page: line.page, text: []byte(line.text), first: line, last: line, count: 1}
	n, mark := markerLen(line.text)
	switch {
	case l.headingLevel(line) > 0:
		b.kind, b.level = Heading, l.nest(line.text, l.headingLevel(line))
	case line.mono:
		b.kind = Code
	case n > 0:
		b.kind, b.mark, b.text = ListItem, mark, b.text[n:]
		b.depth = l.depthOf(line)
	case l.setIn(line):
		b.kind, b.mark, b.depth = ListItem, "- ", l.depthOf(line)
	}
	if b.kind != ListItem {
		l.lefts, l.intro = nil, line.left
	}
	l.cur = b
}

// setIn reports a line of a list whose bullets are drawn, not written: set in below a paragraph that leads into a list.
func (l *pdfLayout) setIn(line pdfLine) bool {
	return (len(l.lefts) > 0 || l.opens) && line.left > l.intro+0.9*line.size && line.left < l.intro+12*line.size
}

// depthOf tells the depth of a list item by how far it is indented, compared with the items before it.
func (l *pdfLayout) depthOf(line pdfLine) int {
	for len(l.lefts) > 0 && line.left < l.lefts[len(l.lefts)-1]-0.5*line.size {
		l.lefts = l.lefts[:len(l.lefts)-1]
	}
	if len(l.lefts) == 0 || line.left > l.lefts[len(l.lefts)-1]+0.5*line.size {
		l.lefts = append(l.lefts, line.left)
	}
	return min(len(l.lefts), 9)
}

var numbered = lazy(`^(?:\d{1,2}|[A-Z])((?:\.\d{1,2})*)\.?\s+\S`)

// numberParts returns how many parts the number has that a heading begins with, 0 if it has none.
func numberParts(text string) int {
	m := numbered().FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	return 1 + strings.Count(m[1], ".")
}

// nest puts a heading with the number 3.1 right below the one with the number 3.
func (l *pdfLayout) nest(text string, level int) int {
	parts := numberParts(text)
	if parts == 0 || parts >= len(l.levels) {
		return level
	}
	if parts > 1 && l.levels[parts-1] > 0 {
		level = l.levels[parts-1] + 1
	}
	l.levels[parts] = level
	return level
}

// headingLevel tells a heading by its size, its weight, its number; 0 for other lines.
func (l *pdfLayout) headingLevel(line pdfLine) int {
	text := strings.TrimSpace(line.text)
	if !hasLetter(text) || len(text) > 160 || line.mono || bulletLen(text) > 0 {
		return 0
	}
	base, parts := len(l.ranks)+1, numberParts(text)
	if rank := l.ranks[halves(line.size)]; rank > 0 && !strings.HasSuffix(text, ".") {
		return rank + max(parts-1, 0)
	}
	if line.size < 0.9*l.body || !looksLikeTitle(text) || l.cur != nil && l.cur.kind == Prose && leadsInto(l.cur.last, line) {
		return 0
	}
	alone := line.right < line.right2-4*line.size || line.bold
	switch {
	case line.bold:
		return base + max(parts-1, 0)
	case parts > 1 && alone:
		return base + parts - 1
	case text == strings.ToUpper(text) && len(text) > 3 && alone && len(strings.Fields(text)) < 8 && parts == 0 && strings.ContainsFunc(text, unicode.IsLetter) && text != strings.ToLower(text):
		return base
	}
	return 0
}

// leadsInto reports a line right below another one that a sentence runs on into.
func leadsInto(above, below pdfLine) bool {
	return above.page == below.page && above.bold == below.bold && math.Abs(above.size-below.size) < 0.6 &&
		above.right > above.right2-4*above.size && !endsSentence(above.text)
}

// goesOn reports whether a line belongs to the block that grows.
func (l *pdfLayout) goesOn(line pdfLine) bool {
	b := l.cur
	if b.last.tagged() || b.kind == Code || line.mono != b.last.mono || math.Abs(line.size-b.last.size) > 0.8 {
		return false
	}
	if n, _ := markerLen(line.text); n > 0 && !l.midSentence(line) {
		return false
	}
	if b.kind == Heading {
		return b.count < 3 && line.bold == b.last.bold && l.near(line) && line.page == b.last.page && l.full(line)
	}
	if line.page != b.last.page || line.base > b.last.top {
		return l.midSentence(line)
	}
	if !l.near(line) {
		return false
	}
	if (line.bold != b.last.bold && l.headingLevel(line) > 0) || (b.count == 1 && b.last.bold && !line.bold && !l.full(line)) {
		return false
	}
	if line.left > b.last.left+0.8*line.size && b.count > 1 {
		return false // a first line is set in
	}
	above := b.last
	return l.full(line) || (l.midSentence(line) && above.right2-above.right < 0.2*(above.right2-above.left))
}

// near reports a line that stands no farther below than lines of a paragraph do.
func (l *pdfLayout) near(line pdfLine) bool {
	return l.cur.last.base-line.base < l.pitch*1.25*math.Max(line.size, 1)
}

// full reports that the line above had no room for the first word of the line, so that the break between them means nothing.
func (l *pdfLayout) full(line pdfLine) bool {
	above := l.cur.last
	word, _, _ := strings.Cut(line.text, " ")
	need := (line.right - line.left) * float64(utf8.RuneCountInString(word)+1) / float64(max(utf8.RuneCountInString(line.text), 1))
	return above.right2-above.right < need+0.6*line.size
}

// midSentence reports that the block stops in the middle of a sentence which the line goes on with.
func (l *pdfLayout) midSentence(line pdfLine) bool {
	if l.cur.kind == Heading || endsSentence(l.cur.tail()) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(line.text)
	return unicode.IsLower(r) && line.page-l.cur.last.page <= 1
}

func (l *pdfLayout) extend(line pdfLine) {
	b := l.cur
	cut, between := l.hyphen.seam(b.tail(), line.text)
	b.text = append(append(b.text[:len(b.text)-cut], between...), line.text...)
	right2 := b.last.right2
	b.last = line
	b.last.right2 = math.Max(line.right2, right2)
	b.count++
}

// flush writes the block that has grown.
func (l *pdfLayout) flush() {
	b := l.cur
	if b == nil {
		return
	}
	l.cur = nil
	k := sheetBlock{block: block{kind: b.kind, level: b.level, depth: b.depth, page: b.page}, more: b.more}
	prefix := ""
	l.opens = b.kind == Prose && strings.HasSuffix(b.tail(), ":")
	switch b.kind {
	case Heading:
		if b.first.size > l.large+0.4 {
			l.large, l.title = b.first.size, foldBlanks(string(b.text))
		}
	case ListItem:
		prefix = strings.Repeat("  ", max(b.depth-1, 0)) + b.mark
	}
	l.sheet.put(k, prefix, string(b.text))
	l.flushHidden()
}

func (l *pdfLayout) flushHidden() {
	text, page := "", 0
	for _, h := range l.hidden {
		if page != 0 && page != h.page {
			l.sheet.hide(text, page)
			text = ""
		}
		text, page = text+" "+h.text, h.page
	}
	l.sheet.hide(text, page)
	l.hidden = nil
}
