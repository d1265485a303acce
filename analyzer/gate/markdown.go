package gate

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
)

// Marker is the first line of the Markdown form: whoever posts it as a comment finds an earlier one by it, and updates that.
const Marker = "<!-- whatif check -->"

// mostMarkdown is how long a comment may be on GitHub. There it is characters; here it is bytes, to be on the safe side.
const mostMarkdown = 65536

// A markdown is the check as a comment for a pull request: what fails, what got better, and the rest folded away.
type markdown struct {
	w      io.Writer
	gate   *Gate
	source string

	fails, better, rest part
}

// A part is a list of bounded length.
type part struct {
	text  strings.Builder
	most  int // bytes
	items int
	left  int // items for which there was no room
}

func (p *part) add(item string) {
	if p.left > 0 || p.text.Len()+len(item) > p.most {
		p.left++
		return
	}
	p.items++
	p.text.WriteString(item)
}

// more says how many items are left out.
func (p *part) more() string {
	if p.left == 0 {
		return ""
	}
	return fmt.Sprintf("- … and %d more\n", p.left)
}

func newMarkdown(w io.Writer, g *Gate, style Style) Report {
	m := &markdown{w: w, gate: g, source: strings.TrimSuffix(style.Source, "/")}
	m.fails.most, m.better.most, m.rest.most = 40<<10, 10<<10, 10<<10 // together well below the limit
	return m
}

func (m *markdown) Document(d *Document) error {
	for i := range d.Findings {
		if f := &d.Findings[i]; f.Fails {
			m.fails.add(m.failing(d, f))
		} else {
			m.rest.add(fmt.Sprintf("- %s · %s · %s · %s\n", f.Status(), f.Priority, m.place(d.Record, line(f.Finding)), short(f.Title)))
		}
	}
	for _, q := range d.Questions {
		if q.Fails {
			m.fails.add(fmt.Sprintf("- **not answered** · %s · %s (%s)\n", m.place(d.Record, max(q.Line, 1)), short(q.Text), render.MarkdownText(q.Key)))
		}
	}
	for _, key := range d.Answered {
		text := key
		if m.gate.opt.Framework != nil {
			if q := m.gate.opt.Framework.Question(key); q != nil {
				text = q.Text
			}
		}
		m.better.add(fmt.Sprintf("- answered · %s · %s\n", m.place(d.Record, 0), short(text)))
	}
	if !d.Record.HasDraft() {
		m.fails.add(fmt.Sprintf("- **not analysed** · %s · %s\n", m.place(d.Record, 0), short(d.Record.Detail)))
	}
	m.gone(d.Gone)
	return nil
}

func (m *markdown) gone(gone []Entry) {
	for i := range gone {
		m.better.add(fmt.Sprintf("- gone · %s · %s\n", short(gone[i].Document), short(gone[i].Title)))
	}
}

// failing is one finding that fails, with its sentence folded away.
func (m *markdown) failing(d *Document, f *Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** · %s · %s `%s`\n", f.Priority, m.place(d.Record, line(f.Finding)), short(says(f.Finding)), code(f.ID))
	switch {
	case f.Standing.Expired:
		fmt.Fprintf(&b, "  The decision has expired: %s\n", short(f.Standing.Decision.Why()))
	case f.Standing.Stale:
		fmt.Fprintf(&b, "  The text was another when it was decided: %s\n", short(f.Standing.Decision.Why()))
	}
	if len(f.Regions) > 0 || f.Requirement != "" {
		b.WriteString("  <details><summary>The sentence, and what to ask for</summary>\n\n")
		if len(f.Regions) > 0 {
			fmt.Fprintf(&b, "  > “%s”\n\n", long(f.Regions[0].Quote))
		}
		if f.Requirement != "" {
			fmt.Fprintf(&b, "  Suggested: %s\n\n", long(f.Requirement))
		}
		b.WriteString("  </details>\n")
	}
	return b.String()
}

// place is a document's name and a line in it, 0 for none, as a link where the source is known.
func (m *markdown) place(r *record.Record, line int) string {
	text := short(r.Name)
	if line > 0 && (r.Format == "md" || r.Format == "txt" || r.Format == "html") {
		text = fmt.Sprintf("%s:%d", text, line)
	} else {
		line = 0
	}
	if m.source == "" {
		return text
	}
	parts := strings.Split(r.Name, "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("(", "%28", ")", "%29", "'", "%27", "*", "%2A", "@", "%40").Replace(url.PathEscape(p))
	}
	target := m.source + "/" + strings.Join(parts, "/")
	if line > 0 {
		if r.Format == "md" {
			target += "?plain=1"
		}
		target += fmt.Sprintf("#L%d", line)
	}
	return "[" + text + "](<" + target + ">)"
}

// short and long return text as plain words in Markdown, cut where it is very long.
func short(s string) string { return clipped(s, 300) }
func long(s string) string  { return clipped(s, 1500) }

func clipped(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return render.MarkdownText(s)
}

// code returns an id as it stands between backquotes.
func code(s string) string { return strings.ReplaceAll(oneLine(s), "`", "'") }

func (m *markdown) Close(v *Verdict) error {
	var b strings.Builder
	b.WriteString(Marker + "\n### whatif: " + v.Headline() + "\n")
	if m.fails.items > 0 {
		b.WriteString("\n" + m.fails.text.String() + m.fails.more())
	}
	if m.better.items > 0 {
		b.WriteString("\n**Better than before**\n\n" + m.better.text.String() + m.better.more())
	}
	if m.rest.items > 0 {
		summary := strings.Join(v.Details(), "; ")
		if summary == "" {
			summary = "The other findings"
		}
		b.WriteString("\n<details><summary>" + summary + "</summary>\n\n" + m.rest.text.String() + m.rest.more() + "\n</details>\n")
	}
	if len(v.LeftOut) > 0 {
		left := part{most: 4 << 10}
		for _, l := range v.LeftOut {
			left.add(fmt.Sprintf("- %s · %s\n", short(l.Name), short(l.Detail)))
		}
		b.WriteString("\n<details><summary>" + v.Unlooked() + "</summary>\n\n" + left.text.String() + left.more() + "\n</details>\n")
	}
	if !v.Passes() {
		b.WriteString("\nA finding is settled by a sentence in the document that answers it, or by a decision beside it: `whatif help decisions`.\n")
	}
	if b.Len() > mostMarkdown {
		return fmt.Errorf("the comment has %d bytes, over the limit of %d", b.Len(), mostMarkdown)
	}
	_, err := io.WriteString(m.w, b.String())
	return err
}
