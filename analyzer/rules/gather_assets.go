package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An assetFact is an asset with what is known of it so far.
type assetFact struct {
	proposal.Asset
	key   string
	entry *entry // nil if found by pattern
	firm  bool   // more than a mention: something is done with it

	home   bool     // an address that may be somebody's home
	owners []string // whose it is, of the people in concerns; "" for somebody else
}

// A denied thing is one that the document says it does without, or leaves for later.
type denied struct {
	key string
	proposal.Withheld
}

// put adds the asset to the set.
func (a *assetFact) put(g *gatherer) {
	a.Confidence, a.Basis = "medium", "stated"
	if a.entry != nil && (a.firm || !a.entry.Weak) {
		a.Confidence = "high"
	}
	if a.entry == nil && len(a.Evidence.Sentences) < 2 {
		a.Confidence = "low"
	}
	g.set.Assets = append(g.set.Assets, a.Asset)
}

// things notes the assets marked in the words from..to. announced says that the place is one for data: a column, a list.
func (g *gatherer) things(l *line, from, to int, announced bool) {
	announced = announced || g.announced(l)
	noted := 0
	for i := range l.marks {
		m := &l.marks[i]
		if g.elsewhere(m) {
			continue
		}
		if m.Class != assetTerm || m.From < from || m.From >= to || m.weak || l.branded(m) || l.code(span{m.np[0], m.np[1], m.np[1]}) || l.measured(m) || l.judged(m) {
			continue
		}
		if g.doneWithout(l, m) {
			g.withhold(l, m, "contradicted", "the document says that it does without")
			continue
		}
		if m.entry.Weak && m.To-m.From == 1 && !announced && !g.plain(l, m) {
			g.mentioned = append(g.mentioned, mention{key: assetKey(l.Sentence, m), num: l.Num})
			continue
		}
		g.asset(l, m)
		if m.From >= noted {
			noted = g.company(l, m, to)
		}
	}
	if announced && l.Kind == document.ListItem && from == 0 {
		g.item(l)
	}
}

// paid reports whether the document is about paying, where a bare "card" is one to pay with.
func (g *gatherer) paid() bool {
	if !g.paidKnown {
		g.paidKnown = true
		g.isPaid = slices.ContainsFunc(g.marks, func(marks []mark) bool {
			return slices.ContainsFunc(marks, func(m mark) bool {
				return m.Class == assetTerm && !m.weak && m.has("PCI DSS") && !m.has("if_paid") || m.Class == featureTerm && (m.has("payment") || m.has("payout") || m.has("refund")) ||
					m.Class == dependencyTerm && m.entry.Role == "takes payments and pays out"
			})
		})
	}
	return g.isPaid
}

// elsewhere reports whether a term means what the lexicon says only in documents of another kind than this one.
func (g *gatherer) elsewhere(m *mark) bool {
	return m.has("if_paid") && !g.paid() || m.has("if_school") && !g.school()
}

// school reports whether the document is about pupils or students, whose "grade" is a mark.
func (g *gatherer) school() bool {
	if !g.schoolKnown {
		g.schoolKnown = true
		g.isSchool = slices.ContainsFunc(g.marks, func(marks []mark) bool {
			return slices.ContainsFunc(marks, func(m mark) bool {
				return m.Class == actorTerm && (m.Term == "student" || m.Term == "teacher" || m.Term == "pupil")
			})
		})
	}
	return g.isSchool
}

// measured reports whether the words are a figure about the thing: "median position age", "number of accounts".
func (l *line) measured(m *mark) bool {
	for i := m.np[0]; i < m.From; i++ {
		switch l.form(i) {
		case "median", "average", "mean", "avg", "typical", "p95", "total":
			return true
		}
	}
	return l.form(m.np[0]-1) == "of" && (l.form(m.np[0]-2) == "number" || l.form(m.np[0]-2) == "percentage" || l.form(m.np[0]-2) == "share")
}

// judged reports whether a "review" is somebody's looking at something: "admin review before publication".
func (l *line) judged(m *mark) bool {
	if m.Term != "review" || m.To-m.From > 1 {
		return false
	}
	switch prev := l.form(m.From - 1); prev {
	case "manual", "external", "admin", "administrator", "human", "legal", "steward", "manager", "moderator", "editorial", "internal", "proof", "compliance", "expert", "staff", "agent":
		return true
	}
	return strings.HasSuffix(l.Text[:l.Words[m.From].Start], "for ")
}

// branded reports whether an asset's name holds a company's: "Twilio Video" is no video.
func (l *line) branded(m *mark) bool {
	for i := range l.marks {
		if k := &l.marks[i]; k.Class == dependencyTerm && k.From >= m.np[0] && k.From < m.np[1] {
			return true
		}
	}
	return false
}

// announced reports whether a list item stands under words that announce data: "We collect:".
func (g *gatherer) announced(l *line) bool {
	if l.Kind == document.ListItem && g.under(l, dataSection) {
		return true
	}
	if l.lead == nil {
		return false
	}
	for _, m := range l.lead.marks {
		if m.Class == flowTerm && (m.has("stores") || m.has("collects") || m.has("exports") || m.has("shows") || m.has("shares") || m.has("gives")) {
			return true
		}
	}
	for i := range l.lead.Words {
		if g.g.dataHeads[l.lead.Words[i].Stem] {
			return true
		}
	}
	return false
}

