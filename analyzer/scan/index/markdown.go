package index

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// What stands in index.md at most. It is to be read, not searched.
const (
	mdDocuments = 200
	mdFolders   = 30
	mdThemes    = 40
	mdAssets    = 40
	mdTroubles  = 40
)

// Markdown writes what matters most of all for people without a browser. What it leaves out it says, and where that is.
func (x *Index) Markdown(w io.Writer) error {
	m := &mdWriter{Writer: bufio.NewWriter(w), x: x, kin: x.kinships()}
	m.sum = x.summary(m.kin)
	m.summary()
	if len(x.docs) > 0 {
		m.documents()
		m.folders()
		m.questions()
		m.themes()
		m.assets()
	}
	m.troubles()
	m.about()
	if err := m.Flush(); err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	return nil
}

// An mdWriter writes Markdown. Errors wait in its writer until the end.
type mdWriter struct {
	*bufio.Writer
	x   *Index
	kin []kin
	sum summary
}

// line writes its parts, which are escaped already, and ends the line.
func (m *mdWriter) line(parts ...string) {
	for _, p := range parts {
		m.WriteString(p)
	}
	m.WriteByte('\n')
}

// row writes a row of a table.
func (m *mdWriter) row(cells ...string) { m.line("| ", strings.Join(cells, " | "), " |") }

func mdText(s string) string { return render.MarkdownText(s) }

// more says how many rows are not there.
func (m *mdWriter) more(n int, one, where string) {
	if n > 0 {
		m.line("\n", upper(count(n, "more "+one)), " ", where, ".")
	}
}

func (m *mdWriter) summary() {
	title := mdText(cut(m.x.opt.Title, longestTitle))
	if title == "" {
		title = "All documents"
	}
	m.line("# Draft threat models: ", title)
	m.line("\n**", mdText(m.sum.Verdict()), "** ", mdText(m.sum.Extent()))
	for _, c := range m.sum.Caveats() {
		m.line("\n> ", mdText(c))
	}
	if m.sum.Documents == 0 {
		return
	}
	m.line()
	m.row("documents", "drafts", "▲ high", "■ medium", "▽ low", "open questions", "failed", "left out")
	m.row("--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:")
	f := m.sum.Findings
	var cells []string
	for _, n := range []int{m.sum.Documents, m.sum.Drafts(), f.High, f.Medium, f.Lowest(), m.sum.OpenQuestions, m.sum.Failed, m.sum.LeftOut} {
		cells = append(cells, thousands(n))
	}
	m.row(cells...)
	m.line("\n[index.html](index.html) is the same to sort, filter and search.")
}

func (m *mdWriter) documents() {
	m.line("\n## Documents with the most pressing findings\n")
	m.row("document", "▲ high", "■ medium", "▽ low", "open", "sensitive data", "state")
	m.row("---", "--:", "--:", "--:", "--:", "---", "---")
	order, more := bounded(m.x.byWeight(), mdDocuments)
	for _, i := range order {
		d := &m.x.docs[i]
		m.row(m.document(i), thousands(d.high), thousands(d.medium), thousands(d.lowest()), thousands(d.open), mdText(strings.Join(d.sensitiveNames(), ", ")), m.state(d))
	}
	m.more(more, "document", "with fewer findings stand in [index.html](index.html) and [index.json](index.json)")
}

// document is the title with its link, the path, and which document it is like.
func (m *mdWriter) document(i int32) string {
	d := &m.x.docs[i]
	out := mdLink(d)
	if d.label() != shown(d.name) {
		out += "<br>" + mdText(cut(d.name, longestName))
	}
	switch k := m.kin[i]; {
	case k.of >= 0 && k.share == 100, k.of < 0 && d.of != "":
		out += "<br>*same as* " + mdText(cut(d.of, longestName))
	case k.of >= 0:
		out += fmt.Sprintf("<br>*%d %% the same as* %s", k.share, mdText(cut(m.x.docs[k.of].name, longestName)))
	}
	return out
}

// mdLink names a document, and leads to its draft if it has one.
func mdLink(d *doc) string {
	file := d.file("md")
	if file == "" {
		file = d.file("html")
	}
	if file == "" {
		return mdText(d.label())
	}
	return "[" + mdText(d.label()) + "](" + link(file) + ")"
}

func (m *mdWriter) state(d *doc) string {
	if d.state == record.Done || d.reason == "" {
		return mdText(stateWords(d.state))
	}
	return mdText(stateWords(d.state) + ": " + plain(d.reason))
}

