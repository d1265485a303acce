package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"whatif/analyzer/review"
	tm "whatif/analyzer/threatmodel"
)

// nasty are texts that mean something in one of the formats.
var nasty = []string{`${file("/etc/passwd")}`, `$${x} %{ if true }x%{ endif } %%{y}`, "$", "%", "${", `\`, `"`, `\"`, `a"b\`, "'", "''", "`", "|", "~", "null", "true", "123",
	"x\nthreatmodel \"x\" {", "\": x\n- evil: *a\n  &b !!python/object", "--- # c: {['\"`|>", "Feature: evil\n  Scenario: y\n    Given | a |", "\"\"\"\n@tag\nExamples:", "# language: de",
	"!include /etc/passwd\n@enduml", `%getenv("HOME") $x [[http://e]] <img:x> {{json`, `=HYPERLINK("http://e";"x")`, "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "＝1",
	"<w:p>&lt;]]><!-- x --></w:t>", "\x1b[31m\u202eevil\x00\x07", "\ufffe\uffff", "'; -> x: '${y}' |md # x |", "[link](javascript:x) ![i](http://e) <script> @user #1",
	"h1. {noformat} {code} !x! [~u]", "* x", "", " ", "\u2028x\u0085y", "\ufeffa", strings.Repeat("😀", 700), strings.Repeat("x", 1500), "a\xffb", "Then <x>", "T-000001", "the product", "🡒",
	"product.x -> y {", "X-e69867"}

// hostile draws a draft whose free texts are all nasty. Ids, words of vocabularies and links between things stay.
func hostile(t *rapid.T) (*tm.Draft, Options) {
	d, opt := small()
	evil := rapid.OneOf(rapid.SampledFrom(nasty), rapid.SampledFrom(nasty), rapid.String())
	keep := map[string]bool{"ID": true, "Data": true, "Assets": true, "DataFlows": true, "Safeguards": true, "Protects": true, "AbuseCases": true, "Steps": true, "STRIDE": true,
		"SchemaVersion": true, "GeneratedAt": true, "SHA256": true}
	spoil(reflect.ValueOf(d).Elem(), keep, func() string { return evil.Draw(t, "text") })
	for i := range opt.Decisions.Decisions {
		opt.Decisions.Decisions[i].Note, opt.Decisions.Decisions[i].By = evil.Draw(t, "note"), evil.Draw(t, "by")
	}
	if rapid.Bool().Draw(t, "undecided") {
		opt = Options{Decisions: &review.File{}}
	}
	return d, opt
}

func spoil(v reflect.Value, keep map[string]bool, evil func() string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if f := v.Field(i); !keep[name] || f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct {
				spoil(f, keep, evil)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), keep, evil)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(evil())
		}
	}
}

// TestHostile holds each format to its grammar, whatever the document's texts say.
func TestHostile(t *testing.T) {
	for _, f := range Formats() {
		if unspoilt[f.Name] == nil {
			t.Errorf("%s is held to nothing", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				d, opt := hostile(r)
				var b bytes.Buffer
				if _, err := f.Write(&b, d, opt); err != nil {
					r.Fatal(err)
				}
				if err := unspoilt[f.Name](t, b.Bytes()); err != nil {
					r.Fatalf("%v\n%s", err, b.Bytes())
				}
			})
		})
	}
}

// unspoilt reports what is wrong with a text of each format.
var unspoilt = map[string]func(testing.TB, []byte) error{
	"otm": fits["otm"], "threat-dragon": fits["threat-dragon"], "threat-composer": fits["threat-composer"], "threagile": fits["threagile"],
	"threatcl": lines(`spec_version = "0\.8\.0"`, ``, `\s*}`, `\s*[a-z_0-9]+( `+hclText+`)? \{}?`, `\s*[a-z_]+ = (`+hclText+`|\d+|false|\[`+hclText+`(, `+hclText+`)*\])`),
	"gherkin": lines(``, `Feature: .*: what must not be possible`, `  Draft threat model of .*`, `  Rule:.*`, `    - .*`, `    @[\w.-]+ @[\w.-]+-priority`, `    Scenario:.*`,
		`      (Given|When|Then) \S.*`),
	"plantuml": lines(`@startuml`, `@enduml`, `left to right direction`, `title `+pumlWords, `frame "`+pumlWords+`" as z_[a-z]+ \{`, `  (actor|rectangle) "`+pumlWords+`" as n\d+`, `}`,
		`n\d+ -(-|\[bold\]-)> n\d+ : `+pumlWords),
	"d2": lines(`direction: right`, `z_[a-z]+: `+d2Text+` \{`, `  style\.stroke-dash: 5`, `  n\d+: `+d2Text, `  n\d+\.shape: person`, `}`,
		`z_[a-z]+\.n\d+ -> z_[a-z]+\.n\d+: `+d2Text+`( \{style\.stroke-width: 4\})?`),
	"csv": cells(28, -1), "jira": cells(7, 6), "linear": cells(5, 1),
	"issues": func(_ testing.TB, raw []byte) error { return plainMarkdown(raw) },
	"github": githubError,
	"docx":   docxError,
	"svg":    func(_ testing.TB, raw []byte) error { return wellFormed(raw) },
	"mermaid": lines(`flowchart LR`, `  none\["No data flow was read from the text"\]`, `  subgraph z\d\["[^"]*"\]`, `    n\d+\(?\["[^"<>]*"\]\)?`, `  end`, `  n\d+ (-->|==>)(\|"[^"<>|]*"\|)? n\d+`,
		`  classDef boundary .*`, `  class z\d boundary`),
}

