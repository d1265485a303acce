package export

import (
	"cmp"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

var threagileFormat = Format{
	Name: "threagile", Ending: ".threagile.yaml", About: "Threagile, a stub of a model to complete",
	Rejects: "left out; other decisions are with their abuse case",
	Cannot: "whether data is stored or encrypted, over what it goes: its required grades are placeholders (unknown-technology, unknown-protocol, " +
		"none) to fill in; the journey, what was dropped",
	Checked: "the rules of its JSON Schema, stated anew, and by hand the schema itself",
	Write:   Threagile,
}

// The objects of the format, by its own names: https://threagile.io.
type tgModel struct {
	Version              string                 `yaml:"threagile_version"`
	Title                string                 `yaml:"title"`
	Date                 string                 `yaml:"date,omitempty"`
	Author               tgAuthor               `yaml:"author"`
	Summary              string                 `yaml:"management_summary_comment"`
	Criticality          string                 `yaml:"business_criticality"`
	Overview             tgText                 `yaml:"business_overview"`
	Questions            map[string]string      `yaml:"questions"`
	AbuseCases           map[string]string      `yaml:"abuse_cases"`
	SecurityRequirements map[string]string      `yaml:"security_requirements"`
	TagsAvailable        []string               `yaml:"tags_available"`
	DataAssets           map[string]tgData      `yaml:"data_assets"`
	TechnicalAssets      map[string]tgTechnical `yaml:"technical_assets"`
	TrustBoundaries      map[string]tgBoundary  `yaml:"trust_boundaries"`
	SharedRuntimes       map[string]string      `yaml:"shared_runtimes"`
}

type tgAuthor struct {
	Name string `yaml:"name"`
}

type tgText struct {
	Description string `yaml:"description"`
}

// A tgGrade is what the format wants to know of everything: how confidential it is, how right and how available it must be.
type tgGrade struct {
	Confidentiality string `yaml:"confidentiality"`
	Integrity       string `yaml:"integrity"`
	Availability    string `yaml:"availability"`
	Justification   string `yaml:"justification_cia_rating"`
}

type tgData struct {
	ID          string `yaml:"id"`
	Description string `yaml:"description"`
	Usage       string `yaml:"usage"`
	Origin      string `yaml:"origin"`
	Owner       string `yaml:"owner"`
	Quantity    string `yaml:"quantity"`
	tgGrade     `yaml:",inline"`
}

type tgTechnical struct {
	ID          string `yaml:"id"`
	Description string `yaml:"description"`
	Type        string `yaml:"type"`
	Usage       string `yaml:"usage"`
	ByHuman     bool   `yaml:"used_as_client_by_human"`
	OutOfScope  bool   `yaml:"out_of_scope"`
	Size        string `yaml:"size"`
	Technology  string `yaml:"technology"`
	Internet    bool   `yaml:"internet"`
	Machine     string `yaml:"machine"`
	Encryption  string `yaml:"encryption"`
	Owner       string `yaml:"owner"`
	tgGrade     `yaml:",inline"`
	MultiTenant bool              `yaml:"multi_tenant"`
	Redundant   bool              `yaml:"redundant"`
	Custom      bool              `yaml:"custom_developed_parts"`
	Processed   []string          `yaml:"data_assets_processed"`
	Stored      []string          `yaml:"data_assets_stored"`
	Formats     []string          `yaml:"data_formats_accepted"`
	Links       map[string]tgLink `yaml:"communication_links"`
}

type tgLink struct {
	Target         string   `yaml:"target"`
	Description    string   `yaml:"description"`
	Protocol       string   `yaml:"protocol"`
	Authentication string   `yaml:"authentication"`
	Authorization  string   `yaml:"authorization"`
	VPN            bool     `yaml:"vpn"`
	Filtered       bool     `yaml:"ip_filtered"`
	Readonly       bool     `yaml:"readonly"`
	Usage          string   `yaml:"usage"`
	Sent           []string `yaml:"data_assets_sent"`
	Received       []string `yaml:"data_assets_received"`
}

type tgBoundary struct {
	ID          string   `yaml:"id"`
	Description string   `yaml:"description"`
	Type        string   `yaml:"type"`
	Inside      []string `yaml:"technical_assets_inside"`
	Nested      []string `yaml:"trust_boundaries_nested"`
}

// Threagile writes the draft as a model for Threagile that a person has to complete.
func Threagile(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	out := &tgModel{Version: "1.0.0", Title: m.title(), Author: tgAuthor{fold(m.Tool.Name + " " + m.Tool.Version)}, Summary: m.about(), Criticality: "important",
		Overview: tgText{"What the document is about has to be written here."}, Questions: map[string]string{}, AbuseCases: map[string]string{},
		SecurityRequirements: map[string]string{}, TagsAvailable: []string{}, DataAssets: map[string]tgData{}, TechnicalAssets: map[string]tgTechnical{},
		TrustBoundaries: map[string]tgBoundary{}, SharedRuntimes: map[string]string{}}
	if len(d.GeneratedAt) >= len("2006-01-02") {
		out.Date = fold(m.GeneratedAt[:len("2006-01-02")])
	}
	for _, q := range m.open() {
		out.Questions[fold(q.Text)] = "" // unanswered, in the format's way
	}
	used := namer{}
	for _, f := range m.notRejected(&left) {
		out.AbuseCases[used.take(fold(f.Title)+" ("+f.ID+")")] = strings.Join(m.describe(f), "\n")
		for i, r := range f.Requirements {
			out.SecurityRequirements[requirementID(f.ID, i)+" "+fold(r.Text)] = strings.Join(foldAll(r.Acceptance), "\n")
		}
	}
	out.facts(m)
	out.picture(m)
	left.rest(m, partJourney, partSafeguards)
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return left, enc.Close()
}

// foldAll puts each text on one line.
func foldAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fold(s)
	}
	return out
}

