package batch

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/llm/fakellm"
)

// TestAnything: whatever happens at the provider's, however often the run is killed and wherever it goes on, all is heard in the end,
// and nothing is paid for twice.
func TestAnything(t *testing.T) {
	want := said(t)
	rapid.Check(t, func(rt *rapid.T) {
		if rapid.IntRange(0, 4).Draw(rt, "one in five") > 0 { // each takes its time
			return
		}
		script := fakellm.Script{Seed: 1, Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{
			Looks: rapid.IntRange(0, 3).Draw(rt, "looks"), LostReplies: rapid.IntRange(0, 2).Draw(rt, "lost"), CutDownloads: rapid.IntRange(0, 2).Draw(rt, "cut"),
			Times: rapid.IntRange(1, mostTries-1).Draw(rt, "times"), Lines: fakellm.Chances{Chance: rapid.SampledFrom([]float64{0, 0.3, 1}).Draw(rt, "lines")}}}
		switch rapid.IntRange(0, 3).Draw(rt, "end") {
		case 1:
			script.Batches.Expires = 0.4
		case 2:
			script.Batches.Cancels = true
		case 3:
			script.Batches.Queue = rapid.IntRange(120, 400).Draw(rt, "queue")
		}
		b := newBench(t, script)
		kills := rapid.SliceOfN(rapid.Int64Range(1, 30), 0, 4).Draw(rt, "kills")
		dir, lines, cached := t.TempDir(), rapid.IntRange(1, 5).Draw(rt, "size"), newCache()
		for run := range 12 {
			opt := b.options(dir, nil)
			if opt.MostLines = lines; rapid.Bool().Draw(rt, "with cache") {
				opt.Cache = cached
			}
			ctx, kill := context.WithCancel(t.Context())
			if run < len(kills) {
				at := b.calls.Load() + kills[run]
				b.breaks(func(now int64) bool {
					if now == at {
						kill()
					}
					return now >= at
				}, nil)
			}
			heard, err := talked(ctx, opt, rapid.Bool().Draw(rt, "wait"))
			kill()
			b.breaks(nil, nil)
			if err != nil {
				dir = moved(t, dir)
				continue
			}
			if !slices.Equal(heard, want) {
				rt.Fatalf("heard %q", heard)
			}
			if wasted := b.wasted(); wasted != nil {
				rt.Fatal(wasted)
			}
			return
		}
		// A run that does not wait takes as many as a batch has looks; any that waits comes to the end.
		var last error
		for range 5 {
			heard, err := talked(t.Context(), b.options(dir, nil), true)
			if last = err; err == nil {
				if wasted := b.wasted(); !slices.Equal(heard, want) || wasted != nil {
					rt.Fatalf("heard %q; %v", heard, wasted)
				}
				return
			}
		}
		rt.Fatalf("it never ends: %v", last)
	})
}

// TestHostileState: a state that comes from elsewhere names no file outside of its folder and no address at the provider's.
func TestHostileState(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}})
	c := b.client()
	for name, change := range map[string]func(*state){
		"version":  func(s *state) { s.Version = 2 },
		"path":     func(s *state) { s.Jobs[0].ID = "../../x" },
		"no id":    func(s *state) { s.Jobs[0].ID = "" },
		"step":     func(s *state) { s.Jobs[0].Step = "sold" },
		"null":     func(s *state) { s.Jobs[0] = nil },
		"no lines": func(s *state) { s.Jobs[0].Lines = 0 },
		"batch":    func(s *state) { s.Jobs[0].Batch = "../files" },
		"input":    func(s *state) { s.Jobs[0].Step = ready },
		"litter":   func(s *state) { s.Jobs, s.Litter = nil, []string{"../batches"} },
	} {
		s := state{Version: stateVersion, Host: c.Host(), Identity: c.Identity(), Jobs: []*job{{ID: "abc", Step: created, Batch: "batch_1", Lines: 1}}}
		change(&s)
		data, err := json.Marshal(&s)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, stateName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		before := b.calls.Load()
		_, err = talked(t.Context(), b.options(dir, nil), true)
		if name == "litter" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || b.calls.Load() != before {
			t.Errorf("%s: error %v after %d calls", name, err, b.calls.Load()-before)
		}
	}
	for _, text := range []string{"", "[]", "{", `{"version":"1"}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, stateName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(b.options(dir, nil)); err == nil || !strings.Contains(err.Error(), stateName) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPauses: a batch is looked at less often the longer it takes, from half a minute to ten.
func TestPauses(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Looks: 12}})
	opt := b.options(t.TempDir(), nil)
	var slept []time.Duration
	opt.Sleep = func(_ context.Context, d time.Duration) error { slept = append(slept, d); return nil }
	if _, err := talked(t.Context(), opt, true); err != nil {
		t.Fatal(err)
	}
	if len(slept) != 22 || slept[0] != FirstPause || slept[10] != LastPause || slept[11] != FirstPause || !slices.IsSorted(slept[:11]) {
		t.Errorf("slept %v", slept)
	}
}
