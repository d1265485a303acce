package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/reading"
)

// lax reports whether the clause of the words from..to lets something happen, so that what they name protects nothing: "up to
// 4,000 is paid without a check". What goes on to the case where a control holds ("larger sums are refused") is not lax.
func lax(s *reading.Sentence, marks []mark, from, to int) bool {
	found := false
	for i := range marks {
		m := &marks[i]
		switch {
		case m.Class != laxTerm:
		case m.entry.Kind == "beyond":
			return false
		case !deniedBefore(s, m.From) && oneClause(s, min(from, m.From), max(to, m.To)):
			found = true
		}
	}
	return found
}

// deniedBefore reports whether a word before the one at the index denies it: "nobody is paid without a check". Only the same
// clause counts.
func deniedBefore(s *reading.Sentence, at int) bool {
	for i := at - 1; i >= 0 && oneClause(s, i, at+1); i-- {
		switch form := s.Words[i].Form; {
		case form == "only", form == "none", form == "neither", reading.Denies(form):
			return true
		}
	}
	return false
}

// oneClause reports whether no punctuation that ends a clause stands between the words from..to.
func oneClause(s *reading.Sentence, from, to int) bool {
	for i := from + 1; i < to; i++ {
		between := s.Text[s.Words[i-1].End:s.Words[i].Start]
		if len(between) > 1 && strings.ContainsAny(between, ",;:.()—–|\t\n") { // not the comma of "4,000"
			return false
		}
	}
	return true
}

// lax reports whether what was found stands in a clause that lets something happen. In the finding's own sentence only words
// that are a safeguard elsewhere lose their force: others say when the rule does not apply.
func (a *asker) lax(fd *finding, h hit) bool {
	s := &a.facts.text.Sentences[h.sentence]
	from, to := 0, 1
	if h.phrase >= 0 && int(h.to) <= len(s.Words) && h.from < h.to {
		from, to = int(h.from), int(h.to)
	}
	marks := a.facts.marks[h.sentence]
	if h.sentence == fd.anchor && !slices.ContainsFunc(marks, func(m mark) bool { return m.Class == safeguardTerm && m.From < to && from < m.To }) {
		return false
	}
	return lax(s, marks, from, to)
}

// takenBack reports whether the next sentence lets happen what this one checks: "We read the date from the receipt. Orders
// without a receipt are accepted."
func (a *asker) takenBack(sentence int32) bool {
	all := a.facts.text.Sentences
	next := int(sentence) + 1
	if next >= len(all) || all[next].Section != all[sentence].Section {
		return false
	}
	for i := range a.facts.marks[next] {
		m := &a.facts.marks[next][i]
		if m.Class != laxTerm || m.entry.Kind != "unchecked" || !lax(&all[next], a.facts.marks[next], m.From, m.To) {
			continue
		}
		for k := range all[next].Words {
			w := &all[next].Words[k]
			if a.isNoun(int32(next), k) && !broad[w.Stem] && !a.person(w) && a.nounOf(sentence, w.Stem) {
				return true
			}
		}
	}
	return false
}

// nounOf reports whether the stem is a noun of the sentence.
func (a *asker) nounOf(sentence int32, stem string) bool {
	words := a.facts.text.Sentences[sentence].Words
	for i := range words {
		if words[i].Stem == stem && a.isNoun(sentence, i) {
			return true
		}
	}
	return false
}

// bindsOthers reports whether the sentence holds back one role ("Nurses see only their own ward") and the finding's sentence is
// about another: what nurses may not do does not keep the caterer from it. "Only nurses see the ward" holds back everybody.
func (a *asker) bindsOthers(fd *finding, sentence int32) bool {
	held, at := a.firstRole(sentence)
	if held < 0 || anybody[lastStem(a.facts.set.Actors[held].Name)] {
		return false
	}
	words := a.facts.text.Sentences[sentence].Words
	if slices.ContainsFunc(words[:at], func(w reading.Word) bool { return holdsBack(w.Form) }) ||
		!slices.ContainsFunc(words[at:], func(w reading.Word) bool { return holdsBack(w.Form) }) {
		return false
	}
	here := a.peopleAt(fd.anchor)
	return len(here) > 0 && !slices.Contains(here, held)
}

// firstRole returns the index of the first of the people that a sentence names, and of the word after it; -1 if it names none.
func (a *asker) firstRole(sentence int32) (role int32, at int) {
	role, at = -1, len(a.facts.text.Sentences[sentence].Words)
	for _, i := range a.peopleAt(sentence) {
		stem := lastStem(a.facts.set.Actors[i].Name)
		for k := range a.facts.text.Sentences[sentence].Words[:at] {
			if a.facts.text.Sentences[sentence].Words[k].Stem == stem {
				role, at = i, k
				break
			}
		}
	}
	return role, at
}

// holdsBack reports whether the word keeps somebody from something.
func holdsBack(form string) bool { return form == "only" || form == "neither" || reading.Denies(form) }

// anybody are stems of roles that stand for everybody who works here or uses the product.
var anybody = stemSet(`user users person people customer customers member members staff employee employees colleague worker
	guest client visitor everybody everyone anyone nobody admin admins administrator`)
