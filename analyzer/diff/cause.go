package diff

import (
	"reflect"
	"strings"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A Place is a sentence and where it stands.
type Place struct {
	Quote   string `json:"quote"`
	Section string `json:"section,omitempty"`
	Line    int    `json:"line,omitempty"`
	Page    int    `json:"page,omitempty"`

	heading bool
}

// A Cause is the change of the text that explains another change.
type Cause struct {
	Kind Kind   `json:"kind"`
	Was  *Place `json:"was,omitempty"` // the sentence of then
	Now  *Place `json:"now,omitempty"` // the sentence of now
	Note string `json:"note,omitempty"`
}

// A Kind says what happened to the text.
type Kind string

// The kinds.
const (
	Added    Kind = "added"    // the sentence is new
	Removed  Kind = "removed"  // the sentence is gone
	Edited   Kind = "edited"   // it says something else
	Same     Kind = "same"     // it says the same: something else in the document made the difference
	Handled  Kind = "handled"  // the draft of now says why the finding is left out
	Returned Kind = "returned" // the draft of then said why the finding was left out
	Unknown  Kind = "unknown"  // the other document is not at hand
)

// alike is how much two sentences have in common that are shown as then and now.
const alike = 0.45

// A text is what is known of a document.
type text struct {
	draft *threatmodel.Draft
	lines map[string]*Place // by what they say
	all   []*Place
	words []review.Words
	whole bool
}

// A comparison is two drafts on the way to what changed.
type comparison struct {
	was, now *text
	found    map[*text]map[string]*Place // what is nearest to sentences
}

func newComparison(was, now Side) *comparison {
	return &comparison{was: textOf(was), now: textOf(now), found: map[*text]map[string]*Place{}}
}

func textOf(s Side) *text {
	t := &text{draft: s.Draft, lines: map[string]*Place{}, whole: s.Sentences != nil || s.Draft == nil}
	if t.draft == nil {
		t.draft = &threatmodel.Draft{}
	}
	for i := range s.Sentences {
		t.add(&s.Sentences[i])
	}
	if s.Sentences == nil {
		citations(reflect.ValueOf(t.draft), func(c *threatmodel.Citation) { t.add(place(c)) })
	}
	return t
}

// add takes in a sentence, once.
func (t *text) add(p *Place) {
	if key := line(p.Quote); key != "" && t.lines[key] == nil {
		t.lines[key] = p
		if !p.heading {
			t.all, t.words = append(t.all, p), append(t.words, review.WordsOf(p.Quote))
		}
	}
}

// citations calls do for every citation in a draft.
func citations(v reflect.Value, do func(*threatmodel.Citation)) {
	switch v.Kind() {
	case reflect.Pointer:
		citations(v.Elem(), do)
	case reflect.Slice:
		for i := range v.Len() {
			citations(v.Index(i), do)
		}
	case reflect.Struct:
		if c, ok := v.Addr().Interface().(*threatmodel.Citation); ok {
			do(c)
			return
		}
		for i := range v.NumField() {
			citations(v.Field(i), do)
		}
	}
}

func place(c *threatmodel.Citation) *Place {
	return &Place{Quote: c.Quote, Section: c.Section, Line: c.LineStart, Page: c.Page}
}

// first returns the place of the first citation, nil where there is none.
func first(cited []threatmodel.Citation) *Place {
	if len(cited) == 0 {
		return nil
	}
	return place(&cited[0])
}

// line is a sentence on one line: white space makes no difference.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// in returns the sentence of a text that says the same or nearly the same, nil where there is none.
func (c *comparison) in(t *text, quote string) *Place {
	if p := t.lines[line(quote)]; p != nil {
		return p
	}
	if p, ok := c.found[t][quote]; ok {
		return p
	}
	var best *Place
	most, words := alike, review.WordsOf(quote)
	for i, p := range t.all {
		if s := words.Alike(t.words[i]); s > most {
			most, best = s, p
		}
	}
	if c.found[t] == nil {
		c.found[t] = map[string]*Place{}
	}
	c.found[t][quote] = best
	return best
}

// cause tells what happened to a sentence of which only one side is given.
func (c *comparison) cause(was, now *Place) Cause {
	switch {
	case was == nil && now == nil:
		return Cause{Kind: Unknown}
	case now == nil:
		return c.pair(was, c.in(c.now, was.Quote), c.now, Removed)
	case was == nil:
		return c.pair(c.in(c.was, now.Quote), now, c.was, Added)
	}
	return c.pair(was, now, c.was, Edited)
}

// pair is a sentence of then and one of now. Where one is missing, other is the text that does not have it, and alone is what that means.
func (c *comparison) pair(was, now *Place, other *text, alone Kind) Cause {
	switch {
	case was == nil || now == nil:
		if !other.whole {
			alone = Unknown
		}
		return Cause{Kind: alone, Was: was, Now: now}
	case line(was.Quote) == line(now.Quote):
		return Cause{Kind: Same, Was: was, Now: now}
	}
	return Cause{Kind: Edited, Was: was, Now: now}
}

// moved tells of a finding that is still there which of its sentences says something else.
func (c *comparison) moved(was, now []threatmodel.Citation) Cause {
	old := map[string]bool{}
	for i := range was {
		old[line(was[i].Quote)] = true
	}
	for i := range now {
		if !old[line(now[i].Quote)] {
			return c.cause(nil, place(&now[i]))
		}
	}
	current := map[string]bool{}
	for i := range now {
		current[line(now[i].Quote)] = true
	}
	for i := range was {
		if !current[line(was[i].Quote)] {
			return c.cause(place(&was[i]), nil)
		}
	}
	return c.cause(nil, first(now))
}

// came tells why a finding is new.
func (c *comparison) came(f *threatmodel.AbuseCase) Cause {
	cause := c.cause(nil, first(f.Citations))
	if d := leftOut(c.was.draft, f); d != nil && cause.Kind != Added {
		cause.Note = d.Detail
		if p := first(d.Cited); p != nil && d.Reason == threatmodel.Safeguarded && c.now.lines[line(p.Quote)] == nil {
			return Cause{Kind: Returned, Was: p, Now: c.in(c.now, p.Quote), Note: d.Detail}
		}
	}
	return cause
}

// went tells why a finding is gone.
func (c *comparison) went(f *threatmodel.AbuseCase) Cause {
	cause := c.cause(first(f.Citations), nil)
	if d := leftOut(c.now.draft, f); d != nil {
		cause.Note = d.Detail
		if p := first(d.Cited); p != nil && d.Reason == threatmodel.Safeguarded {
			return Cause{Kind: Handled, Was: c.in(c.was, p.Quote), Now: p, Note: d.Detail}
		}
	}
	return cause
}

// leftOut returns what a draft says of a finding that it leaves out, nil where it says nothing.
func leftOut(d *threatmodel.Draft, f *threatmodel.AbuseCase) *threatmodel.Dropped {
	for i := range d.Dropped {
		one := &d.Dropped[i]
		if one.Kind == "abuse_case" && (f.Rule != "" && one.Rule == f.Rule || f.Rule == "" && one.Text == f.Title) {
			return one
		}
	}
	return nil
}
