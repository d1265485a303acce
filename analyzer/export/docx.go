package export

import (
	"io"
	"strings"

	"whatif/analyzer/threatmodel"
)

var docxFormat = Format{
	Name: "docx", Ending: ".docx", About: "a Word document to send round", Binary: true,
	Rejects: "in a list of their own at the end, with the reason",
	Cannot:  "the diagram, what was dropped and why",
	Checked: "this program's own reader, and by hand python-docx; no word processor could be had",
	Write:   DOCX,
}

// DOCX writes the draft as a Word document: the findings with their quotes and places, the facts in tables, the open questions.
func DOCX(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	doc := &word{title: "Draft threat model: " + m.title()}
	doc.para("Title", doc.title)
	doc.para("", m.about())
	keep, _ := m.kept(func(f *finding) bool { return !f.rejected() })
	doc.para("Heading1", "What could go wrong")
	if len(keep) == 0 {
		doc.para("", "No finding.")
	}
	for _, f := range keep {
		docxFinding(doc, m, f)
	}
	docxQuestions(doc, m)
	docxFacts(doc, m)
	docxRejected(doc, m)
	left.rest(m)
	return left, doc.write(w)
}

func docxFinding(doc *word, m *model, f *finding) {
	doc.para("Heading2", f.Title)
	doc.para("", f.WhatIf)
	for _, c := range f.Citations {
		doc.para("Quote", "“"+fold(c.Quote)+"” — "+m.place(c))
	}
	rows := [][]string{{"Priority", string(f.Priority) + ". " + fold(f.PriorityReason)}}
	add := func(label, text string) {
		if fold(text) != "" {
			rows = append(rows, []string{label, text})
		}
	}
	add("Who gains", f.WhoBenefits)
	add("What they gain", f.AttackerGain)
	add("For users", f.Consequences.Users)
	add("For the business", f.Consequences.Business)
	add("For its name", f.Consequences.Reputation)
	add("Concerns", strings.Join(m.names(f.Assets), ", "))
	for _, a := range f.Absences {
		add("Not said", a.What+searched(a.Searched))
	}
	for _, id := range f.Safeguards {
		if s := m.safeguards[id]; s != nil {
			add("In place by the text", s.Text)
		}
	}
	add("Decision", f.decision())
	add("Id", f.ID)
	doc.table(nil, rows)
	if len(f.Requirements) > 0 {
		doc.para("", "Suggested requirements:")
	}
	for _, r := range f.Requirements {
		doc.para("ListBullet", r.Text)
		for _, a := range r.Acceptance {
			doc.para("ListBullet2", a)
		}
	}
}

func docxQuestions(doc *word, m *model) {
	open := m.open()
	if len(open) == 0 {
		return
	}
	doc.para("Heading1", "Open questions")
	who := map[threatmodel.Ask]string{"pm": "product manager", "appsec": "security"}
	var rows [][]string
	for _, q := range open {
		rows = append(rows, []string{q.Text, who[q.Ask], q.ProposedAnswer, ""})
	}
	doc.table([]string{"Question", "Asked of", "Proposed answer", "Answer"}, rows)
}

func docxFacts(doc *word, m *model) {
	section := func(title string, head []string, rows [][]string) {
		if len(rows) > 0 {
			doc.para("Heading1", title)
			doc.table(head, rows)
		}
	}
	var assets, actors, deps, flows, steps, guards [][]string
	for _, a := range m.Assets {
		assets = append(assets, []string{a.Name, string(a.Category), string(a.Sensitivity), m.quote(a.Citations)})
	}
	for _, a := range m.Actors {
		var may []string
		for _, p := range a.Privileges {
			may = append(may, fold(p.Text))
		}
		actors = append(actors, []string{a.Name, string(a.Kind), strings.Join(may, "; "), m.quote(a.Citations)})
	}
	for _, d := range m.Dependencies {
		deps = append(deps, []string{d.Name, d.Role, d.IfItFails, d.IfCompromised, m.quote(d.Citations)})
	}
	for _, f := range m.DataFlows {
		flows = append(flows, []string{f.Source, f.Destination, strings.Join(m.names(f.Data), ", "), m.quote(f.Citations)})
	}
	for _, s := range m.Journey {
		steps = append(steps, []string{s.Actor, s.Text, strings.Join(s.WhatIfs, " ")})
	}
	for _, s := range m.Safeguards {
		guards = append(guards, []string{s.Text, s.Kind, m.quote(s.Citations)})
	}
	section("Data", []string{"What", "Kind", "Sensitivity", "Where it is said"}, assets)
	section("Who takes part", []string{"Who", "Kind", "May", "Where it is said"}, actors)
	section("What is relied on", []string{"What", "For", "If it fails", "If it is compromised", "Where it is said"}, deps)
	section("Where data goes", []string{"From", "To", "Data", "Where it is said"}, flows)
	section("The journey", []string{"Who", "Step", "What if?"}, steps)
	section("What is in place by the text", []string{"What", "Kind", "Where it is said"}, guards)
}

func docxRejected(doc *word, m *model) {
	var rows [][]string
	for i := range m.findings {
		if f := &m.findings[i]; f.rejected() {
			rows = append(rows, []string{f.Title + " (" + f.ID + ")", f.decision()})
		}
	}
	if len(rows) > 0 {
		doc.para("Heading1", "Rejected findings")
		doc.table([]string{"Finding", "Decision"}, rows)
	}
}
