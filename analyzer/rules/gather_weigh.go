package rules

import "slices"

// Sensitivity is a matter of whose a thing is as much as of what it is: a photo is a child's, a note a patient's.

// A concern is a group of people whose data is worth more protection wherever it stands.
type concern struct {
	category string   // what their data counts as, where the lexicon says only "personal" or "content"
	raises   []string // categories that hurt more if they are theirs
	contacts bool     // names and numbers too, since they lead to the person
}

var concerns = map[string]concern{
	"child":   {category: "children", raises: []string{"personal", "content", "location", "behavioural", "other", "device", "health"}, contacts: true},
	"patient": {category: "health", raises: []string{"content", "other", "behavioural", "device", "health"}},
}

// concernOf returns whom the lexicon's actor is one of, "" for anybody else.
func concernOf(m *mark) string {
	switch {
	case m.has("child"):
		return "child"
	case m.Term == "patient":
		return "patient"
	}
	return ""
}

// owner notes whose thing a mention is: "the child's photo", "a picture of the baby".
func (g *gatherer) owner(l *line, a *assetFact, np [2]int) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != actorTerm || m.From < np[0] || m.From > np[1]+3 {
			continue
		}
		who := concernOf(m)
		if who == "" || m.From >= np[1] && !l.leadsTo(np[1], m.From) {
			continue
		}
		if !slices.Contains(a.owners, who) {
			a.owners = append(a.owners, who)
		}
	}
}

// leadsTo reports whether "of" and at most a determiner stand between a noun phrase that ends at from and the word to.
func (l *line) leadsTo(from, to int) bool {
	for k := from; k < to; k++ {
		if l.form(k) != "of" && l.form(k) != "about" && l.tags[k] != determiner {
			return false
		}
	}
	return to > from && (l.form(from) == "of" || l.form(from) == "about")
}

// weigh raises the sensitivity of what is harmless elsewhere: what belongs to a child or patient, and, in a document that is
// about them, what is theirs without saying so.
func (g *gatherer) weigh() {
	about := g.about()
	for _, x := range g.order {
		a, ok := x.(*assetFact)
		if !ok {
			continue
		}
		for _, who := range []string{"child", "patient"} {
			c := concerns[who]
			own := slices.Contains(a.owners, who)
			if !own && (!about[who] || !slices.Contains(c.raises, a.Category)) {
				continue
			}
			if own || a.Sensitivity != "low" && (c.contacts || a.Category != "personal") && a.entry != nil {
				a.Sensitivity = "high"
			}
			if own && (a.Category == "personal" || a.Category == "content" || a.Category == "other" || a.Category == "business") {
				a.Category = c.category
			}
		}
	}
}

// about tells which people the document is about: they are spoken of in one sentence of twelve, at least in four.
func (g *gatherer) about() map[string]bool {
	const least, share = 4, 12
	counts, sentences := map[string]int{}, 0
	for i, marks := range g.marks {
		if len(g.text.Sentences[i].Words) == 0 {
			continue
		}
		sentences++
		seen := ""
		for k := range marks {
			m := &marks[k]
			who := ""
			switch {
			case m.Class == actorTerm:
				who = concernOf(m)
			case m.Class == assetTerm && m.has("children"):
				who = "child"
			case m.Class == assetTerm && m.has("health"):
				who = "patient"
			}
			if who != "" && who != seen {
				counts[who]++
				seen = who
			}
		}
	}
	about := map[string]bool{}
	for who, n := range counts {
		about[who] = n >= least && n*share >= sentences
	}
	return about
}
