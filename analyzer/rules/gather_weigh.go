package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/reading"
)

// Sensitivity is a matter of whose a thing is as much as of what it is: a photo is a child's, a note a patient's.

// A concern is a group of people, or a subject, whose data is worth more protection wherever it stands.
type concern struct {
	who      string
	category string   // what their data counts as, where the lexicon says only "personal" or "content"; "" leaves it
	raises   []string // categories that hurt more if they are theirs
	unknown  []string // of these, also what the lexicon does not know by name
	spares   []string // terms that are as likely somebody else's
	words    []string // stems of words that speak of them, beside the lexicon's terms
}

var concerns = []concern{
	{who: "child", category: "children", raises: []string{"personal", "content", "location", "behavioural", "other", "device", "health"},
		unknown: []string{"content", "behavioural", "personal"}, spares: []string{"email_address", "email", "phone_number", "consent_record"}},
	{who: "patient", category: "health", raises: []string{"content", "other", "behavioural", "device", "health", "business"},
		unknown: []string{"content", "behavioural", "health"}, spares: []string{"order"}, words: reading.Stems("nurse carer caregiver clinic hospital physician therapist midwife hospice")},
	{who: "money", raises: []string{"financial"}, unknown: []string{"financial"}},
	{who: "exposed", raises: []string{"personal", "content", "location", "other", "behavioural"}, unknown: []string{"personal", "content"}, spares: []string{"account", "preferences"},
		words: reading.Stems("prisoner inmate refugee victim suspect defendant debtor whistleblower survivor offender detainee asylum homeless shelter informant")},
}

// concernsOf returns which of the concerns the lexicon's term is about, "" for none.
func concernOf(m *mark) string {
	switch {
	case m.Class == actorTerm && m.has("child"), m.Class == assetTerm && m.has("children") && !m.weak:
		return "child"
	case m.Class == actorTerm && m.Term == "patient", m.Class == assetTerm && m.has("health") && m.has("high") && !m.weak:
		return "patient"
	case m.Class == assetTerm && m.has("financial") && m.has("high") && m.has("GLBA") && !m.weak:
		return "money"
	}
	return ""
}

// shade takes the words around an asset's own into account: a court's order is no shop's, the status of a case no case.
func (g *gatherer) shade(l *line, a *assetFact, m *mark) {
	personal := a.Category == "health" || a.Category == "children" || a.Category == "biometric"
	if m.np[0] < m.From && a.Sensitivity != "high" {
		e, sensitivity := g.lexicon.hint(l.words(m.np[0], m.From))
		if e != nil && sensitivity == "high" && slices.Contains([]string{"health", "financial", "personal", "children", "biometric"}, e.Category) {
			a.Category, a.Sensitivity, a.Regulations = e.Category, "high", e.Regulations
			return
		}
	}
	if e := g.lexicon.hints[bySingular.of(&l.Words[m.np[1]-1])]; m.np[1] > m.To && !personal && e != nil && e.Sensitivity == "low" {
		a.Sensitivity = map[string]string{"high": "medium"}[a.Sensitivity]
		if a.Sensitivity == "" {
			a.Sensitivity = "low"
		}
	}
}

// owner notes whose thing a mention is: "the child's photo", "a picture of the baby".
func (g *gatherer) owner(l *line, a *assetFact, np [2]int) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class != actorTerm || m.From < np[0] || m.From > np[1]+3 || m.From >= np[1] && !l.leadsTo(np[1], m.From) {
			continue
		}
		if m.From >= np[1] && (l.form(np[1]) == "about" || l.form(np[1]) == "on") && a.Category == "content" {
			a.Sensitivity = "high" // notes on a guest
		}
		if who := concernOf(m); (who != "" || !m.has("user")) && !slices.Contains(a.owners, who) {
			a.owners = append(a.owners, who)
		}
	}
}

