package index

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

	"whatif/analyzer/render"
)

//go:embed page
var pageFiles embed.FS

// pageTemplate is read once, and only when a page is wanted.
var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(pageFuncs).ParseFS(pageFiles, "page/*.tmpl")
})

var pageFuncs = template.FuncMap{
	"n": thousands, "count": count, "plain": plain, "upper": upper, "percent": percent, "shown": shown, "filter": filterLink, "state": stateWords,
	"head": head, "tail": tail,
	"url": func(file string) template.URL { return template.URL(link(file)) },
}

// HTML writes all as one page that asks for nothing from anywhere.
func (x *Index) HTML(w io.Writer) error {
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	p, err := x.newPage()
	if err != nil {
		return err
	}
	data, err := x.scriptData(p.kin, p.sets)
	if err != nil {
		return err
	}
	out := &keepError{w: w}
	for _, part := range []func() error{
		func() error { return t.ExecuteTemplate(out, "top", p) },
		func() error {
			_, err := fmt.Fprintf(out, `<script type="application/json" id="table-data">%s</script>`, data)
			return err
		},
		func() error { return t.ExecuteTemplate(out, "bottom", p) },
	} {
		if err := part(); err != nil {
			if out.err != nil {
				return out.err
			}
			return fmt.Errorf("writing the page: %w", err)
		}
	}
	return nil
}

// A keepError keeps the first error of a writer.
type keepError struct {
	w   io.Writer
	err error
}

func (k *keepError) Write(b []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	var n int
	n, k.err = k.w.Write(b)
	return n, k.err
}

// looks returns the page's style, its script, and the policy that lets these run and nothing else.
func looks() (style template.CSS, script template.JS, policy string, err error) {
	base, err := render.Style()
	if err != nil {
		return "", "", "", err
	}
	own, err := pageFiles.ReadFile("page/index.css")
	if err != nil {
		return "", "", "", fmt.Errorf("reading the page's style: %w", err)
	}
	code, err := pageFiles.ReadFile("page/index.js")
	if err != nil {
		return "", "", "", fmt.Errorf("reading the page's script: %w", err)
	}
	css := base + string(own)
	policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'", hash(css), hash(string(code)))
	return template.CSS(css), template.JS(code), policy, nil
}

// hash returns a source expression of a content security policy.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// filterLink returns the address that shows the documents that fit: key=value.
func filterLink(key, value string) template.URL {
	return template.URL("#" + key + "=" + strings.ReplaceAll(link(value), "/", "%2F"))
}

// head returns the first n of a list, or all of it when only a few more would be left.
func head(n int, list any) any { return reflect.ValueOf(list).Slice(0, open(n, list)).Interface() }

// tail returns what [head] leaves.
func tail(n int, list any) any {
	v := reflect.ValueOf(list)
	return v.Slice(open(n, list), v.Len()).Interface()
}

// open is how many items of a list stand open.
func open(n int, list any) int {
	if l := reflect.ValueOf(list).Len(); l <= n+3 {
		return l
	}
	return n
}

// bounded bounds a list on a page, and says how many do not fit.
func bounded[T any](list []T, most int) (head []T, more int) {
	if len(list) <= most {
		return list, 0
	}
	return list[:most], len(list) - most
}
