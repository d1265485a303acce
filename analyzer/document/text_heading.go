package document

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	headingMark = lazy(`^(?:#{1,6}\s+\S|={1,6} \S.* ={1,6}$)`)
	numberMark  = lazy(`^(?:§\s?)?(\d{1,2}(?:\.\d{1,3}){0,5})([.):]?)\s+\S`)
	sectionMark = lazy(`(?i)^(?:section|chapter|part|appendix|article|annex|kapitel|abschnitt)\s+(?:\d{1,3}|[ivxlc]{1,6}|[a-z])(?:$|[\s.:)–—-])`)
)

// markedHeading reports a heading in the manner of Markdown or of wikis.
func markedHeading(line string) bool {
	return (line[0] == '#' || line[0] == '=') && headingMark().MatchString(line)
}

// numberedLine reports a line that begins with a number such as headings have.
func numberedLine(line string) bool {
	return (line[0] >= '0' && line[0] <= '9' || strings.HasPrefix(line, "§")) && numberMark().MatchString(line)
}

// Levels of headings that show none themselves.
const (
	levelTitle    = 1
	levelSection  = 2
	levelSubtitle = 3
)

// maxHeading is how many bytes a heading has at most.
const maxHeading = 120

// heading reads a line that heads what follows, with the line under it if that only underlines.
func (w *textWalker) heading() bool {
	i := w.at
	line := w.text(i)
	if len(line) > maxHeading || !saysWord(line) {
		return false
	}
	level, skip, used := w.headingLevel(i, line)
	if level == 0 {
		return false
	}
	runs := w.runsOf(i, i+1, skip)
	marks := ": "
	if markedHeading(line) {
		marks = "=# "
	}
	k := &runs[0]
	trimmed := strings.TrimRight(k.text, marks)
	k.end -= len(k.text) - len(trimmed)
	k.text = trimmed
	w.at = i + used
	w.add(block{kind: Heading, level: level, runs: runs}, nil)
	return true
}

// headingLevel returns the level of the heading that line i is, 0 if it is none, how many bytes are markup, and how many
// lines it takes.
func (w *textWalker) headingLevel(i int, line string) (level, skip, lines int) {
	if markedHeading(line) {
		mark := len(line) - len(strings.TrimLeft(line, line[:1]))
		return mark, len(line) - len(strings.TrimLeft(line[mark:], " \t")), 1
	}
	if level := w.underlined(i, line); level > 0 {
		return level, 0, 2
	}
	if !w.gap && !w.nextNumber(line) {
		return 0, 0, 0
	}
	if n, style := listMark(line); n > 0 && style[0] != '1' {
		return 0, 0, 0
	}
	switch {
	case w.standsAlone(i) && !endsInStop(line) && sectionMark().MatchString(line):
		return levelSection, 0, 1
	case numberedLine(line):
		return w.numberedLevel(i, line), 0, 1
	case w.inCapitals(i, line):
		if len(w.b.doc.Sentences) == 0 && w.blank(i+1) {
			return levelTitle, 0, 1
		}
		w.capitals = true
		return levelSection, 0, 1
	case w.titleAlone(i, line):
		return w.titleLevel(), 0, 1
	}
	return 0, 0, 0
}

// underlined reads the level from the line below: each character is a level of its own, in the order they are met.
func (w *textWalker) underlined(i int, line string) int {
	if w.blank(i+1) || !w.gap {
		return 0
	}
	under := w.text(i + 1)
	if !isRuler(under) || strings.Contains(under, " ") || len(under)*2 < utf8.RuneCountInString(line) || strings.Contains(line, "|") {
		return 0
	}
	level, ok := w.underlines[under[0]]
	if !ok {
		level = len(w.underlines) + 1
		if len(w.underlines) == 0 && len(w.b.doc.Sections) > 1 {
			level = levelSection
		}
		w.underlines[under[0]] = level
	}
	return level
}

// numberedLevel tells a numbered heading from an item of a numbered list: it stands alone, reads like a title, and what
// comes next is not the next number.
func (w *textWalker) numberedLevel(i int, line string) int {
	m := numberMark().FindStringSubmatch(line)
	title := strings.TrimLeft(line[len(m[0])-1:], " \t")
	first, _ := utf8.DecodeRuneInString(title)
	dots := strings.Count(m[1], ".")
	if !unicode.IsUpper(first) && !unspaced(first) && !unicode.IsDigit(first) || endsInStop(title) || len(strings.Fields(title)) > 12 {
		return 0
	}
	if dots == 0 && m[2] == "" && !w.standsAlone(i) || w.hangs(i) || strings.Contains(title, ". ") && (dots == 0 || !w.blank(i+1)) {
		return 0
	}
	if dots > 0 && len(title) > 45 && !w.blank(i+1) && w.lines[i+1].indent >= w.lines[i].indent+2 && !numberedLine(w.text(i+1)) {
		return 0 // the first line of a numbered paragraph
	}
	next := i + 1
	for next < len(w.lines) && w.blank(next) {
		next++
	}
	if next == len(w.lines) {
		if dots == 0 && !w.numbered {
			return 0
		}
	} else if n := numberMark().FindStringSubmatch(w.text(next)); n != nil {
		if below := strings.Count(n[1], "."); below == dots && (dots == 0 || next == i+1) {
			return 0 // a list, or a table of contents
		}
	}
	if dots == 0 && next == i+1 && next < len(w.lines) && w.lines[next].indent <= w.lines[i].indent && !w.numbered &&
		len(title) > 40 {
		return 0 // the first line of a long item
	}
	w.numbered, w.numbers = true, numbersOf(m[1])
	return min(levelSection+dots, 9)
}