// tgID returns an id in the characters that the format allows.
func tgID(id string) string { return strings.ReplaceAll(id, ".", "-") }

func (t *tgModel) facts(m *model) {
	used := namer{}
	for _, a := range m.Assets {
		t.DataAssets[used.take(a.Name)] = tgData{ID: tgID(a.ID), Description: fold(string(a.Category) + ". " + m.quote(a.Citations)),
			Usage: "business", Quantity: "many", tgGrade: tgGradeOf(a.Sensitivity)}
	}
}

func tgGradeOf(l threatmodel.Level) tgGrade {
	c := map[threatmodel.Level]string{"high": "confidential", "medium": "restricted", "low": "internal"}[l]
	return tgGrade{cmp.Or(c, "internal"), "important", "important", "Confidentiality is graded by the draft; the rest is a placeholder."}
}

// picture writes the parties, what goes between them, and the zones around them.
func (t *tgModel) picture(m *model) {
	used, names := namer{}, make([]string, len(m.Parties))
	for i, p := range m.Parties {
		names[i] = used.take(p.Name)
		t.TechnicalAssets[names[i]] = tgParty(m, p)
	}
	for _, f := range m.Flows {
		link := tgLink{Target: tgID(partyID(m.Parties[f.To])), Protocol: "unknown-protocol", Authentication: "none", Authorization: "none", Usage: "business",
			Sent: []string{}, Received: []string{}}
		var quotes []string
		level := threatmodel.Low
		for _, id := range f.IDs {
			flow := m.flow(id)
			quotes = append(quotes, m.quote(flow.Citations))
			for _, a := range flow.Data {
				if m.assets[a] == nil || contains(link.Sent, tgID(a)) {
					continue
				}
				link.Sent = append(link.Sent, tgID(a))
				if m.assets[a].Sensitivity.Rank() > level.Rank() {
					level = m.assets[a].Sensitivity
				}
			}
		}
		link.Description = fold(strings.Join(quotes, " "))
		from := t.TechnicalAssets[names[f.From]]
		from.Links[namerOf(from.Links).take(flowName(m, f))] = link
		for _, n := range []string{names[f.From], names[f.To]} {
			t.handles(n, link.Sent, level)
		}
	}
	for _, z := range m.Zones {
		t.boundary(m, z)
	}
}

// handles notes that a technical asset processes data of a level.
func (t *tgModel) handles(name string, data []string, level threatmodel.Level) {
	a := t.TechnicalAssets[name]
	for _, id := range data {
		if !contains(a.Processed, id) {
			a.Processed = append(a.Processed, id)
		}
	}
	if g := tgGradeOf(level); a.Confidentiality != "confidential" && level != threatmodel.Low {
		a.Confidentiality = g.Confidentiality
	}
	t.TechnicalAssets[name] = a
}

func namerOf(links map[string]tgLink) namer {
	n := namer{}
	for name := range links {
		n[slug(name)] = true
	}
	return n
}

func tgParty(m *model, p render.Party) tgTechnical {
	t := tgTechnical{ID: tgID(partyID(p)), Description: cmp.Or(m.partyQuote(p), p.Name), Type: "external-entity", Usage: "business",
		ByHuman:    p.Zone == "people" || p.Zone == "staff",
		OutOfScope: p.Zone == "outside", Size: "system", Technology: "unknown-technology",
		Internet: p.Zone == "people" || p.Zone == "outside", Machine: "virtual", Encryption: "none",
		tgGrade: tgGradeOf(threatmodel.Low), Processed: []string{}, Stored: []string{}, Formats: []string{}, Links: map[string]tgLink{}}
	if p.Zone == "product" || p.Zone == "internal" {
		t.Type = "process"
	}
	t.Custom = p.Zone == "product"
	return t
}

func (t *tgModel) boundary(m *model, z render.Zone) {
	if z.Key == "people" {
		return
	}
	b := tgBoundary{ID: "zone-" + z.Key, Description: z.Name, Type: "execution-environment", Inside: []string{}, Nested: []string{}}
	for _, p := range m.Parties {
		if p.Zone == z.Key {
			b.Inside = append(b.Inside, tgID(partyID(p)))
		}
	}
	t.TrustBoundaries[z.Name] = b
}
