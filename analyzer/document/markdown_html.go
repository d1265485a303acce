package document

import (
	"context"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A shroud follows the HTML within Markdown as far as it hides text: elements that a reader does not see, from start to end
// tag, over as many blocks as they span.
type shroud struct {
	open   []string // names of the elements open since the one that hides, that one first; empty when nothing is hidden
	struck int      // open elements that strike text out
}

func (s *shroud) covers() bool { return len(s.open) > 0 }

// endBlock forgets elements that end with the paragraph that they stand in.
func (s *shroud) endBlock() {
	s.struck = 0
	if s.covers() && inlineTags[atom.Lookup([]byte(s.open[0]))] {
		s.open = s.open[:0]
	}
}

// tag takes in one start or end tag as written.
func (s *shroud) tag(raw string) {
	name, ends := tagName(raw)
	tag := atom.Lookup([]byte(name))
	switch {
	case tag == atom.Del || tag == atom.S || tag == atom.Strike:
		if ends {
			s.struck = max(s.struck-1, 0)
		} else {
			s.struck++
		}
	case !s.covers():
		if !ends && !voidTags[tag] && hides(raw, tag) {
			s.open = append(s.open, name)
		}
	case ends:
		for i := len(s.open) - 1; i >= 0; i-- {
			if s.open[i] == name {
				s.open = s.open[:i]
				break
			}
		}
	case !voidTags[tag] && len(s.open) < 1000:
		s.open = append(s.open, name)
	}
}

// tagName returns the name in a tag, in lower case, and whether it is an end tag.
func tagName(raw string) (name string, ends bool) {
	raw = strings.TrimPrefix(raw, "<")
	raw, ends = strings.CutPrefix(raw, "/")
	if i := strings.IndexAny(raw, " \t\r\n\f/>"); i >= 0 {
		raw = raw[:i]
	}
	return strings.ToLower(raw), ends
}

// hides reports a start tag whose element a reader does not see.
func hides(raw string, tag atom.Atom) bool {
	if unescapedText[tag] || tag == atom.Template {
		return true
	}
	if lower := strings.ToLower(raw); !strings.Contains(lower, "style") && !strings.Contains(lower, "hidden") && !strings.Contains(lower, "color") {
		return false
	}
	tree, err := parseHTML(context.Background(), raw, 8)
	if err != nil || tree.root.first == nil {
		return false
	}
	return plainLook.inherit(stylesOf(tree).of(tree, tree.root.first)).hidden()
}

// rawHTML reads a tag or a comment within a paragraph.
func (w *markdownWalker) rawHTML(n *ast.RawHTML) {
	if n.Segments.Len() == 0 {
		return
	}
	from, to := n.Segments.At(0).Start, n.Segments.At(n.Segments.Len()-1).Stop
	raw := w.src[from:to]
	if inner, ok := strings.CutPrefix(raw, "<!--"); ok {
		w.runs = append(w.runs, run{text: strings.TrimSuffix(inner, "-->"), start: from, end: to, veiled: true})
		return
	}
	if len(raw) < 3 || raw[1] == '!' || raw[1] == '?' {
		return
	}
	if name, _ := tagName(raw); name == "br" {
		w.emit(run{text: "\n", start: from, end: to}, false)
		return
	}
	w.shroud.tag(raw)
}

// html reads a block of HTML as the page of its own that it is, after what ends there of an element that hides.
func (w *markdownWalker) html(n *ast.HTMLBlock, at markdownPlace) {
	src, from := w.htmlSource(n)
	if w.shroud.covers() {
		end := w.shroud.end(src)
		w.add(block{kind: Hidden, runs: hiddenRuns(src[:end], from)}, at)
		src, from = src[end:], from+end
	}
	w.covered = false
	if strings.TrimSpace(src) == "" {
		return
	}
	tree, err := parseHTML(w.ctx, src, w.nesting)
	if err != nil {
		w.err = err
		return
	}
	page := &htmlWalker{t: tree, b: w.b, css: stylesOf(tree), flow: w.flow}
	w.b.shift += from
	page.children(tree.root, htmlPlace{kind: at.kind, depth: at.depth, item: at.item, look: plainLook})
	page.flush()
	w.b.shift -= from
	w.flow = page.flow
	w.shroud.leftOpen(page)
}

// htmlSource returns the source of an HTML block, with blanks for what stands before its lines (the marks of a quote), and
// its offset.
func (w *markdownWalker) htmlSource(n *ast.HTMLBlock) (src string, from int) {
	lines := n.Lines().Sliced(0, n.Lines().Len())
	if n.HasClosure() {
		lines = append(lines[:len(lines):len(lines)], n.ClosureLine)
	}
	if len(lines) == 0 {
		return "", 0
	}
	from = lines[0].Start
	src = w.src[from:lines[len(lines)-1].Stop]
	var masked []byte
	for i := 1; i < len(lines); i++ {
		for at := lines[i-1].Stop; at < lines[i].Start; at++ {
			if masked == nil {
				masked = []byte(src)
			}
			masked[at-from] = ' '
		}
	}
	if masked != nil {
		src = string(masked)
	}
	return src, from
}

// end takes in the tags of src up to where nothing is hidden any more, and returns that offset.
func (s *shroud) end(src string) int {
	z := html.NewTokenizer(strings.NewReader(src))
	at := 0
	for s.covers() {
		tt := z.Next()
		raw := string(z.Raw())
		at += len(raw)
		if tt == html.ErrorToken {
			return len(src)
		}
		if tt == html.StartTagToken || tt == html.EndTagToken {
			s.tag(raw)
		}
	}
	return at
}

// leftOpen notes the elements that hide and that a block of HTML leaves open.
func (s *shroud) leftOpen(page *htmlWalker) {
	look := plainLook
	for n := page.t.root.last; n != nil && n.kind == elementNode && n.close == len(page.t.src) && !voidTags[n.tag]; n = n.last {
		look = look.inherit(page.css.of(page.t, n))
		if look.hidden() {
			name, _ := tagName(page.t.src[n.start:n.end])
			s.open = append(s.open, name)
		}
	}
}

// hiddenRuns reads the text of HTML that is not shown, whatever its tags.
func hiddenRuns(src string, from int) []run {
	var runs []run
	z := html.NewTokenizer(strings.NewReader(src))
	for at := 0; ; {
		tt := z.Next()
		size := len(z.Raw())
		if tt == html.ErrorToken {
			break
		}
		if tt == html.TextToken {
			runs = appendText(runs, src, at, at+size, true)
		}
		at += size
	}
	for i := range runs {
		runs[i].start, runs[i].end = runs[i].start+from, runs[i].end+from
	}
	return runs
}
