package render

import (
	"fmt"
	"html/template"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// Source returns the document's text as HTML for a page that has [Style]: each sentence in an element with the id "s" and its number,
// followed by links to "#f-" and the id of each finding that cites it. All text is escaped.
func Source(d *threatmodel.Draft, doc *document.Document) (template.HTML, error) {
	t, err := pageTemplate()
	if err != nil {
		return "", fmt.Errorf("reading the page's template: %w", err)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "text", docGroups(doc, newView(d, "").refs())); err != nil {
		return "", fmt.Errorf("writing the document's text: %w", err)
	}
	return template.HTML(b.String()), nil // escaped by the template
}

// Visible returns a copy of d in which nothing that a text holds is hidden, moves a cursor or reads backwards.
func Visible(d *threatmodel.Draft) *threatmodel.Draft { return cleanCopy(d) }

// PageFuncs are the words of the report's templates, for pages that belong to it.
func PageFuncs() template.FuncMap {
	out := template.FuncMap{}
	for _, name := range []string{"fold", "plain", "upper", "stop", "short", "join", "class", "mark", "levelName", "trust", "match", "gains", "quoted", "tags"} {
		out[name] = pageFuncs[name]
	}
	return out
}
