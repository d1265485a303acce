package export

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

var threatDragonFormat = Format{
	Name: "threat-dragon", Ending: ".threat-dragon.json", About: "OWASP Threat Dragon 2, with a laid-out diagram",
	Rejects: "marked “NotApplicable”, or “Mitigated” where something handles them already",
	Cannot:  "assets as things of their own, the journey, open questions, what was dropped; quotes are in descriptions",
	Checked: "the rules of its JSON Schema, stated anew",
	Write:   ThreatDragon,
}

// The objects of the format, by its own names: https://www.threatdragon.com/docs/development/schema.html.
type tdModel struct {
	Version string    `json:"version"`
	Summary tdSummary `json:"summary"`
	Detail  tdDetail  `json:"detail"`
}

type tdSummary struct {
	Title       string `json:"title"`
	Owner       string `json:"owner"`
	Description string `json:"description"`
	ID          int    `json:"id"`
}

type tdDetail struct {
	Contributors []tdName    `json:"contributors"`
	Diagrams     []tdDiagram `json:"diagrams"`
	DiagramTop   int         `json:"diagramTop"`
	Reviewer     string      `json:"reviewer"`
	ThreatTop    int         `json:"threatTop"`
}

type tdName struct {
	Name string `json:"name"`
}

type tdDiagram struct {
	ID          int      `json:"id"`
	Title       string   `json:"title"`
	Type        string   `json:"diagramType"`
	Placeholder string   `json:"placeholder"`
	Thumbnail   string   `json:"thumbnail"`
	Version     string   `json:"version"`
	Cells       []tdCell `json:"cells"`
}

type tdCell struct {
	Position  *otmPosition   `json:"position,omitempty"`
	Size      *otmSize       `json:"size,omitempty"`
	Attrs     map[string]any `json:"attrs"`
	Visible   bool           `json:"visible"`
	Shape     string         `json:"shape"`
	ZIndex    int            `json:"zIndex"`
	ID        string         `json:"id"`
	Connector string         `json:"connector,omitempty"`
	Source    *tdEnd         `json:"source,omitempty"`
	Target    *tdEnd         `json:"target,omitempty"`
	Labels    []any          `json:"labels,omitempty"`
	Data      tdData         `json:"data"`
}

type tdEnd struct {
	Cell string `json:"cell"`
}

type tdData struct {
	Type             string     `json:"type"`
	Name             string     `json:"name"`
	Description      string     `json:"description"`
	OutOfScope       bool       `json:"outOfScope"`
	ReasonOutOfScope string     `json:"reasonOutOfScope"`
	IsTrustBoundary  bool       `json:"isTrustBoundary"`
	HasOpenThreats   bool       `json:"hasOpenThreats"`
	Threats          []tdThreat `json:"threats"`
}

type tdThreat struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Status      string `json:"status"`
	Severity    string `json:"severity"`
	Type        string `json:"type"`
	Description string `json:"description"`
	Mitigation  string `json:"mitigation"`
	ModelType   string `json:"modelType"`
	Number      int    `json:"number"`
	Score       string `json:"score"`
}

// tdVersion is the version of the format that is written.
const tdVersion = "2.2.0"

// ThreatDragon writes the draft as a model of OWASP Threat Dragon 2 with one STRIDE diagram.
func ThreatDragon(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	out := &tdModel{Version: tdVersion, Summary: tdSummary{Title: m.title(), Description: m.about()}}
	diagram := tdDiagram{Title: "Data flows", Type: "STRIDE", Placeholder: "Data flows", Thumbnail: "./public/content/images/thumbnail.stride.jpg", Version: tdVersion}
	diagram.Cells = tdCells(m)
	diagram.threats(m)
	for i := range diagram.Cells {
		diagram.Cells[i].paint()
	}
	out.Detail = tdDetail{Contributors: []tdName{}, Diagrams: []tdDiagram{diagram}, DiagramTop: 1, ThreatTop: len(m.findings)}
	left.rest(m, partAssets, partJourney, partSafeguards, partQuestions)
	return left, writeJSON(w, out)
}

// tdCells draws zones, then parties, then flows: the order of the diagram.
func tdCells(m *model) []tdCell {
	l := layOut(m.Diagram)
	cells := []tdCell{}
	for i, z := range m.Zones {
		cells = append(cells, tdNode("trust-boundary-box", "tm.BoundaryBox", tdID(m, "zone "+z.Key), z.Name, l.zones[i], -1))
	}
	for i, p := range m.Parties {
		shape, kind := "actor", "tm.Actor"
		if p.Zone == "product" {
			shape, kind = "process", "tm.Process"
		}
		c := tdNode(shape, kind, tdID(m, "party "+partyID(p)), p.Name, l.parties[i], i+1)
		c.Data.Description = m.partyQuote(p)
		cells = append(cells, c)
	}
	for i, f := range m.Flows {
		cells = append(cells, tdFlow(m, f, len(m.Parties)+i+1))
	}
	return cells
}

