package export

import (
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"whatif/analyzer/threatmodel"
)

var threatComposerFormat = Format{
	Name: "threat-composer", Ending: ".tc.json", About: "Threat Composer, to import as a workspace",
	Rejects: "left out; other decisions are in the comments",
	Cannot:  "data flows as a drawing, the journey, open questions, what was dropped; long texts are cut to its limits",
	Checked: "the rules of its import, stated anew: no other keys, its lengths, its vocabularies",
	Write:   ThreatComposer,
}

// Lengths that the tool takes, in UTF-16 code units.
const (
	tcField     = 200
	tcContent   = 1000
	tcTag       = 30
	tcText      = 100000
	tcStatement = 7 * tcField
)

// The objects of the format, by its own names: https://github.com/awslabs/threat-composer. It refuses keys that it does not know.
type tcModel struct {
	Schema          int            `json:"schema"`
	ApplicationInfo tcInfo         `json:"applicationInfo"`
	Architecture    tcText1        `json:"architecture"`
	Dataflow        tcText1        `json:"dataflow"`
	Assumptions     []tcContent1   `json:"assumptions"`
	Mitigations     []tcContent1   `json:"mitigations"`
	AssumptionLinks []tcAssumption `json:"assumptionLinks"`
	MitigationLinks []tcMitigation `json:"mitigationLinks"`
	Threats         []tcThreat     `json:"threats"`
}

type tcInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type tcText1 struct {
	Description string `json:"description"`
}

type tcContent1 struct {
	ID           string   `json:"id"`
	NumericID    int      `json:"numericId"`
	DisplayOrder int      `json:"displayOrder"`
	Metadata     []tcMeta `json:"metadata"`
	Tags         []string `json:"tags"`
	Content      string   `json:"content"`
}

type tcMeta struct {
	Key   string `json:"key"`
	Value any    `json:"value"` // a string or a list of them
}

type tcAssumption struct {
	Type         string `json:"type"`
	AssumptionID string `json:"assumptionId"`
	LinkedID     string `json:"linkedId"`
}

type tcMitigation struct {
	MitigationID string `json:"mitigationId"`
	LinkedID     string `json:"linkedId"`
}

type tcThreat struct {
	ID             string   `json:"id"`
	NumericID      int      `json:"numericId"`
	DisplayOrder   int      `json:"displayOrder"`
	Metadata       []tcMeta `json:"metadata"`
	Tags           []string `json:"tags"`
	ThreatSource   string   `json:"threatSource"`
	Prerequisites  string   `json:"prerequisites"`
	ThreatAction   string   `json:"threatAction"`
	ThreatImpact   string   `json:"threatImpact"`
	ImpactedGoal   []string `json:"impactedGoal"`
	ImpactedAssets []string `json:"impactedAssets"`
	Statement      string   `json:"statement"`
}

// A tcWriter counts what it had to cut.
type tcWriter struct {
	*model
	out tcModel
	cut int
}

// ThreatComposer writes the draft as a workspace of Threat Composer. What the document promises becomes assumptions, what is suggested
// becomes mitigations, both linked to their threats.
func ThreatComposer(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	t := &tcWriter{model: m, out: tcModel{Schema: 1, Assumptions: []tcContent1{}, Mitigations: []tcContent1{}, AssumptionLinks: []tcAssumption{},
		MitigationLinks: []tcMitigation{}, Threats: []tcThreat{}}}
	t.out.ApplicationInfo = tcInfo{t.clip(m.title(), tcField), t.clip(m.about(), tcText)}
	t.out.Architecture.Description = t.clip(partyList(m), tcText)
	t.out.Dataflow.Description = t.clip(flowList(m), tcText)
	for i := range m.Safeguards {
		t.assumption(i)
	}
	for _, f := range m.notRejected(&left) {
		t.threat(f)
	}
	left.rest(m, partJourney, partQuestions)
	left.count(t.cut, "end of a text that is too long for it", "ends of texts that are too long for it")
	return left, writeJSON(w, t.out)
}

func (t *tcWriter) assumption(i int) {
	s := &t.Safeguards[i]
	t.out.Assumptions = append(t.out.Assumptions, tcContent1{ID: uuid(s.ID), NumericID: i + 1, DisplayOrder: i + 1, Tags: []string{},
		Metadata: t.comments(t.quote(s.Citations)),
		Content:  t.clip("The promise holds, and it is tested: "+fold(s.Text), tcContent)})
}

func (t *tcWriter) threat(f *finding) {
	n := len(t.out.Threats) + 1
	out := tcThreat{ID: uuid(f.ID), NumericID: n, DisplayOrder: n, ThreatSource: tcSources[f.Category], ImpactedGoal: tcGoals(f), ImpactedAssets: []string{},
		ThreatAction: t.clip("bring it about: "+fold(f.Title), tcField)}
	if len(f.Absences) > 0 {
		out.Prerequisites = t.clip("where the document does not say "+fold(f.Absences[0].What), tcField)
	}
	out.ThreatImpact = t.clip(tcImpact(f), tcField)
	for _, a := range t.names(f.Assets) {
		out.ImpactedAssets = append(out.ImpactedAssets, t.clip(a, tcField))
	}
	for _, tag := range []string{f.ID, string(f.Category), f.Rule} {
		if tag != "" {
			out.Tags = append(out.Tags, t.clip(tag, tcTag))
		}
	}
	out.Metadata = append(t.comments(strings.Join(t.describe(f), "\n")), tcMeta{"Priority", upper(string(f.Priority))}, tcMeta{"STRIDE", tcStride(f)})
	out.Statement = t.clip(tcSentence(&out), tcStatement)
	t.out.Threats = append(t.out.Threats, out)
	t.links(f)
}

