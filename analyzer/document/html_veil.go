package document

import (
	"strings"
	"unicode/utf8"
)

// midSentence reports whether the text at hand stands open, so that what readers do not see must not cut it in two.
func (w *htmlWalker) midSentence(at htmlPlace) bool {
	if at.pre || at.kind == Hidden || w.brk.End > 0 {
		return false
	}
	text := strings.TrimRightFunc(tailText(w.runs), func(r rune) bool { return closes(r) })
	last, _ := utf8.DecodeLastRuneInString(text)
	return text != "" && !strings.ContainsRune(".!?。！？…", last)
}

// veil keeps the words of an element within the sentence at hand, as what a reader does not see of it.
func (w *htmlWalker) veil(n *htmlNode, struck bool) {
	if r, ok := w.unseen(n); ok {
		r.struck = struck
		w.runs = append(w.runs, r)
	}
}

// shows reports whether something within a hidden element is made visible again.
func (w *htmlWalker) shows(n *htmlNode, look look) bool {
	for c := n.first; c != nil; c = c.next {
		if c.kind != elementNode {
			continue
		}
		if own := look.inherit(w.css.of(w.t, c)); !own.hidden() || w.shows(c, own) {
			return true
		}
	}
	return false
}

// strike sets words apart that were struck out: they no longer count, but are no secret.
func (w *htmlWalker) strike(n *htmlNode) {
	w.flush()
	if r, ok := w.unseen(n); ok {
		r.struck = true
		w.b.add(block{kind: Hidden, runs: []run{r}})
	}
}

// unseen returns the words of an element as one veiled run.
func (w *htmlWalker) unseen(n *htmlNode) (r run, ok bool) {
	g := cellGatherer{w: w, shown: true}
	g.element(n, plainLook)
	text := foldBlanks(visibleText(g.runs))
	if text == "" {
		return run{}, false
	}
	return run{text: text, start: g.runs[0].start, end: g.runs[len(g.runs)-1].end, veiled: true}, true
}
