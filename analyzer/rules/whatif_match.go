package rules

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
	"sort"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// An asker tries rules on one document.
type asker struct {
	facts   *facts
	book    *ruleBook
	hits    [][]hit // by phrase
	later   [][]hit // by phrase, in what is planned for later
	assets  []hit   // facts where they stand, by sentence
	actors  []hit
	relied  []hit
	terms   map[string][]hit
	named   map[string][]int // assets by the telling stems of their names
	claims  int              // sentences that count
	summary []bool           // by section: it only says in short what the document is about
	parents [][]int          // by section: indexes of its own heading and those above it
	scan    *scanner         // of hits
	plans   *scanner         // of later
	first   firstHits
	memo    map[*condition][]hit // what [asker.met] found for the safeguards of the rule at hand
}

func newAsker(f *facts, book *ruleBook) *asker {
	a := &asker{facts: f, book: book, terms: map[string][]hit{}, named: map[string][]int{}}
	a.scan, a.plans = book.phrases.scanner(), book.phrases.scanner()
	a.hits, a.later = a.scan.scan(f.text), a.plans.scanThose(f.text, planned)
	a.first = firstHits{at: newSentenceSet(len(f.text.Sentences)), hits: make([]hit, len(f.text.Sentences))}
	a.memo = map[*condition][]hit{}
	for i := range f.text.Sentences {
		if s := &f.text.Sentences[i]; counts(s) && s.Kind != document.Heading && !s.Stance.Negated {
			a.claims++
		}
	}
	a.indexFacts()
	a.indexSections()
	return a
}

// release gives back what the next document can use. Nothing that the asker found may be used any more.
func (a *asker) release() {
	a.scan.release()
	a.plans.release()
}

// indexFacts notes where assets, actors and terms of the lexicon stand.
func (a *asker) indexFacts() {
	add := func(to []hit, sentences []int, fact int) []hit {
		for _, n := range sentences {
			if a.usable(n - 1) {
				to = append(to, hit{sentence: int32(n - 1), phrase: -1, fact: int32(fact)})
			}
		}
		return to
	}
	for i := range a.facts.set.Assets {
		a.assets = add(a.assets, a.facts.set.Assets[i].Evidence.Sentences, i)
		for _, stem := range reading.Stems(a.facts.set.Assets[i].Name) {
			if same := a.named[stem]; !broad[stem] && len(stem) > 3 && (len(same) == 0 || same[len(same)-1] != i) {
				a.named[stem] = append(same, i)
			}
		}
	}
	for i := range a.facts.set.Actors {
		a.actors = add(a.actors, a.facts.set.Actors[i].Evidence.Sentences, i)
	}
	for i := range a.facts.set.Dependencies {
		a.relied = add(a.relied, a.facts.set.Dependencies[i].Evidence.Sentences, i)
	}
	sortHits(a.relied)
	sortHits(a.assets)
	sortHits(a.actors)
	for i, marks := range a.facts.marks {
		if !a.usable(i) {
			continue
		}
		for _, m := range marks {
			a.terms[m.Term] = append(a.terms[m.Term], hit{sentence: int32(i), from: int32(m.From), to: int32(m.To), phrase: -1, fact: -1})
		}
	}
}

// usable reports whether the sentence with index i is a claim that may stand as evidence.
func (a *asker) usable(i int) bool {
	if i < 0 || i >= len(a.facts.text.Sentences) {
		return false
	}
	s := &a.facts.text.Sentences[i]
	return counts(s) && s.Kind != document.Heading && !s.Stance.Negated
}

// indexSections finds the headings above each section.
func (a *asker) indexSections() {
	sections := a.facts.text.Doc.Sections
	a.parents = make([][]int, len(sections))
	var open []int // sections that contain the current one
	for i, s := range sections {
		for len(open) > 0 && sections[open[len(open)-1]].Level >= s.Level {
			open = open[:len(open)-1]
		}
		open = append(open, i)
		for _, o := range open {
			if h := sections[o].Heading; h > 0 {
				a.parents[i] = append(a.parents[i], h-1)
			}
		}
	}
	a.summary = make([]bool, len(sections))
	for _, id := range a.book.summingUp {
		for _, h := range a.hits[id] {
			if h.heading {
				a.summary[a.facts.text.Sentences[h.sentence].Section] = true
			}
		}
	}
}

