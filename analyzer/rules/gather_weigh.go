package rules

import (
	"slices"
	"strings"
)

// Sensitivity is a matter of whose a thing is as much as of what it is: a photo is a child's, a note a patient's.

// A concern is a group of people whose data is worth more protection wherever it stands.
type concern struct {
	category string   // what their data counts as, where the lexicon says only "personal" or "content"
	raises   []string // categories that hurt more if they are theirs
	spares   []string // terms that are as likely somebody else's
}

var concerns = map[string]concern{
	"child":   {category: "children", raises: []string{"personal", "content", "location", "behavioural", "other", "device", "health"}, spares: []string{"email_address", "email", "phone_number", "consent_record"}},
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
		if m.From >= np[1] && !l.leadsTo(np[1], m.From) {
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
	defer g.fill()
	for _, x := range g.order {
		a, ok := x.(*assetFact)
		if !ok {
			continue
		}
		if first, _, _ := strings.Cut(a.Name, " "); (first == "public" || first == "published") && a.Category != "credential" {
			a.Sensitivity = "low"
			continue
		}
		for _, who := range []string{"child", "patient"} {
			c := concerns[who]
			own := slices.Contains(a.owners, who)
			theirs := about[who] && !slices.Contains(a.owners, "") && slices.Contains(c.raises, a.Category) && (a.entry != nil && !slices.Contains(c.spares, a.entry.Key) || a.Category == "content")
			if !own && !theirs {
				continue
			}
			if own || a.Sensitivity != "low" || a.Category == "device" {
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
			case m.Class == assetTerm && m.has("children") && !m.weak:
				who = "child"
			case m.Class == assetTerm && m.has("health") && m.has("high") && !m.weak:
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

// fill raises what holds other data, a file or a copy, to the sensitivity of what the same sentence names beside it.
func (g *gatherer) fill() {
	high := map[int]bool{} // sentences that name something of high sensitivity
	holders := 0
	for _, x := range g.order {
		if a, ok := x.(*assetFact); ok && a.holds() {
			holders++
		} else if ok && a.Sensitivity == "high" {
			for _, num := range a.Evidence.Sentences {
				high[num] = true
			}
		}
	}
	if holders == 0 {
		return
	}
	for _, x := range g.order {
		if a, ok := x.(*assetFact); ok && a.holds() && slices.ContainsFunc(a.Evidence.Sentences, func(num int) bool { return high[num] }) {
			a.Sensitivity = "high"
		}
	}
}

// holds reports whether the asset is a file or copy that is as sensitive as what is in it.
func (a *assetFact) holds() bool { return a.entry != nil && slices.Contains(a.entry.tags, "holds") }
