package render

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"strings"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

//go:embed page
var pageFiles embed.FS

// pageTemplate is read once, and only when a page is wanted.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(pageFuncs).ParseFS(pageFiles, "page/*.tmpl")
})

// HTML writes the draft as one page that asks for nothing from anywhere. With doc, the document's text stands beside the
// findings; without (nil), the findings show their quotes only.
func HTML(w io.Writer, d *threatmodel.Draft, doc *document.Document) error {
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	p, err := newPage(newView(d, ""), doc)
	if err != nil {
		return err
	}
	out := &errWriter{w: w}
	if err := t.ExecuteTemplate(out, "page", p); err != nil && out.err == nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return out.err
}

// A page is what the template prints.
type page struct {
	*view
	Doc      []docGroup // the document's text, nil without one
	known    int        // sentences of the document that can be shown
	sections []string   // that findings cite, in the document's order
	numbered []numbered
	Diagram  template.HTML
	Quiet    string // parties without a flow
	*looks
}

// looks are the same for all pages.
type looks struct {
	Style  template.CSS
	Script template.JS
	Policy string // content security policy
}

// pageLooks are read once.
var pageLooks = sync.OnceValues(func() (*looks, error) {
	style, err := Style()
	if err != nil {
		return nil, err
	}
	script, err := pageFiles.ReadFile("page/report.js")
	if err != nil {
		return nil, fmt.Errorf("reading the page's script: %w", err)
	}
	return &looks{template.CSS(style), template.JS(script), fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; "+
		"img-src data:; base-uri 'none'; form-action 'none'", hash([]byte(style)), hash(script))}, nil
})

func newPage(v *view, doc *document.Document) (*page, error) {
	looks, err := pageLooks()
	if err != nil {
		return nil, err
	}
	p := &page{view: v, looks: looks}
	if doc != nil {
		p.known = len(doc.Sentences)
		p.Doc = docGroups(doc, v.refs())
	}
	p.sections = v.citedSections()
	p.numbered = p.number()
	var b strings.Builder
	g := newGraph(v)
	svg(&errWriter{w: &b}, g, "")
	p.Diagram = template.HTML(b.String()) // escaped where it was drawn
	p.Quiet = g.quietWords()
	return p, nil
}

// Style returns the style of the page, for other pages that belong to it.
func Style() (string, error) {
	style, err := pageFiles.ReadFile("page/report.css")
	if err != nil {
		return "", fmt.Errorf("reading the page's style: %w", err)
	}
	return string(style), nil
}

// hash returns a source expression of a content security policy.
func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var pageFuncs = template.FuncMap{
	// words
	"fold": fold, "more": more, "plain": plainAny, "upper": upper, "stop": stop, "short": short, "join": strings.Join, "count": count,
	// vocabularies
	"class": class, "mark": mark, "levelName": levelName, "trust": trust, "match": matchWords, "reason": dropWords, "tags": tagWords,
	"review": reviewWords, "warning": warningWords, "decided": decided,
	// parts of the draft
	"gains": gains, "quoted": searched, "actor": stepActor, "checklist": func() []string { return checklist },
	// methods of the page and its parts: a template calls functions faster
	"cite": (*page).cite, "cites": (*page).cites, "names": (*page).names, "sentences": docItem.sentences,
	// lists
	"add": func(a, b int) int { return a + b }, "head": head, "tail": tail,
	"pair":   func(p *page, c numbered) map[string]any { return map[string]any{"Page": p, "Case": c} },
	"listed": func(p *page, list any) map[string]any { return map[string]any{"Page": p, "List": list} },
}

// decided reports that a person has looked at a finding.
func decided(r threatmodel.Review) bool { return r.State != "" && r.State != threatmodel.StateDraft }

// plainAny is [plain] for a template, where every vocabulary has a type of its own.
func plainAny(v any) string { return plain(fmt.Sprint(v)) }

// mark returns the sign of a priority, so that colour is not all that tells it.
func mark(l threatmodel.Level) string { return strings.Fields(priorityMark(l))[0] }

func levelName(l threatmodel.Level) string {
	if l.Rank() == 0 {
		return "Unrated"
	}
	return upper(string(l))
}

// head returns the first n of a list, or all of it when only a few more would be left.
func head(n int, list any) any { return reflect.ValueOf(list).Slice(0, cut(n, list)).Interface() }

// tail returns what [head] leaves.
func tail(n int, list any) any {
	v := reflect.ValueOf(list)
	return v.Slice(cut(n, list), v.Len()).Interface()
}

func cut(n int, list any) int {
	if l := reflect.ValueOf(list).Len(); l <= n+3 {
		return l
	}
	return n
}