func sortHits(hits []hit) {
	slices.SortStableFunc(hits, func(x, y hit) int { return cmp.Compare(x.sentence, y.sentence) })
}

// met returns every place where the condition is met, by sentence, one a sentence: the first of its words, before facts.
func (a *asker) met(c *condition) []hit {
	hits := a.hits
	if c.Later {
		hits = a.later
	}
	if len(c.Words) == 1 && len(c.Assets)+len(c.Actors)+len(c.Relied)+len(c.Terms) == 0 {
		return hits[c.Words[0]] // one a sentence already
	}
	for _, w := range c.Words {
		a.first.add(hits[w])
	}
	set := a.facts.set
	a.addFacts(a.assets, len(c.Assets) > 0, func(fact int32) bool {
		return slices.ContainsFunc(c.Assets, func(want string) bool {
			high, secret := set.Assets[fact].Sensitivity == "high", set.Assets[fact].Category == "credential"
			return want == "any" || want == set.Assets[fact].Category || high && (want == "sensitive" || want == "sensitive_data" && !secret)
		})
	})
	a.addFacts(a.actors, len(c.Actors) > 0, func(fact int32) bool { return slices.Contains(c.Actors, set.Actors[fact].Kind) })
	a.addFacts(a.relied, len(c.Relied) > 0, func(fact int32) bool { return slices.Contains(c.Relied, set.Dependencies[fact].Kind) })
	for _, t := range c.Terms {
		a.first.add(a.terms[t])
	}
	return a.first.take()
}

// addFacts adds the facts that are wanted.
func (a *asker) addFacts(hits []hit, any bool, wanted func(fact int32) bool) {
	for i := 0; any && i < len(hits); i++ {
		if !a.first.at.has(hits[i].sentence) && wanted(hits[i].fact) {
			a.first.add(hits[i : i+1])
		}
	}
}

// A firstHits collects the first hit of each sentence.
type firstHits struct {
	at   sentenceSet
	hits []hit // by sentence
	n    int
}

func (f *firstHits) add(hits []hit) {
	for i := range hits {
		if s := hits[i].sentence; !f.at.has(s) {
			f.at.add(s)
			f.hits[s] = hits[i]
			f.n++
		}
	}
}

// take returns what was collected, by sentence, and begins anew.
func (f *firstHits) take() []hit {
	if f.n == 0 {
		return nil
	}
	all := make([]hit, 0, f.n)
	for i, word := range f.at {
		for ; word != 0; word &= word - 1 {
			all = append(all, f.hits[i*64+bits.TrailingZeros64(word)])
		}
	}
	clear(f.at)
	f.n = 0
	return all
}

// Reaches of conditions, in sentences.
const (
	nearbyReach  = 4
	sectionReach = 6 // also across headings: some documents have a heading for every sentence
)

// closest returns the hit that is nearest to the anchor within the condition's reach.
func (a *asker) closest(hits []hit, anchor int32, where near) (hit, bool) {
	section := a.facts.text.Sentences[anchor].Section
	lo, hi := a.reach(anchor, where)
	for h := range outward(hits, anchor, lo, hi) {
		return h, true
	}
	if where == inSentence {
		return hit{}, false
	}
	for _, heading := range a.parents[section] {
		i := sort.Search(len(hits), func(i int) bool { return hits[i].sentence >= int32(heading) })
		if i < len(hits) && hits[i].sentence == int32(heading) {
			return hits[i], true
		}
	}
	return hit{}, false
}