const (
	hclText   = `"(?:[^"\\\x00-\x1f]|\\[nt"\\]|\\u[0-9a-f]{4})*"`
	pumlWords = `([\pL\p{Nd}\pM ,.…＄＼]|&#\d+;)*`
	d2Text    = `'([^']|'')*'`
)

// lines returns a check that every line is one of the patterns, whole, and holds nothing that steers a terminal.
func lines(patterns ...string) func(testing.TB, []byte) error {
	form := regexp.MustCompile(`^(?:` + strings.Join(patterns, "|") + `)$`)
	return func(_ testing.TB, raw []byte) error {
		for i, line := range strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n") {
			if !form.MatchString(line) {
				return fmt.Errorf("line %d has no form that is known: %q", i+1, line)
			}
			if strings.ContainsAny(line, "\x1b\u202e\x00\r\u2028") {
				return fmt.Errorf("line %d steers a terminal: %q", i+1, line)
			}
			if strings.Contains(patterns[0], "spec_version") && (strings.Contains(line, "${") || strings.Contains(line, "%{")) {
				return fmt.Errorf("line %d is filled in: %q", i+1, line)
			}
		}
		return nil
	}
}

// cells returns a check of a CSV file: as many columns, no formula, and a column of Markdown or wiki markup that is plain (-1: none).
func cells(n, body int) func(testing.TB, []byte) error {
	return func(_ testing.TB, raw []byte) error {
		r := csv.NewReader(bytes.NewReader(raw))
		r.FieldsPerRecord = n
		rows, err := r.ReadAll()
		if err != nil {
			return err
		}
		for _, row := range rows {
			for i, c := range row {
				if s := strings.TrimLeft(c, " \t\r\n\u00a0\u2003"); s != "" && strings.ContainsAny(string([]rune(s)[0]), "=+-@＝＋－＠") {
					return fmt.Errorf("a formula: %q", c)
				}
				if strings.ContainsAny(c, "\x1b\u202e\x00") {
					return fmt.Errorf("it steers a terminal: %q", c)
				}
				if i == body && n == 5 {
					if err := plainMarkdown([]byte(c)); err != nil {
						return err
					}
				}
				if i == body && n == 7 && regexp.MustCompile(`(^|[^\\])[{\[!|]`).MatchString(c) {
					return fmt.Errorf("markup: %q", c)
				}
			}
		}
		return nil
	}
}

// plainMarkdown reports links, pictures, HTML and code in Markdown: nothing that an export writes has any.
func plainMarkdown(raw []byte) error {
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(raw))
	return ast.Walk(root, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindRawHTML:
			if got := string(n.(*ast.RawHTML).Segments.Value(raw)); got != "<!-- -->" { // keeps a mention from being one
				return ast.WalkStop, fmt.Errorf("Markdown holds %s", got)
			}
		case ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindHTMLBlock, ast.KindCodeSpan, ast.KindCodeBlock, ast.KindFencedCodeBlock, ast.KindThematicBreak:
			return ast.WalkStop, fmt.Errorf("Markdown holds a %s", n.Kind())
		}
		return ast.WalkContinue, nil
	})
}

func githubError(_ testing.TB, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var list []githubIssue
	if err := dec.Decode(&list); err != nil {
		return err
	}
	for _, i := range list {
		if len([]rune(i.Title)) > 256 || len([]rune(i.Body)) > 65536 || len(i.Labels) != 3 {
			return fmt.Errorf("over a limit: %q", i.Title)
		}
		if err := plainMarkdown([]byte(i.Body)); err != nil {
			return err
		}
	}
	return nil
}

// docxError reads a Word document back: it is read at all, with no warning, and has its sections.
func docxError(t testing.TB, raw []byte) error {
	doc := readBack(t, raw)
	for _, w := range doc.Warnings {
		if w.Code != "hidden_text" { // variation selectors, which reports keep: emoji need them
			return fmt.Errorf("a warning: %s", w.Message)
		}
	}
	for _, want := range []string{"Draft threat model: ", "\nWhat could go wrong\n", "\nWhere data goes\n", "T-000004"} {
		if !strings.Contains(doc.Source, want) {
			return fmt.Errorf("%q is missing", want)
		}
	}
	return nil
}

func wellFormed(raw []byte) error {
	for dec := xml.NewDecoder(bytes.NewReader(raw)); ; {
		if _, err := dec.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestHCLStringStandsForItself reads a quoted text back by the rules of the language.
func TestHCLStringStandsForItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ToValidUTF8(rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(t, "text"), "\ufffd")
		quoted := hclString(s)
		if strings.Contains(quoted, "${") || strings.Contains(quoted, "%{") || strings.ContainsAny(quoted, "\n\r") {
			t.Fatalf("%q is filled in, or goes over the line", quoted)
		}
		if got, err := strconv.Unquote(quoted); err != nil || got != s { // Go has all the escapes that are written
			t.Fatalf("%s reads %q, want %q: %v", quoted, got, s, err)
		}
	})
}
