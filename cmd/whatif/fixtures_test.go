package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"whatif/analyzer/eval"
	"whatif/cmd/internal/cli"
)

var update = flag.Bool("update", false, "write the golden reports anew")

// run is one run of the program within the test: what it printed and its exit code.
func run(t *testing.T, args ...string) (stdout, stderr []byte, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	env := []string{"HOME=" + t.TempDir(), "SOURCE_DATE_EPOCH=1767225600", "XDG_CACHE_HOME=" + userCache()}
	code = cli.Run(context.Background(), env, strings.NewReader(""), &out, &errs, args)
	return out.Bytes(), errs.Bytes(), code
}

// must is run for what has to succeed.
func must(t *testing.T, args ...string) []byte {
	t.Helper()
	stdout, stderr, code := run(t, args...)
	if code != cli.ExitDone {
		t.Fatalf("whatif %s: exit code %d\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// fixtures returns the documents, by base name.
func fixtures(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && e.Name() != "README.md" && !strings.HasSuffix(e.Name(), eval.Ending) {
			names = append(names, e.Name())
		}
	}
	if len(names) < 9 {
		t.Fatalf("only %d fixtures", len(names))
	}
	return names
}

// eachFixture runs test for every document.
func eachFixture(t *testing.T, test func(t *testing.T, path string)) {
	for _, name := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, "../../fixtures/"+name)
		})
	}
}

// A citation is what this test needs to know of one; it shares no code with the program.
type citation struct {
	where                    string
	Quote                    string
	Sentence, Start, End     int
	LineStart, LineEnd, Page int
	Match, Section           string
}

// TestCitations holds every citation of every draft against the file itself: bytes, words and lines.
func TestCitations(t *testing.T) {
	eachFixture(t, func(t *testing.T, path string) {
		var draft any
		if err := json.Unmarshal(must(t, "analyze", path, "--quiet", "--format", "json"), &draft); err != nil {
			t.Fatal(err)
		}
		raw := source(t, path)
		cited := collect(draft, "draft")
		for _, c := range cited {
			checkCitation(t, path, raw, c)
		}
		if len(cited) == 0 && !strings.Contains(path, "accent") {
			t.Error("the draft cites nothing")
		}
		t.Logf("%d citations hold", len(cited))
	})
}

// source returns the bytes that citations point into.
func source(t *testing.T, path string) []byte {
	if ext := filepath.Ext(path); ext == ".docx" || ext == ".pdf" {
		return must(t, "text", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// collect finds the citations wherever they are in a draft: every object that has a quote.
func collect(v any, where string) []citation {
	var found []citation
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			found = append(found, collect(item, where)...)
		}
	case map[string]any:
		if quote, ok := v["quote"].(string); ok {
			number := func(key string) int { n, _ := v[key].(float64); return int(n) }
			return []citation{{where: where, Quote: quote, Sentence: number("sentence"), Start: number("start"), End: number("end"),
				LineStart: number("line_start"), LineEnd: number("line_end"), Page: number("page"), Match: v["match"].(string)}}
		}
		for key, item := range v {
			found = append(found, collect(item, where+"."+key)...)
		}
	}
	return found
}

// A complainer takes complaints. A *testing.T is one, and a script's command.
type complainer interface {
	Errorf(format string, args ...any)
}

func checkCitation(t complainer, path string, raw []byte, c citation) {
	if c.Start < 0 || c.End > len(raw) || c.Start >= c.End {
		t.Errorf("%s: bytes %d to %d of %d", c.where, c.Start, c.End, len(raw))
		return
	}
	got := string(raw[c.Start:c.End])
	if filepath.Ext(path) == ".html" {
		if letters(stripped(got)) != letters(c.Quote) {
			t.Errorf("%s: the file reads %q, the quote is %q", c.where, stripped(got), c.Quote)
		}
	} else if got != c.Quote {
		t.Errorf("%s: bytes %d to %d read %q, the quote is %q", c.where, c.Start, c.End, got, c.Quote)
	}
	if first, last := line(raw, c.Start), line(raw, c.End-1); c.LineStart != first || c.LineEnd != last {
		t.Errorf("%s: lines %d to %d, want %d to %d: %q", c.where, c.LineStart, c.LineEnd, first, last, c.Quote)
	}
	if (filepath.Ext(path) == ".pdf") != (c.Page > 0) {
		t.Errorf("%s: page %d", c.where, c.Page)
	}
	if c.Match != "exact" {
		t.Errorf("%s: match is %s: the built-in engine points, it does not quote", c.where, c.Match)
	}
}

// line returns the 1-based line of the byte at offset. Lines end with LF, CRLF or CR.
func line(raw []byte, offset int) int {
	before := strings.ReplaceAll(string(raw[:offset]), "\r\n", "\n")
	return 1 + strings.Count(strings.ReplaceAll(before, "\r", "\n"), "\n")
}

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	tag     = regexp.MustCompile(`(?s)<[^>]*>`)
)

