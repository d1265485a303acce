package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An htmlPlace is what surrounds a text and decides what becomes of it.
type htmlPlace struct {
	kind    Kind
	level   int // of a heading
	depth   int // of a list item
	item    *int
	look    look
	pre     bool
	article bool // within content, where headers and footers are no longer the site's
}

// An htmlWalker goes through the tree in the order of the source and gathers the text of one block after another.
type htmlWalker struct {
	t    *htmlTree
	b    *builder
	css  *stylesheet
	flow outline

	runs []run
	at   htmlPlace // of the runs
	bold bool      // all visible runs so far are bold
	brk  Span      // a line break that waits for what comes next; empty if none

	titles   []string // of the visible h1
	title    string   // of the title element
	comments int      // of a Google Docs export's margin
}

// element reads n and what is in it.
func (w *htmlWalker) element(n *htmlNode, at htmlPlace) {
	if w.dropped(n, at) {
		if !inlineTags[n.tag] {
			w.flush()
		}
		return
	}
	wasHidden := at.look.hidden()
	at.look = at.look.inherit(w.css.of(w.t, n))
	if boldTags[n.tag] {
		at.look.bold = 1
	}
	if hidden := at.look.hidden(); hidden != wasHidden {
		if hidden && inlineTags[n.tag] && w.midSentence(at) && !w.shows(n, at.look) {
			w.veil(n, false)
			return
		}
		w.flush()
		defer w.flush()
		if at.kind = Prose; hidden {
			at.kind = Hidden
		}
	}
	if strikeTags[n.tag] && at.kind != Hidden && !at.pre {
		if w.midSentence(at) {
			w.veil(n, true)
		} else {
			w.strike(n)
		}
		return
	}
	if inlineTags[n.tag] || inlineName(n.name) {
		w.children(n, at)
		return
	}
	w.blockElement(n, at)
}

func inlineName(name string) bool {
	return strings.HasPrefix(name, "ac:link") || strings.HasPrefix(name, "ac:plain-text-link") ||
		name == "ac:inline-comment-marker" || name == "tspan" || strings.HasPrefix(name, "o:")
}

func (w *htmlWalker) blockElement(n *htmlNode, at htmlPlace) {
	switch n.tag {
	case atom.Br:
		w.lineBreak(n, at)
		return
	case atom.Img:
		w.picture(n, at)
		return
	case atom.Input:
		w.secretInput(n, at)
		return
	case atom.Table:
		w.table(n, at)
		return
	}
	w.flush()
	at = w.placeWithin(n, at)
	w.children(n, at)
	w.flush()
}

// placeWithin returns the place of what stands in a block element.
func (w *htmlWalker) placeWithin(n *htmlNode, at htmlPlace) htmlPlace {
	if level := w.headingLevel(n); level > 0 && !at.look.hidden() {
		at.kind, at.level = Heading, level
		return at
	}
	switch n.tag {
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		at.depth = max(at.depth+1, w.listLevel(n))
	case atom.Dl:
		at.depth++
	case atom.Li, atom.Dt:
		at = item(at, max(at.depth, 1))
	case atom.Dd:
		at = item(at, at.depth+1)
	case atom.Pre, atom.Listing, atom.Xmp:
		at.pre = true
		at = unlessHidden(at, Code)
	case atom.Article, atom.Main, atom.Section:
		at.article = true
	}
	switch n.name {
	case "ac:task-list":
		at.depth++
	case "ac:task-body":
		at = item(at, max(at.depth, 1))
	case "ac:plain-text-body":
		at.pre = true
		at = unlessHidden(at, Code)
	}
	return at
}

func item(at htmlPlace, depth int) htmlPlace {
	at.depth, at.item = depth, new(int)
	return unlessHidden(at, ListItem)
}

func unlessHidden(at htmlPlace, kind Kind) htmlPlace {
	if at.kind != Hidden {
		at.kind = kind
	}
	return at
}

// headingLevel returns 1 to 6, or 0 for what is no heading.
func (w *htmlWalker) headingLevel(n *htmlNode) int {
	switch n.tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.tag.String()[1] - '0')
	case atom.P:
		class, _, _ := w.t.attr(n, "class")
		id, _, _ := w.t.attr(n, "id")
		if hasClass(class, "MsoTitle") || hasClass(class, "title") && strings.HasPrefix(id, "h.") { // Word, Google Docs
			return 1
		}
	}
	if role, _, _ := w.t.attr(n, "role"); role != "heading" {
		return 0
	}
	level, _, _ := w.t.attr(n, "aria-level")
	if l, err := strconv.Atoi(level); err == nil && l >= 1 && l <= 9 {
		return l
	}
	return 2
}

func hasClass(s, word string) bool {
	for _, f := range strings.Fields(s) {
		if f == word {
			return true
		}
	}
	return false
}

// listLevel reads the depth that Google Docs writes into a list's class, "lst-kix_abc-1", where nesting does not tell it.
func (w *htmlWalker) listLevel(n *htmlNode) int {
	class, _, _ := w.t.attr(n, "class")
	for _, c := range strings.Fields(class) {
		if i := strings.LastIndexByte(c, '-'); i > 0 && strings.HasPrefix(c, "lst-kix") {
			if level, err := strconv.Atoi(c[i+1:]); err == nil && level >= 0 && level < 20 {
				return level + 1
			}
		}
	}
	return 0
}

