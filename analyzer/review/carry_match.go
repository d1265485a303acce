package review

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"whatif/analyzer/threatmodel"
)

// How alike findings must be. They are on the careful side: what is missed comes back to a person, what is wrong may hide a danger.
const (
	likeByID      = 0.4  // of the sentences of one id: below, the id is known and the text is another one
	likeByMeaning = 0.6  // of the sentences of one kind of danger
	likeTitle     = 0.5  // of the titles of what no built-in rule found
	likeAtAll     = 0.35 // below, two sentences are not shown side by side
	margin        = 0.1  // by which the best must be better than the next
	trustInID     = 0.3  // that ids are equal counts this much
)

// A face is what a finding is known by, of then or of today.
type face struct {
	id, title, sum string
	about          About
	quotes         []Words // the words of each sentence
	titled, asked  Words
}

func faceOf(id, title, sum string, about About) *face {
	f := &face{id: id, title: threatmodel.Fold(title), sum: sum, about: about, titled: WordsOf(title), asked: WordsOf(about.WhatIf)}
	for _, q := range about.Quotes {
		f.quotes = append(f.quotes, WordsOf(q))
	}
	return f
}

func findingFace(c *threatmodel.AbuseCase) *face {
	quotes := make([]string, len(c.Citations))
	for i := range c.Citations {
		quotes[i] = c.Citations[i].Quote
	}
	return faceOf(c.ID, c.Title, EvidenceSum(quotes), AboutOf(c))
}

// kin reports that two findings are of one kind: the same rule's, or of one category, about one question, in like words. Where it is not
// known what the first was about, only the same title tells.
func (f *face) kin(g *face) bool {
	switch {
	case !f.about.known():
		return f.title != "" && f.title == g.title
	case f.about.Rule != "" || g.about.Rule != "":
		if f.about.Rule == g.about.Rule {
			return true
		}
		return f.title == g.title && f.about.Category == g.about.Category // a rule that has another name now
	}
	return f.about.Category == g.about.Category && f.about.Question == g.about.Question && f.titled.Alike(g.titled) >= likeTitle
}

// near is how alike the sentences are, 0 to 1: of those that are most alike.
func (f *face) near(g *face) float64 {
	best := 0.0
	for _, a := range f.quotes {
		for _, b := range g.quotes {
			best = max(best, a.Alike(b))
		}
	}
	return best
}

// score is how alike two findings are, sentences before words that a rule or a model chose.
func (f *face) score(g *face) float64 {
	s := 0.7*f.near(g) + 0.2*f.titled.Alike(g.titled) + 0.1*f.asked.Alike(g.asked)
	if f.id == g.id {
		s += trustInID
	}
	return s
}

// A link leads from a finding of then to one of today.
type link struct {
	to    int // -1: to none
	how   How
	doubt bool
}

// A pair is a link on trial.
type pair struct {
	was, now int
	how      How
	score    float64
}

// A matcher links findings of then to those of today, one to one.
type matcher struct {
	was, now []*face
	links    []link
	taken    []bool // of now
}

// match links each finding of then to one of today, or to none.
func match(was, now []*face) []link {
	m := &matcher{was: was, now: now, links: make([]link, len(was)), taken: make([]bool, len(now))}
	for i := range m.links {
		m.links[i].to = -1
	}
	m.pass(false, func(f, g *face) How { // nothing changed
		if f.id == g.id && f.sum == g.sum && f.sum != "" {
			return ByID
		}
		return ""
	})
	m.pass(false, func(f, g *face) How { // the same sentences under another id: the file has another name, or a twin was put in front
		if f.sum == g.sum && f.sum != "" && f.kin(g) {
			return ByEvidence
		}
		return ""
	})
	m.pass(false, func(f, g *face) How {
		switch {
		case f.id == g.id && (!f.about.known() || f.near(g) >= likeByID):
			return ByID
		case f.about.known() && f.kin(g) && f.near(g) >= likeByMeaning:
			return ByMeaning
		}
		return ""
	})
	m.pass(true, func(f, g *face) How {
		same := f.sum == g.sum && f.sum != ""
		near := f.about.known() && f.about.Category == g.about.Category && f.near(g) >= likeAtAll
		if f.id == g.id || same || near || f.title != "" && f.title == g.title {
			return ByMeaning
		}
		return ""
	})
	return m.links
}

