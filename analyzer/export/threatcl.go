package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

var threatclFormat = Format{
	Name: "threatcl", Ending: ".hcl", About: "threatcl (hcltm), the HCL of its spec 0.8",
	Rejects: "become exclusions, with the reason; other decisions are in the description",
	Cannot:  "the journey beyond use cases, open questions, likelihood, aliases, what was dropped",
	Checked: "a grammar of its lines, and by hand the HCL parser with the blocks of its spec; threatcl itself could not be had",
	Write:   Threatcl,
}

// Threatcl writes the draft in the language of threatcl.
func Threatcl(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	h := &hcl{errWriter: errWriter{w: w}}
	h.attr("spec_version", "0.8.0")
	h.line("")
	h.block("threatmodel", m.title(), func() {
		h.attr("description", m.about())
		h.attr("author", fold(m.Tool.Name)+" "+fold(m.Tool.Version))
		if at, err := time.Parse(time.RFC3339, m.GeneratedAt); err == nil {
			h.raw("created_at", fmt.Sprint(at.Unix()))
		}
		h.additional(m)
		names := h.assets(m)
		for _, s := range m.Journey {
			h.block("usecase", "", func() { h.attr("description", fold(s.Actor+" "+s.Text)) })
		}
		h.threats(m, names)
		h.dependencies(m)
		h.diagram(m)
	})
	left.rest(m, partQuestions)
	return left, h.err
}

// An hcl writes blocks and attributes.
type hcl struct {
	errWriter
	depth int
}

func (h *hcl) indent() string { return strings.Repeat("  ", h.depth) }

// block writes a block; label is escaped, "" for none.
func (h *hcl) block(kind, label string, body func()) {
	head := kind
	if label != "" {
		head += " " + hclString(label)
	}
	h.line("%s%s {", h.indent(), head)
	h.depth++
	body()
	h.depth--
	h.line("%s}", h.indent())
}

// attr writes an attribute with a text, raw one with a value that needs no escape, list one with texts. Empty ones are not written.
func (h *hcl) attr(name, value string) {
	if value != "" {
		h.raw(name, hclString(value))
	}
}

func (h *hcl) raw(name, value string) { h.line("%s%s = %s", h.indent(), name, value) }

func (h *hcl) list(name string, values []string) {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = hclString(v)
	}
	if len(values) > 0 {
		h.raw(name, "["+strings.Join(quoted, ", ")+"]")
	}
}

// hclString writes a text as a quoted template that stands for itself: no interpolation, no directive, no line end.
func hclString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			fmt.Fprintf(&b, `\u%04x`, r) // doubling it, the other way, goes wrong after another of its kind
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// A namer gives each thing a name that no other has, also when both are made identifiers: names are how this format refers.
type namer map[string]bool

func (n namer) take(name string) string {
	if name = fold(name); slug(name) == "" {
		name = "unnamed " + name
	}
	unique := name
	for i := 2; n[slug(unique)]; i++ {
		unique = fmt.Sprintf("%s %d", name, i)
	}
	n[slug(unique)] = true
	return unique
}

// slug returns the letters and digits of a name in lower case, other characters made one underscore.
func slug(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r < 0x80 }), "_")
}

func (h *hcl) additional(m *model) {
	for _, a := range [][2]string{{"document", m.Document.Path}, {"document_sha256", m.Document.SHA256}, {"framework", m.Engine.Framework}} {
		h.block("additional_attribute", a[0], func() { h.raw("value", hclString(fold(a[1]))) })
	}
}

// assets writes the information assets, and returns their names by id.
func (h *hcl) assets(m *model) map[string]string {
	names, used := map[string]string{}, namer{}
	class := map[threatmodel.Level]string{"high": "Restricted", "medium": "Confidential", "low": "Public"}
	for _, a := range m.Assets {
		names[a.ID] = used.take(a.Name)
		h.block("information_asset", names[a.ID], func() {
			h.attr("description", fold(string(a.Category)+". "+m.quote(a.Citations)))
			h.attr("information_classification", class[a.Sensitivity])
			h.attr("source", a.ID)
		})
	}
	return names
}

