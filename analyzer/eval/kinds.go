package eval

import (
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/threatmodel"
)

// A comparison is a draft beside the labels of its document.
type comparison struct {
	gold    *Gold
	draft   *threatmodel.Draft
	product []phrase // names for the product itself

	labelled [][]phrase          // the names of each labelled asset, actor and dependency
	known    map[string][]phrase // by name
	also     map[string][]phrase // by name: see [comparison.synonyms]
}

func newComparison(gold *Gold, draft *threatmodel.Draft) *comparison {
	c := &comparison{gold: gold, draft: draft, product: productNames(draft.Document.Title), known: map[string][]phrase{}, also: map[string][]phrase{}}
	for _, a := range gold.Assets {
		c.labelled = append(c.labelled, phrases(append([]string{a.Name}, a.Also...)...))
	}
	for _, a := range slices.Concat(gold.Actors, gold.Dependencies) {
		c.labelled = append(c.labelled, phrases(append([]string{a.Name}, a.Also...)...))
	}
	return c
}

// productNames are the words for the product at the end of a data flow: general ones, the document's title, and the coined names
// in it ("LoadLine").
func productNames(title string) []phrase {
	names := []string{"the product", "app", "application", "mobile app", "web app", "system", "server", "service", "backend", "platform",
		"website", "we", title}
	for _, word := range strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if tail := strings.TrimLeftFunc(word, unicode.IsUpper); tail != word && strings.ContainsFunc(tail, unicode.IsUpper) {
			names = append(names, word)
		}
	}
	return phrases(names...)
}

func (c *comparison) assets(g *Grades) *Score {
	labels, found := make([]item, len(c.gold.Assets)), make([]item, len(c.draft.Assets))
	labelNames, foundNames := make([][]phrase, len(labels)), make([][]phrase, len(found))
	for i, a := range c.gold.Assets {
		labels[i] = item{text: a.Name, lines: a.Lines, optional: a.Optional}
		labelNames[i] = phrases(append([]string{a.Name}, a.Also...)...)
	}
	for i, a := range c.draft.Assets {
		found[i] = item{text: a.Name, lines: linesOf(a.Citations)}
		foundNames[i] = phrases(append([]string{a.Name}, a.Aliases...)...)
	}
	p := pair(labels, found, func(l, f int) int { return alike(labelNames[l], foundNames[f]) })
	for f, l := range p.label {
		if l < 0 {
			continue
		}
		label, got := &c.gold.Assets[l], &c.draft.Assets[f]
		if label.Sensitivity != "" {
			g.Sensitivity.add(label.Sensitivity == got.Sensitivity)
		}
		if len(label.Category) > 0 {
			g.Category.add(slices.Contains(label.Category, string(got.Category)))
		}
	}
	return p.score(labels, found)
}

func (c *comparison) actors(g *Grades) *Score {
	found := make([]named, len(c.draft.Actors))
	for i, a := range c.draft.Actors {
		found[i] = named{a.Name, a.Aliases, a.Citations}
	}
	p, labels, items := pairNames(c.gold.Actors, found)
	for f, l := range p.label {
		if l >= 0 && c.gold.Actors[l].Kind != "" {
			g.ActorKind.add(c.gold.Actors[l].Kind == string(c.draft.Actors[f].Kind))
		}
	}
	return p.score(labels, items)
}

func (c *comparison) dependencies() *Score {
	found := make([]named, len(c.draft.Dependencies))
	for i, d := range c.draft.Dependencies {
		found[i] = named{d.Name, d.Aliases, d.Citations}
	}
	p, labels, items := pairNames(c.gold.Dependencies, found)
	return p.score(labels, items)
}

// A named is somebody or something in a draft that is known by its names.
type named struct {
	name    string
	aliases []string
	cited   []threatmodel.Citation
}