// pass links what is still free and may be linked, the most alike first. What could as well go to another one is left, unless the pass is
// about what is in doubt anyway.
func (m *matcher) pass(doubt bool, may func(was, now *face) How) {
	var pairs []pair
	for i, f := range m.was {
		if m.links[i].to >= 0 {
			continue
		}
		for j, g := range m.now {
			if m.taken[j] {
				continue
			}
			if how := may(f, g); how != "" {
				pairs = append(pairs, pair{i, j, how, f.score(g)})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.was, b.was), cmp.Compare(a.now, b.now))
	})
	contested := rivals(pairs)
	for i, p := range pairs {
		sure := doubt || p.how == ByID || !contested[i]
		if sure && m.links[p.was].to < 0 && !m.taken[p.now] {
			m.links[p.was] = link{p.now, p.how, doubt}
			m.taken[p.now] = true
		}
	}
}

// A top is the two best scores of pairs that have something in common.
type top struct{ best, next float64 }

func (t *top) add(score float64) {
	switch {
	case score > t.best:
		t.best, t.next = score, t.best
	case score > t.next: // as good as the best, perhaps
		t.next = score
	}
}

// rivals reports of each pair that another one with one of the two is about as alike.
func rivals(pairs []pair) []bool {
	was, now := map[int]*top{}, map[int]*top{}
	at := func(tops map[int]*top, i int) *top {
		if tops[i] == nil {
			tops[i] = &top{-1, -1}
		}
		return tops[i]
	}
	for _, p := range pairs {
		at(was, p.was).add(p.score)
		at(now, p.now).add(p.score)
	}
	out := make([]bool, len(pairs))
	for i, p := range pairs {
		for _, t := range []*top{was[p.was], now[p.now]} {
			other := t.best
			if p.score == t.best { // itself; where another one is as good, that is the next
				other = t.next
			}
			out[i] = out[i] || other > p.score-margin
		}
	}
	return out
}

// label matches what numbers a requirement: "FR-2", "3.1.", "REQ 12:".
var label = regexp.MustCompile(`^[\s*_|#>-]*(?:[A-Z]{1,5}[- ]?\d+(?:\.\d+)*|\d+(?:\.\d+)*[.)]|\(?[a-z\d]\))[:.)|\s*_]*`)

// Words are those of a text with what each weighs: whole numbers, so that their sum does not hang on the order of a map.
type Words map[string]float64

// WordsOf returns the words of a text, folded as names are. The number of a requirement is not among them.
func WordsOf(text string) Words {
	words := Words{}
	for w := range strings.FieldsSeq(threatmodel.Fold(label.ReplaceAllString(text, ""))) {
		words[w] = 5
		if slices.Contains(light, w) {
			words[w] = 1
		}
	}
	return words
}

// light are words of English that tell little of what a sentence is about.
var light = strings.Fields("a an and are as at be been by can could do does for from had has have he if in into is it may must no not of on or " +
	"shall she should so than that the their them then there these they this to was we were what when which who will with would you")

// Alike is how much two texts have in common, 0 to 1. One sentence of which another is a part counts nearly as much as the same one.
func (a Words) Alike(b Words) float64 {
	common, all, other := 0.0, 0.0, 0.0
	for w, weight := range a {
		all += weight
		if b[w] > 0 {
			common += weight
		}
	}
	for _, weight := range b {
		other += weight
	}
	if all == 0 || other == 0 {
		return 0
	}
	s := 2 * common / (all + other)
	if least := min(all, other); least >= 15 { // three words
		s = max(s, 0.85*common/least)
	}
	return s
}

// Follow returns for each finding of before where the same one is in after, -1 where it is not. Ids, evidence and meaning count as they do
// for decisions.
func Follow(before, after *threatmodel.Draft) []int {
	was, now := make([]*face, len(before.AbuseCases)), make([]*face, len(after.AbuseCases))
	for i := range before.AbuseCases {
		was[i] = findingFace(&before.AbuseCases[i])
	}
	for i := range after.AbuseCases {
		now[i] = findingFace(&after.AbuseCases[i])
	}
	to := make([]int, len(was))
	for i, l := range match(was, now) {
		if to[i] = l.to; l.doubt && was[i].id != now[l.to].id {
			to[i] = -1
		}
	}
	return to
}