// outward yields the hits of the sentences lo..hi, without headings, from the anchor outwards: the nearest first, of two as near
// the one before the anchor.
func outward(hits []hit, anchor, lo, hi int32) iter.Seq[hit] {
	return func(yield func(hit) bool) {
		after := sort.Search(len(hits), func(i int) bool { return hits[i].sentence >= anchor })
		for before := after - 1; ; {
			back := before >= 0 && hits[before].sentence >= lo
			ahead := after < len(hits) && hits[after].sentence <= hi
			var h hit
			switch {
			case !back && !ahead:
				return
			case back && (!ahead || anchor-hits[before].sentence <= hits[after].sentence-anchor):
				h = hits[before]
				before--
			default:
				h = hits[after]
				after++
			}
			if !h.heading && !yield(h) {
				return
			}
		}
	}
}

// reach returns the first and last sentence index in which a condition near the anchor is looked for.
func (a *asker) reach(anchor int32, where near) (lo, hi int32) {
	s := a.facts.text.Doc.Sections[a.facts.text.Sentences[anchor].Section]
	first, last := int32(s.First-1), int32(s.Last-1)
	switch where {
	case inSentence:
		return anchor, anchor
	case nearby:
		return max(first, anchor-nearbyReach), min(last, anchor+nearbyReach)
	case inSection:
		return max(0, min(first, anchor-sectionReach)), max(last, anchor+sectionReach)
	}
	return 0, int32(len(a.facts.text.Sentences) - 1)
}

func distance(x, y int32) int32 { return max(x-y, y-x) }

// try returns the rule's findings: its best place, or several where it may.
func (a *asker) try(r *rule) []*finding {
	clear(a.memo)
	met := make([][]hit, len(r.When))
	for i := range r.When {
		met[i] = a.met(&r.When[i])
		if len(met[i]) == 0 && !r.When[i].Not && !r.When[i].Optional {
			return nil
		}
	}
	var places []*place
	for _, h := range met[0] {
		if p := a.at(r, h, met); p != nil {
			places = append(places, p)
		}
	}
	slices.SortStableFunc(places, func(x, y *place) int { return cmp.Compare(y.closeness, x.closeness) })
	return a.findings(r, places)
}

// A place is an anchor at which a rule's conditions are met.
type place struct {
	hits      []hit // by condition
	met       []bool
	closeness int
}

// at returns the place if the rule's conditions are met around the anchor, else nil.
func (a *asker) at(r *rule, anchor hit, met [][]hit) *place {
	if anchor.heading {
		return nil
	}
	p := &place{hits: make([]hit, len(r.When)), met: make([]bool, len(r.When))}
	p.hits[0], p.met[0] = anchor, true
	if r.When[0].Noun && !a.namesThing(anchor) {
		return nil
	}
	for i := 1; i < len(r.When); i++ {
		c := &r.When[i]
		h, ok := a.closest(met[i], anchor.sentence, c.Near)
		if ok == c.Not && !c.Optional {
			return nil
		}
		if c.Not || !ok {
			continue
		}
		if c.Noun && !a.namesThing(h) {
			return nil
		}
		p.hits[i], p.met[i] = h, true
		p.closeness += closeTo(h, anchor)
	}
	p.closeness += 2 * a.sensitivityAt(anchor.sentence)
	if a.summary[a.facts.text.Sentences[anchor.sentence].Section] {
		p.closeness -= summaryLoss
	}
	return p
}

// summaryLoss is how much less a place in a summary is worth: the sentence that decides is elsewhere.
const summaryLoss = 6

func closeTo(h, anchor hit) int {
	switch d := distance(h.sentence, anchor.sentence); {
	case h.heading:
		return 1
	case d == 0:
		return 3
	case d <= nearbyReach:
		return 2
	}
	return 0
}

// assetsAt returns the assets that stand in the sentence.
func (a *asker) assetsAt(sentence int32) []hit {
	i := sort.Search(len(a.assets), func(i int) bool { return a.assets[i].sentence >= sentence })
	j := i
	for j < len(a.assets) && a.assets[j].sentence == sentence {
		j++
	}
	return a.assets[i:j]
}

func (a *asker) sensitivityAt(sentence int32) int {
	most := 0
	for _, h := range a.assetsAt(sentence) {
		most = max(most, sensitivityRank(a.facts.set.Assets[h.fact].Sensitivity))
	}
	return most
}