// stripped returns what is left of HTML without its tags, entities decoded.
func stripped(source string) string {
	return html.UnescapeString(tag.ReplaceAllString(comment.ReplaceAllString(source, ""), ""))
}

// letters leaves out what stands between words: white space, and the bars between the cells of a table.
func letters(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == '\u00a0' || strings.ContainsRune(" \t\r\n", r) }), "")
}

// draftSchema is the schema that the program prints.
var draftSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	var out, errs bytes.Buffer
	if code := cli.Run(context.Background(), nil, strings.NewReader(""), &out, &errs, []string{"schema"}); code != cli.ExitDone {
		return nil, fmt.Errorf("whatif schema: exit code %d\n%s", code, &errs)
	}
	schema, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("draft.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("draft.json")
})

// TestSchema holds every draft against the schema that the program prints.
func TestSchema(t *testing.T) {
	compiled, err := draftSchema()
	if err != nil {
		t.Fatal(err)
	}
	eachFixture(t, func(t *testing.T, path string) {
		draft, err := jsonschema.UnmarshalJSON(bytes.NewReader(must(t, "analyze", path, "-q", "-f", "json")))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(draft); err != nil {
			t.Error(err)
		}
		delete(draft.(map[string]any), "assets")
		if compiled.Validate(draft) == nil {
			t.Error("the schema takes a draft without assets")
		}
	})
}

// TestSameBytes analyzes each document twice: the reports must be equal.
func TestSameBytes(t *testing.T) {
	eachFixture(t, func(t *testing.T, path string) {
		for _, format := range []string{"json", "md", "html"} {
			one := must(t, "analyze", path, "-q", "-f", format)
			if two := must(t, "analyze", path, "-q", "-f", format); !bytes.Equal(one, two) {
				t.Errorf("two runs differ in %s", format)
			}
		}
	})
}

// TestGolden compares the reports of the fixtures with those that were read and found right. A fixture without golden
// reports is skipped.
func TestGolden(t *testing.T) {
	eachFixture(t, func(t *testing.T, path string) {
		for _, format := range []string{"md", "json"} {
			golden := filepath.Join("../../fixtures/golden", filepath.Base(path)+"."+format)
			got := must(t, "analyze", path, "-q", "-f", format)
			if *update {
				if err := os.WriteFile(golden, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v: go test ./cmd/whatif -run Golden -update writes it", err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from what is made now in line %d; if that is right, run with -update and read the difference", golden, firstDifference(got, want))
			}
		}
	})
}

// firstDifference returns the 1-based line in which two texts part.
func firstDifference(a, b []byte) int {
	one, two := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			return i + 1
		}
	}
	return min(len(one), len(two)) + 1
}

// TestCitationCheck makes sure that the check above sees what is wrong.
func TestCitationCheck(t *testing.T) {
	raw := []byte("# A\r\rAnyone can open it.\n")
	good := citation{Quote: "Anyone can open it.", Start: 5, End: 24, LineStart: 3, LineEnd: 3, Match: "exact"}
	probe := func(change func(c *citation)) bool {
		c := good
		change(&c)
		fake := &testing.T{}
		checkCitation(fake, "x.md", raw, c)
		return fake.Failed()
	}
	if probe(func(*citation) {}) {
		t.Error("a good citation is called bad")
	}
	changes := []func(c *citation){
		func(c *citation) { c.Start-- }, func(c *citation) { c.End = 99 }, func(c *citation) { c.Quote += "!" },
		func(c *citation) { c.LineStart = 2 }, func(c *citation) { c.LineEnd = 4 }, func(c *citation) { c.Page = 1 }, func(c *citation) { c.Match = "fuzzy" },
	}
	if i := slices.IndexFunc(changes, func(change func(*citation)) bool { return !probe(change) }); i >= 0 {
		t.Errorf("change %d is not seen", i)
	}
}
