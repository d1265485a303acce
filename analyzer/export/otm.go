package export

import (
	"io"
	"strings"

	"whatif/analyzer/threatmodel"
)

var otmFormat = Format{
	Name: "otm", Ending: ".otm.json", About: "Open Threat Model 0.2.0, for IriusRisk and others",
	Rejects: "left out; a risk that is lived with has the state “accepted”",
	Cannot:  "the journey, open questions, what was dropped and why; quotes are in descriptions",
	Checked: "the rules of its JSON Schema, stated anew",
	Write:   OTM,
}

// The objects of the format, by its own names: https://github.com/iriusrisk/OpenThreatModel.
type otmModel struct {
	Version         string              `json:"otmVersion"`
	Project         otmProject          `json:"project"`
	Representations []otmRepresentation `json:"representations"`
	Assets          []otmAsset          `json:"assets"`
	TrustZones      []otmZone           `json:"trustZones"`
	Components      []otmComponent      `json:"components"`
	Dataflows       []otmFlow           `json:"dataflows"`
	Threats         []otmThreat         `json:"threats"`
	Mitigations     []otmMitigation     `json:"mitigations"`
}

type otmProject struct {
	Name        string         `json:"name"`
	ID          string         `json:"id"`
	Description string         `json:"description"`
	Attributes  map[string]any `json:"attributes"`
}

type otmRepresentation struct {
	Name string  `json:"name"`
	ID   string  `json:"id"`
	Type string  `json:"type"`
	Size otmSize `json:"size"`
}

type otmSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

type otmPosition struct {
	X int `json:"x"`
	Y int `json:"y"`
}

type otmPlace struct {
	Representation string      `json:"representation"`
	ID             string      `json:"id"`
	Position       otmPosition `json:"position"`
	Size           otmSize     `json:"size"`
}

type otmAsset struct {
	Name        string `json:"name"`
	ID          string `json:"id"`
	Description string `json:"description"`
	Risk        struct {
		Confidentiality int    `json:"confidentiality"`
		Integrity       int    `json:"integrity"`
		Availability    int    `json:"availability"`
		Comment         string `json:"comment"`
	} `json:"risk"`
	Attributes map[string]any `json:"attributes"`
}

type otmZone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Risk struct {
		TrustRating int `json:"trustRating"`
	} `json:"risk"`
	Representations []otmPlace `json:"representations"`
}

type otmComponent struct {
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Type            string            `json:"type"`
	Description     string            `json:"description"`
	Parent          map[string]string `json:"parent"`
	Representations []otmPlace        `json:"representations"`
	Threats         []otmInstance     `json:"threats"`
}

type otmFlow struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Source      string        `json:"source"`
	Destination string        `json:"destination"`
	Assets      []string      `json:"assets"`
	Threats     []otmInstance `json:"threats"`
}

type otmInstance struct {
	Threat      string   `json:"threat"`
	State       string   `json:"state"`
	Mitigations []otmUse `json:"mitigations"`
}

type otmUse struct {
	Mitigation string `json:"mitigation"`
	State      string `json:"state"`
}

type otmThreat struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Categories  []string `json:"categories"`
	Risk        struct {
		Likelihood        int    `json:"likelihood"`
		LikelihoodComment string `json:"likelihoodComment"`
		Impact            int    `json:"impact"`
		ImpactComment     string `json:"impactComment"`
	} `json:"risk"`
	Tags       []string       `json:"tags"`
	Attributes map[string]any `json:"attributes"`
}

type otmMitigation struct {
	ID            string         `json:"id"`
	Name          string         `json:"name"`
	Description   string         `json:"description"`
	RiskReduction int            `json:"riskReduction"`
	Attributes    map[string]any `json:"attributes"`
}

// OTM writes the draft as an Open Threat Model 0.2.0.
func OTM(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	findings := m.notRejected(&left)
	out := &otmModel{Version: "0.2.0", Assets: []otmAsset{}, TrustZones: []otmZone{}, Components: []otmComponent{}, Dataflows: []otmFlow{},
		Threats: []otmThreat{}, Mitigations: []otmMitigation{}}
	out.Project = otmProject{Name: m.title(), ID: uuid("document " + threatmodel.DocumentKey(d.Document.Path, d.Document.Title)), Description: m.about(),
		Attributes: map[string]any{"document": m.Document.Path, "document_sha256": m.Document.SHA256, "framework": m.Engine.Framework}}
	out.facts(m)
	out.picture(m)
	out.threats(m, findings)
	left.rest(m, partJourney, partQuestions)
	return left, writeJSON(w, out)
}

// otmPercent puts a level on the format's scale of 0 to 100.
func otmPercent(l threatmodel.Level) int {
	return map[threatmodel.Level]int{"high": 90, "medium": 50, "low": 10}[l]
}

