package rules

import (
	"strings"

	"whatif/analyzer/reading"
)

// tag writes each word's part of speech into tags, which has room for all.
func (g *grammar) tag(s *reading.Sentence, tags []pos) {
	for i := range s.Words {
		tags[i] = g.first(&s.Words[i])
	}
	for i := range s.Words {
		if tags[i] == verb {
			tags[i] = g.verbOrNot(s, tags, i)
		} else if tags[i] == noun && i > 0 && g.gerund(s, tags, i) {
			tags[i] = verb
		} else if tags[i] == adverb && i > 0 && s.Words[i].Capital && adjacent(s, i) && strings.HasSuffix(s.Words[i].Form, "ly") {
			tags[i] = noun // a name: "Ledgerly"
		} else if tags[i] == auxiliary && gets(s, tags, i) || tags[i] == noun && afterModal(s, tags, i) {
			tags[i] = verb
		}
	}
}

// gerund reports whether a word in -ing that is in no list says what the people before it do: "agencies repurposing videos".
func (g *grammar) gerund(s *reading.Sentence, tags []pos, i int) bool {
	form, prev := s.Words[i].Form, &s.Words[i-1]
	if len(form) < 7 || !strings.HasSuffix(form, "ing") || !adjacent(s, i) || tags[i-1] != noun || singularOf(prev.Form) == prev.Form || i+1 == len(s.Words) {
		return false
	}
	return g.person(prev) || !g.nominal[form] && tags[i+1] != noun
}

// first is the part of speech that a word has by itself; verb means that it may be one.
func (g *grammar) first(w *reading.Word) pos {
	form, stem := w.Form, w.Stem
	if p, ok := g.closed[form]; ok {
		return p
	}
	if form[0] >= '0' && form[0] <= '9' {
		return number
	}
	if g.nominal[form] {
		return noun
	}
	if both := g.verbs[stem]; (g.inflected[form] || g.participle[form]) && !(form != stem && g.person(w) && g.doer(form)) && (both || !g.derived(form)) {
		return verb
	}
	switch {
	case g.adjectives[form] || g.generic[form]:
		return adjective
	case len(form) > 4 && strings.HasSuffix(form, "ly") && !g.notAdverb[form]:
		return adverb
	}
	return noun
}

// alike reports whether a determiner stands for people or things by itself: "both", "all".
func alike(w *reading.Word) bool {
	switch w.Form {
	case "both", "all", "each", "some", "most", "many", "others", "several":
		return true
	}
	return false
}

// derived reports whether a word is a noun made from a verb, whose stem it shares: "donations", "payment".
func (g *grammar) derived(form string) bool {
	form = strings.TrimSuffix(form, "s")
	return strings.HasSuffix(form, "tion") || strings.HasSuffix(form, "sion") || strings.HasSuffix(form, "ment") && len(form) > 6
}

// verbOrNot decides on a word that may be a verb from the words around it. Words before i are decided already.
func (g *grammar) verbOrNot(s *reading.Sentence, tags []pos, i int) pos {
	w := &s.Words[i]
	before, after := pos(conjunction), pos(conjunction) // what an edge or punctuation counts as
	k := i - 1
	for k >= 0 && tags[k] == adverb && adjacent(s, k+1) {
		k--
	}
	if k >= 0 && adjacent(s, k+1) {
		before = tags[k]
	}
	if i+1 < len(s.Words) && adjacent(s, i+1) {
		after = tags[i+1]
	}
	both, known := g.verbs[w.Stem]
	switch {
	case before == determiner && (g.adjectives[w.Form] || g.generic[w.Form]):
		return adjective // "the last shift"
	case g.role(w) && singularOf(w.Form) != w.Form && before != pronoun && before != toWord && before != modal && (after == verb || after == modal || after == auxiliary):
		return noun // "team leads see", "guards can"
	case invariant[w.Form] && (before == conjunction || before == modal || before == toWord) && after != preposition:
		return verb
	case strings.HasSuffix(w.Form, "ing") && len(w.Form) > 4:
		if before == determiner || before == adjective && after != determiner || w.Capital && before == noun && s.Words[i-1].Capital {
			return noun
		}
		return verb
	case g.participle[w.Form] || strings.HasSuffix(w.Form, "ed") && !strings.HasSuffix(w.Form, "eed"):
		return participlePos(before, after)
	case before == toWord || before == modal || before == pronoun || before == negator || before == auxiliary:
		return verb
	case before == verb && w.Form == w.Stem && g.shown(&s.Words[i-1]) && after == noun:
		return noun // "shows store managers the figures"
	case before == determiner && after == determiner && alike(&s.Words[i-1]):
		return verb // "both see the report"
	case known && !both:
		if before == determiner || possessive(s, i-1) || before == preposition && w.Form == g.base(w) && i > 1 {
			return noun
		}
		return verb
	case before == determiner || before == adjective || before == number || before == preposition || possessive(s, i-1):
		return noun
	case before == noun:
		return g.afterNoun(s, tags, i, after)
	case before == conjunction && coordinated(s, tags, i, after):
		return verb
	case before == clauseWord:
		if after == determiner || after == pronoun {
			return verb
		}
		return noun
	}
	return g.atStart(s, tags, i, after)
}

