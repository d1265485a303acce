package assemble

import (
	"cmp"
	"slices"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// stateOrder is the order in which an asset's states are listed: its life.
var stateOrder = []string{"collected", "stored", "shown", "sent", "exported", "deleted"}

// assets puts every asset in once.
func (a *assembler) assets() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Asset] { return r.Assets })
	called := func(x *proposal.Asset) (string, []string) { return x.Name, x.Aliases }
	a.assetNames = names{}
	var meanings []string
	for _, g := range group(all, callKeys(all, called)) {
		c := callGroup(g, called)
		category := firstOf(g, func(x *proposal.Asset) string {
			if x.Category == "other" {
				return ""
			}
			return x.Category
		})
		a.draft.Assets = append(a.draft.Assets, threatmodel.Asset{
			Name: c.name, Aliases: c.aliases, Category: threatmodel.AssetCategory(cmp.Or(category, "other")),
			Sensitivity:  highest(g, func(x *proposal.Asset) string { return x.Sensitivity }),
			States:       inOrder(allOf(g, func(x *proposal.Asset) []string { return x.States }), stateOrder),
			AttackerGain: firstOf(g, func(x *proposal.Asset) string { return x.Gain }),
			Regulations:  allOf(g, func(x *proposal.Asset) []string { return x.Regulations }),
			Confidence:   highest(g, func(x *proposal.Asset) string { return x.Confidence }),
			Basis:        basisOf(g, func(x *proposal.Asset) string { return x.Basis }),
			Origin:       originOf(g), Citations: citedBy(g)})
		meanings = append(meanings, c.meaning)
	}
	for i, id := range a.ids(threatmodel.AssetID, meanings) {
		asset := &a.draft.Assets[i]
		asset.ID = id
		a.assetNames.add(id, append([]string{asset.Name}, asset.Aliases...)...)
		a.note(id, asset.Citations)
	}
}

// inOrder sorts values by a known order; others follow as they came.
func inOrder(values, order []string) []string {
	slices.SortStableFunc(values, func(x, y string) int {
		return cmp.Compare(uint(slices.Index(order, x)), uint(slices.Index(order, y)))
	})
	return values
}

// actors puts every actor in once, with all that it may do.
func (a *assembler) actors() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Actor] { return r.Actors })
	called := func(x *proposal.Actor) (string, []string) { return x.Name, x.Aliases }
	a.parties = names{}
	var meanings []string
	for _, g := range group(all, callKeys(all, called)) {
		c := callGroup(g, called)
		a.draft.Actors = append(a.draft.Actors, threatmodel.Actor{
			Name: c.name, Aliases: c.aliases, Kind: threatmodel.ActorKind(g[0].Item.Kind), Privileges: privileges(g),
			Confidence: highest(g, func(x *proposal.Actor) string { return x.Confidence }),
			Basis:      basisOf(g, func(x *proposal.Actor) string { return x.Basis }),
			Origin:     originOf(g), Citations: citedBy(g)})
		meanings = append(meanings, c.meaning)
		a.parties.add(c.name, append([]string{c.name}, c.aliases...)...)
	}
	for i, id := range a.ids(threatmodel.ActorID, meanings) {
		a.draft.Actors[i].ID = id
	}
}

// privileges lists what a group's actors may do, each once, in document order.
func privileges(g []member[proposal.Actor]) []threatmodel.Privilege {
	var out []threatmodel.Privilege
	at := map[string]int{}
	for _, m := range g {
		for i, p := range m.Item.Privileges {
			key := threatmodel.Fold(p.Text)
			if j, ok := at[key]; ok {
				out[j].Citations = unite(out[j].Citations, m.Extra[i])
				continue
			}
			at[key] = len(out)
			out = append(out, threatmodel.Privilege{Text: p.Text, Citations: m.Extra[i]})
		}
	}
	slices.SortStableFunc(out, func(x, y threatmodel.Privilege) int { return cmp.Compare(first(x.Citations), first(y.Citations)) })
	return out
}

func (a *assembler) dependencies() {
	all := members(a.results, func(r *ground.Result) []ground.Held[proposal.Dependency] { return r.Dependencies })
	called := func(x *proposal.Dependency) (string, []string) { return x.Name, x.Aliases }
	var meanings []string
	for _, g := range group(all, callKeys(all, called)) {
		c := callGroup(g, called)
		a.draft.Dependencies = append(a.draft.Dependencies, threatmodel.Dependency{
			Name: c.name, Aliases: c.aliases, Kind: threatmodel.DependencyKind(g[0].Item.Kind),
			Role:          firstOf(g, func(x *proposal.Dependency) string { return x.Role }),
			IfItFails:     firstOf(g, func(x *proposal.Dependency) string { return x.IfItFails }),
			IfCompromised: firstOf(g, func(x *proposal.Dependency) string { return x.IfCompromised }),
			Confidence:    highest(g, func(x *proposal.Dependency) string { return x.Confidence }),
			Basis:         basisOf(g, func(x *proposal.Dependency) string { return x.Basis }),
			Origin:        originOf(g), Citations: citedBy(g)})
		meanings = append(meanings, c.meaning)
		a.parties.add(c.name, append([]string{c.name}, c.aliases...)...)
	}
	for i, id := range a.ids(threatmodel.DependencyID, meanings) {
		a.draft.Dependencies[i].ID = id
	}
}
