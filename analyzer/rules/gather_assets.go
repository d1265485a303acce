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

// company notes what stands in one list with a known asset: "name, nationality and arrival date". It returns where the list ends.
func (g *gatherer) company(l *line, m *mark, to int) int {
	names, end := g.list(l, g.listFrom(l, m.np[0]), to)
	known := 0
	for _, n := range names {
		if n.from < m.np[1] && m.np[0] < n.to || len(l.marked(assetTerm, n.from, n.to)) > 0 {
			known++
		}
	}
	if known == len(names) || 2*known < len(names) && !g.announced(l) && !l.enumerates(m.np[0], end) {
		return max(end, m.To)
	}
	for _, n := range names {
		g.unknown(l, n, true, true)
	}
	return max(end, m.To)
}

// enumerates reports whether a list with the word k in it stands after a colon or in brackets: "(name, plan, contract value)".
func (l *line) enumerates(k, end int) bool {
	for ; k > 0 && k < end; k-- {
		if b := l.between(k); strings.ContainsAny(b, ":(") {
			return true
		} else if ends(b) {
			return false
		}
	}
	return false
}

// listFrom is where the list begins in which the word k stands.
func (g *gatherer) listFrom(l *line, k int) int {
	start := k
	for k > 0 && !ends(l.between(k)) {
		switch t := l.tags[k-1]; {
		case t == noun || t == adjective || t == determiner || t == number || l.form(k-1) == "of":
			start = k - 1
		case t == conjunction:
		default:
			return start
		}
		k--
	}
	return start
}

// item notes what a list item under "We store:" names before it says more about it.
func (g *gatherer) item(l *line) {
	names, end := g.list(l, 0, len(l.Words))
	if end < len(l.Words) && !ends(l.between(end)) && l.tags[end] == verb {
		return
	}
	for _, n := range names {
		g.unknown(l, n, true, true)
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
	if l.Kind == document.ListItem && g.announces(g.titleOf(l.Sentence), g.g.dataTitles) {
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

// plain reports whether a term that often means something else is an asset here: a verb does something with it, it belongs to
// somebody, or it stands in a list of assets.
func (g *gatherer) plain(l *line, m *mark) bool {
	for i := m.np[0]; i < m.From; i++ {
		if g.g.person(&l.Words[i]) {
			return true // "patient's letter", "guest names"
		}
	}
	switch l.form(m.np[0] - 1) {
	case "their", "his", "her", "my", "your":
		if l.peopled() {
			return true
		}
	}
	if m.np[0] < m.From && possessive(l.Sentence, m.From-1) && m.has("personal") {
		return false // "the board's name"
	}
	for i := range l.marks {
		k := &l.marks[i]
		if k == m {
			continue
		}
		if k.Class == assetTerm && !k.weak && (!k.entry.Weak || k.To-k.From > 1) && listedTogether(l, k, m) {
			return true
		}
		if k.Class == flowTerm && l.tags[k.From] == verb && !m.has("listed") && governs(l, k, m) {
			return true
		}
	}
	return !m.has("listed") && g.handles(l, m)
}

// handles reports whether what somebody makes, signs or approves is the term: "creates a request".
func (g *gatherer) handles(l *line, m *mark) bool {
	for k := max(0, m.np[0]-14); k < m.np[0]; k++ {
		if l.tags[k] == verb && g.g.handling[l.Words[k].Stem] && governs(l, &mark{From: k, To: k + 1}, m) {
			return true
		}
	}
	return false
}

// peopled reports whether the line, or what leads into it, speaks of somebody.
func (l *line) peopled() bool {
	return len(l.marked(actorTerm, 0, len(l.Words))) > 0 || l.lead != nil && l.lead.peopled() || l.Kind == "user_story"
}

// listedTogether reports whether two marks are neighbours in a list: "name, email and photo".
func listedTogether(l *line, a, b *mark) bool {
	if a.From > b.From {
		a, b = b, a
	}
	if b.np[0]-a.np[1] > 8 {
		return false
	}
	for i := a.np[1]; i < b.np[0]; i++ {
		if l.tags[i] == verb || l.tags[i] == modal || l.tags[i] == clauseWord || l.tags[i] == auxiliary || l.tags[i] == toWord || l.tags[i] == preposition && l.form(i) != "of" {
			return false
		}
	}
	return true
}

// reach are words beyond which a verb's object does not lie.
var reach = map[string]bool{"before": true, "after": true, "until": true, "during": true, "without": true, "than": true}

// governs reports whether the verb k takes the noun m as its object, or as its subject in the passive.
func governs(l *line, k, m *mark) bool {
	if k.To == m.np[0] && strings.HasSuffix(l.form(k.From), "ing") && l.tags[max(0, k.From-1)] == preposition {
		return false // "per editing session"
	}
	if m.From >= k.To {
		for i := k.To; i < m.np[0]; i++ {
			if l.tags[i] == clauseWord || l.tags[i] == modal || l.tags[i] == verb && i > k.To || reach[l.form(i)] || breaks(l.between(i)) {
				return false
			}
		}
		return m.np[0]-k.To < 14
	}
	if m.np[1] > k.From || !passive(l, k.From) {
		return false
	}
	for i := m.np[1]; i < k.From; i++ {
		if l.tags[i] == clauseWord || l.tags[i] == verb {
			return false
		}
	}
	return k.From-m.np[1] < 8
}

// passive reports whether the verb at i is in the passive: "is sent", "photos uploaded by".
func passive(l *line, i int) bool {
	form := l.form(i)
	if !strings.HasSuffix(form, "ed") && !l.g.participle[form] {
		return false
	}
	k := i - 1
	for k >= 0 && (l.tags[k] == adverb || l.tags[k] == negator || l.tags[k] == conjunction || l.tags[k] == verb && strings.HasSuffix(l.form(k), "ed")) {
		k--
	}
	switch l.form(k) {
	case "is", "are", "was", "were", "be", "been", "being", "gets", "get", "got", "isn't", "aren't":
		return true
	}
	switch l.form(i + 1) {
	case "by", "to", "with", "via", "through", "in", "from", "on", "at", "into", "after", "for":
		return k >= 0 && l.tags[k] == noun && k == i-1
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
	return l.named(w, noiseTerm) || l.named(w, actorTerm) || l.named(w, dependencyTerm) || l.named(w, featureTerm) || l.named(w, safeguardTerm) || l.named(w, assetTerm)
}

// asset reports whether a word alone is a name of an asset.
func (l *lexicon) asset(w *reading.Word) bool { return l.named(w, assetTerm) }

// named reports whether a word alone, whatever stands beside it, is a term of a class.
func (l *lexicon) named(w *reading.Word, c class) bool {
	for sp := range l.match {
		t := &l.match[sp]
		if id, ok := t.words[spelling(sp).of(w)]; ok {
			for _, end := range t.ends[t.first[id]] {
				if e := end.entry; e.Class == c && len(e.Before)+len(e.After) == 0 {
					return true
				}
			}
		}
	}
	return false
}