func (w *htmlWalker) children(n *htmlNode, at htmlPlace) {
	for c := n.first; c != nil; c = c.next {
		switch c.kind {
		case textNode, rawNode:
			w.textNode(c, at)
		case commentNode:
			w.comment(c, at)
		default:
			w.element(c, at)
		}
	}
}

func (w *htmlWalker) textNode(n *htmlNode, at htmlPlace) {
	if at.pre {
		w.lines(n, at)
		return
	}
	blankText := strings.TrimLeftFunc(w.t.src[n.start:n.end], unicode.IsSpace) == ""
	if blankText && len(w.runs) == 0 {
		return
	}
	if !blankText {
		w.resumeLine(n)
	}
	w.begin(at)
	if !blankText {
		w.bold = w.bold && at.look.bold > 0
	}
	w.runs = appendText(w.runs, w.t.src, n.start, n.end, n.kind == textNode)
}

// begin notes the place of the block that the next run opens.
func (w *htmlWalker) begin(at htmlPlace) {
	if len(w.runs) == 0 {
		w.at, w.bold = at, true
	}
}

// lines reads preformatted text, a line a block.
func (w *htmlWalker) lines(n *htmlNode, at htmlPlace) {
	for from := n.start; from < n.end; {
		to := n.end
		if i := strings.IndexByte(w.t.src[from:n.end], '\n'); i >= 0 {
			to = from + i
		}
		w.begin(at)
		w.runs = appendText(w.runs, w.t.src, from, to, n.kind == textNode)
		if to < n.end {
			w.flush()
		}
		from = to + 1
	}
}

// lineBreak waits: what follows says whether the break stands within a sentence or after one.
func (w *htmlWalker) lineBreak(n *htmlNode, at htmlPlace) {
	if at.pre || len(w.runs) == 0 || w.brk.End > 0 {
		w.flush()
		return
	}
	w.brk = Span{n.start, n.end}
}

// resumeLine settles a line break that waits. A line that goes on in lower case belongs to the one above.
func (w *htmlWalker) resumeLine(n *htmlNode) {
	if w.brk.End == 0 {
		return
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(w.t.src[n.start:n.end], unicode.IsSpace))
	if !unicode.IsLower(r) || endsSentence(tailText(w.runs)) {
		w.flush()
		return
	}
	w.runs = append(w.runs, run{text: " ", start: w.brk.Start, end: w.brk.End})
	w.brk = Span{}
}

// picture reads the words that stand for a picture, where it stands alone.
func (w *htmlWalker) picture(n *htmlNode, at htmlPlace) {
	alt, start, ok := w.t.attr(n, "alt")
	if !ok || at.pre || !hasLetter(alt) || strings.TrimSpace(tailText(w.runs)) != "" {
		return
	}
	for c := n.next; c != nil && n.parent.tag != atom.Body; c = c.next {
		if c.kind == textNode && strings.TrimSpace(w.t.src[c.start:c.end]) != "" {
			return // an icon within a line
		}
	}
	w.flush()
	at = unlessHidden(at, Prose)
	w.begin(at)
	w.bold = false
	w.runs = appendText(w.runs, w.t.src, start, start+len(alt), true)
	w.flush()
}

// secretInput reports words that a form carries unseen. Tokens, of one word, are no words.
func (w *htmlWalker) secretInput(n *htmlNode, at htmlPlace) {
	kind, _, _ := w.t.attr(n, "type")
	value, start, ok := w.t.attr(n, "value")
	if !ok || !strings.EqualFold(kind, "hidden") || len(strings.Fields(value)) < 2 {
		return
	}
	w.flush()
	at.kind = Hidden
	w.begin(at)
	w.runs = appendText(w.runs, w.t.src, start, start+len(value), true)
	w.flush()
}

// appendText turns the source from start to end into runs: white space becomes blanks, entities what they stand for.
func appendText(runs []run, src string, start, end int, entities bool) []run {
	for start < end {
		i := -1
		if entities {
			i = strings.IndexByte(src[start:end], '&')
		}
		if i < 0 {
			return append(runs, run{text: blanks(src[start:end]), start: start, end: end})
		}
		if i > 0 {
			runs = append(runs, run{text: blanks(src[start : start+i]), start: start, end: start + i})
			start += i
		}
		n := entityLen(src[start:end])
		runs = append(runs, run{text: blanks(html.UnescapeString(src[start : start+n])), start: start, end: start + n})
		start += n
	}
	return runs
}

// entityLen returns how many bytes the entity takes that s begins with, as far as one can tell without the table of names.
func entityLen(s string) int {
	i := 1
	for i < len(s) && i < 40 && (s[i] == '#' && i == 1 || s[i] < utf8.RuneSelf && (unicode.IsLetter(rune(s[i])) || unicode.IsDigit(rune(s[i])))) {
		i++
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	return i
}

// blanks makes line ends and tabs into blanks, byte for byte.
func blanks(s string) string {
	if !strings.ContainsAny(s, "\n\r\t\f") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' || r == '\f' {
			return ' '
		}
		return r
	}, s)
}