// shown reports whether a verb is in the third person or the past, after which no other verb follows right away.
func (g *grammar) shown(w *reading.Word) bool {
	return w.Form != w.Stem && !strings.HasSuffix(w.Form, "ing")
}

// participlePos decides on a word in -ed: "is stored", "stored in", or "the stored card".
func participlePos(before, after pos) pos {
	nounish := after == noun || after == adjective || after == verb
	switch before {
	case auxiliary, pronoun, modal, noun:
		return verb
	case determiner, adjective, number:
		if nounish {
			return adjective
		}
		return verb
	}
	if nounish {
		return adjective
	}
	return verb
}

// afterNoun decides on a word after a noun: "users share photos", but "market share".
func (g *grammar) afterNoun(s *reading.Sentence, tags []pos, i int, after pos) pos {
	w, prev := &s.Words[i], &s.Words[i-1]
	object := after == determiner || after == pronoun || after == noun || after == adjective || after == number
	person := g.person(prev)
	plural := singularOf(prev.Form) != prev.Form || prev.Form == "staff" || prev.Form == "police" || prev.Form == "crew" || strings.HasSuffix(prev.Form, "s") && !strings.HasSuffix(prev.Form, "ss")
	third := strings.HasSuffix(w.Form, "s") && w.Form != w.Stem
	switch {
	case third == plural:
		return noun
	case person || g.product[prev.Stem]:
		return verb
	case (after == determiner || after == pronoun) && object:
		return verb
	case plural && object && i <= 3 && !g.massPlural[prev.Form] && !w.Capital:
		return verb // "Vehicle units report position", early in a sentence
	}
	return noun
}

// atStart decides on a word at the start of a clause: "Export all invoices", but "Order history".
func (g *grammar) atStart(s *reading.Sentence, tags []pos, i int, after pos) pos {
	w := &s.Words[i]
	if after == determiner || after == pronoun || after == toWord {
		return verb
	}
	nounish := after == noun || after == verb && g.verbs[s.Words[i+1].Stem]
	if n := i + 2; nounish && w.Form == w.Stem+"s" && i == 0 && n < len(s.Words) && adjacent(s, n) && tags[n] == noun && strings.HasSuffix(s.Words[n].Form, "s") {
		return verb // "Maps job titles" in a column of tasks
	}
	if nounish && w.Form == g.base(w) {
		if i+2 < len(s.Words) && (tags[i+2] == modal || tags[i+2] == auxiliary || tags[i+2] == verb && g.person(&s.Words[i+1])) {
			return noun // "Program officers read"
		}
		if next := s.Words[i+1].Form; strings.HasSuffix(next, "s") && !strings.HasSuffix(next, "ss") && !strings.HasSuffix(next, "us") {
			return verb
		}
	}
	return noun
}

// base is the word without a third-person or plural ending.
func (g *grammar) base(w *reading.Word) string {
	if strings.HasSuffix(w.Form, "s") && !strings.HasSuffix(w.Form, "ss") {
		return w.Form[:len(w.Form)-1]
	}
	return w.Form
}