// doneWithout reports whether the document says that it neither takes nor keeps the thing.
func (g *gatherer) doneWithout(l *line, m *mark) bool {
	if !l.Stance.Denies(m.To-1) && !l.Stance.Negated || len(l.marked(dependencyTerm, 0, len(l.Words))) > 0 {
		return false // "Stripe takes the card, we don't store it": somebody has it
	}
	for i := range l.marks {
		k := &l.marks[i]
		if k.Class == flowTerm && (k.has("stores") || k.has("collects") || k.has("processes")) && (l.Stance.Denies(k.From) || l.Stance.Denies(m.To-1)) &&
			(governs(l, k, m) || l.Stance.Denies(m.To-1)) {
			return true
		}
	}
	return false
}

// withhold notes that an asset was thought of and left out.
func (g *gatherer) withhold(l *line, m *mark, reason, detail string) {
	w := denied{key: assetKey(l.Sentence, m), Withheld: proposal.Withheld{Kind: "asset", Text: m.Name, Reason: reason, Detail: detail}}
	evidence(&w.Evidence, l.Num)
	g.withheld = append(g.withheld, w)
}

// leaveOut notes the assets and dependencies of a sentence about what is not to be built now.
func (g *gatherer) leaveOut(l *line) {
	for i := range l.marks {
		m := &l.marks[i]
		if m.Class == assetTerm && !m.weak && !m.entry.Weak {
			g.withhold(l, m, "out_of_scope", "the document leaves it out or for later")
		}
	}
}

// asset notes an asset that the lexicon knows.
func (g *gatherer) asset(l *line, m *mark) *assetFact {
	key := assetKey(l.Sentence, m)
	a := g.assets[key]
	if a == nil {
		a = g.akin(m.entry, key)
	}
	if a == nil {
		e := m.entry
		a = &assetFact{key: key, entry: e, Asset: proposal.Asset{Name: m.Name, Category: e.Category, Sensitivity: e.Sensitivity,
			Regulations: e.Regulations, Gain: capitalised(fill(e.Gain, "{it}", m.Name))}}
		g.shade(l, a, m)
		g.kin[e] = append(g.kin[e], a)
		g.order = append(g.order, a)
	}
	g.assets[key] = a
	if m.Name != a.Name && !contains(a.Aliases, m.Name) && !strings.EqualFold(singularOf(m.Name), singularOf(a.Name)) {
		a.Aliases = append(a.Aliases, m.Name)
	}
	evidence(&a.Evidence, l.Num)
	g.owner(l, a, m.np)
	if m.Term == "address" && !l.premises() {
		a.home = true
	}
	return a
}

// akin returns the asset of the same entry whose key has all words of this one, or the other way round: "card details" and
// "credit card details".
func (g *gatherer) akin(e *entry, key string) *assetFact {
	const most = 64 // so that no list of thousands is compared with itself
	words := strings.Fields(key)
	for _, a := range g.kin[e][:min(most, len(g.kin[e]))] {
		have := strings.Fields(a.key)
		if subset(words, have) || subset(have, words) {
			return a
		}
	}
	return nil
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// nameEnds are words, by stem, that end a name without saying more: an "email address" is an "email".
var nameEnds = map[string]bool{"number": true, "address": true, "detail": true, "data": true, "inform": true, "info": true}

// assetKey is equal for mentions of one thing: the words of its name, possessors, "new" and "number" left out.
func assetKey(s *reading.Sentence, m *mark) string {
	from := m.np[0]
	for i := m.np[0]; i < m.From; i++ {
		if possessive(s, i) {
			from = i + 1
		}
	}
	var words []string
	start := s.Words[m.np[1]-1].End - len(m.Name) // where the name begins, generic words left out
	for i := from; i < m.np[1]; i++ {
		if s.Words[i].Start >= start {
			words = append(words, s.Words[i].Stem)
		}
	}
	if m.entry.One && from+len(words) >= m.To && len(words) <= m.To-m.From {
		return m.Term
	}
	for len(words) > 1 && nameEnds[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// known reports whether a word alone is a term of the lexicon, or noise.
func (l *lexicon) known(w *reading.Word) bool {
	return l.named(w, noiseTerm, actorTerm, dependencyTerm, featureTerm, safeguardTerm, assetTerm)
}

// asset reports whether a word alone is a name of an asset.
func (l *lexicon) asset(w *reading.Word) bool { return l.named(w, assetTerm) }

// named reports whether a word alone, whatever stands beside it, is a term of one of the classes.
func (l *lexicon) named(w *reading.Word, classes ...class) bool {
	for sp := range l.match {
		t := &l.match[sp]
		if id, ok := t.words[spelling(sp).of(w)]; ok {
			for _, end := range t.ends[t.first[id]] {
				if e := end.entry; slices.Contains(classes, e.Class) && len(e.Before)+len(e.After) == 0 {
					return true
				}
			}
		}
	}
	return false
}
