package chunk

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// markdown draws a document: sections in sections, paragraphs, lists in lists, tables, code and hidden text.
var markdown = rapid.Custom(func(t *rapid.T) string {
	d := drawer{T: t}
	var b strings.Builder
	for range rapid.IntRange(0, 14).Draw(t, "blocks") {
		switch rapid.IntRange(0, 6).Draw(t, "block") {
		case 0, 1:
			fmt.Fprintf(&b, "%s %s\n\n", strings.Repeat("#", rapid.IntRange(1, 6).Draw(t, "level")), d.words(4))
		case 2:
			b.WriteString(d.prose() + "\n\n")
		case 3:
			b.WriteString(d.words(3) + ":\n\n")
			for range rapid.IntRange(1, 6).Draw(t, "items") {
				fmt.Fprintf(&b, "%s- %s\n", strings.Repeat("  ", rapid.IntRange(0, 2).Draw(t, "depth")), d.prose())
			}
			b.WriteString("\n")
		case 4:
			b.WriteString("| Field | Rule |\n|---|---|\n")
			for range rapid.IntRange(1, 6).Draw(t, "rows") {
				fmt.Fprintf(&b, "| %s | %s |\n", d.words(3), d.words(6))
			}
			b.WriteString("\n")
		case 5:
			b.WriteString("```\n" + d.words(5) + "\n" + d.words(5) + "\n```\n\n")
		case 6:
			b.WriteString("<!-- " + d.words(8) + " -->\n\n")
		}
	}
	return b.String() + "The end.\n"
})

type drawer struct{ *rapid.T }

func (d drawer) words(most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(strings.Fields("Users admins guests share links files see delete export daily mail team "+
		"owner partner trial 用户 données")), 1, most).Draw(d.T, "words"), " ")
}

// prose draws a few sentences, seldom a very long one.
func (d drawer) prose() string {
	var b strings.Builder
	for range rapid.IntRange(1, 5).Draw(d.T, "sentences") {
		most := 15
		if rapid.IntRange(0, 19).Draw(d.T, "long") == 0 {
			most = 150
		}
		b.WriteString("The " + d.words(most) + ". ")
	}
	return strings.TrimSpace(b.String())
}
