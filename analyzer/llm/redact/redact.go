// Package redact takes out of a document's words what must not be sent, and puts it back into what is replied.
//
// In comes text; out comes the same text with stable placeholders ("[EMAIL-3F9C]"). Working secrets are always taken out;
// e-mail addresses, telephone numbers, names and patterns of the user's own when asked for.
package redact

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/inspect"
)

// Options say what is taken out besides secrets.
type Options struct {
	Personal bool             // e-mail addresses, telephone numbers, card and account numbers, IP addresses
	Names    []string         // of people and companies, matched as whole words, case folded
	Patterns []*regexp.Regexp // of the user's own
}

// A Redactor hides and restores one document's words. Many goroutines may use it.
//
// A placeholder is made of the value's kind and the first four hexadecimal digits of the SHA-256 of kind and value, more where two
// values of the document would share them. So it is the same in every document and run, and a cache of replies holds. It tells its
// reader how often a value occurs, in which documents, and whether it is the value that they already suspect it is; it doesn't tell
// the value to somebody who doesn't. "Ann" and "ANN" are two values, since each is put back as it was.
type Redactor struct {
	names    nameList
	patterns []*regexp.Regexp
	personal bool
	secrets  valueList // of the document, found wherever they stand

	mu     sync.RWMutex
	marks  map[value]string // placeholder by value
	values map[string]value // and back
	known  map[string]int   // values of the document, by what a person calls their kind
}

// A value is one that is hidden.
type value struct {
	kind kind
	text string
}

// New returns the redactor of a document: the same value has the same placeholder everywhere, which follows from the value alone.
func New(doc *document.Document, secrets []inspect.Secret, opt Options) *Redactor {
	r := &Redactor{names: newNameList(opt.Names), personal: opt.Personal, marks: map[value]string{}, values: map[string]value{}, known: map[string]int{}}
	for _, p := range opt.Patterns {
		if p != nil {
			r.patterns = append(r.patterns, p)
		}
	}
	for _, s := range secrets {
		if sentence := doc.Sentence(s.Sentence); sentence != nil && 0 <= s.Start && s.Start < s.End && s.End <= len(sentence.Text) {
			r.secrets.add(sentence.Text[s.Start:s.End])
		}
	}
	r.learn(doc)
	return r
}

// learn gives every value of the document its placeholder, so that none depends on what is hidden first.
func (r *Redactor) learn(doc *document.Document) {
	seen := map[value]bool{}
	take := func(text string) {
		for _, s := range r.find(text) {
			seen[value{s.kind, text[s.start:s.end]}] = true
		}
	}
	take(doc.Title)
	for i := range doc.Sentences {
		take(doc.Sentences[i].Text)
	}
	all := make([]value, 0, len(seen))
	for v := range seen {
		all = append(all, v)
		if v.kind != lookalike {
			r.known[kinds[v.kind].name]++
		}
	}
	for digits := leastDigits; len(all) > 0; digits += 2 {
		all = r.assign(all, digits)
	}
}

// assign gives the values whose placeholders of so many digits nobody shares these, and returns the others.
func (r *Redactor) assign(all []value, digits int) (left []value) {
	sharing := map[string]int{}
	for _, v := range all {
		sharing[v.placeholder(digits)]++
	}
	for _, v := range all {
		if mark := v.placeholder(digits); sharing[mark] > 1 && digits < mostDigits {
			left = append(left, v)
		} else {
			r.marks[v], r.values[mark] = mark, v
		}
	}
	return left
}

// Hide returns text with placeholders. Values are found also where they stand in other sentences than the one they were first
// seen in.
func (r *Redactor) Hide(text string) string {
	spans := r.find(text)
	if len(spans) == 0 {
		return text
	}
	var out strings.Builder
	at := 0
	for _, s := range spans {
		out.WriteString(text[at:s.start])
		out.WriteString(r.mark(value{s.kind, text[s.start:s.end]}))
		at = s.end
	}
	out.WriteString(text[at:])
	return out.String()
}

// mark returns the placeholder of a value. One that the document doesn't have gets more digits than its own do, so that the two
// cannot meet.
func (r *Redactor) mark(v value) string {
	r.mu.RLock()
	mark, ok := r.marks[v]
	r.mu.RUnlock()
	if ok {
		return mark
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for digits := strangeDigits; ; digits += 2 {
		mark = v.placeholder(min(digits, mostDigits))
		if other, taken := r.values[mark]; !taken || other == v || digits >= mostDigits {
			break
		}
	}
	v = value{v.kind, strings.Clone(v.text)}
	r.marks[v], r.values[mark] = mark, v
	return mark
}

// Restore puts what was hidden back in, but for secrets, whose placeholders stay.
func (r *Redactor) Restore(text string) string {
	if !strings.Contains(text, "[") {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return placeholders().ReplaceAllStringFunc(text, func(mark string) string {
		if v, ok := r.values[mark]; ok && v.kind != secret {
			return v.text
		}
		return mark
	})
}

// Count returns how many different values of the document have placeholders, by kind: "e-mail address", "secret".
func (r *Redactor) Count() map[string]int {
	out := map[string]int{}
	for name, n := range r.known {
		out[name] = n
	}
	return out
}

// find returns the stretches of text to hide, in order. Those that overlap become one, so that no rest of either is left; the
// first kind of the two is the kind of both.
func (r *Redactor) find(text string) []span {
	spans := r.secrets.find(text, nil)
	for _, s := range inspect.Find(text) {
		spans = append(spans, span{s.Start, s.End, secret})
	}
	for _, at := range placeholders().FindAllStringIndex(text, -1) {
		spans = append(spans, span{at[0], at[1], lookalike})
	}
	if r.personal {
		spans = personal(text, spans)
	}
	spans = r.names.find(text, spans)
	for _, p := range r.patterns {
		for _, at := range p.FindAllStringIndex(text, -1) {
			if at[0] < at[1] {
				spans = append(spans, span{at[0], at[1], own})
			}
		}
	}
	return merged(spans)
}

// A span is a stretch of a text to hide.
type span struct {
	start, end int
	kind       kind
}

// merged sorts spans and unites those that overlap.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(x, y span) int {
		if x.start != y.start {
			return x.start - y.start
		}
		return y.end - x.end
	})
	out := spans[:0]
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.start < out[last].end {
			out[last].end = max(out[last].end, s.end)
			out[last].kind = min(out[last].kind, s.kind)
			continue
		}
		out = append(out, s)
	}
	return out
}
