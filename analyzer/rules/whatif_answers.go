package rules

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A force is how much of a finding a safeguard takes away.
type force int

const (
	noForce   force = iota // it is about something else, or no safeguard at all
	someForce              // it helps, but leaves a part of the weakness open
	fullForce              // it answers the weakness
)

// closeBy is how far from the weakness a sentence may stand that answers it without naming its subject again.
const closeBy = 2

// answered returns the sentence that silences the rule at this place.
func (a *asker) answered(fd *finding, p *place) (hit, bool) {
	r := fd.rule
	for i := range r.Unless {
		g := &r.Unless[i]
		if g.Lowers {
			continue
		}
		if h, ok := a.strongest(fd, p, &g.condition, cmp.Or(g.Near, inDocument)); ok && a.forceOf(fd, p, h) == fullForce && !(g.Near == "" && a.far(fd, h.sentence)) {
			return h, true
		}
	}
	if r.Silence == nil {
		return hit{}, false
	}
	h, ok := a.strongest(fd, p, &r.Silence.said, r.Silence.Near)
	return h, ok && a.forceOf(fd, p, h) == fullForce && (distance(h.sentence, fd.anchor) <= closeBy || a.everywhere(h.sentence) || a.namesIt(fd, h.sentence))
}

// lower notes what is in place against the finding, but not enough.
func (a *asker) lower(fd *finding, p *place) {
	for i := range fd.rule.Unless {
		g := &fd.rule.Unless[i]
		h, ok := a.strongest(fd, p, &g.condition, cmp.Or(g.Near, inDocument))
		if !ok || a.forceOf(fd, p, h) == noForce || a.overlaps(p, h) {
			continue
		}
		fd.lowered = true
		a.inPlace(fd, h.sentence)
	}
}

// inPlace adds the sentence to what stands against the finding; to the document's safeguards too, where it is none yet.
func (a *asker) inPlace(fd *finding, sentence int32) {
	set := a.facts.set
	for _, s := range set.Safeguards {
		if slices.Contains(s.Evidence.Sentences, int(sentence)+1) {
			if !slices.ContainsFunc(fd.safeguards, func(text string) bool { return strings.HasPrefix(text, s.Text) || strings.HasPrefix(s.Text, text) }) {
				fd.safeguards = append(fd.safeguards, s.Text)
			}
			return
		}
	}
	if !a.protects(sentence) {
		return // it makes the finding weaker, and is no safeguard to speak of
	}
	text := lowerFirst(strings.TrimRight(clip(a.facts.text.Sentences[sentence].Text, 25), ".;: "))
	set.Safeguards = append(set.Safeguards, proposal.Safeguard{Text: text, Evidence: numbers([]int32{sentence})})
	fd.safeguards = append(fd.safeguards, text)
}

// protects reports whether the sentence has words of a safeguard, or holds somebody or something back.
func (a *asker) protects(sentence int32) bool {
	return slices.ContainsFunc(a.facts.marks[sentence], func(m mark) bool { return m.Class == safeguardTerm }) ||
		slices.ContainsFunc(a.facts.text.Sentences[sentence].Words, func(w reading.Word) bool {
			return holdsBack(w.Form) || w.Form == "must" || strings.HasPrefix(w.Form, "approv") || strings.HasPrefix(w.Form, "confirm")
		})
}

// strongest returns the place within reach at which the condition has most force, the nearest of several, the first of two
// that are as near.
func (a *asker) strongest(fd *finding, p *place, c *condition, where near) (hit, bool) {
	lo, hi := a.reach(fd.anchor, where)
	hits, known := a.memo[c]
	if !known {
		hits = a.met(c)
		a.memo[c] = hits
	}
	best, most := hit{}, noForce
	for h := range outward(hits, fd.anchor, lo, hi) {
		if f := a.forceOf(fd, p, h); f > most {
			best, most = h, f
		}
		if most == fullForce {
			break
		}
	}
	return best, most > noForce
}

// forceOf weighs what was found against the finding: it must be a control, not the weakness told again, and it must be about
// the same thing.
func (a *asker) forceOf(fd *finding, p *place, h hit) force {
	if a.gives(h.sentence, a.book.undoing) || a.row(h.sentence) || a.lax(fd, h) {
		return noForce
	}
	if h.sentence != fd.anchor && !a.everywhere(h.sentence) && !a.sameSubject(fd, p, h.sentence) {
		return noForce
	}
	if h.sentence != fd.anchor && a.bindsOthers(fd, h.sentence) {
		return noForce
	}
	if a.gives(h.sentence, a.book.partial) || a.takenBack(h.sentence) || h.sentence != fd.anchor && a.othersOnly(fd, h.sentence) {
		return someForce
	}
	return fullForce
}

// far reports whether the sentence is outside of the reach from which a safeguard that does not say where to look silences.
func (a *asker) far(fd *finding, sentence int32) bool {
	lo, hi := a.reach(fd.anchor, inSection)
	return (sentence < lo || sentence > hi) && !a.everywhere(sentence)
}

// gives reports whether one of the phrases stands in the sentence.
func (a *asker) gives(sentence int32, phrases []int) bool {
	return slices.ContainsFunc(phrases, func(id int) bool {
		_, found := slices.BinarySearchFunc(a.hits[id], sentence, func(h hit, s int32) int { return cmp.Compare(h.sentence, s) })
		return found
	})
}

// row reports whether the sentence is a line of a table that only describes a field: it controls nothing.
func (a *asker) row(sentence int32) bool {
	s := &a.facts.text.Sentences[sentence]
	if s.Kind != document.TableRow {
		return false
	}
	tags := a.tagsOf(sentence)
	return tags != nil && !slices.ContainsFunc(tags, func(p pos) bool { return p == verb || p == auxiliary || p == modal || p == negator })
}