func (o *otmModel) facts(m *model) {
	for i := range m.Assets {
		a := &m.Assets[i]
		out := otmAsset{Name: fold(a.Name), ID: a.ID, Description: m.quote(a.Citations), Attributes: map[string]any{"category": a.Category, "sensitivity": a.Sensitivity}}
		out.Risk.Confidentiality, out.Risk.Comment = otmPercent(a.Sensitivity), "The draft grades how sensitive it is, and neither integrity nor availability."
		o.Assets = append(o.Assets, out)
	}
	for i := range m.Safeguards {
		s := &m.Safeguards[i]
		o.Mitigations = append(o.Mitigations, otmMitigation{ID: s.ID, Name: fold(s.Text), Description: m.quote(s.Citations), Attributes: map[string]any{"kind": s.Kind, "stated": true}})
	}
}

// picture writes zones, components and flows. How far a zone is trusted is a default of this program, not of the document.
func (o *otmModel) picture(m *model) {
	l := layOut(m.Diagram)
	o.Representations = []otmRepresentation{{Name: "Data flows", ID: "data-flows", Type: "diagram", Size: otmSize{l.w, l.h}}}
	trust := map[string]int{"people": 20, "staff": 60, "product": 80, "internal": 70, "outside": 10}
	for i, z := range m.Zones {
		out := otmZone{ID: "zone-" + z.Key, Name: z.Name, Type: z.Key, Representations: otmPlaces("zone-"+z.Key, l.zones[i])}
		out.Risk.TrustRating = trust[z.Key]
		o.TrustZones = append(o.TrustZones, out)
	}
	for i, p := range m.Parties {
		o.Components = append(o.Components, otmComponent{ID: partyID(p), Name: p.Name, Type: m.kind(p), Description: m.partyQuote(p),
			Parent: map[string]string{"trustZone": "zone-" + p.Zone}, Representations: otmPlaces(partyID(p), l.parties[i]), Threats: []otmInstance{}})
	}
	for _, f := range m.Flows {
		var assets []string
		var quotes []string
		for _, id := range f.IDs {
			flow := m.flow(id)
			for _, a := range flow.Data {
				if m.assets[a] != nil && !contains(assets, a) {
					assets = append(assets, a)
				}
			}
			quotes = append(quotes, m.quote(flow.Citations))
		}
		o.Dataflows = append(o.Dataflows, otmFlow{ID: f.IDs[0], Name: flowName(m, f), Description: fold(strings.Join(quotes, " ")),
			Source:      partyID(m.Parties[f.From]),
			Destination: partyID(m.Parties[f.To]), Assets: orEmpty(assets), Threats: []otmInstance{}})
	}
}

func otmPlaces(id string, b box) []otmPlace {
	return []otmPlace{{Representation: "data-flows", ID: "data-flows-" + id, Position: otmPosition{b.x, b.y}, Size: otmSize{b.w, b.h}}}
}

// threats writes each finding, and where it is: at the flows that it is about, or else at the product.
func (o *otmModel) threats(m *model, findings []*finding) {
	for _, f := range findings {
		t := otmThreat{ID: f.ID, Name: fold(f.Title), Description: strings.Join(m.describe(f), "\n"),
			Categories: orEmpty(append([]string{string(f.Category)}, f.Tags.STRIDE...)),
			Tags:       orEmpty(append(append([]string{}, f.Tags.LINDDUN...), f.Tags.Regulations...)),
			Attributes: map[string]any{"priority": f.Priority, "confidence": f.Confidence, "basis": f.Basis, "review": f.state(), "decision": f.decision()}}
		t.Risk.Likelihood, t.Risk.Impact = otmPercent(f.Likelihood), otmPercent(f.Severity)
		t.Risk.LikelihoodComment, t.Risk.ImpactComment = string(f.Likelihood), string(f.Severity)
		o.Threats = append(o.Threats, t)
		o.place(m, f, o.instance(m, f))
	}
}

// instance says that a threat is there and what stands against it, and adds the requirements to the mitigations.
func (o *otmModel) instance(m *model, f *finding) otmInstance {
	in := otmInstance{Threat: f.ID, State: "exposed", Mitigations: []otmUse{}}
	if f.lived() {
		in.State = "accepted"
	}
	for _, id := range f.Safeguards {
		if m.safeguards[id] != nil {
			in.Mitigations = append(in.Mitigations, otmUse{id, "required"})
		}
	}
	for i, r := range f.Requirements {
		id := requirementID(f.ID, i)
		o.Mitigations = append(o.Mitigations, otmMitigation{ID: id, Name: fold(r.Text), Description: requirement(r),
			Attributes: map[string]any{"threat": f.ID, "stated": false}})
		in.Mitigations = append(in.Mitigations, otmUse{id, "recommended"})
	}
	return in
}

func (o *otmModel) place(m *model, f *finding, in otmInstance) {
	placed := false
	for i, flow := range m.Flows {
		if touches(flow.IDs, f.DataFlows) {
			o.Dataflows[i].Threats, placed = append(o.Dataflows[i].Threats, in), true
		}
	}
	for i := range o.Components {
		if !placed && o.Components[i].ID == "product" {
			o.Components[i].Threats = append(o.Components[i].Threats, in)
		}
	}
}