func (t *tcWriter) links(f *finding) {
	for _, id := range f.Safeguards {
		if t.safeguards[id] != nil {
			t.out.AssumptionLinks = append(t.out.AssumptionLinks, tcAssumption{"Threat", uuid(id), uuid(f.ID)})
		}
	}
	for i, r := range f.Requirements {
		id, n := uuid(requirementID(f.ID, i)), len(t.out.Mitigations)+1
		t.out.Mitigations = append(t.out.Mitigations, tcContent1{ID: id, NumericID: n, DisplayOrder: n, Metadata: []tcMeta{}, Tags: []string{},
			Content: t.clip(requirement(r), tcContent)})
		t.out.MitigationLinks = append(t.out.MitigationLinks, tcMitigation{id, uuid(f.ID)})
	}
}

func (t *tcWriter) comments(text string) []tcMeta {
	if text == "" {
		return []tcMeta{}
	}
	return []tcMeta{{"Comments", t.clip(text, tcContent)}}
}

// clip cuts a text to n UTF-16 code units, at the end of a word if one is near.
func (t *tcWriter) clip(s string, n int) string {
	if len(utf16.Encode([]rune(s))) <= n {
		return s
	}
	t.cut++
	size := 0
	for i, r := range s {
		if size += utf16.RuneLen(r); size >= n {
			s = s[:i]
			break
		}
	}
	if at := strings.LastIndexAny(s, " \n"); at > len(s)-30 && at > 0 {
		s = s[:at]
	}
	return strings.TrimRight(s, " ,.;:\n") + "…"
}

// tcSentence says a threat in the tool's grammar.
func tcSentence(t *tcThreat) string {
	s := "A " + t.ThreatSource
	if strings.ContainsAny(t.ThreatSource[:1], "aeiou") {
		s = "An " + t.ThreatSource
	}
	if t.Prerequisites != "" {
		s += " " + t.Prerequisites
	}
	s += " can " + t.ThreatAction
	if t.ThreatImpact != "" {
		s += ", which leads to " + t.ThreatImpact
	}
	if len(t.ImpactedGoal) > 0 {
		s += ", resulting in reduced " + strings.Join(t.ImpactedGoal, " and ")
	}
	if len(t.ImpactedAssets) > 0 {
		s += ", negatively impacting " + strings.Join(t.ImpactedAssets, ", ")
	}
	return s
}

// tcImpact says what a finding would do.
func tcImpact(f *finding) string {
	for _, c := range []struct{ whom, what string }{{"users", f.Consequences.Users}, {"the business", f.Consequences.Business}, {"its name", f.Consequences.Reputation}} {
		if what := strings.TrimRight(fold(c.what), "."); what != "" {
			return "harm to " + c.whom + ": " + what
		}
	}
	return ""
}

// tcSources name who is behind each kind of misuse, after the article.
var tcSources = map[threatmodel.AbuseCategory]string{
	"account_takeover": "person who wants somebody else's account", "impersonation": "person who pretends to be somebody else",
	"privilege_misuse": "person with more rights than they need", "unauthorized_access": "person without permission",
	"data_exposure": "person whom the data is not meant for", "over_collection": "party that holds more data than it needs",
	"tampering": "person who can change the data", "fraud": "fraudster", "harassment": "person who wants to harm another", "spam": "spammer",
	"scraping": "party that collects data in bulk", "service_disruption": "person who wants the service to fail", "dependency_failure": "dependency that fails",
	"dependency_compromise": "dependency that is compromised", "repudiation": "person who denies what they did", "ai_manipulation": "person who writes text for the model",
	"tracking": "party that follows people", "insider_misuse": "insider", "compliance": "party that does not keep to a rule",
}

// tcGoals are what a finding takes away from.
func tcGoals(f *finding) []string {
	goals := []string{}
	words := map[string]string{"spoofing": "authenticity", "tampering": "integrity", "repudiation": "accountability", "information_disclosure": "confidentiality",
		"denial_of_service": "availability", "elevation_of_privilege": "authorization"}
	for _, s := range f.Tags.STRIDE {
		if g := words[s]; g != "" && !slices.Contains(goals, g) {
			goals = append(goals, g)
		}
	}
	if len(f.Tags.LINDDUN) > 0 {
		goals = append(goals, "privacy")
	}
	return goals
}

// tcStride are the letters of a finding's types.
func tcStride(f *finding) []string {
	letters := []string{}
	words := map[string]string{"spoofing": "S", "tampering": "T", "repudiation": "R", "information_disclosure": "I", "denial_of_service": "D", "elevation_of_privilege": "E"}
	for _, s := range f.Tags.STRIDE {
		if l := words[s]; l != "" && !slices.Contains(letters, l) {
			letters = append(letters, l)
		}
	}
	return letters
}
