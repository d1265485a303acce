// Package inspect looks at the document itself instead of the product that it describes.
//
// In comes a document; out come proposals about what should not stand in it: secrets that seem to work, and sentences, shown or
// hidden, that are addressed to the tools that read it. It runs whatever the engine is, and nothing can talk it out of it.
package inspect

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// A Report is what was seen, in the order of the document.
type Report struct {
	Secrets  []Secret
	Steering []Steering
}

// A Secret is a stretch of a sentence that looks like a working key, token, password or private key. Start equals End where it
// stands in the sentence's source alone, which a reader does not see: in a link's target, in a comment amid the sentence.
type Secret struct {
	Sentence   int    // 1-based
	Start, End int    // bytes of the sentence's Text
	Kind       string // "aws_access_key", "private_key", "password", …

	name   string // of the kind, for people
	sure   bool   // nothing else has this shape
	begins bool   // a private key, of which it is the first line
}

// A Steering is a sentence that tells its reader, a tool, what to do.
type Steering struct {
	Sentence int
	Kind     string // what gives it away, for people: "tells the reader to ignore its instructions"
	Hidden   bool   // a reader does not see it
	Sure     bool   // more than one thing gives it away
}

// Look inspects a document. Many goroutines may inspect one.
func Look(text *reading.Text) *Report {
	l := newLooker(theBook())
	l.smuggled = smuggled(text.Doc)
	var secrets []Secret
	for i := range text.Doc.Sentences {
		s := &text.Doc.Sentences[i]
		secrets = l.sentence(text.Doc, s, secrets)
	}
	secrets = append(secrets, keyBlocks(text.Doc)...)
	return &Report{Secrets: merge(secrets), Steering: l.steering(text.Doc)}
}

// Steers reports whether a text that stands alone tells its reader, a tool, what to do, and what gives it away.
func Steers(text string) (kind string, ok bool) {
	l := newLooker(theBook())
	folded := fold(text)
	var m mark
	if l.read(folded) {
		l.score(&m, folded)
	}
	l.disguises(&m, text, folded)
	if !m.steers() {
		return "", false
	}
	return m.kind(), true
}

// A looker goes through one document's sentences.
type looker struct {
	book *book

	stamp    []int32 // by group of words, the reading that saw it last
	reading  int32
	found    []int32
	patterns []int32 // to be tried on the text just read
	shapes   []int32

	smuggled map[int]string // what stands in invisible characters, by the sentence that it follows
	marks    []mark         // of the sentences that have some
}

func newLooker(b *book) *looker {
	return &looker{book: b, stamp: make([]int32, b.literals.groups)}
}

// read takes in a folded text: which patterns and shapes are worth trying on it. It reports whether any is.
func (l *looker) read(folded string) bool {
	l.reading++
	l.found = l.book.literals.find(folded, l.stamp, l.reading, l.found[:0])
	l.patterns, l.shapes = l.patterns[:0], l.shapes[:0]
	for _, g := range l.found {
		for _, n := range l.book.ofGroup[g] {
			if p := int(n) - len(l.book.patterns); p >= 0 {
				l.shapes = append(l.shapes, int32(p))
			} else if l.ready(n, g) {
				l.patterns = append(l.patterns, n)
			}
		}
	}
	return len(l.patterns)+len(l.shapes) > 0
}

// ready reports that all words that the pattern needs were seen. A pattern is counted once, for its first group.
func (l *looker) ready(n, group int32) bool {
	required := l.book.patterns[n].required
	if required[0] != group {
		return false
	}
	for _, g := range required {
		if l.stamp[g] != l.reading {
			return false
		}
	}
	return true
}

// sentence looks at one sentence: its text, what is veiled in it, and the targets of its links.
func (l *looker) sentence(doc *document.Document, s *document.Sentence, secrets []Secret) []Secret {
	folded := fold(s.Text)
	m := mark{num: s.Num, hidden: s.Kind == document.Hidden}
	if l.read(folded) {
		from := len(secrets)
		secrets = l.secrets(s.Text, secrets)
		for i := from; i < len(secrets); i++ {
			secrets[i].Sentence = s.Num
		}
		l.score(&m, folded)
	}
	l.disguises(&m, s.Text, folded)
	secrets = l.source(doc, s, &m, secrets)
	secrets = l.cells(s, secrets)
	if m.total() > 0 {
		l.marks = append(l.marks, m)
	}
	return secrets
}

// source looks at what the source of a sentence has besides its text.
func (l *looker) source(doc *document.Document, s *document.Sentence, m *mark, secrets []Secret) []Secret {
	source := doc.Source[s.Span.Start:s.Span.End]
	for _, v := range s.Veiled {
		l.unseen(m, doc.Source[v.Start:v.End])
	}
	if smuggled := l.smuggled[s.Num]; smuggled != "" {
		l.unseen(m, smuggled)
	}
	if doc.Format == document.HTML || len(source) <= len(s.Text) || len(s.Veiled) == 0 && !strings.Contains(source, "](") && !strings.Contains(source, "<") {
		return secrets
	}
	folded := fold(source)
	for _, title := range titles(source) {
		l.unseen(m, title)
	}
	if !l.read(folded) {
		return secrets
	}
	for _, hit := range l.secrets(source, nil) {
		if !strings.Contains(s.Text, source[hit.Start:hit.End]) {
			hit.Sentence, hit.Start, hit.End = s.Num, 0, 0
			secrets = append(secrets, hit)
		}
	}
	l.patterns = slices.DeleteFunc(l.patterns, func(n int32) bool { return !l.book.patterns[n].raw }) // marks that a loader takes for markup
	l.score(m, folded)
	return secrets
}

// unseen scores text that belongs to a sentence and that a reader does not see.
func (l *looker) unseen(m *mark, text string) {
	text = untag(text)
	folded := fold(text)
	found := mark{hidden: true}
	if l.read(folded) {
		l.score(&found, folded)
	}
	l.disguises(&found, text, folded)
	m.take(found)
}
