package rules

import (
	"strings"

	"whatif/analyzer/reading"
)

// A candidate is what may be data if the document goes on about it.
type candidate struct {
	asset *assetFact
	stem  string // of its last word
}

// perhaps notes something that is data if the document goes on about it.
func (g *gatherer) perhaps(l *line, name, key string) {
	const most = 1000
	c := g.candidates[key]
	if c == nil {
		if len(g.candidates) == most {
			return
		}
		stems := strings.Fields(key)
		c = &candidate{asset: g.newUnknown(name, key), stem: strings.TrimPrefix(stems[len(stems)-1], "?")}
		g.candidates[key] = c
		g.maybe = append(g.maybe, c)
	}
	evidence(&c.asset.Evidence, l.Num)
}

// define remembers what a glossary says the meaning of: "Winner file: the list that is made after each draw."
func (g *gatherer) define(l *line) {
	const most = 4 // words
	if !g.under(l, glossarySection) {
		return
	}
	for k := 1; k < len(l.Words) && k <= most; k++ {
		if strings.ContainsAny(l.between(k), ":—–") || strings.Contains(l.between(k), " - ") || l.form(k) == "is" || l.form(k) == "means" {
			start, end := g.simple(l, 0, k)
			if end == k {
				g.explained["?"+strings.Join(reading.Stems(l.words(start, end)), " ")] = true
			}
			return
		}
	}
}

// What a section's title announces, as bits.
const (
	dataSection = 1 << iota
	glossarySection
)

// under reports whether the title above a line announces that.
func (g *gatherer) under(l *line, what uint8) bool {
	bits, known := g.sections[l.Section]
	if !known {
		title := g.titleOf(l.Sentence)
		if g.announces(title, g.g.dataTitles) {
			bits |= dataSection
		}
		if g.announces(title, g.g.glossaryHeads) {
			bits |= glossarySection
		}
		g.sections[l.Section] = bits
	}
	return bits&what != 0
}

// recur takes in what the document does something with again and again: that is what the product is about.
func (g *gatherer) recur() {
	const doneTo, spokenOf = 3, 6
	for _, c := range g.maybe {
		if n := len(c.asset.Evidence.Sentences); g.assets[c.asset.key] == nil && (n >= doneTo || g.explained[c.asset.key] || len(g.text.With(c.stem)) >= spokenOf*(3-min(n, 2))) {
			g.assets[c.asset.key] = c.asset
			g.order = append(g.order, c.asset)
		}
	}
}