func (m *mdWriter) folders() {
	m.line("\n## Where the findings are\n")
	m.row("folder", "documents", "▲ high", "■ medium", "▽ low", "open questions")
	m.row("---", "--:", "--:", "--:", "--:", "--:")
	all, more := m.x.folders()
	list, rest := bounded(all, mdFolders)
	for _, f := range list {
		name := mdText(f.Name())
		if f.Depth > 0 {
			name = "– " + name
		}
		m.row(name, thousands(f.Docs), thousands(f.High), thousands(f.Medium), thousands(f.Low), thousands(f.Open))
	}
	m.more(more+rest, "folder", "have fewer findings or lie deeper")
}

func (m *mdWriter) questions() {
	questions := m.x.questions()
	if len(questions) == 0 {
		return
	}
	m.line("\n## What the documents forget\n")
	m.row("question", "unanswered", "partly", "answered")
	m.row("---", "--:", "--:", "--:")
	for _, q := range questions {
		m.row(mdText(q.Text), fmt.Sprintf("%s (%s)", thousands(q.Unanswered), mdText(percent(q.Unanswered, q.Asked()))), thousands(q.Partly), thousands(q.Answered))
	}
}

func (m *mdWriter) themes() {
	themes, more := bounded(m.x.recurring(), mdThemes)
	if len(themes) == 0 {
		return
	}
	m.line("\n## Findings that recur\n")
	m.row("finding", "category", "documents", "▲ high", "for example in")
	m.row("---", "---", "--:", "--:", "---")
	for _, t := range themes {
		var in []string
		for _, i := range t.docs[:min(len(t.docs), exampleTitles)] {
			in = append(in, mdLink(&m.x.docs[i]))
		}
		title := t.rule
		if len(t.titles) > 0 {
			title = t.titles[0]
		}
		m.row(mdText(title), mdText(plain(t.category)), thousands(len(t.docs)), thousands(t.high), strings.Join(in, ", "))
	}
	m.more(more, "finding", "recur; see [index.json](index.json)")
}

func (m *mdWriter) assets() {
	assets, more := bounded(m.x.sortedAssets(), mdAssets)
	if len(assets) == 0 {
		return
	}
	m.line("\n## Data, and where it goes\n")
	m.row("data", "category", "sensitivity", "documents", "sent to")
	m.row("---", "---", "---", "--:", "---")
	for _, a := range assets {
		edges, rest := bounded(m.x.edges(a), mostEdges)
		var to []string
		for _, e := range edges {
			to = append(to, fmt.Sprintf("%s (%s)", mdText(m.x.vendors[e.vendor].name), thousands(len(e.docs))))
		}
		if rest > 0 {
			to = append(to, count(rest, "more", "more"))
		}
		m.row(mdText(a.name), mdText(plain(a.category)), sensitivity(a.sensitivity), thousands(len(a.docs)), strings.Join(to, ", "))
	}
	m.more(more, "row", "of data stand in [index.json](index.json)")
}

func sensitivity(l threatmodel.Level) string {
	if l == threatmodel.High {
		return "**high**"
	}
	return mdText(plain(string(l)))
}

func (m *mdWriter) troubles() {
	troubles, more := bounded(m.x.troubles(), mdTroubles)
	if len(troubles) == 0 {
		return
	}
	m.line("\n## What failed or was left out\n")
	for _, t := range troubles {
		m.line("- **", thousands(t.Count), "** ", mdText(t.Words()))
		for _, e := range t.Examples {
			detail := ""
			if e.Detail != "" {
				detail = " – " + mdText(e.Detail)
			}
			m.line("  - ", mdText(e.Name), detail)
		}
		if n := t.More(); n > 0 {
			m.line("  - ", count(n, "more", "more"))
		}
	}
	m.more(more, "reason", "stand in [index.json](index.json)")
}

func (m *mdWriter) about() {
	m.line("\n## How this was made\n")
	for _, s := range m.sum.Made() {
		m.line("- ", mdText(s))
	}
	for _, w := range m.sum.Warnings {
		m.line("- ", mdText("Warning “"+plain(w.Name)+"” in "+count(w.N, "document")+"."))
	}
	m.line("- All findings: [findings.csv](findings.csv). For programs: [index.json](index.json).")
	m.line("\n", mdText("whatif "+m.x.opt.Version+" · "+m.x.opt.GeneratedAt), " · drafts to talk about, not verdicts")
}
