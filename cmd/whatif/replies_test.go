package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whatif/analyzer/eval"
	"whatif/analyzer/llm/fakellm"
	"whatif/cmd/internal/cli"
)

// TestReplies plays the replies that a careful reader wrote and scores the drafts: the model alone, and both engines together. Every
// citation must hold, and both engines together find no fewer of the dangers that must be found than the built-in one alone.
//
// A reply is bound to its request. Where a change of rules or prompts changes requests, some replies are no longer played; the test
// names them, and fails when they are more than a tenth: then they must be written anew.
func TestReplies(t *testing.T) {
	rules, err := fakellm.LoadReplies("../../fixtures/replies")
	if err != nil {
		t.Fatal(err)
	}
	url, server, stop, err := fakellm.Start(fakellm.Script{Default: "empty", Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := labelled(t)
	scores := map[string]*eval.Report{}
	for _, engine := range []string{"rules", "llm", "hybrid"} {
		scores[engine] = score(t, dir, engine, url)
	}
	unanswered, asked := 0, server.Log()
	for _, e := range asked {
		if e.Rule == "" || e.Rule == "default" {
			unanswered++
			t.Logf("a request has no reply: %s, …%s", e.Schema, e.User[max(len(e.User)-600, 0):])
		}
	}
	if unanswered*10 > len(asked) {
		t.Errorf("%d of %d requests have no reply", unanswered, len(asked))
	}
	for i, alone := range scores["rules"].Documents {
		both, model := scores["hybrid"].Documents[i], scores["llm"].Documents[i]
		t.Logf("%s (%s): must-find dangers found %s alone, %s by the model, %s together", alone.Document, alone.Split, found(alone), found(model), found(both))
		if both.Kinds[eval.AbuseCases].Hit < alone.Kinds[eval.AbuseCases].Hit {
			t.Errorf("%s: together they find fewer dangers than the built-in engine alone", alone.Document)
		}
		for _, d := range []*eval.Document{both, model} {
			if c := d.Citations; c.Total == 0 || c.Verified != c.Total {
				t.Errorf("%s: %d of %d citations hold", d.Document, c.Verified, c.Total)
			}
			if d.Harmless && (d.Findings["high"]+d.Findings["medium"] > 0 || d.Findings["low"] > 2) {
				t.Errorf("%s: findings in a harmless document: %v", d.Document, d.Findings)
			}
		}
	}
}

func found(d *eval.Document) string {
	s, _ := json.Marshal([2]int{d.Kinds[eval.AbuseCases].Hit, d.Kinds[eval.AbuseCases].Labelled})
	return string(s)
}

// labelled copies the documents that there are replies for, with their labels, into a directory.
func labelled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	replies, err := filepath.Glob("../../fixtures/replies/*.yaml")
	if err != nil || len(replies) == 0 {
		t.Fatal("no replies", err)
	}
	for _, r := range replies {
		name := strings.TrimSuffix(filepath.Base(r), ".yaml")
		files, _ := filepath.Glob("../../fixtures/" + name + ".*")
		more, _ := filepath.Glob("../../fixtures/*/" + name + ".*")
		copied := 0
		for _, f := range append(files, more...) {
			if filepath.Dir(f) == "../../fixtures/replies" || filepath.Dir(f) == "../../fixtures/golden" {
				continue
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o666); err != nil {
				t.Fatal(err)
			}
			copied++
		}
		if copied != 2 {
			t.Fatalf("%s: %d files, want the document and its labels", name, copied)
		}
	}
	return dir
}

// score measures the drafts of an engine.
func score(t *testing.T, dir, engine, url string) *eval.Report {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := []string{"HOME=" + t.TempDir(), "WHATIF_BASE_URL=" + url, "WHATIF_MODEL=careful-reader"}
	code := cli.Run(t.Context(), env, nil, &stdout, &stderr, []string{"eval", dir, "--json", "--engine", engine, "--prices", "../../fixtures/replies/careful-reader.yml"})
	if code != cli.ExitDone && code != cli.ExitPartly {
		t.Errorf("%s: exit code %d: %s", engine, code, stderr.String())
	}
	var report eval.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatalf("%s: %v: %s", engine, err, stderr.String())
	}
	return &report
}
