package assemble

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// theProduct is the end of a flow that is no party.
const theProduct = "the product"

// ourselves are other words for the product.
var ourselves = map[string]bool{"product": true, "system": true, "app": true, "application": true, "server": true, "service": true,
	"platform": true, "backend": true, "back end": true, "frontend": true, "front end": true, "database": true, "we": true, "feature": true,
	"website": true, "site": true, "web app": true, "mobile app": true, "api": true, "our api": true, "": true}

// end returns what the end of a flow is called in the draft: the name of an actor or a dependency, or the product.
func (a *assembler) end(name string) (string, bool) {
	if to, ok := a.parties.get(name); ok {
		return to, true
	}
	return theProduct, ourselves[threatmodel.Fold(name)]
}

// endIn is end, but takes an end that is neither an actor nor a dependency if the text names it where the flow is cited: "the
// gate camera reports the plate".
func (a *assembler) endIn(name string, cited []threatmodel.Citation) (string, bool) {
	to, known := a.end(name)
	if known {
		return to, true
	}
	said := threatmodel.Fold(name)
	for i := range cited {
		if said != "" && strings.Contains(threatmodel.Fold(cited[i].Quote), said) {
			return name, true
		}
	}
	return to, false
}

// flows puts every flow in once. Flows between the same ends with the same verb are one if they have data or a sentence in
// common.
func (a *assembler) flows() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Flow] { return r.Flows })
	kept := all[:0]
	for _, m := range all {
		source, known := a.endIn(m.Item.Source, m.Citations)
		destination, known2 := a.endIn(m.Item.Destination, m.Citations)
		if !known || !known2 || source == destination {
			a.dropFlow(m, known, known2)
			continue
		}
		m.Item.Source, m.Item.Destination = source, destination
		kept = append(kept, m)
	}
	meaning := func(x *proposal.Flow) string {
		return threatmodel.Fold(x.Source) + "|" + threatmodel.Fold(x.Destination) + "|" + threatmodel.Fold(x.Action)
	}
	keys := func(m *member[proposal.Flow]) []string {
		ends := meaning(&m.Item)
		keys := []string{fmt.Sprintf("%s|%d", ends, first(m.Citations))}
		for _, id := range a.assetIDs(m.Item.Data) {
			keys = append(keys, ends+"|"+id)
		}
		return keys
	}
	var meanings []string
	ends := func(x *proposal.Flow) string {
		return threatmodel.Fold(x.Source) + "|" + threatmodel.Fold(x.Destination)
	}
	for _, g := range group(kept, paired(kept, keys, ends)) {
		item := g[0].Item
		crosses := slices.ContainsFunc(g, func(m member[proposal.Flow]) bool { return m.Item.CrossesBoundary })
		a.draft.DataFlows = append(a.draft.DataFlows, threatmodel.DataFlow{
			Source: item.Source, Destination: item.Destination, Action: item.Action, CrossesBoundary: crosses,
			Data:       a.assetIDs(allOf(g, func(x *proposal.Flow) []string { return x.Data })),
			Confidence: highest(g, func(x *proposal.Flow) string { return x.Confidence }),
			Basis:      basisOf(g, func(x *proposal.Flow) string { return x.Basis }),
			Origin:     originOf(g), Citations: citedBy(g)})
		data := "" // tells flows between the same ends apart, whatever stands between them
		if ids := a.assetIDs(item.Data); len(ids) > 0 {
			data = "|" + ids[0]
		}
		meanings = append(meanings, meaning(&item)+data)
	}
	for i, id := range a.ids(threatmodel.FlowID, meanings) {
		a.draft.DataFlows[i].ID = id
		a.note(id, a.draft.DataFlows[i].Citations)
	}
}

func (a *assembler) dropFlow(m member[proposal.Flow], known, known2 bool) {
	detail := "both of its ends are " + m.Item.Source
	switch {
	case !known:
		detail = fmt.Sprintf("%q is neither an actor nor a dependency of this draft", m.Item.Source)
	case !known2:
		detail = fmt.Sprintf("%q is neither an actor nor a dependency of this draft", m.Item.Destination)
	}
	a.draft.Dropped = append(a.draft.Dropped, threatmodel.Dropped{Kind: "data_flow",
		Text: m.Item.Source + " " + m.Item.Action + " " + strings.Join(m.Item.Data, ", ") + " to " + m.Item.Destination, Reason: threatmodel.Unsupported,
		Detail: detail, Cited: m.Citations})
}

