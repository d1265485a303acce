package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"whatif/analyzer/llm/fakellm"
	"whatif/analyzer/threatmodel"
	"whatif/cmd/internal/cli"
)

// A folder is a few small documents that a model is asked about, and what it was asked.
type folder struct {
	dir    string
	server *fakellm.Server
	url    string
	stderr bytes.Buffer
	stdout bytes.Buffer
}

// folderOf writes a document for each name, which its words tell apart, and serves a model.
func folderOf(t *testing.T, script fakellm.Script, names ...string) *folder {
	t.Helper()
	url, server, stop, err := fakellm.Start(script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := &folder{dir: t.TempDir(), server: server, url: url}
	for _, name := range names {
		text := fmt.Sprintf("# The %s feature\n\nAnyone with the link can read the %s of the customer.\n\nThe %s is kept for a year.\n", name, name, name)
		if err := os.WriteFile(filepath.Join(f.dir, name+".md"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// analyze runs the command on the documents.
func (f *folder) analyze(ctx context.Context, args ...string) (code int) {
	f.stdout.Reset()
	f.stderr.Reset()
	all := []string{"analyze", "--model", "fakellm", "--base-url", f.url, "--cache-dir", filepath.Join(f.dir, "kept")}
	for _, arg := range args {
		if strings.HasSuffix(arg, ".md") || strings.HasSuffix(arg, "/") {
			arg = filepath.Join(f.dir, arg) + map[bool]string{true: "/"}[strings.HasSuffix(arg, "/")]
		}
		all = append(all, arg)
	}
	return cli.Run(ctx, []string{"HOME=" + f.dir, "SOURCE_DATE_EPOCH=1767225600"}, strings.NewReader(""), &f.stdout, &f.stderr, all)
}

// asked returns of which documents the server was asked, request by request, by the first of the words that it has.
func (f *folder) asked(words ...string) (order []string) {
	for _, e := range f.server.Log() {
		for _, w := range words {
			if strings.Contains(e.User, w) {
				order = append(order, w)
				break
			}
		}
	}
	return order
}

// inOrder reports whether the texts stand in s one behind the other.
func inOrder(s string, texts ...string) bool {
	for _, text := range texts {
		_, after, ok := strings.Cut(s, text)
		if !ok {
			return false
		}
		s = after
	}
	return true
}

var slowFirst = fakellm.Script{Rules: []fakellm.Rule{
	{When: fakellm.When{Contains: fakellm.Words{"invoice"}}, Reply: "demo", Latency: fakellm.Latency{P50: 20 * time.Millisecond}},
	{Reply: "demo"},
}}

// TestDocumentsAtOnce asks about the next documents while the first waits for its answers. Drafts and messages stand in the order of the
// arguments, and each draft has what was spent on it.
func TestDocumentsAtOnce(t *testing.T) {
	f := folderOf(t, slowFirst, "invoice", "photo", "letter")
	if code := f.analyze(t.Context(), "invoice.md", "photo.md", "letter.md"); code != cli.ExitDone {
		t.Fatalf("exit code %d\n%s", code, &f.stderr)
	}
	if !inOrder(f.stdout.String(), "The invoice feature", "\n---\n", "The photo feature", "\n---\n", "The letter feature") {
		t.Errorf("the drafts: %s", &f.stdout)
	}
	if !inOrder(f.stderr.String(), "invoice.md: ", "photo.md: ", "letter.md: ", " requests to fakellm") {
		t.Errorf("stderr: %s", &f.stderr)
	}
	order := f.asked("invoice", "photo", "letter")
	if !inOrder(strings.Join(order, " "), "photo", "letter", "invoice") {
		t.Errorf("no other document was asked about while the first one waited: %v", order)
	}

	if code := f.analyze(t.Context(), "invoice.md", "photo.md", "letter.md", "-o", "drafts/", "--format", "json", "--no-cache"); code != cli.ExitDone {
		t.Fatalf("exit code %d\n%s", code, &f.stderr)
	}
	together := f.drafts(t)
	sum := 0
	for _, name := range []string{"invoice", "photo", "letter"} {
		if code := f.analyze(t.Context(), name+".md", "-o", "drafts/", "--format", "json", "--no-cache"); code != cli.ExitDone {
			t.Fatalf("exit code %d\n%s", code, &f.stderr)
		}
		alone := f.drafts(t)[name]
		sum += alone.Engine.Requests
		if got := together[name].Engine; got.Requests == 0 || got.Requests != alone.Engine.Requests || got.CompletionTokens != alone.Engine.CompletionTokens {
			t.Errorf("%s: beside others %d requests and %d tokens of replies, alone %d and %d", name, got.Requests, got.CompletionTokens,
				alone.Engine.Requests, alone.Engine.CompletionTokens)
		}
	}
	if sum != len(order) {
		t.Errorf("the drafts tell of %d requests, the server was asked %d", sum, len(order))
	}
}

// drafts reads the drafts by their documents' names.
func (f *folder) drafts(t *testing.T) map[string]threatmodel.Draft {
	t.Helper()
	all := map[string]threatmodel.Draft{}
	for _, path := range drafts(t, f.dir) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var d threatmodel.Draft
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		all[name] = d
	}
	return all
}

// TestLimitPaysForWholeDrafts asks about one document after the other where a limit may end the run.
func TestLimitPaysForWholeDrafts(t *testing.T) {
	f := folderOf(t, slowFirst, "invoice", "photo")
	if code := f.analyze(t.Context(), "invoice.md", "photo.md", "--max-requests", "100"); code != cli.ExitDone {
		t.Fatalf("exit code %d\n%s", code, &f.stderr)
	}
	order := f.asked("invoice", "photo")
	if joined := strings.Join(order, " "); strings.Contains(joined, "photo invoice") || !strings.Contains(joined, "invoice photo") {
		t.Errorf("asked in the order %v", order)
	}
}

// TestInterruptBeside ends a run while the second of three documents waits: the first is there, the others are named, and what the model
// has answered about the third is kept.
func TestInterruptBeside(t *testing.T) {
	stall := fakellm.Rule{When: fakellm.When{Contains: fakellm.Words{"photo"}}, Fault: fakellm.Fault{Kind: "stall"}, Times: 1}
	f := folderOf(t, fakellm.Script{Rules: []fakellm.Rule{stall, {Reply: "demo"}}}, "invoice", "photo", "letter")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() { // once the third is done, of which the model is asked last for the open questions
		for ctx.Err() == nil {
			for _, e := range f.server.Log() {
				if strings.Contains(e.User, "letter") && e.Schema == "questions" && e.Took > 0 && len(drafts(t, f.dir)) == 1 {
					time.Sleep(50 * time.Millisecond) // for the answer to be put away
					cancel()
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	code := f.analyze(ctx, "invoice.md", "photo.md", "letter.md", "-o", "drafts/", "--format", "json")
	if code != cli.ExitPartly || !inOrder(f.stderr.String(), "invoice.md: ", "whatif: interrupted; not done: ", "photo.md and 1 more\n", "hint: what the model has answered is kept") {
		t.Errorf("exit code %d\n%s", code, &f.stderr)
	}
	if written := f.drafts(t); len(written) != 1 || written["invoice"].Engine.Requests == 0 {
		t.Errorf("%d drafts are there", len(written))
	}
	before := len(f.server.Log())
	if code := f.analyze(t.Context(), "invoice.md", "letter.md", "-o", "drafts/", "--format", "json"); code != cli.ExitDone || len(f.server.Log()) != before {
		t.Errorf("exit code %d, %d requests for what was answered\n%s", code, len(f.server.Log())-before, &f.stderr)
	}
}

// TestFailureBeside loses one document of three: the others are drafted, and errors stand where the document's draft would.
func TestFailureBeside(t *testing.T) {
	f := folderOf(t, slowFirst, "invoice", "letter")
	code := f.analyze(t.Context(), "invoice.md", "gone.md", "letter.md")
	if code != cli.ExitPartly || !inOrder(f.stderr.String(), "invoice.md: ", "gone.md: ", "letter.md: ", "1 of 3 documents failed") {
		t.Errorf("exit code %d\n%s", code, &f.stderr)
	}
	if !inOrder(f.stdout.String(), "The invoice feature", "The letter feature") {
		t.Errorf("the drafts: %s", &f.stdout)
	}
}

// TestEditedSentence counts by pass what the command asks about a document of forty pages: again, as it was, nothing; and after an edit
// of one sentence only what the edit may change.
func TestEditedSentence(t *testing.T) {
	if withRace {
		t.Skip("reads a long document five times")
	}
	f := folderOf(t, fakellm.Script{})
	lines := strings.Split(longText(t, 40), "\n")
	read := func(lines []string) map[string]int {
		t.Helper()
		if err := os.WriteFile(filepath.Join(f.dir, "prd.md"), []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
		before := len(f.server.Log())
		if code := f.analyze(t.Context(), "prd.md", "-o", "drafts/", "--format", "json", "--context", "128000"); code != cli.ExitDone {
			t.Fatalf("exit code %d\n%s", code, &f.stderr)
		}
		asked := map[string]int{}
		for _, e := range f.server.Log()[before:] {
			asked[e.Schema]++
		}
		return asked
	}
	first := read(lines)
	if again := read(lines); len(again) > 0 {
		t.Errorf("the second run asks %v", again)
	}
	for _, part := range []int{1, 3, 5} {
		at := len(lines) * part / 6
		for !strings.Contains(lines[at], ". ") || strings.HasPrefix(lines[at], "#") { // a heading stands above others
			at++
		}
		edited := slices.Clone(lines)
		edited[at] = strings.Replace(edited[at], ". ", ", as agreed on Tuesday. ", 1)
		asked := read(edited)
		t.Logf("line %d: %v, of %v", at+1, asked, first)
		if n := asked["facts"]; n < 1 || n > 2 || asked["again"] > 2 || asked["what_if"] > first["what_if"]/4 || asked["judge"] > first["judge"]/2 {
			t.Errorf("after an edit in line %d the run asks %v, the first asked %v", at+1, asked, first)
		}
	}
}