// leadsTo reports whether "of" and at most a determiner stand between a noun phrase that ends at from and the word to.
func (l *line) leadsTo(from, to int) bool {
	for k := from; k < to; k++ {
		if k > from && l.tags[k] != determiner {
			return false
		}
	}
	return to > from && (l.form(from) == "of" || l.form(from) == "about" || l.form(from) == "on")
}

// weigh changes the sensitivity of what is harmless elsewhere: what belongs to a child or patient and, in a document that is
// about them, what is theirs without saying so; and of what everybody may see.
func (g *gatherer) weigh() {
	about := g.about()
	g.neighbours()
	for _, x := range g.order {
		a, ok := x.(*assetFact)
		if !ok {
			continue
		}
		if g.isPublic(a) || a.entry != nil && a.entry.Key == "address" && !a.home {
			a.Sensitivity = "low"
			continue
		}
		if a.Category == "financial" && g.lends() && strings.Contains(strings.ToLower(a.Name), "loan") {
			a.Category, a.Sensitivity, a.Regulations = "behavioural", "medium", nil // of books
		}
		if a.entry != nil && a.entry.Key == "note" && g.byStaff(a) {
			a.Sensitivity = "high" // what waiters write of their guests
		}
		if g.opens(a) {
			a.Category, a.Sensitivity = "credential", "high"
		}
		for i := range concerns {
			if c := &concerns[i]; c.own(a) || about[c.who] && c.theirs(a) {
				a.Sensitivity = "high"
				if c.own(a) && c.category != "" && slices.Contains([]string{"personal", "content", "other", "business"}, a.Category) {
					a.Category = c.category
				}
			}
		}
	}
	g.contents()
}

// neighbours gives an asset of which nothing is known the class of what it is named with: ferritin beside haemoglobin.
func (g *gatherer) neighbours() {
	named := map[int][]*assetFact{} // by sentence
	for _, x := range g.order {
		if a, ok := x.(*assetFact); ok {
			for _, num := range a.Evidence.Sentences {
				named[num] = append(named[num], a)
			}
		}
	}
	for _, x := range g.order {
		a, ok := x.(*assetFact)
		if !ok || a.entry != nil || a.Category != "other" {
			continue
		}
		if e, _ := g.lexicon.hint(a.Name); e != nil {
			continue
		}
		for _, class := range []string{"health", "financial", "children"} {
			of, all := 0, 0
			for _, num := range a.Evidence.Sentences {
				for _, b := range named[num] {
					if b != a && b.Category != "other" {
						all++
						if b.Category == class && b.Sensitivity == "high" {
							of++
						}
					}
				}
			}
			if of > 0 && 2*of > all {
				a.Category, a.Sensitivity = class, "high"
				break
			}
		}
	}
}

// own reports whether the document says of the asset that it is theirs.
func (c *concern) own(a *assetFact) bool { return slices.Contains(a.owners, c.who) }

// theirs reports whether the asset is theirs in a document that is about them.
func (c *concern) theirs(a *assetFact) bool {
	switch {
	case slices.Contains(a.owners, ""), !slices.Contains(c.raises, a.Category): // the visitor's name
		return false
	case a.entry == nil:
		return slices.Contains(c.unknown, a.Category) && a.Sensitivity != "low"
	case a.Category == "business" && !slices.Contains([]string{"record", "report", "result", "document"}, a.entry.Key):
		return false
	}
	return (a.Sensitivity != "low" || a.Category == "device" || a.Category == "health") && !slices.Contains(c.spares, a.entry.Key)
}

