package diff

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sync"

	"whatif/analyzer/render"
)

//go:embed page.tmpl
var pageText string

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{"visible": render.EscapeTerminal, "upper": upper}).Parse(pageText)
})

// A htmlGroup is a group for the template, and so on down.
type htmlGroup struct {
	Title string
	Items []htmlItem
}

type htmlItem struct {
	Title string
	Marks []string
	Rows  []htmlRow
}

type htmlRow struct{ Label, Quote, Where string }

type htmlDocument struct {
	*Document
	About  string
	Groups []htmlGroup
}

// html prints the report as a page of its own, without scripts, which loads nothing.
func (r *Report) html(w io.Writer) error {
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	style, err := render.Style()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(style))
	page := struct {
		*Report
		Style     template.CSS
		Policy    string
		Documents []htmlDocument
	}{Report: r, Style: template.CSS(style), //nolint:gosec // it is the program's own
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"}
	for i := range r.Documents {
		d := htmlDocument{Document: &r.Documents[i], About: r.Documents[i].about()}
		for _, g := range r.Documents[i].groups() {
			out := htmlGroup{Title: g.title}
			for _, it := range g.items {
				one := htmlItem{Title: it.title, Marks: it.marks}
				for _, x := range it.rows {
					one.Rows = append(one.Rows, htmlRow{x.label, x.quote, x.where})
				}
				out.Items = append(out.Items, one)
			}
			d.Groups = append(d.Groups, out)
		}
		page.Documents = append(page.Documents, d)
	}
	return t.Execute(w, page)
}
