package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// The rules of the targets, stated anew from their documentation and schemas: what must be there, of which type and of which words. They are
// stricter in one thing: no other keys. Sources: OTM 0.2.0's otm_schema.json (Apache-2.0), Threat Dragon's
// owasp-threat-dragon-v2.schema.json (Apache-2.0), Threagile's schema.json (MIT).

// object writes a JSON Schema of an object from "name:type name?:type": a question mark for what may be missing.
func object(fields string) string {
	var props, need []string
	for _, f := range strings.Fields(fields) {
		name, kind, _ := strings.Cut(f, ":")
		if n, optional := strings.CutSuffix(name, "?"); optional {
			name = n
		} else {
			need = append(need, fmt.Sprintf("%q", name))
		}
		props = append(props, fmt.Sprintf("%q: %s", name, kinds(kind)))
	}
	return fmt.Sprintf(`{"type": "object", "additionalProperties": false, "required": [%s], "properties": {%s}}`, strings.Join(need, ","), strings.Join(props, ","))
}

// kinds writes a schema of a type: str, num, int, bool, any; [x] is a list; a|b are words; #x is one of the definitions; {x} maps names to x.
func kinds(k string) string {
	switch {
	case k == "any":
		return "{}"
	case strings.HasPrefix(k, "["):
		return fmt.Sprintf(`{"type": "array", "items": %s}`, kinds(k[1:len(k)-1]))
	case strings.HasPrefix(k, "{"):
		return fmt.Sprintf(`{"type": "object", "additionalProperties": %s}`, kinds(k[1:len(k)-1]))
	case strings.HasPrefix(k, "#"):
		return fmt.Sprintf(`{"$ref": "#/$defs/%s"}`, k[1:])
	case strings.HasPrefix(k, "="):
		words, _ := json.Marshal(strings.Split(k[1:], "|"))
		return fmt.Sprintf(`{"enum": %s}`, words)
	}
	return fmt.Sprintf(`{"type": %q}`, map[string]string{"str": "string", "num": "number", "int": "integer", "bool": "boolean", "obj": "object"}[k])
}

// rulebooks are compiled once: property tests ask for them often.
var rulebooks = map[string]*jsonschema.Schema{}