func pairNames(gold []Actor, found []named) (p pairing, labels, items []item) {
	labels, items = make([]item, len(gold)), make([]item, len(found))
	labelNames, foundNames := make([][]phrase, len(gold)), make([][]phrase, len(found))
	for i, a := range gold {
		labels[i] = item{text: a.Name, lines: a.Lines, optional: a.Optional}
		labelNames[i] = phrases(append([]string{a.Name}, a.Also...)...)
	}
	for i, n := range found {
		items[i] = item{text: n.name, lines: linesOf(n.cited)}
		foundNames[i] = phrases(append([]string{n.name}, n.aliases...)...)
	}
	p = pair(labels, items, func(l, f int) int { return alike(labelNames[l], foundNames[f]) })
	return p, labels, items
}

// flows match when two of the three agree: where the data comes from, where it goes, what it is; and one of the first two is
// among them.
func (c *comparison) flows() *Score {
	labels, found := make([]item, len(c.gold.DataFlows)), make([]item, len(c.draft.DataFlows))
	for i, f := range c.gold.DataFlows {
		labels[i] = item{text: f.Source + " → " + f.Destination + ": " + strings.Join(f.Data, ", "), lines: f.Lines, optional: f.Optional}
	}
	names := c.assetNames()
	for i, f := range c.draft.DataFlows {
		found[i] = item{text: f.Source + " → " + f.Destination + ": " + strings.Join(names.of(f.Data), ", "), lines: linesOf(f.Citations)}
	}
	data := make([][]phrase, len(found))
	for i, f := range c.draft.DataFlows {
		data[i] = phrases(names.all(f.Data)...)
	}
	p := pair(labels, found, func(l, f int) int {
		label, got := &c.gold.DataFlows[l], &c.draft.DataFlows[f]
		from, to := c.party(label.Source, got.Source), c.party(label.Destination, got.Destination)
		data := alike(c.goldData(label.Data), data[f])
		if agree := min(from, 1) + min(to, 1) + min(data, 1); agree < 2 {
			return 0
		}
		return from + to + data
	})
	return p.score(labels, found)
}

// party says how alike two ends of a data flow are. All names for the product are the same.
func (c *comparison) party(label, got string) int {
	labels, found := c.synonyms(label), c.named(got)
	if alike(c.named(label), c.product) == 3 && alike(found, c.product) == 3 {
		return 3
	}
	return alike(labels, found)
}

// synonyms returns a name with all others that the labels give to the same thing. They are looked for once for each name.
func (c *comparison) synonyms(name string) []phrase {
	if known, ok := c.also[name]; ok {
		return known
	}
	list := slices.Clone(c.named(name))
	for _, names := range c.labelled {
		if alike(c.named(name), names) == 3 {
			list = append(list, names...)
		}
	}
	c.also[name] = list
	return list
}

// named returns a name as a phrase, which is made once.
func (c *comparison) named(name string) []phrase {
	p, ok := c.known[name]
	if !ok {
		p = phrases(name)
		c.known[name] = p
	}
	return p
}

// goldData returns the names of labelled data, with the other names that the labels give.
func (c *comparison) goldData(data []string) []phrase {
	var list []phrase
	for _, name := range data {
		list = append(list, c.synonyms(name)...)
	}
	return list
}

// assetNames are the names of a draft's assets by id, the one to show first.
type assetNames map[string][]string

func (c *comparison) assetNames() assetNames {
	names := assetNames{}
	for _, a := range c.draft.Assets {
		names[a.ID] = append([]string{a.Name}, a.Aliases...)
	}
	return names
}

func (n assetNames) of(ids []string) []string {
	var list []string
	for _, id := range ids {
		if names := n[id]; len(names) > 0 {
			list = append(list, names[0])
		}
	}
	return list
}

func (n assetNames) all(ids []string) []string {
	var list []string
	for _, id := range ids {
		list = append(list, n[id]...)
	}
	return list
}

func (c *comparison) safeguards() *Score {
	labels, found := make([]item, len(c.gold.Safeguards)), make([]item, len(c.draft.Safeguards))
	for i, s := range c.gold.Safeguards {
		labels[i] = item{text: s.Text, lines: s.Lines, optional: s.Optional}
	}
	for i, s := range c.draft.Safeguards {
		found[i] = item{text: s.Text, lines: linesOf(s.Citations)}
	}
	return pairSentences(labels, found, 2)
}

