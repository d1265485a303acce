package rules

import (
	"slices"
	"strings"
)

// arrows reads what is drawn in text: "Rider app -> dispatch service: GPS position". A way through menus is none: there must be
// somebody or something known at one end, and data beside it.
func (g *gatherer) arrows(l *line) {
	if !strings.ContainsAny(l.Text, ">→⟶➜") {
		return
	}
	for k := 1; k < len(l.Words); k++ {
		if !isArrow(l.between(k)) {
			continue
		}
		from, to := k, k+1
		for from > 0 && k-from < 4 && (from == k || adjacent(l.Sentence, from)) {
			from--
		}
		for to < len(l.Words) && to-k < 4 && adjacent(l.Sentence, to) && l.tags[to] != preposition {
			to++
		}
		source, destination := g.drawn(l, from, k), g.drawn(l, k, to)
		if source.name == "" || destination.name == "" {
			continue
		}
		data := g.dataIn(l, to, len(l.Words))
		if len(data) == 0 {
			data = g.dataIn(l, 0, from)
		}
		g.flow(l, source, destination, "sends", data)
	}
}

func isArrow(between string) bool {
	return strings.Contains(between, "->") || strings.Contains(between, "=>") || strings.ContainsAny(between, "→⟶➜")
}

// drawn is the party at one end of an arrow.
func (g *gatherer) drawn(l *line, from, to int) party {
	if p := g.recipient(l, from, to); p.name != "" {
		return p
	}
	last := &l.Words[to-1]
	if g.g.services[last.Stem] && to-from > 1 {
		d := g.named(l, from, to, "internal")
		return party{name: d.Name, dependency: d}
	}
	if g.g.product[last.Stem] {
		return product
	}
	return party{}
}

// carriers are what data travels in; by singular form.
var carriers = []string{"webhook", "file", "feed", "export", "message", "notification", "alert", "email", "mail", "sms", "text", "push", "report", "request", "call",
	"copy", "summary", "letter", "reminder", "digest", "receipt", "link", "update", "handover", "upload", "transfer", "sync", "submission", "notice", "extract", "payload", "event", "confirmation", "invitation", "newsletter", "import", "stream"}

// messages reads what a noun says of data on its way, where no verb does: "nightly export to the finance share", "a webhook to
// Zapier carries the lead's name", "daily feed from the till".
func (g *gatherer) messages(l *line) {
	for k := 0; k+2 < len(l.Words); k++ {
		lead := l.form(k + 1)
		if l.tags[k] != noun || lead != "to" && lead != "from" || !slices.Contains(carriers, singularOf(l.form(k))) && !l.ends(k) || !adjacent(l.Sentence, k+1) {
			continue
		}
		if g.verbAhead(l, k) {
			continue
		}
		end := k + 2
		for end < len(l.Words) && end < k+7 && l.tags[end] != verb && l.tags[end] != preposition && !ends(l.between(end)) {
			end++
		}
		other := g.recipient(l, k+2, end)
		if other.name == "" || other.name == theProduct {
			continue
		}
		data := g.noted(l, 0, len(l.Words))
		if lead == "from" {
			g.flow(l, other, product, "provides", data)
		} else {
			g.flow(l, product, other, "sends", data)
		}
	}
}

// ends reports whether the word k is the last one of something that the lexicon knows to be data.
func (l *line) ends(k int) bool {
	for i := range l.marks {
		if m := &l.marks[i]; m.Class == assetTerm && m.To == k+1 && !m.weak {
			return true
		}
	}
	return false
}

// verbAhead reports whether a verb that moves data stands shortly before the word k, and has said it already.
func (g *gatherer) verbAhead(l *line, k int) bool {
	for _, m := range l.marked(flowTerm, max(0, k-6), k) {
		if l.predicate(m) {
			return true
		}
	}
	return false
}
