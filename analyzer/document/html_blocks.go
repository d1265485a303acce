package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flush ends the block that is being gathered.
func (w *htmlWalker) flush() {
	runs, at, bold := w.runs, w.at, w.bold
	w.runs, w.brk = w.runs[:0:0], Span{}
	text := visibleText(runs)
	if strings.TrimSpace(text) == "" {
		return
	}
	runs, after := splitTrailingVeil(runs)
	k := block{kind: at.kind, level: at.level, depth: at.depth, runs: runs}
	switch {
	case k.kind == Prose && at.depth == 0 && bold && looksLikeTitle(text):
		k.kind, k.level = Heading, pseudoHeadingLevel
	case k.kind == Prose && at.depth == 0:
		if rest, ok := cutBullet(runs); ok {
			k.kind, k.depth, k.runs = ListItem, 1, rest
		}
	case k.kind == Heading:
		w.heading(text, at.level)
	}
	w.add(k, at.item)
	for _, r := range after {
		if r.struck {
			w.b.add(block{kind: Hidden, runs: []run{r}})
			continue
		}
		w.hiddenComment(r.start, r.end)
	}
}

// pseudoHeadingLevel is below all true headings: a line in bold that stands alone heads what follows it within its section.
const pseudoHeadingLevel = 7

func (w *htmlWalker) heading(text string, level int) {
	if level == 1 {
		w.titles = append(w.titles, strings.Join(strings.FieldsFunc(text, blank), " "))
	}
}

// add hands a block on with the sentence that leads into it.
func (w *htmlWalker) add(k block, item *int) {
	if k.kind != ListItem {
		k.depth = 0
	} else if item != nil && *item > 0 {
		k.lead = *item // a further paragraph of the same item
	} else {
		k.lead = w.flow.lead(k.depth)
	}
	num := w.b.add(k)
	if num == 0 {
		return
	}
	if k.kind == ListItem && item != nil {
		if *item > 0 {
			return
		}
		*item = num
	}
	w.flow.note(w.b.doc, k.kind, k.depth, num)
}

// comment keeps an HTML comment apart: within a sentence it is veiled, anywhere else it is a hidden sentence.
func (w *htmlWalker) comment(n *htmlNode, at htmlPlace) {
	inner := w.t.src[n.start:n.end]
	if !saysSomething(inner) {
		if len(w.runs) > 0 && !at.pre {
			w.runs = append(w.runs, w.veiledComment(n))
		}
		return
	}
	text := tailText(w.runs)
	if !at.pre && strings.TrimSpace(text) != "" && !endsSentence(text) {
		w.runs = append(w.runs, w.veiledComment(n))
		return
	}
	w.flush()
	w.hiddenComment(n.start, n.end)
}

// hiddenComment reads the words of a comment, markup within it left out.
func (w *htmlWalker) hiddenComment(start, end int) {
	if !saysSomething(w.t.src[start:end]) {
		return
	}
	w.add(block{kind: Hidden, runs: w.commentRuns(start, end)}, nil)
}

// veiledComment returns a comment as a run that stands within a sentence.
func (w *htmlWalker) veiledComment(n *htmlNode) run {
	text := " "
	if saysSomething(w.t.src[n.start:n.end]) {
		text += visibleText(w.commentRuns(n.start, n.end))
	}
	return run{text: text, start: n.start, end: n.end, veiled: true}
}

func (w *htmlWalker) commentRuns(start, end int) (runs []run) {
	for start < end {
		to := end
		if i := strings.IndexByte(w.t.src[start:end], '<'); i >= 0 {
			to = start + i
		}
		if to > start {
			runs = appendText(runs, w.t.src, start, to, true)
		}
		if start = end; to < end {
			if i := strings.IndexByte(w.t.src[to:end], '>'); i >= 0 {
				start = to + i + 1
			}
		}
	}
	return runs
}

var machineComment = lazy(`^\s*(?:/?wp:|\[if |\[endif|<!\[endif|/?react-|/?\$|StartFragment|EndFragment|#include|saved from url)`)

