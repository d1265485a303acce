package diff

import (
	"fmt"
	"strings"

	"whatif/analyzer/threatmodel"
)

// A group is a heading with what stands under it, before anything is escaped for a form.
type group struct {
	title string
	items []item
}

// An item is one thing that changed.
type item struct {
	title string // of the document's or a rule's words
	marks []string
	rows  []row
}

// A row says one thing about an item, with a sentence and its place.
type row struct {
	label, quote, where string
}

// groups lays out what changed in a document; groups without items are left out.
func (d *Document) groups() []group {
	list := []group{{title: "New risks"}, {title: "Risks that changed"}, {title: "Closed risks"}, {title: "Questions answered"},
		{title: "Questions no longer answered"}, {title: "Safeguards added"}, {title: "Safeguards gone"}, {title: "Risks whose sentence says something else now"}}
	add := func(n int, it item) { list[n].items = append(list[n].items, it) }
	for i := range d.Findings {
		f := &d.Findings[i]
		n := order(f.Change)
		if f.Change == Changed && !f.has("priority") && !f.has("title") {
			n = len(list) - 1
		}
		add(n, f.item())
	}
	for _, q := range d.Questions {
		n := 3
		if q.Change == Silent {
			n = 4
		}
		add(n, item{q.Text, []string{q.Key}, q.Cause.rows()})
	}
	for _, s := range d.Safeguards {
		n := 5
		if s.Change == Gone {
			n = 6
		}
		add(n, item{s.Kind, []string{s.ID}, s.Cause.rows()})
	}
	var out []group
	for _, g := range list {
		if len(g.items) > 0 {
			g.title += fmt.Sprintf(" (%d)", len(g.items))
			out = append(out, g)
		}
	}
	return out
}

func (f *Finding) item() item {
	it := item{title: f.Title, marks: []string{priority(f.Priority), strings.ReplaceAll(string(f.Category), "_", " "), f.ID}}
	if f.has("priority") {
		it.marks[0] = priority(f.WasPriority) + " → " + priority(f.Priority)
	}
	if f.has("title") {
		it.rows = append(it.rows, row{label: "was called", quote: f.WasTitle})
	}
	if f.Change == Changed && !f.has("sentence") && f.Cause.Kind == Same {
		return it // its sentence has nothing to do with it
	}
	it.rows = append(it.rows, f.Cause.rows()...)
	return it
}

func priority(l threatmodel.Level) string {
	return map[threatmodel.Level]string{threatmodel.High: "▲ high", threatmodel.Medium: "◆ medium", threatmodel.Low: "▽ low"}[l]
}

// rows tell what happened to the text, then and now.
func (c *Cause) rows() []row {
	was, now := "then", "now"
	var rows []row
	switch c.Kind {
	case Added:
		now = "added"
	case Removed:
		was = "taken out"
	case Same:
		return append(rows, c.Now.row("the same then and now"))
	case Handled:
		now = "answered by"
	case Returned:
		was = "was answered by"
	case Unknown:
		was, now = "then (not cited now)", "now (not cited then)"
	}
	if c.Was != nil && (c.Kind != Handled || line(c.Was.Quote) != line(c.Now.Quote)) {
		rows = append(rows, c.Was.row(was))
	}
	if c.Now != nil {
		rows = append(rows, c.Now.row(now))
	}
	return rows
}

func (p *Place) row(label string) row {
	r := row{label, clip(line(p.Quote)), p.Section}
	switch {
	case p.Page > 0:
		r.where = join(fmt.Sprintf("page %d", p.Page), p.Section)
	case p.Line > 0:
		r.where = join(fmt.Sprintf("line %d", p.Line), p.Section)
	}
	return r
}

func join(place, section string) string {
	if section = clip(line(section)); section != "" {
		return place + ", " + section
	}
	return place
}

// clip keeps a sentence to a length that is read.
func clip(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return s
}

// about says what is to be known of a document before its changes; "" is nothing.
func (d *Document) about() string {
	switch {
	case d.Error != "":
		return "It could not be compared: " + d.Error
	case d.Change == New:
		return "The document is new."
	case d.Change == Gone:
		return "The document is gone, and its risks with it."
	case d.Otherwise:
		return "The two drafts were made by different rules, versions or models: some of the differences may be theirs."
	}
	return ""
}