// everywhere reports whether the sentence speaks of the whole product, or of everything and everybody.
func (a *asker) everywhere(sentence int32) bool { return a.gives(sentence, a.book.overall) }

// sameSubject reports whether the sentence speaks of what the finding is about: it goes on from the finding's own sentence, or
// names one of its things again.
func (a *asker) sameSubject(fd *finding, p *place, sentence int32) bool {
	text := a.facts.text
	if h := p.hits[0]; len(fd.rule.When[0].Relied) > 0 && h.phrase < 0 {
		return a.reliesOn(h.fact, sentence) || fd.rule.Category == "dependency_failure" && a.namesNoOther(h.fact, sentence)
	}
	for _, h := range a.assetsAt(sentence) {
		if slices.Contains(fd.assets, int(h.fact)) && !broad[lastStem(a.facts.set.Assets[h.fact].Name)] {
			return true
		}
	}
	for i := range text.Sentences[sentence].Words {
		w := &text.Sentences[sentence].Words[i]
		if a.isNoun(sentence, i) && !broad[w.Stem] && !a.person(w) && a.speaksOf(fd, w.Stem) {
			return true
		}
	}
	if text.Sentences[sentence].Section != text.Sentences[fd.anchor].Section || distance(sentence, fd.anchor) > closeBy {
		return false
	}
	return len(a.assetsAt(sentence)) == 0 || len(a.assetsAt(fd.anchor)) == 0 || a.goesOn(fd, sentence)
}

// goesOn reports whether the sentence follows the finding's and takes up what it says: "Each file is scanned."
func (a *asker) goesOn(fd *finding, sentence int32) bool {
	words := a.facts.text.Sentences[sentence].Words
	return sentence == fd.anchor+1 && len(words) > 0 && takesUp[words[0].Form]
}

// takesUp are words that begin a sentence about what the one before spoke of.
var takesUp = wordSet(`it they this these that those each every such both all its their`)

// reliesOn reports whether the sentence names the dependency.
func (a *asker) reliesOn(fact, sentence int32) bool {
	name := reading.Stems(a.facts.set.Dependencies[fact].Name)
	return len(name) > 0 && slices.ContainsFunc(a.facts.text.Sentences[sentence].Words, func(w reading.Word) bool { return slices.Contains(name, w.Stem) && !broad[w.Stem] })
}

// namesNoOther reports whether the sentence speaks of a service without naming another dependency: "if the service is down" may
// well be about this one.
func (a *asker) namesNoOther(fact, sentence int32) bool {
	named := slices.ContainsFunc(a.relied, func(h hit) bool {
		return h.sentence == sentence && h.fact != fact && startsUpper(a.facts.set.Dependencies[h.fact].Name)
	})
	return !named && slices.ContainsFunc(a.facts.text.Sentences[sentence].Words, func(w reading.Word) bool { return anyService[w.Stem] })
}

// anyService are stems that stand for whatever the product relies on.
var anyService = stemSet(`service provider vendor supplier partner`)

// person reports whether the word is for people: who is in two sentences does not make them about the same thing.
func (a *asker) person(w *reading.Word) bool {
	return a.facts.lexicon != nil && a.facts.lexicon.grammar.person(w)
}

// namesIt reports whether the sentence has one of the finding's names, as the document calls them.
func (a *asker) namesIt(fd *finding, sentence int32) bool {
	for i := range fd.rule.When {
		c := &fd.rule.When[i]
		if name := fd.words[c.As]; c.As != "" && name != c.Otherwise && !broad[lastStem(name)] && a.standsIn(lastWord(name), []int32{sentence}) {
			return true
		}
	}
	return slices.ContainsFunc(a.assetsAt(sentence), func(h hit) bool { return slices.Contains(fd.assets, int(h.fact)) })
}

// speaksOf reports whether the stem is a noun of the finding's own sentence.
func (a *asker) speaksOf(fd *finding, stem string) bool {
	words := a.facts.text.Sentences[fd.anchor].Words
	for i := range words {
		if words[i].Stem == stem && a.isNoun(fd.anchor, i) {
			return true
		}
	}
	return false
}

// othersOnly reports whether the sentence is about people, and none of them is in the finding's sentence.
func (a *asker) othersOnly(fd *finding, sentence int32) bool {
	switch fd.rule.Category {
	case "account_takeover", "insider_misuse", "privilege_misuse":
	default:
		return false
	}
	here, there := a.peopleAt(fd.anchor), a.peopleAt(sentence)
	return len(here) > 0 && len(there) > 0 && !slices.ContainsFunc(there, func(i int32) bool { return slices.Contains(here, i) })
}

// peopleAt returns the indexes of the people in the sentence.
func (a *asker) peopleAt(sentence int32) []int32 {
	var people []int32
	i := sort.Search(len(a.actors), func(i int) bool { return a.actors[i].sentence >= sentence })
	for ; i < len(a.actors) && a.actors[i].sentence == sentence; i++ {
		if h := a.actors[i]; a.facts.set.Actors[h.fact].Kind != "system" {
			people = append(people, h.fact)
		}
	}
	return people
}

// overlaps reports whether the hit is in the words of the finding itself.
func (a *asker) overlaps(p *place, h hit) bool {
	at := p.hits[0]
	return h.sentence == at.sentence && at.phrase >= 0 && h.phrase >= 0 && h.from < at.to && at.from < h.to
}

// broad are stems that nearly every sentence has; two sentences with only these in common are about different things.
var broad = stemSet(`user users person people customer customers member account accounts data information system product app
	application service feature page screen time day days week month minute hour year number name list way thing step case
	access email phone request requirement story ac hk fr nfr id type field status`)
