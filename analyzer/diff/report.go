package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/render"
)

// A Report is what changed in one document or several.
type Report struct {
	From      string     `json:"from"` // a file or a revision
	To        string     `json:"to"`
	Counts    Counts     `json:"counts"`
	Documents []Document `json:"documents"`
}

// NewReport puts together what changed.
func NewReport(from, to string, documents []Document) *Report {
	r := &Report{From: from, To: to, Documents: documents}
	if documents == nil {
		r.Documents = []Document{}
	}
	for i := range documents {
		r.Counts.add(&documents[i])
	}
	return r
}

// Counts are how much changed.
type Counts struct {
	Closed         int `json:"closed"` // findings that are gone
	New            int `json:"new"`
	Changed        int `json:"changed"` // of priority or title
	Reworded       int `json:"reworded"`
	Answered       int `json:"answered"`
	Silent         int `json:"silent"`
	SafeguardsNew  int `json:"safeguards_new"`
	SafeguardsGone int `json:"safeguards_gone"`
	Failed         int `json:"failed"` // documents that could not be compared
}

func (c *Counts) add(d *Document) {
	if d.Error != "" {
		c.Failed++
	}
	for i := range d.Findings {
		switch f := &d.Findings[i]; {
		case f.Change == New:
			c.New++
		case f.Change == Gone:
			c.Closed++
		case f.has("priority") || f.has("title"):
			c.Changed++
		default:
			c.Reworded++
		}
	}
	for _, q := range d.Questions {
		if q.Change == Answered {
			c.Answered++
		} else {
			c.Silent++
		}
	}
	for _, s := range d.Safeguards {
		if s.Change == New {
			c.SafeguardsNew++
		} else {
			c.SafeguardsGone++
		}
	}
}

// Brief is the report on one line: "3 risks closed, 1 new, 2 questions answered".
func (r *Report) Brief() string {
	c, last := &r.Counts, ""
	var parts []string
	part := func(n int, noun, rest string) {
		if n == 0 {
			return
		}
		text := fmt.Sprint(n)
		if noun != last { // said once, where the next is about the same
			text += " " + noun
			if n != 1 {
				text += "s"
			}
		}
		last = noun
		parts = append(parts, text+" "+rest)
	}
	part(c.Closed, "risk", "closed")
	part(c.New, "risk", "new")
	part(c.Changed, "risk", "changed")
	part(c.Answered, "question", "answered")
	part(c.Silent, "question", "no longer answered")
	part(c.SafeguardsNew, "safeguard", "added")
	part(c.SafeguardsGone, "safeguard", "gone")
	part(c.Failed, "document", "not compared")
	switch {
	case len(parts) == 0 && c.Reworded > 0:
		part(c.Reworded, "risk", "reworded, none closed or new")
	case len(parts) == 0:
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}

// A Form is one way to print a report.
type Form struct {
	Name  string
	Write func(r *Report, w io.Writer) error
}

// Forms are all of them.
var Forms = []Form{{"md", (*Report).markdown}, {"html", (*Report).html}, {"json", (*Report).json}, {"brief", (*Report).brief}}

// FormFor returns the form of a name; ok is false where there is none.
func FormFor(name string) (f Form, ok bool) {
	for _, f := range Forms {
		if f.Name == name {
			return f, true
		}
	}
	return Form{}, false
}

func (r *Report) brief(w io.Writer) error {
	_, err := io.WriteString(w, r.Brief()+"\n")
	return err
}

func (r *Report) json(w io.Writer) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding what changed: %w", err)
	}
	_, err = w.Write(append(render.EscapeJSON(raw), '\n'))
	return err
}
