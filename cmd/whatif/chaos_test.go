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

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/fakellm"
	"whatif/analyzer/llm/tokens"
	"whatif/analyzer/rules"
	"whatif/analyzer/store"
	"whatif/analyzer/threatmodel"
	"whatif/cmd/internal/cli"
)

// faultsOf are the faults that leave a good reply as it is. Others change the form that is asked for, or cut a reply, and so the draft.
// The filter stands there often: it alone costs a piece at once.
var faultsOf = []fakellm.Fault{{Kind: "429"}, {Kind: "503"}, {Kind: "529"}, {Kind: "reset"}, {Kind: "reset", After: 30}, {Kind: "cut_stream"}, {Kind: "html"},
	{Kind: "empty_body"}, {Kind: "empty_choices"}, {Kind: "null_content"}, {Kind: "error_in_200"}, {Kind: "sse_error"}, {Kind: "content_filter"}, {Kind: "content_filter"},
	{Kind: "content_filter"}, {Kind: "content_filter"}}

// TestFaultsChangeNothing plays faults at random: a run ends, what is missing is said, the draft holds, and when nothing is missing any
// more it is the one that a server in good health gives.
func TestFaultsChangeNothing(t *testing.T) {
	path := "../../fixtures/deskflow-ticket-digest.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	calm := draftOf(t, path, fakellm.Script{}, nil)
	if missing(t, calm) > 0 {
		t.Fatal("a server in good health leaves something out")
	}
	failed, seeds := 0, 10
	if withRace {
		seeds = 3
	}
	for seed := range seeds {
		kept, err := store.Open(t.TempDir(), 64<<20)
		if err != nil {
			t.Fatal(err)
		}
		script := fakellm.Script{Seed: int64(seed), Faults: fakellm.Chances{Chance: 0.3, Of: faultsOf}, Rules: []fakellm.Rule{{Reply: "demo"}}}
		for again := 0; ; again++ {
			draft := draftOf(t, path, script, kept)
			if err := checkDraft(path, raw, draft); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if missing(t, draft) == 0 {
				if got, want := withoutUsage(string(draft)), withoutUsage(string(calm)); got != want {
					t.Errorf("seed %d: the draft differs from the calm one in line %d", seed, firstDifference([]byte(got), []byte(want)))
				}
				break
			}
			failed++
			if again == 30 {
				t.Fatalf("seed %d: still missing after %d runs:\n%s", seed, again, draft)
			}
		}
	}
	if failed == 0 {
		t.Error("no run was hurt: the faults are too few to test anything")
	}
	t.Logf("%d runs were partial", failed)
}

// draftOf makes the draft of a document with a model that plays a script, without any time to wait.
func draftOf(t *testing.T, path string, script fakellm.Script, kept caller.Cache) []byte {
	t.Helper()
	url, _, stop, err := fakellm.Start(script)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	model, err := client.New(client.Config{BaseURL: url, Model: "fakellm"})
	if err != nil {
		t.Fatal(err)
	}
	count := tokens.NewCounter("").Count
	asker := caller.New(model, caller.Options{Cache: kept, Identity: "fakellm", Count: count,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	engine, err := llm.New(llm.Options{Asker: asker, Model: "fakellm", Count: count, Chunk: 300, Rules: &rules.Engine{}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Open(context.Background(), path, document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{Engine: engine, Now: time.Unix(1767225600, 0)})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.MarshalIndent(draft, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// missing counts the warnings of a draft that say that something is missing.
func missing(t *testing.T, data []byte) int {
	t.Helper()
	var draft threatmodel.Draft
	if err := json.Unmarshal(data, &draft); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, w := range draft.Warnings {
		if slices.Contains([]string{"chunk_failed", "not_asked", "model_failed", "model_stopped", "budget"}, w.Code) {
			n++
		}
	}
	return n
}

// TestFaultsThroughTheCommand is the same through the command, with the time that waits take: exit code 0 says that nothing is missing,
// and 3 that something is.
func TestFaultsThroughTheCommand(t *testing.T) {
	path := "../../fixtures/deskflow-ticket-digest.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var quick []fakellm.Fault
	for _, f := range faultsOf {
		f.RetryAfter, f.RetryAs = 5*time.Millisecond, "ms"
		quick = append(quick, f)
	}
	for seed := range 2 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			url, _, stop, err := fakellm.Start(fakellm.Script{Seed: int64(seed), Faults: fakellm.Chances{Chance: 0.2, Of: quick}, Rules: []fakellm.Rule{{Reply: "demo"}}})
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			out := filepath.Join(t.TempDir(), "draft.json")
			args := []string{"analyze", path, "-o", out, "--model", "fakellm", "--base-url", url, "--chunk", "300", "--cache-dir", t.TempDir()}
			for range 20 {
				var stderr bytes.Buffer
				code := cli.Run(context.Background(), []string{"HOME=" + t.TempDir(), "SOURCE_DATE_EPOCH=1767225600"}, strings.NewReader(""), &stderr, &stderr, args)
				draft, err := os.ReadFile(out)
				if err != nil {
					t.Fatalf("exit code %d: %v\n%s", code, err, &stderr)
				}
				if err := checkDraft(path, raw, draft); err != nil {
					t.Fatal(err)
				}
				whole := missing(t, draft) == 0
				if want := map[bool]int{true: cli.ExitDone, false: cli.ExitPartly}[whole]; code != want {
					t.Fatalf("exit code %d, want %d\n%s", code, want, &stderr)
				}
				if whole {
					return
				}
			}
			t.Error("something is missing after 20 runs")
		})
	}
}