// assetIDs returns the ids of the assets that are called so, each once; names that are no asset's are left out.
func (a *assembler) assetIDs(called []string) []string {
	var ids []string
	for _, name := range called {
		if id, ok := a.assetNames.get(name); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// safeguards puts every safeguard in once.
func (a *assembler) safeguards() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Safeguard] { return r.Safeguards })
	meaning := func(x *proposal.Safeguard) string { return threatmodel.Fold(x.Kind) + "|" + threatmodel.Fold(x.Text) }
	var meanings []string
	for _, g := range group(all, paired(all, by(meaning), func(*proposal.Safeguard) string { return "" })) {
		a.draft.Safeguards = append(a.draft.Safeguards, threatmodel.Safeguard{
			Text: g[0].Item.Text, Kind: g[0].Item.Kind,
			Protects:   a.assetIDs(allOf(g, func(x *proposal.Safeguard) []string { return x.Protects })),
			Confidence: highest(g, func(x *proposal.Safeguard) string { return x.Confidence }),
			Basis:      threatmodel.Stated, Origin: originOf(g), Citations: citedBy(g)})
		meanings = append(meanings, meaning(&g[0].Item))
		var texts []string
		for i := range g {
			texts = append(texts, threatmodel.Fold(g[i].Item.Text))
		}
		a.safeguardTexts = append(a.safeguardTexts, texts)
	}
	for i, id := range a.ids(threatmodel.SafeguardID, meanings) {
		a.draft.Safeguards[i].ID = id
		a.note(id, a.draft.Safeguards[i].Citations)
	}
}

// steps numbers the journey's steps in the order they were proposed. What a second engine adds goes where its sentence stands; a
// step in a sentence that the first engine made a step of is the same one.
func (a *assembler) steps() {
	meaning := func(x *proposal.Step) string {
		return threatmodel.Fold(x.Journey) + "|" + threatmodel.Fold(x.Actor) + "|" + threatmodel.Fold(x.Text)
	}
	at := map[string]int{}
	bySentence := map[int]int{} // the first step of a sentence, of the engines before
	var meanings []string
	for ri, r := range a.results {
		before := len(a.draft.Journey)
		for i := range r.Steps {
			s := &r.Steps[i]
			key := meaning(&s.Item)
			j, ok := at[key]
			if !ok {
				j, ok = bySentence[first(s.Citations)]
			}
			if ok && ri > 0 {
				step := &a.draft.Journey[j]
				step.Citations = unite(step.Citations, s.Citations)
				if step.Origin != r.Origin {
					step.Origin = threatmodel.FromBoth
				}
				continue
			}
			at[key] = len(a.draft.Journey)
			a.draft.Journey = append(a.draft.Journey, a.step(&s.Item, r.Origin, s.Citations))
			meanings = append(meanings, key)
		}
		for j := before; j < len(a.draft.Journey); j++ {
			n := first(a.draft.Journey[j].Citations)
			if _, ok := bySentence[n]; !ok {
				bySentence[n] = j
			}
		}
	}
	for i, id := range a.ids(threatmodel.StepID, meanings) {
		a.draft.Journey[i].ID = id
		a.note(id, a.draft.Journey[i].Citations)
	}
	if slices.ContainsFunc(a.draft.Journey, func(s threatmodel.Step) bool { return s.Origin != a.draft.Journey[0].Origin }) {
		slices.SortStableFunc(a.draft.Journey, func(x, y threatmodel.Step) int { return cmp.Compare(first(x.Citations), first(y.Citations)) })
	}
	for i := range a.draft.Journey {
		a.draft.Journey[i].Step = i + 1
	}
}

func (a *assembler) step(s *proposal.Step, origin threatmodel.Origin, cited []threatmodel.Citation) threatmodel.Step {
	actor := s.Actor
	if name, ok := a.parties.get(actor); ok {
		actor = name
	}
	return threatmodel.Step{Journey: s.Journey, Actor: actor, Text: s.Text, WhatIfs: s.WhatIfs, Basis: threatmodel.Stated, Origin: origin, Citations: cited}
}
