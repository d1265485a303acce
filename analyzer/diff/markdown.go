package diff

import (
	"io"
	"strings"

	"whatif/analyzer/render"
)

// markdown prints the report for a pull request or a wiki.
func (r *Report) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# What changed: " + words(r.From) + " → " + words(r.To) + "\n\n" + upper(r.Brief()) + ".\n")
	level := "##"
	for i := range r.Documents {
		d := &r.Documents[i]
		if len(r.Documents) > 1 || d.Name != r.To { // of revisions, it is not said yet which document
			level = "###"
			b.WriteString("\n## " + words(d.Name) + "\n")
		}
		if d.Was != "" {
			b.WriteString("\nIt was called " + words(d.Was) + ".\n")
		}
		if about := d.about(); about != "" {
			b.WriteString("\n" + words(about) + "\n")
		}
		for _, g := range d.groups() {
			b.WriteString("\n" + level + " " + g.title + "\n\n")
			for _, it := range g.items {
				it.markdown(&b)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (it *item) markdown(b *strings.Builder) {
	b.WriteString("- **" + words(it.title) + "**")
	for _, m := range it.marks {
		b.WriteString(" · " + words(m))
	}
	b.WriteString("\n")
	for _, r := range it.rows {
		b.WriteString("  - " + r.label + ": “" + words(r.quote) + "”")
		if r.where != "" {
			b.WriteString(" (" + words(r.where) + ")")
		}
		b.WriteString("\n")
	}
}

// words are plain text in Markdown, of which nothing else can come.
func words(s string) string { return render.MarkdownText(s) }

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
