package export

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// A box is a rectangle in a diagram.
type box struct{ x, y, w, h int }

// A layout says where the zones and parties of a diagram are.
type layout struct {
	w, h           int
	zones, parties []box
}

// Sizes of a diagram, in the units of the tools that show it: about a pixel.
const (
	partyWide = 160
	partyHigh = 80
	partyGap  = 40
	zoneHead  = 40
	zonePad   = 30
	columnGap = 260 // labels of flows stand here
)

// layOut puts people and staff to the left, the product in the middle, and all else to the right: one zone below the other.
func layOut(d render.Diagram) layout {
	columns := [][]string{{"people", "staff"}, {"product"}, {"internal", "outside"}}
	l := layout{zones: make([]box, len(d.Zones)), parties: make([]box, len(d.Parties))}
	x := partyGap
	for _, keys := range columns {
		y, used := partyGap, false
		for i, z := range d.Zones {
			if !slices.Contains(keys, z.Key) {
				continue
			}
			used = true
			l.zones[i] = l.stack(d, z.Key, x, y)
			y += l.zones[i].h + partyGap
		}
		if used {
			l.w = x + partyWide + 2*zonePad + partyGap
			x = l.w - partyGap + columnGap
		}
		l.h = max(l.h, y)
	}
	return l
}

// stack puts the parties of a zone below each other, and returns the frame around them.
func (l *layout) stack(d render.Diagram, zone string, x, y int) box {
	at := y + zoneHead
	for i, p := range d.Parties {
		if p.Zone == zone {
			l.parties[i] = box{x + zonePad, at, partyWide, partyHigh}
			at += partyHigh + partyGap
		}
	}
	return box{x, y, partyWide + 2*zonePad, at - partyGap + zonePad - y}
}

// flow returns a data flow by its id, an empty one if there is none.
func (m *model) flow(id string) *threatmodel.DataFlow {
	for i := range m.DataFlows {
		if m.DataFlows[i].ID == id {
			return &m.DataFlows[i]
		}
	}
	return &threatmodel.DataFlow{}
}

// flowName says what a flow is in a few words.
func flowName(m *model, f render.Flow) string {
	return cmp.Or(f.Label, m.Parties[f.From].Name+" to "+m.Parties[f.To].Name)
}

// kind says what a party is: "user", "vendor", "product"; "party" where the draft only names it.
func (m *model) kind(p render.Party) string {
	if a := m.actor(p.ID); a != nil {
		return string(a.Kind)
	}
	if d := m.dependency(p.ID); d != nil {
		return string(d.Kind)
	}
	return cmp.Or(strings.ToLower(p.ID), "party")
}

func (m *model) actor(id string) *threatmodel.Actor {
	i := slices.IndexFunc(m.Actors, func(a threatmodel.Actor) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Actors[i]
}

func (m *model) dependency(id string) *threatmodel.Dependency {
	i := slices.IndexFunc(m.Dependencies, func(d threatmodel.Dependency) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Dependencies[i]
}

// partyQuote cites where the document speaks of a party.
func (m *model) partyQuote(p render.Party) string {
	if a := m.actor(p.ID); a != nil {
		return m.quote(a.Citations)
	}
	if d := m.dependency(p.ID); d != nil {
		return fold(strings.Join([]string{stop(upper(fold(d.Role))), m.quote(d.Citations)}, " "))
	}
	return ""
}

// stop ends a sentence with a full stop where it has no end of its own.
func stop(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!") || strings.HasSuffix(s, "”") {
		return s
	}
	return s + "."
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// touches reports whether two lists have something in common.
func touches(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// orEmpty returns an empty list for none, which is written as [].
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