// hangs reports an item whose text goes on under itself: the next line is indented and begins with a small letter.
func (w *textWalker) hangs(i int) bool {
	if i+1 >= len(w.lines) || w.blank(i+1) || w.lines[i+1].indent < w.lines[i].indent+2 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(w.text(i + 1))
	return unicode.IsLower(first)
}

func numbersOf(s string) []int {
	var numbers []int
	for _, part := range strings.Split(s, ".") {
		n, _ := strconv.Atoi(part)
		numbers = append(numbers, n)
	}
	return numbers
}

// nextNumber reports the number that comes after that of the last heading, which heads a section even with no room above it.
func (w *textWalker) nextNumber(line string) bool {
	if !w.numbered || len(w.list) > 0 && w.list[0].style[0] == '1' || !numberedLine(line) {
		return false
	}
	m := numberMark().FindStringSubmatch(line)
	n := numbersOf(m[1])
	last := len(n) - 1
	if len(n) == len(w.numbers)+1 {
		return slices.Equal(n[:last], w.numbers) && n[last] == 1
	}
	return len(n) <= len(w.numbers) && slices.Equal(n[:last], w.numbers[:last]) && n[last] == w.numbers[last]+1
}

// endsInStop reports a line that ends like a sentence, or that leads into something.
func endsInStop(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(line)
	return strings.ContainsRune(".!;:,。！；：，", last)
}

// standsAlone reports blank lines, or the edge of the document, above and below.
func (w *textWalker) standsAlone(i int) bool { return w.gap && w.blank(i+1) }

// notHeadings are words in capitals that head nothing.
var notHeadings = wordSet("tbd tbc todo n/a na none yes no ok draft confidential end eof nda asap fyi")

// inCapitals reports a short line with no small letter in it.
func (w *textWalker) inCapitals(i int, line string) bool {
	letters := 0
	for _, r := range line {
		if unicode.IsLower(r) || unspaced(r) {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	line = strings.TrimRight(line, ": ")
	if letters < 3 || letters*2 < utf8.RuneCountInString(line) || len(strings.Fields(line)) > 10 || endsInStop(line) ||
		notHeadings[strings.ToLower(line)] || strings.Contains(line, "|") {
		return false
	}
	return w.blank(i+1) || strings.ToUpper(w.text(i+1)) != w.text(i+1) || isRuler(w.text(i+1))
}

// titleAlone reports a short line that reads like a title, set off from the text that it stands over.
func (w *textWalker) titleAlone(i int, line string) bool {
	if !looksLikeTitle(line) && !w.labelAlone(i, line) || len(line) > 80 || strings.ContainsAny(line, "|\t") || strings.Contains(line, "    ") {
		return false
	}
	if w.lines[i].quote > 0 || w.indentedBody(i) || isTitleLine(line) {
		return false
	}
	next := i + 1
	for next < len(w.lines) && w.blank(next) {
		next++
	}
	if next == len(w.lines) {
		return false
	}
	if next == i+1 { // text follows at once: only a list or an indented block makes this its heading
		n, style := listMark(w.text(next))
		return n > 0 && w.lines[i].indent == 0 && w.opensItem(next, style)
	}
	return true
}

// labelAlone reports "Out of scope:" over paragraphs of its own.
func (w *textWalker) labelAlone(i int, line string) bool {
	label, ok := strings.CutSuffix(line, ":")
	if !ok || !looksLikeTitle(label) || len(strings.Fields(label)) > 5 || !w.standsAlone(i) {
		return false
	}
	next := i + 1
	for next < len(w.lines) && w.blank(next) {
		next++
	}
	if next == len(w.lines) || w.lines[next].indent > w.lines[i].indent {
		return false
	}
	n, _ := listMark(w.text(next))
	return n == 0
}

// indentedBody reports a line within the text of a list item, which is no heading of the document.
func (w *textWalker) indentedBody(i int) bool {
	return len(w.list) > 0 && w.lines[i].indent >= w.list[0].content-1
}

func (w *textWalker) titleLevel() int {
	switch {
	case len(w.b.doc.Sentences) == 0:
		return levelTitle
	case w.capitals || w.numbered || len(w.underlines) > 0:
		return levelSubtitle
	}
	return levelSection
}
