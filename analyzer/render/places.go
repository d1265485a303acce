package render

import (
	"strconv"
	"strings"

	"whatif/analyzer/threatmodel"
)

// place names where a citation stands, in words: "line 41", "lines 41–43", "page 3, sentence 17".
func (v *view) place(c threatmodel.Citation) string {
	switch {
	case c.Page > 0:
		return "page " + strconv.Itoa(c.Page) + ", sentence " + strconv.Itoa(c.Sentence)
	case c.LineStart <= 0:
		return "sentence " + strconv.Itoa(c.Sentence)
	}
	of := ""
	if v.Document.Format == "docx" {
		of = " of the text"
	}
	if c.LineEnd > c.LineStart {
		return "lines " + strconv.Itoa(c.LineStart) + "–" + strconv.Itoa(c.LineEnd) + of
	}
	return "line " + strconv.Itoa(c.LineStart) + of
}

// target returns the link to a citation's place in the source, "" when a link can't reach it.
func (v *view) target(c threatmodel.Citation) string {
	switch {
	case v.source == "" || v.Document.Format == "docx":
		return ""
	case c.Page > 0:
		return v.source + "#page=" + strconv.Itoa(c.Page)
	case v.Document.Format == "pdf" || c.LineStart <= 0:
		return ""
	case c.LineEnd > c.LineStart:
		return v.lines() + "#L" + strconv.Itoa(c.LineStart) + "-L" + strconv.Itoa(c.LineEnd)
	}
	return v.lines() + "#L" + strconv.Itoa(c.LineStart)
}

// lines returns the source as a page that has lines. GitHub and GitLab show Markdown as it reads, which has none, unless
// they are asked for it plain; to viewers of files on disk a query means nothing.
func (v *view) lines() string {
	if v.Document.Format != "md" || strings.ContainsAny(v.source, "?#") {
		return v.source
	}
	return v.source + "?plain=1"
}
