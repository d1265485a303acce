package reading

import (
	"strings"

	"whatif/analyzer/document"
)

// A Stance is how a sentence stands to what it speaks of. The zero Stance is a plain claim about the product.
type Stance struct {
	Negated    bool // its main claim is denied: "we will not store", "no photos are kept"
	Open       bool // asked or undecided: "?", "TBD", under a heading like Open questions
	Planned    bool // meant for later: "in a future release", "phase 2", "nice to have"
	OutOfScope bool // excluded: under a heading like Non-goals, "is out of scope"
	Aside      bool // about something other than what the product does: metrics, background, glossary, change log, team

	denials [maxDenials]denial // where a denial bites; unused ones are empty
}

// maxDenials is how many denials of one sentence are told apart; a further one widens the last.
const maxDenials = 3

// A denial is a half-open range of word indexes that a word of denial bites.
type denial struct {
	from, to int32
	limited  bool // only in part: "cannot be exported without approval"
}

// Claim reports whether the sentence says something about the product as it is to be built.
func (s Stance) Claim() bool { return !s.Negated && !s.Open && !s.Planned && !s.OutOfScope && !s.Aside }

// Denies reports whether the word at the index is denied: in "we store names but not photos" only "photos" is. A denial
// that holds in part ("not without consent") does not count; see [Stance.Limits].
func (s Stance) Denies(word int) bool {
	d := s.denialOf(word)
	return d != nil && !d.limited
}

// Limits reports whether the word at the index is denied in part: "exported" in "cannot be exported without approval".
func (s Stance) Limits(word int) bool {
	d := s.denialOf(word)
	return d != nil && d.limited
}

func (s *Stance) denialOf(word int) *denial {
	for i := range s.denials {
		if d := &s.denials[i]; int(d.from) <= word && word < int(d.to) {
			return d
		}
	}
	return nil
}

func (s *Stance) deny(from, to int, limited bool) {
	for i := range s.denials {
		if d := &s.denials[i]; d.to == 0 {
			*d = denial{int32(from), int32(to), limited}
			return
		}
	}
	last := &s.denials[maxDenials-1]
	last.to = max(last.to, int32(to))
}

// take adds what a heading, a label or a lead-in says about everything under it.
func (s *Stance) take(k kind) {
	s.Open = s.Open || k&open != 0
	s.Planned = s.Planned || k&planned != 0
	s.OutOfScope = s.OutOfScope || k&outOfScope != 0
	s.Aside = s.Aside || k&aside != 0
}

// StanceOf returns the stance of a text on its own, whatever it stands under.
func StanceOf(text string) Stance {
	c := builtin()
	s := Sentence{Sentence: &document.Sentence{Kind: document.Prose, Text: text}, Words: Words(text)}
	c.say(&s, nil)
	c.deny(&s)
	return s.Stance
}

// Denies reports whether a word, in lower case, is one of denial: "not", "no", "doesn't", "without", "unless".
func Denies(form string) bool {
	c := builtin()
	r, _ := c.roleAt([]Word{{Form: form}}, 0)
	return r&(denies|deniesNoun|deniesClause|deniesLocal|limits) != 0
}

// takeStances decides each sentence's stance from its words, its lead-in and the headings that it stands under.
func (t *Text) takeStances() {
	c := builtin()
	title := Words(t.Doc.Title)
	under := c.sections(t)
	label := labelled{}
	for i := range t.Sentences {
		s := &t.Sentences[i]
		if s.Kind == document.Hidden {
			continue
		}
		s.Stance.take(under[s.Section])
		if s.Kind != document.Code {
			c.say(s, title)
			s.Stance.take(c.label(s))
			c.deny(s)
			s.denyColumns()
		}
		t.followLead(s)
		s.Stance.take(label.next(c, s))
	}
}

// followLead gives a list item the stance of the sentence that leads into it: "We will not:", "Planned for later:".
func (t *Text) followLead(s *Sentence) {
	if s.Lead < 1 || s.Lead >= s.Num {
		return
	}
	lead := &t.Sentences[s.Lead-1]
	if !strings.HasSuffix(lead.Text, ":") && lead.Kind != document.ListItem {
		return
	}
	s.Stance.take(lead.Stance.kind() &^ aside)
	if n := len(lead.Words); lead.Stance.Negated && strings.HasSuffix(lead.Text, ":") && n > 0 && lead.Stance.Denies(n-1) {
		s.Stance.Negated = true
		s.Stance.denials = [maxDenials]denial{{0, int32(len(s.Words)), false}}
	}
}

// kind returns the stance without its denials.
func (s Stance) kind() (k kind) {
	for _, f := range []struct {
		set bool
		as  kind
	}{{s.Open, open}, {s.Planned, planned}, {s.OutOfScope, outOfScope}, {s.Aside, aside}} {
		if f.set {
			k |= f.as
		}
	}
	return k
}

// labelled follows a line that is nothing but a heading's words without being marked up as a heading ("Non-goals" in bold): it
// speaks for the list or the one paragraph right after it.
type labelled struct {
	says  kind
	block int           // the paragraph it holds for; 0 while none was seen
	of    document.Kind // what follows it
}

func (l *labelled) next(c *cues, s *Sentence) kind {
	if s.Kind == document.Heading {
		*l = labelled{}
		return 0
	}
	if s.Kind == document.Prose && len(s.Words) <= 6 {
		if k := c.title(s.Text, s.Words) &^ plain; k != 0 {
			*l = labelled{says: k}
			return 0
		}
	}
	if l.says == 0 {
		return 0
	}
	if l.block == 0 {
		l.block, l.of = s.Block, s.Kind
	}
	if s.Kind != l.of || (s.Kind == document.Prose && s.Block != l.block) {
		*l = labelled{}
		return 0
	}
	return l.says
}