// about tells what the document is about: whatever is spoken of in one sentence of twelve, at least in four.
func (g *gatherer) about() map[string]bool {
	const least, share = 4, 12
	counts, sentences := map[string]int{}, 0
	for i, marks := range g.marks {
		if len(g.text.Sentences[i].Words) == 0 {
			continue
		}
		sentences++
		seen := map[string]bool{"": true}
		for k := range marks {
			if who := concernOf(&marks[k]); !seen[who] {
				seen[who] = true
				counts[who]++
			}
		}
	}
	about := map[string]bool{}
	for i := range concerns {
		c := &concerns[i]
		n := counts[c.who]
		for _, stem := range c.words {
			n += len(g.text.With(stem)) / 2
		}
		about[c.who] = n >= least && n*share >= sentences
	}
	return about
}

// premises reports whether a line speaks of shops and offices and of nobody who may live somewhere.
func (l *line) premises() bool {
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == actorTerm && !m.weak && (m.has("user") || m.has("child")) {
			return false
		}
	}
	return slices.ContainsFunc(l.Words, func(w reading.Word) bool {
		switch singularOf(w.Form) {
		case "branch", "store", "shop", "office", "restaurant", "museum", "company", "supplier", "venue", "depot", "warehouse", "station", "headquarters", "theatre", "cinema", "library", "gym":
			return true
		}
		return false
	})
}

// lends reports whether the document is about a library, whose loans are no debts.
func (g *gatherer) lends() bool { return len(g.text.With("librari"))+len(g.text.With("librarian")) > 1 }

// byStaff reports whether a sentence that names the asset, or the one before it, speaks of staff and of those whom they serve.
func (g *gatherer) byStaff(a *assetFact) bool {
	for _, num := range a.Evidence.Sentences {
		staff, served := false, false
		for _, marks := range g.marks[max(0, num-2):num] {
			for i := range marks {
				if m := &marks[i]; m.Class == actorTerm && !m.weak {
					staff = staff || m.has("staff") || m.has("admin")
					served = served || m.has("user") || m.has("child")
				}
			}
		}
		if staff && served {
			return true
		}
	}
	return false
}

// isPublic reports whether everybody may see the asset: it is called public, or the document says that it is shown so.
func (g *gatherer) isPublic(a *assetFact) bool {
	if first, rest, _ := strings.Cut(a.Name, " "); (first == "public" || first == "published") && a.Category != "credential" && !strings.Contains(rest, "link") && !strings.Contains(rest, "URL") {
		return true
	}
	if a.Sensitivity != "medium" || a.Category != "business" && a.Category != "behavioural" && a.Category != "other" && a.Category != "financial" {
		return false
	}
	for _, num := range a.Evidence.Sentences {
		s := &g.text.Sentences[num-1]
		for i := range s.Words {
			switch s.Words[i].Form {
			case "public", "publicly":
				if next := i + 1; next == len(s.Words) || s.Words[next].Form != "link" && s.Words[next].Form != "page" && s.Words[next].Form != "url" {
					return !s.Stance.Denies(i)
				}
			}
		}
	}
	return false
}

// openers are words, by stem, for what is done with a code or badge that opens something.
var openers = func() map[string]bool {
	set := map[string]bool{}
	for _, stem := range reading.Stems("open unlock gate door lock login log sign redeem admit entry access turnstile barrier hatch locker vault") {
		set[stem] = true
	}
	return set
}()

// opens reports whether an asset that the lexicon does not know is a code, badge or the like that opens something.
func (g *gatherer) opens(a *assetFact) bool {
	words := reading.Words(a.Name)
	if a.entry != nil && a.entry.Key != "badge" && a.entry.Key != "qr_code" {
		return false
	}
	switch singularOf(words[len(words)-1].Form) {
	case "code", "token", "badge", "tag", "key", "pass", "card", "fob", "barcode", "bracelet", "wristband", "chip":
	default:
		return false
	}
	for _, num := range a.Evidence.Sentences {
		for _, w := range g.text.Sentences[num-1].Words {
			if openers[w.Stem] {
				return true
			}
		}
	}
	return false
}

// contents raises what holds other data, a file or a copy, to the sensitivity of what the same sentence names beside it.
func (g *gatherer) contents() {
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
