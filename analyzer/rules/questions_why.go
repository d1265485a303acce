package rules

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/framework"
)

// addAll makes every phrase known and returns their numbers.
func (b *phrasebook) addAll(texts []string) ([]int, error) {
	var ids []int
	for _, t := range texts {
		id, err := b.add(t)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// whyHere says, by theme, what the question is about in this document. The first whose words are all there is taken.
var whyHere = map[string][]string{
	"data":         {"Here it is about {assets}."},
	"actors":       {"Here {actors} {do} with {assets}.", "Here it is about {assets}.", "Here {actors} take part."},
	"flow":         {"Here {assets} are on the way to {places}.", "Here it is about {assets}."},
	"misuse":       {"Here there is something to gain: {assets}."},
	"dependencies": {"Here it relies on {dependencies}."},
	"consequences": {"Here the stake is {assets}."},
	"":             {"The text speaks of {feature}, and {assets} are involved.", "The text speaks of {feature}.", "Here it is about {assets}."},
}

// why says why an open question matters, in general and here, and what is still missing where it is partly answered.
func (j *judge) why(q *framework.Question, missing []string) string {
	words := map[string]string{"assets": enumerate(j.topAssets(3)), "actors": enumerate(j.topActors(2)), "do": "deal",
		"dependencies": enumerate(j.topDependencies(3)), "places": enumerate(j.places(2)), "feature": j.feature(q.Pack)}
	text := q.Why
	theme := q.Theme
	if q.Pack != "" {
		theme = ""
	}
	for _, t := range whyHere[theme] {
		fill, err := parseFill(t)
		if err == nil && filled(fill.pieces, words) {
			text += " " + fill.with(words)
			break
		}
	}
	missing = slices.DeleteFunc(missing, func(m string) bool { return m == "" })
	if len(missing) > 0 && len(missing) < len(q.Parts) {
		text += " The text does not say " + enumerate(missing) + "."
	}
	return strings.TrimSpace(text)
}

// topAssets names the most sensitive assets.
func (j *judge) topAssets(n int) []string {
	assets := slices.Clone(j.facts.set.Assets)
	order := make([]int, len(assets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(sensitivityRank(assets[y].Sensitivity), sensitivityRank(assets[x].Sensitivity))
	})
	var names []string
	for _, i := range order {
		if name := usableName(assets[i].Name); name != "" && len(names) < n {
			names = append(names, name)
		}
	}
	return names
}

func (j *judge) topActors(n int) []string {
	var names []string
	for _, a := range j.facts.set.Actors {
		if name := usableName(a.Name); a.Kind != "system" && name != "" && len(names) < n {
			names = append(names, plural(name))
		}
	}
	return names
}

func (j *judge) topDependencies(n int) []string {
	var names []string
	for _, d := range j.facts.set.Dependencies {
		if name := usableName(d.Name); name != "" && len(names) < n {
			names = append(names, name)
		}
	}
	return names
}

// places names where data goes across a boundary.
func (j *judge) places(n int) []string {
	var names []string
	for _, fl := range j.facts.set.Flows {
		if name := usableName(fl.Destination); fl.CrossesBoundary && name != "" && len(names) < n && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// feature names what in the document shows the pack's feature, in its own words.
func (j *judge) feature(pack string) string {
	p := j.facts.framework.Pack(pack)
	if p == nil {
		return ""
	}
	a := &asker{facts: j.facts, scan: &scanner{book: j.book, spans: make([][][2]int32, j.book.tokens)}}
	var names []string
	for _, sign := range p.Signs {
		for _, h := range j.hitsOf(sign) {
			from, to, _ := a.namedSpan(h)
			if name := usableName(a.nounPhrase(from, to)); name != "" && !slices.Contains(names, name) && len(names) < 2 {
				names = append(names, name)
			}
			break
		}
	}
	return enumerate(names)
}

// proposed is an answer to consider: what the strongest finding that hangs on the question asks for.
func (j *judge) proposed(q *framework.Question) string {
	for _, c := range j.cases[q.Key] {
		if len(c.Requirements) > 0 {
			return c.Requirements[0].Text
		}
	}
	return ""
}
