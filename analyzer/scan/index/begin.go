package index

import (
	"html/template"

	"whatif/analyzer/threatmodel"
)

// A start is one of the few things to look at first.
type start struct {
	What, Title, Sub, Class string
	Href                    template.URL
	Filter                  bool // Href narrows the table
}

// Begin lists what to look at first: a document, a question, a finding, data.
func (p *page) Begin() []start {
	var out []start
	if order := p.Plain; len(order) > 0 && order[0].High > 0 {
		d := order[0]
		s := start{"Most at once", d.Label, count(d.High, "finding") + " of high priority · " + d.Name, "high", template.URL(link(d.Link)), false}
		if d.Link == "" {
			s.Href = "#documents"
		}
		out = append(out, s)
	}
	if qs := p.Questions; len(qs) > 0 && qs[0].Unanswered > 0 && qs[0].Asked() > 1 {
		q := qs[0]
		out = append(out, start{"Forgotten most", q.Text, "unanswered in " + thousands(q.Unanswered) + " of " + count(q.Asked(), "draft"), "medium",
			filterLink("unanswered", q.Key), true})
	}
	if len(p.Themes) > 0 && p.Themes[0].Key != "" && len(p.Themes[0].Titles) > 0 {
		t := p.Themes[0]
		out = append(out, start{"Comes again and again", t.Titles[0], "in " + count(t.Docs, "document"), "medium", filterLink("finding", t.Key), true})
	}
	for i := range p.Assets {
		a := &p.Assets[i]
		if a.Sensitivity == string(threatmodel.High) && len(a.To) > 0 && a.Key != "" {
			out = append(out, start{"Sensitive, and sent on", upper(a.Name), "in " + count(a.Docs, "document") + ", sent to " + a.To[0].Name + a.others(),
				"high", filterLink("asset", a.Key), true})
			break
		}
	}
	return out
}

// others says how many more vendors an asset goes to.
func (a *pageAsset) others() string {
	if n := len(a.To) + a.More - 1; n > 0 {
		return " and " + count(n, "other")
	}
	return ""
}

// WidthOpen is the length of what is not answered in full, in a bar of 100.
func (q question) WidthOpen() int { return q.Width(q.Unanswered + q.Partly) }

// Cost is what the drafts cost.
func (s summary) Cost() string {
	if s.CostUnknown > 0 {
		return "≥ " + money(s.CostUSD)
	}
	return money(s.CostUSD)
}

// Href shows a trouble's documents in the table.
func (t trouble) Href() template.URL {
	if t.Reason == "" {
		return filterLink("state", stateWords(t.State))
	}
	return filterLink("state", stateWords(t.State)) + "&" + filterLink("reason", plain(t.Reason))[1:]
}

// Title names what was scanned.
func (p *page) Title() string {
	if t := shown(cut(p.opt.Title, longestTitle)); t != "" {
		return t
	}
	return upper(count(len(p.docs), "document"))
}

// Version and GeneratedAt are the options'.
func (p *page) Version() string     { return shown(p.opt.Version) }
func (p *page) GeneratedAt() string { return shown(p.opt.GeneratedAt) }