// saysSomething reports a comment with words for people or assistants in it, rather than an editor's marks.
func saysSomething(comment string) bool {
	if len(comment) < 5 || machineComment().MatchString(comment[:min(len(comment), 40)]) {
		return false
	}
	words := 0
	for _, f := range strings.Fields(html.UnescapeString(comment[:min(len(comment), 4096)])) {
		if hasLetter(f) {
			words++
		}
	}
	spaceless := 2*utf8.RuneCountInString(comment) < len(comment) && len(comment) > 12 // Chinese, Japanese: a sentence has no blanks
	return words >= 2 || words == 1 && (spaceless || len(comment) > 40)
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// splitTrailingVeil cuts veiled runs off the end of a block: they stand after its last sentence, not within it.
func splitTrailingVeil(runs []run) (block, after []run) {
	end := len(runs)
	for end > 0 && (runs[end-1].veiled || strings.TrimFunc(runs[end-1].text, blank) == "") {
		end--
	}
	for _, r := range runs[end:] {
		if r.veiled {
			after = append(after, r)
		}
	}
	return runs[:end], after
}

func visibleText(runs []run) string {
	if len(runs) == 1 && !runs[0].veiled {
		return runs[0].text
	}
	var text strings.Builder
	for _, r := range runs {
		if !r.veiled {
			text.WriteString(r.text)
		}
	}
	return text.String()
}

// tailText returns the end of the visible text, as far back as to tell how it ends.
func tailText(runs []run) string {
	text := ""
	for i := len(runs) - 1; i >= 0 && len(runs)-i < 50; i-- {
		if r := runs[i]; !r.veiled {
			text = r.text + text
			if len(strings.TrimSpace(text)) > 4 {
				break
			}
		}
	}
	return text
}

// cutBullet takes the bullet off a paragraph that begins with one, as word processors export lists.
func cutBullet(runs []run) ([]run, bool) {
	text := visibleText(runs)
	trimmed := strings.TrimLeftFunc(text, blank)
	n := bulletLen(trimmed)
	if n == 0 {
		return runs, false
	}
	drop := len(text) - len(trimmed) + n
	var rest []run
	for _, r := range runs {
		if r.veiled || drop <= 0 {
			rest = append(rest, r)
			continue
		}
		cut := min(drop, len(r.text))
		drop -= cut
		if cut < len(r.text) && r.verbatim() {
			rest = append(rest, run{text: r.text[cut:], start: r.start + cut, end: r.end})
		}
	}
	return rest, true
}

// dropped reports what is no part of the page's text: scripts, navigation, the chrome of wikis and sites.
func (w *htmlWalker) dropped(n *htmlNode, at htmlPlace) bool {
	if droppedTags[n.tag] || droppedNames[n.name] {
		return true
	}
	switch n.tag {
	case atom.Header:
		return !at.article && !w.holdsHeading(n)
	case atom.Footer:
		return !at.article && !w.footnotes(n)
	}
	if strings.HasPrefix(n.name, "ac:") {
		return w.droppedMacro(n)
	}
	if inlineTags[n.tag] {
		return false
	}
	if n.end-n.start < len("<p id=x>") {
		return w.marginComment(n)
	}
	if role, _, ok := w.t.attr(n, "role"); ok {
		if droppedRoles[role] || (role == "contentinfo" && !at.article) {
			return true
		}
	}
	if class, _, ok := w.t.attr(n, "class"); ok {
		for _, c := range strings.Fields(class) {
			if droppedClasses[strings.ToLower(c)] {
				return true
			}
		}
	}
	if id, _, ok := w.t.attr(n, "id"); ok && droppedIDs[strings.ToLower(id)] {
		return true
	}
	return w.marginComment(n)
}

func (w *htmlWalker) droppedMacro(n *htmlNode) bool {
	name, _, _ := w.t.attr(n, "ac:name")
	switch n.name {
	case "ac:structured-macro", "ac:macro":
		return droppedMacros[name]
	case "ac:parameter":
		return name != "title"
	}
	return false
}

func (w *htmlWalker) footnotes(n *htmlNode) bool {
	tag := strings.ToLower(w.t.src[n.start:n.end])
	return strings.Contains(tag, "footnote") || strings.Contains(tag, "endnote")
}

func (w *htmlWalker) holdsHeading(n *htmlNode) bool {
	for c := n.first; c != nil; c = c.next {
		if c.kind == elementNode && c.tag != atom.Nav && (w.headingLevel(c) > 0 || w.holdsHeading(c)) {
			return true
		}
	}
	return false
}

// marginComment reports a comment from the margin of a Google Docs export, which stands at the end of the page.
func (w *htmlWalker) marginComment(n *htmlNode) bool {
	if n.tag != atom.P && n.tag != atom.Div {
		return false
	}
	first := n.first
	if n.tag == atom.Div {
		if first == nil || first.tag != atom.P {
			return false
		}
		first = first.first
	}
	if first == nil || first.tag != atom.A {
		return false
	}
	id, _, _ := w.t.attr(first, "id")
	digits, ok := strings.CutPrefix(id, "cmnt")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return false
	}
	w.comments++
	return true
}
