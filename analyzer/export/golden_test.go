package export

import (
	"bytes"
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/document"
	tm "whatif/analyzer/threatmodel"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds every format to its golden file, and to giving the same bytes twice. Of a Word document its text is compared.
func TestGolden(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			got, again := written(t, f, nil), written(t, f, nil)
			if !bytes.Equal(got, again) {
				t.Fatal("two runs differ")
			}
			path := "testdata/small.golden" + f.Ending
			if f.Binary {
				path, got = path+".txt", []byte(readBack(t, got).Source)
			}
			if *update {
				if err := os.WriteFile(path, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from what is written now (-update writes it anew):\n%s", path, firstDifference(string(got), string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + strings.Join(w[min(i, len(w)-1):min(i+1, len(w))], "")
		}
	}
	return "it is shorter"
}

// written exports a draft, the small one for nil.
func written(t testing.TB, f Format, d *tm.Draft) []byte {
	t.Helper()
	opt := Options{}
	if d == nil {
		d, opt = small()
	}
	var b bytes.Buffer
	if _, err := f.Write(&b, d, opt); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

func readBack(t testing.TB, raw []byte) *document.Document {
	t.Helper()
	doc, err := document.Parse(context.Background(), raw, document.Options{Path: "x.docx", Format: document.DOCX})
	if err != nil {
		t.Fatalf("reading the Word document back: %v", err)
	}
	return doc
}

func TestFormatsAreTold(t *testing.T) {
	names, endings := map[string]bool{}, map[string]bool{}
	for _, f := range Formats() {
		if f.Name == "" || f.Ending == "" || f.About == "" || f.Rejects == "" || f.Cannot == "" || f.Checked == "" || names[f.Name] || endings[f.Ending] {
			t.Errorf("%+v: something is missing or there twice", f)
		}
		names[f.Name], endings[f.Ending] = true, true
		if got, ok := ForEnding("a/B" + strings.ToUpper(f.Ending)); !ok || got.Name != f.Name {
			t.Errorf("the ending %s names %q", f.Ending, got.Name)
		}
		if got, ok := ForName(strings.ToUpper(f.Name)); !ok || got.Name != f.Name {
			t.Errorf("the name %s names %q", f.Name, got.Name)
		}
	}
	if f, ok := ForEnding("x.json"); ok {
		t.Errorf("x.json is taken for %s", f.Name)
	}
}

func TestLeft(t *testing.T) {
	want := map[string][]string{
		"otm":             {"1 rejected finding", "1 step of the journey", "1 open question", "1 proposal that was dropped"},
		"threat-dragon":   {"2 assets", "1 step of the journey", "1 safeguard", "1 open question", "1 proposal that was dropped"},
		"threat-composer": {"1 rejected finding", "1 step of the journey", "1 open question", "1 proposal that was dropped"},
		"threatcl":        {"1 open question", "1 proposal that was dropped"},
		"gherkin": {"3 findings that nobody accepted", "2 assets", "2 actors", "1 dependency", "3 data flows", "1 step of the journey", "1 safeguard", "1 open question",
			"1 proposal that was dropped"},
		"docx": {"1 proposal that was dropped"},
	}
	d, opt := small()
	for name, left := range want {
		f, _ := ForName(name)
		got, err := f.Write(new(bytes.Buffer), d, opt)
		if err != nil || !slices.Equal(got, Left(left)) {
			t.Errorf("%s: %q, %v\nwant %q", name, got, err, left)
		}
	}
}

// TestDecisions looks for each finding in each format.
func TestDecisions(t *testing.T) {
	all := []string{"T-000001", "T-000002", "T-000003", "T-000004"}
	want := map[string][]string{"otm": {all[0], all[2], all[3]}, "threat-dragon": all, "threat-composer": {all[0], all[2], all[3]}, "threatcl": all,
		"threagile": {all[0], all[2], all[3]}, "csv": all, "docx": all, "gherkin": {all[0]}, "issues": {all[0], all[3]}, "github": {all[0], all[3]}, "jira": {all[0], all[3]},
		"linear": {all[0], all[3]}}
	for name, ids := range want {
		f, _ := ForName(name)
		text := written(t, f, nil)
		if f.Binary {
			text = []byte(readBack(t, text).Source)
		}
		for _, id := range all {
			if has := bytes.Contains(text, []byte(id)); has != slices.Contains(ids, id) {
				t.Errorf("%s: finding %s is in it: %t", name, id, has)
			}
		}
	}
}

// TestDecisionsThatDoNotHold: a finding whose text changed, or whose last day has passed, is no longer rejected.
func TestDecisionsThatDoNotHold(t *testing.T) {
	d, opt := small()
	for _, spoil := range []func(){func() { opt.Decisions.Decisions[1].Evidence = "0123456789abcdef" }, func() {
		opt.Decisions.Decisions[1].Evidence, opt.Decisions.Decisions[1].Until = "", "0000-01-01"
	}} {
		spoil()
		var b bytes.Buffer
		if _, err := OTM(&b, d, opt); err != nil || !strings.Contains(b.String(), "T-000002") {
			t.Errorf("a finding stays away whose rejection does not hold: %v", err)
		}
	}
}

// TestDraftsOwnReview: what a draft says itself counts where no file does.
func TestDraftsOwnReview(t *testing.T) {
	d, _ := small()
	d.AbuseCases[0].Review = tm.Review{State: tm.StateRejected, By: "Ana", Note: "No."}
	var b bytes.Buffer
	if _, err := OTM(&b, d, Options{}); err != nil || strings.Contains(b.String(), "T-000001") {
		t.Errorf("a finding is there that its draft rejects: %v", err)
	}
}

func TestUUID(t *testing.T) {
	if got := uuid("T-81d2f0"); got != "c3adc9c6-24c3-5cb0-bc2a-9089808c3711" { // reckoned with another program
		t.Errorf("uuid is %s", got)
	}
}