func (c *comparison) journey() *Score {
	labels, found := make([]item, len(c.gold.Journey)), make([]item, len(c.draft.Journey))
	for i, s := range c.gold.Journey {
		labels[i] = item{text: strings.TrimSpace(s.Actor + " " + s.Text), lines: s.Lines, optional: s.Optional}
	}
	for i, s := range c.draft.Journey {
		found[i] = item{text: strings.TrimSpace(s.Actor + " " + s.Text), lines: linesOf(s.Citations)}
	}
	return pairSentences(labels, found, 1)
}

// pairSentences matches what says the same in a sentence: at least common words with a meaning are in both.
func pairSentences(labels, found []item, common int) *Score {
	labelWords, foundWords := make([][]string, len(labels)), make([][]string, len(found))
	for i := range labels {
		labelWords[i] = meaning(labels[i].text)
	}
	for i := range found {
		foundWords[i] = meaning(found[i].text)
	}
	p := pair(labels, found, func(l, f int) int {
		n := shared(labelWords[l], foundWords[f])
		if n < min(common, len(labelWords[l])) {
			return 0
		}
		return n
	})
	return p.score(labels, found)
}

// What it takes for a finding to be the abuse case that a label tells: the words that they share, each weighing the less the
// more labels of the document have it, and as much as one word that no other label has if the category is accepted.
const (
	sameAbuse      = 1.6
	acceptedWeight = 1.0
	kinWeight      = 0.6 // for a category of the same family
	leadWeight     = 0.4 // for a finding whose first citation stands on the label's lines: it is about that sentence
)

// families are the categories between which two readers of one danger may well differ.
var families = [][]string{
	{"account_takeover", "impersonation", "unauthorized_access", "privilege_misuse", "insider_misuse"},
	{"data_exposure", "unauthorized_access", "scraping", "tracking", "over_collection", "compliance", "insider_misuse", "dependency_compromise"},
	{"fraud", "tampering", "spam", "impersonation", "repudiation", "privilege_misuse"},
	{"service_disruption", "dependency_failure", "tampering"},
	{"harassment", "tracking", "spam"},
}

// categoryWeight says how well a finding's category agrees with those that a label accepts.
func categoryWeight(accepted []string, got string) float64 {
	if slices.Contains(accepted, got) {
		return acceptedWeight
	}
	for _, family := range families {
		if slices.Contains(family, got) && slices.ContainsFunc(accepted, func(c string) bool { return slices.Contains(family, c) }) {
			return kinWeight
		}
	}
	return 0
}

// abuseCases match by category together with the words of title, what-if, gain, beneficiary and harm.
func (c *comparison) abuseCases(g *Grades) *Score {
	labels, found := make([]item, len(c.gold.AbuseCases)), make([]item, len(c.draft.AbuseCases))
	gists, texts := make([][]string, len(labels)), make([][]string, len(found))
	common := map[string]int{} // how many labels have a word
	for i, a := range c.gold.AbuseCases {
		labels[i] = item{text: a.Gist, lines: a.Lines, optional: !a.Must}
		gists[i] = meaning(a.Gist)
		for _, s := range gists[i] {
			common[s]++
		}
	}
	for i, a := range c.draft.AbuseCases {
		found[i] = item{text: a.Title, rule: a.Rule, lines: linesOf(a.Citations)}
		texts[i] = meaning(a.Title, a.WhatIf, a.AttackerGain, a.WhoBenefits, a.Consequences.Users)
	}
	category := func(l, f int) float64 {
		return categoryWeight(c.gold.AbuseCases[l].Category, string(c.draft.AbuseCases[f].Category))
	}
	p := pair(labels, found, func(l, f int) int {
		weight := category(l, f)
		if labels[l].lines.overlap(linesOf(c.draft.AbuseCases[f].Citations[:1])) {
			weight += leadWeight
		}
		for _, s := range gists[l] {
			if slices.Contains(texts[f], s) {
				weight += 1 / float64(common[s])
			}
		}
		if weight < sameAbuse {
			return 0
		}
		return int(100 * weight)
	})
	for f, l := range p.label {
		if l >= 0 && len(c.gold.AbuseCases[l].Category) > 0 {
			g.AbuseKind.add(category(l, f) == acceptedWeight)
		}
	}
	return p.score(labels, found)
}