// rulebook compiles a schema from its definitions; "root" is the whole.
func rulebook(t testing.TB, defs map[string]string) *jsonschema.Schema {
	t.Helper()
	if s := rulebooks[defs["root"]]; s != nil {
		return s
	}
	var all []string
	for name, fields := range defs {
		all = append(all, fmt.Sprintf("%q: %s", name, object(fields)))
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(fmt.Sprintf(`{"$ref": "#/$defs/root", "$defs": {%s}}`, strings.Join(all, ","))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rules.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rules.json")
	if err != nil {
		t.Fatal(err)
	}
	rulebooks[defs["root"]] = s
	return s
}

var otmRules = map[string]string{
	"root":           "otmVersion:str project:#project representations:[#representation] assets:[#asset] trustZones:[#zone] components:[#component] dataflows:[#flow] threats:[#threat] mitigations:[#mitigation]",
	"project":        "name:str id:str description?:str attributes?:obj",
	"representation": "name:str id:str type:str size:#size",
	"size":           "width:num height:num",
	"position":       "x:num y:num",
	"element":        "representation:str id:str position:#position size:#size",
	"asset":          "name:str id:str description?:str risk:#assetrisk attributes?:obj",
	"assetrisk":      "confidentiality:num integrity:num availability:num comment?:str",
	"zone":           "id:str name:str type?:str risk:#zonerisk representations?:[#element]",
	"zonerisk":       "trustRating:num",
	"component":      "id:str name:str type:str description?:str parent:#parent representations?:[#element] threats?:[#instance]",
	"parent":         "trustZone:str",
	"flow":           "id:str name:str description?:str source:str destination:str assets?:[str] threats?:[#instance]",
	"instance":       "threat:str state:str mitigations?:[#use]",
	"use":            "mitigation:str state:str",
	"threat":         "id:str name:str description?:str categories?:[str] risk:#risk tags?:[str] attributes?:obj",
	"risk":           "likelihood:num likelihoodComment?:str impact:num impactComment?:str",
	"mitigation":     "id:str name:str description?:str riskReduction:num attributes?:obj",
}

var dragonRules = map[string]string{
	"root":    "version:str summary:#summary detail:#detail",
	"summary": "title:str owner:str description:str id:int",
	"detail":  "contributors:[#name] diagrams:[#diagram] diagramTop:int reviewer:str threatTop:int",
	"name":    "name:str",
	"diagram": "id:int title:str diagramType:=STRIDE placeholder:str thumbnail:str version:str cells:[#cell]",
	"cell":    "position?:#position size?:#size attrs:obj visible:bool shape:=actor|process|store|flow|trust-boundary-box zIndex:int id:str connector?:str source?:#end target?:#end labels?:any data:#data",
	"end":     "cell:str", "position": "x:num y:num", "size": "width:num height:num",
	"data": "type:=tm.Actor|tm.Process|tm.Store|tm.Flow|tm.BoundaryBox name:str description:str outOfScope:bool reasonOutOfScope:str isTrustBoundary:bool hasOpenThreats:bool threats:[#threat]",
	"threat": "id:str title:str status:=Open|Mitigated|NotApplicable severity:=High|Medium|Low type:any description:str mitigation:str " +
		"modelType:=STRIDE number:int score:str",
}

const tgGradeRule = " confidentiality:=public|internal|restricted|confidential|strictly-confidential integrity:=archive|operational|important|critical|mission-critical" +
	" availability:=archive|operational|important|critical|mission-critical justification_cia_rating:str"

var threagileRules = map[string]string{
	"root": "threagile_version:str title:str date?:str author:#author management_summary_comment:str business_criticality:=archive|operational|important|critical|mission-critical " +
		"business_overview:#text questions:{str} abuse_cases:{str} security_requirements:{str} tags_available:[str] data_assets:{#data} technical_assets:{#technical} " +
		"trust_boundaries:{#boundary} shared_runtimes:obj",
	"author": "name:str", "text": "description:str",
	"data": "id:str description:str usage:=business|devops origin:str owner:str quantity:=very-few|few|many|very-many" + tgGradeRule,
	"technical": "id:str description:str type:=external-entity|process|datastore usage:=business|devops used_as_client_by_human:bool out_of_scope:bool size:=system|service|application|component " +
		"technology:=unknown-technology internet:bool machine:=physical|virtual|container|serverless encryption:=none owner:str multi_tenant:bool redundant:bool custom_developed_parts:bool " +
		"data_assets_processed:[str] data_assets_stored:[str] data_formats_accepted:[str] communication_links:{#link}" + tgGradeRule,
	"link": "target:str description:str protocol:=unknown-protocol authentication:=none authorization:=none vpn:bool ip_filtered:bool readonly:bool usage:=business|devops " +
		"data_assets_sent:[str] data_assets_received:[str]",
	"boundary": "id:str description:str type:=execution-environment technical_assets_inside:[str] trust_boundaries_nested:[str]",
}

// fits reports what is wrong with a text by the rules of its format, beyond those of its schema too: that every reference leads somewhere.
var fits = map[string]func(t testing.TB, raw []byte) error{
	"otm": func(t testing.TB, raw []byte) error {
		return errOr(schemaError(t, otmRules, raw), func() error { return otmRefs(raw) })
	},
	"threat-dragon": func(t testing.TB, raw []byte) error {
		return errOr(schemaError(t, dragonRules, raw), func() error { return dragonRefs(raw) })
	},
	"threagile":       threagileError,
	"threat-composer": composerError,
}

func errOr(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

func schemaError(t testing.TB, defs map[string]string, raw []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return rulebook(t, defs).Validate(v)
}

func otmRefs(raw []byte) error {
	var m otmModel
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	ids := map[string]bool{}
	add := func(kind, id string) error {
		if ids[kind+id] || id == "" {
			return fmt.Errorf("%s %q is there twice, or has no name", kind, id)
		}
		ids[kind+id] = true
		return nil
	}
	var errs []error
	for _, z := range m.TrustZones {
		errs = append(errs, add("zone", z.ID))
	}
	for _, a := range m.Assets {
		errs = append(errs, add("asset", a.ID))
	}
	for _, c := range m.Components {
		errs = append(errs, add("component", c.ID))
	}
	for _, x := range m.Threats {
		errs = append(errs, add("threat", x.ID))
	}
	for _, x := range m.Mitigations {
		errs = append(errs, add("mitigation", x.ID))
	}
	need := func(kind, id string) {
		if !ids[kind+id] {
			errs = append(errs, fmt.Errorf("there is no %s %q", kind, id))
		}
	}
	placed := map[string]bool{}
	instances := func(list []otmInstance) {
		for _, in := range list {
			need("threat", in.Threat)
			placed[in.Threat] = true
			for _, u := range in.Mitigations {
				need("mitigation", u.Mitigation)
			}
		}
	}
	for _, c := range m.Components {
		need("zone", c.Parent["trustZone"])
		instances(c.Threats)
	}
	for _, f := range m.Dataflows {
		need("component", f.Source)
		need("component", f.Destination)
		for _, a := range f.Assets {
			need("asset", a)
		}
		instances(f.Threats)
	}
	if len(placed) != len(m.Threats) {
		errs = append(errs, fmt.Errorf("%d of %d threats are somewhere", len(placed), len(m.Threats)))
	}
	return first(errs)
}

func first(errs []error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

func dragonRefs(raw []byte) error {
	var m tdModel
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	cells, threats, numbers := map[string]tdCell{}, map[string]bool{}, map[int]bool{}
	for _, c := range m.Detail.Diagrams[0].Cells {
		if _, twice := cells[c.ID]; twice || len(c.ID) != 36 {
			return fmt.Errorf("cell %q is there twice, or its id is no UUID", c.ID)
		}
		cells[c.ID] = c
		for _, x := range c.Data.Threats {
			if threats[x.ID] || numbers[x.Number] || x.Number > m.Detail.ThreatTop || len(x.ID) != 36 {
				return fmt.Errorf("threat %q, %d: not the only one, or over the top", x.ID, x.Number)
			}
			threats[x.ID], numbers[x.Number] = true, true
		}
	}
	if len(threats) != m.Detail.ThreatTop {
		return fmt.Errorf("%d of %d threats are in the diagram", len(threats), m.Detail.ThreatTop)
	}
	for _, c := range cells {
		if c.Shape != "flow" {
			if c.Size == nil || c.Position == nil || c.Size.Width < 10 || c.Size.Height < 10 {
				return fmt.Errorf("%s has no place", c.Data.Name)
			}
			continue
		}
		if cells[c.Source.Cell].ID == "" || cells[c.Target.Cell].ID == "" {
			return fmt.Errorf("flow %s leads nowhere", c.Data.Name)
		}
	}
	return dragonOverlaps(cells)
}

// dragonOverlaps finds parties that lie on each other or outside of every zone.
func dragonOverlaps(cells map[string]tdCell) error {
	inside := func(a, b tdCell) bool {
		return a.Position.X >= b.Position.X && a.Position.Y >= b.Position.Y && a.Position.X+a.Size.Width <= b.Position.X+b.Size.Width && a.Position.Y+a.Size.Height <= b.Position.Y+b.Size.Height
	}
	meets := func(a, b tdCell) bool {
		return a.Position.X < b.Position.X+b.Size.Width && b.Position.X < a.Position.X+a.Size.Width && a.Position.Y < b.Position.Y+b.Size.Height && b.Position.Y < a.Position.Y+a.Size.Height
	}
	for _, a := range cells {
		zones := 0
		for _, b := range cells {
			switch {
			case a.ID == b.ID || a.Position == nil || b.Position == nil:
			case a.Shape != "trust-boundary-box" && b.Shape == "trust-boundary-box":
				if inside(a, b) {
					zones++
				}
			case a.Shape == b.Shape || (a.Shape != "trust-boundary-box" && b.Shape != "trust-boundary-box"):
				if meets(a, b) {
					return fmt.Errorf("%s lies on %s", a.Data.Name, b.Data.Name)
				}
			}
		}
		if a.Position != nil && a.Shape != "trust-boundary-box" && zones != 1 {
			return fmt.Errorf("%s is in %d zones", a.Data.Name, zones)
		}
	}
	return nil
}

func threagileError(t testing.TB, raw []byte) error {
	var v any
	if err := yaml.Unmarshal(raw, &v); err != nil {
		return err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := schemaError(t, threagileRules, text); err != nil {
		return err
	}
	var m tgModel
	if err := yaml.Unmarshal(raw, &m); err != nil {
		return err
	}
	technical, data, inside := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range m.TechnicalAssets {
		technical[a.ID] = true
	}
	for _, a := range m.DataAssets {
		data[a.ID] = true
	}
	for _, a := range m.TechnicalAssets {
		for _, l := range a.Links {
			if !technical[l.Target] || slices.ContainsFunc(l.Sent, func(id string) bool { return !data[id] }) {
				return fmt.Errorf("a link of %s leads nowhere, or sends nothing that there is", a.ID)
			}
		}
	}
	for _, b := range m.TrustBoundaries {
		for _, id := range b.Inside {
			if !technical[id] || inside[id] {
				return fmt.Errorf("%s is in two boundaries, or nowhere", id)
			}
			inside[id] = true
		}
	}
	return nil
}

// composerError holds a workspace to what the import of Threat Composer checks: no other keys, lengths in UTF-16 code units, its words.
// Source: its customTypes (Apache-2.0).
func composerError(_ testing.TB, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields() // the types are those of the format
	var m tcModel
	if err := dec.Decode(&m); err != nil {
		return err
	}
	var errs []error
	limit := func(what, s string, n int) {
		if got := len(utf16.Encode([]rune(s))); got > n {
			errs = append(errs, fmt.Errorf("%s has %d characters, %d may be", what, got, n))
		}
	}
	limit("name", m.ApplicationInfo.Name, 200)
	for _, s := range []string{m.ApplicationInfo.Description, m.Architecture.Description, m.Dataflow.Description} {
		limit("description", s, 100000)
	}
	ids := map[string]bool{}
	entity := func(id string, meta []tcMeta, tags []string) {
		if ids[id] || len(id) != 36 {
			errs = append(errs, fmt.Errorf("id %q is there twice, or is no UUID", id))
		}
		ids[id] = true
		for _, tag := range tags {
			limit("tag", tag, 30)
			if tag == "" {
				errs = append(errs, fmt.Errorf("an empty tag"))
			}
		}
		for _, d := range meta {
			errs = append(errs, composerMeta(d))
		}
	}
	for _, c := range slices.Concat(m.Assumptions, m.Mitigations) {
		entity(c.ID, c.Metadata, c.Tags)
		limit("content", c.Content, 1000)
	}
	for _, x := range m.Threats {
		entity(x.ID, x.Metadata, x.Tags)
		for _, s := range append([]string{x.ThreatSource, x.Prerequisites, x.ThreatAction, x.ThreatImpact}, append(x.ImpactedGoal, x.ImpactedAssets...)...) {
			limit("field", s, 200)
		}
		limit("statement", x.Statement, 1400)
		if x.ThreatSource == "" {
			errs = append(errs, fmt.Errorf("nobody is behind %s", x.ID))
		}
	}
	for _, l := range m.AssumptionLinks {
		if !ids[l.AssumptionID] || !ids[l.LinkedID] || (l.Type != "Threat" && l.Type != "Mitigation") {
			errs = append(errs, fmt.Errorf("a link leads nowhere: %+v", l))
		}
	}
	for _, l := range m.MitigationLinks {
		if !ids[l.MitigationID] || !ids[l.LinkedID] {
			errs = append(errs, fmt.Errorf("a link leads nowhere: %+v", l))
		}
	}
	return first(errs)
}

func composerMeta(d tcMeta) error {
	switch v := d.Value.(type) {
	case string:
		if d.Key == "Comments" && len(utf16.Encode([]rune(v))) <= 1000 || d.Key == "Priority" && slices.Contains([]string{"High", "Medium", "Low"}, v) {
			return nil
		}
	case []any:
		if d.Key == "STRIDE" && !slices.ContainsFunc(v, func(x any) bool { return !strings.Contains("STRIDE", x.(string)) || len(x.(string)) != 1 }) {
			return nil
		}
	}
	return fmt.Errorf("metadata %q is not as it may be", d.Key)
}

func TestFits(t *testing.T) {
	for name, check := range fits {
		f, _ := ForName(name)
		raw := written(t, f, nil)
		if err := check(t, raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// What another tool would refuse is found: a key that is not known.
		spoilt := bytes.Replace(raw, []byte("description"), []byte("descriptions"), 1)
		if check(t, spoilt) == nil {
			t.Errorf("%s: a wrong key is not found", name)
		}
	}
}