// tdID returns the UUID of something in this document's diagram.
func tdID(m *model, what string) string {
	return uuid(threatmodel.DocumentKey(m.Document.Path, m.Document.Title) + " " + what)
}

func tdNode(shape, kind, id, name string, b box, z int) tdCell {
	c := tdCell{Position: &otmPosition{b.x, b.y}, Size: &otmSize{b.w, b.h}, Visible: true, Shape: shape, ZIndex: z, ID: id,
		Data: tdData{Type: kind, Name: name, Threats: []tdThreat{}}}
	c.Data.IsTrustBoundary = kind == "tm.BoundaryBox"
	return c
}

func tdFlow(m *model, f render.Flow, z int) tdCell {
	var quotes []string
	for _, id := range f.IDs {
		quotes = append(quotes, m.quote(m.flow(id).Citations))
	}
	name := flowName(m, f)
	return tdCell{Visible: true, Shape: "flow", ZIndex: z, ID: tdID(m, "flow "+f.IDs[0]), Connector: "smooth",
		Source: &tdEnd{tdID(m, "party "+partyID(m.Parties[f.From]))}, Target: &tdEnd{tdID(m, "party "+partyID(m.Parties[f.To]))},
		Labels: []any{map[string]any{"position": 0.5, "attrs": map[string]any{"label": map[string]any{"text": name}}}},
		Data:   tdData{Type: "tm.Flow", Name: name, Description: fold(strings.Join(quotes, " ")), Threats: []tdThreat{}}}
}

// threats puts each finding at the first flow that it is about, or else at the product: a threat has one place here.
func (g *tdDiagram) threats(m *model) {
	nodes := len(m.Zones) + len(m.Parties)
	for n := range m.findings {
		f := &m.findings[n]
		at := slices.IndexFunc(m.Flows, func(flow render.Flow) bool { return touches(flow.IDs, f.DataFlows) })
		if at >= 0 {
			at += nodes
		} else {
			at = len(m.Zones) + slices.IndexFunc(m.Parties, func(p render.Party) bool { return p.ID == "product" })
		}
		c := &g.Cells[at]
		c.Data.Threats = append(c.Data.Threats, tdThreatOf(m, f, n+1))
	}
}

func tdThreatOf(m *model, f *finding, n int) tdThreat {
	t := tdThreat{ID: uuid(f.ID), Title: fold(f.Title), Status: "Open", Severity: upper(string(f.Severity)), Type: tdType(f),
		Description: strings.Join(append(m.describe(f), "Id: "+f.ID), "\n\n"), ModelType: "STRIDE", Number: n}
	var needs []string
	for _, r := range f.Requirements {
		needs = append(needs, requirement(r))
	}
	t.Mitigation = strings.Join(needs, "\n\n")
	switch {
	case f.rejected() && f.Decision.Reason == "already_handled":
		t.Status = "Mitigated"
	case f.rejected():
		t.Status = "NotApplicable"
	}
	return t
}

// tdType returns a finding's type of STRIDE in the format's words; the first counts, since it has place for one.
func tdType(f *finding) string {
	words := map[string]string{"spoofing": "Spoofing", "tampering": "Tampering", "repudiation": "Repudiation", "information_disclosure": "Information disclosure",
		"denial_of_service": "Denial of service", "elevation_of_privilege": "Elevation of privilege"}
	for _, s := range f.Tags.STRIDE {
		if words[s] != "" {
			return words[s]
		}
	}
	return cmp.Or(map[threatmodel.AbuseCategory]string{"tampering": "Tampering", "fraud": "Tampering", "impersonation": "Spoofing", "account_takeover": "Spoofing",
		"service_disruption": "Denial of service", "dependency_failure": "Denial of service", "repudiation": "Repudiation", "privilege_misuse": "Elevation of privilege",
		"unauthorized_access": "Elevation of privilege"}[f.Category], "Information disclosure")
}

// paint gives a cell the looks that the tool gives it: red with open threats.
func (c *tdCell) paint() {
	for _, t := range c.Data.Threats {
		c.Data.HasOpenThreats = c.Data.HasOpenThreats || t.Status == "Open"
	}
	stroke, width := "#333333", 1.5
	if c.Data.HasOpenThreats {
		stroke, width = "red", 2.5
	}
	switch c.Shape {
	case "flow":
		c.Attrs = map[string]any{"line": map[string]any{"stroke": stroke, "strokeWidth": width, "strokeDasharray": "",
			"targetMarker": map[string]any{"name": "block"}, "sourceMarker": map[string]any{"name": ""}}}
	case "trust-boundary-box":
		c.Attrs = map[string]any{"label": map[string]any{"text": c.Data.Name}}
	default:
		c.Attrs = map[string]any{"text": map[string]any{"text": c.Data.Name}, "body": map[string]any{"stroke": stroke, "strokeWidth": width, "strokeDasharray": ""}}
	}
}