func (h *hcl) threats(m *model, assets map[string]string) {
	used := namer{}
	for i := range m.findings {
		f := &m.findings[i]
		if f.rejected() {
			h.block("exclusion", "", func() { h.attr("description", fold(f.Title)+" ("+f.ID+"): "+f.decision()) })
			continue
		}
		h.block("threat", used.take(f.Title), func() { h.threat(m, f, assets) })
	}
}

func (h *hcl) threat(m *model, f *finding, assets map[string]string) {
	h.attr("description", strings.Join(append(m.describe(f), "Id: "+f.ID), "\n"))
	impact := map[string]string{"tampering": "Integrity", "information_disclosure": "Confidentiality", "denial_of_service": "Availability"}
	stride := map[string]string{"spoofing": "Spoofing", "tampering": "Tampering", "repudiation": "Repudiation", "information_disclosure": "Info Disclosure",
		"denial_of_service": "Denial Of Service", "elevation_of_privilege": "Elevation Of Privilege"}
	var impacts, strides, refs []string
	for _, s := range f.Tags.STRIDE {
		if impact[s] != "" {
			impacts = append(impacts, impact[s])
		}
		if stride[s] != "" {
			strides = append(strides, stride[s])
		}
	}
	for _, id := range f.Assets {
		if assets[id] != "" {
			refs = append(refs, assets[id])
		}
	}
	h.list("impacts", impacts)
	h.list("stride", strides)
	h.list("information_asset_refs", refs)
	used := namer{}
	for _, id := range f.Safeguards {
		if s := m.safeguards[id]; s != nil {
			h.control(used.take(s.Kind), fold(s.Text), "The document states it. "+m.quote(s.Citations))
		}
	}
	for i, r := range f.Requirements {
		h.control(used.take(requirementID(f.ID, i)), requirement(r), "Suggested; the document does not state it.")
	}
}

// control writes a control. None is called implemented: a requirements document does not know.
func (h *hcl) control(name, description, notes string) {
	h.block("control", name, func() {
		h.raw("description", hclString(description))
		h.attr("implementation_notes", fold(notes))
		h.raw("implemented", "false")
	})
}

func (h *hcl) dependencies(m *model) {
	used := namer{}
	for _, d := range m.Dependencies {
		if d.Kind == "internal" {
			continue
		}
		h.block("third_party_dependency", used.take(d.Name), func() {
			h.raw("description", hclString(fold(stop(upper(fold(d.Role)))+" "+m.quote(d.Citations))))
			h.attr("uptime_dependency", "degraded")
			h.attr("uptime_notes", fold(d.IfItFails))
		})
	}
}

// diagram writes the parties in their zones, and the flows. Data stores are not told from other systems by the draft.
func (h *hcl) diagram(m *model) {
	if len(m.Flows) == 0 {
		return
	}
	used, names := namer{}, make([]string, len(m.Parties))
	for i, p := range m.Parties {
		names[i] = used.take(p.Name)
	}
	h.block("data_flow_diagram_v2", "Data flows", func() {
		for _, z := range m.Zones {
			h.block("trust_zone", z.Name, func() {
				for i, p := range m.Parties {
					if p.Zone == z.Key {
						h.line("%s%s %s {}", h.indent(), hclParty(p), hclString(names[i]))
					}
				}
			})
		}
		for _, f := range m.Flows {
			h.block("flow", flowName(m, f), func() {
				h.attr("from", names[f.From])
				h.attr("to", names[f.To])
			})
		}
	})
}

func hclParty(p render.Party) string {
	if p.Zone == "product" || p.Zone == "internal" {
		return "process"
	}
	return "external_element"
}
