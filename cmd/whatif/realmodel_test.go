package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"whatif/analyzer/threatmodel"
	"whatif/cmd/internal/cli"
)

// TestRealModel asks a real model about a small document, one small question at a time. It runs where WHATIF_REAL_MODEL holds the base
// URL of one, which fixtures/realmodel/serve starts, and WHATIF_REAL_MODEL_NAME its name. It tells what came of it; what must hold
// whatever a model says is that the draft is whole and that its citations are true.
func TestRealModel(t *testing.T) {
	url := os.Getenv("WHATIF_REAL_MODEL")
	if url == "" {
		t.Skip("no real model: set WHATIF_REAL_MODEL to the base URL of one; fixtures/realmodel/serve starts it")
	}
	name := os.Getenv("WHATIF_REAL_MODEL_NAME")
	if name == "" {
		name = "smollm2"
	}
	doc, err := filepath.Abs("../../fixtures/realmodel/pickup.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "draft.json")
	env := []string{"HOME=" + dir, "WHATIF_BASE_URL=" + url, "WHATIF_MODEL=" + name}
	var stderr bytes.Buffer
	code := cli.Run(t.Context(), env, nil, &stderr, &stderr, []string{"analyze", doc, "--engine", "llm", "--single", "--context", "4096", "--max-output", "400",
		"--in-flight", "1", "--timeout", "20m", "--stall", "5m", "-o", out})
	t.Logf("exit code %d\n%s", code, stderr.String())
	if code != cli.ExitDone && code != cli.ExitPartly {
		t.Fatalf("exit code %d", code)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := threatmodel.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	dropped := map[threatmodel.DropReason]int{}
	for _, d := range draft.Dropped {
		dropped[d.Reason]++
	}
	t.Logf("%d assets, %d actors, %d dependencies, %d flows, %d safeguards, %d steps, %d findings; dropped %v", len(draft.Assets), len(draft.Actors),
		len(draft.Dependencies), len(draft.DataFlows), len(draft.Safeguards), len(draft.Journey), len(draft.AbuseCases), dropped)
	var whole any
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	raw := source(t, doc)
	for _, c := range collect(whole, "") {
		checkCitation(t, doc, raw, c)
	}
}
