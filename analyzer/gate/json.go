package gate

import (
	"encoding/json"
	"io"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A jsonReport is the check for programs: {"version": 1, "documents": […], "verdict": {…}}, one document a line.
type jsonReport struct {
	w     io.Writer
	begun bool
}

func newJSON(w io.Writer, _ *Gate, _ Style) Report { return &jsonReport{w: w} }

type jsonDocument struct {
	Name      string         `json:"name"`
	Path      string         `json:"path"`
	State     record.State   `json:"state"`
	Detail    string         `json:"detail,omitempty"`
	Findings  []jsonFinding  `json:"findings"`
	Questions []jsonQuestion `json:"questions"`
	Answered  []string       `json:"answered,omitempty"` // open in the baseline
	Hidden    []Entry        `json:"hidden,omitempty"`   // of the baseline, not shown since stronger findings are
	Gone      []Entry        `json:"gone,omitempty"`
}

type jsonFinding struct {
	Fails    bool   `json:"fails"`
	Status   string `json:"status"` // new, expired, stale, known, decided, lower
	Decision string `json:"decision,omitempty"`
	From     string `json:"from,omitempty"`
	Changed  bool   `json:"changed,omitempty"`
	Evidence string `json:"evidence"` // as a decision has it
	*record.Finding
}

type jsonQuestion struct {
	Key    string                     `json:"key"`
	Text   string                     `json:"text"`
	Status threatmodel.QuestionStatus `json:"status"`
	Line   int                        `json:"line,omitempty"`
	Fails  bool                       `json:"fails"`
}

type jsonVerdict struct {
	Passes     bool              `json:"passes"`
	FailOn     threatmodel.Level `json:"fail_on"`
	Documents  int               `json:"documents"`
	Failed     int               `json:"failed"`
	Partial    int               `json:"partial"`
	Findings   int               `json:"findings"`
	New        int               `json:"new"`
	Expired    int               `json:"expired"`
	Unanswered int               `json:"unanswered"`
	Partly     int               `json:"partly"`
	Known      int               `json:"known"`
	Decided    int               `json:"decided"`
	Lower      int               `json:"lower"`
	Stale      int               `json:"stale"`
	Orphans    int               `json:"orphans"`
	Hidden     int               `json:"hidden"`
	Loose      int               `json:"loose"`
	Vanished   int               `json:"vanished"`
	Gone       int               `json:"gone"`
	Answered   int               `json:"answered"`
}

func (j *jsonReport) Document(d *Document) error {
	out := jsonDocument{Name: d.Record.Name, Path: d.Record.Path, State: d.Record.State, Detail: d.Record.Detail, Findings: []jsonFinding{},
		Questions: []jsonQuestion{}, Answered: d.Answered, Hidden: d.Hidden, Gone: d.Gone}
	for i := range d.Findings {
		f := &d.Findings[i]
		one := jsonFinding{Fails: f.Fails, Status: f.Status(), From: f.From, Changed: f.Changed, Evidence: review.EvidenceOf(f.Finding), Finding: f.Finding}
		if f.Standing.Decision != nil {
			one.Decision = f.Standing.Decision.Why()
		}
		out.Findings = append(out.Findings, one)
	}
	for _, q := range d.Questions {
		out.Questions = append(out.Questions, jsonQuestion{q.Key, q.Text, q.Status, q.Line, q.Fails})
	}
	before := ",\n"
	if !j.begun {
		j.begun, before = true, "{\"version\": 1,\n\"documents\": [\n"
	}
	return j.line(before, out, "")
}

// Status says in a word how a finding stands.
func (f *Finding) Status() string {
	switch {
	case f.Standing.Decided:
		return "decided"
	case f.Standing.Expired:
		return "expired"
	case f.Standing.Stale:
		return "stale"
	case f.Known:
		return "known"
	case f.Fails:
		return "new"
	}
	return "lower"
}

func (j *jsonReport) line(before string, v any, after string) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(j.w, before+string(render.EscapeJSON(raw))+after)
	return err
}

func (j *jsonReport) Close(v *Verdict) error {
	before := "\n],\n"
	if !j.begun {
		before = "{\"version\": 1,\n\"documents\": [],\n"
	}
	if v.Vanished != nil {
		if err := j.line(before+"\"vanished\": ", v.Vanished, ""); err != nil {
			return err
		}
		before = ",\n"
	}
	if v.LeftOut != nil {
		if err := j.line(before+"\"left_out\": ", v.LeftOut, ""); err != nil {
			return err
		}
		before = ",\n"
	}
	fail := v.FailOn
	if fail == "" {
		fail = "none"
	}
	return j.line(before+"\"verdict\": ", jsonVerdict{v.Passes(), fail, v.Documents, v.Failed, v.Partial, v.Findings, v.New, v.Expired, v.Unanswered,
		v.Partly, v.Known, v.Decided, v.Lower, v.Stale, v.Orphans, v.Hidden, v.Loose, len(v.Vanished), v.Gone, v.Answered}, "\n}\n")
}
