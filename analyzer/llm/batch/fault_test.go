package batch

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/fakellm"
)

// said is what is heard when all goes well.
func said(t *testing.T) []string {
	t.Helper()
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}})
	heard, err := talked(t.Context(), b.options(t.TempDir(), nil), true)
	if err != nil || len(heard) != 6 {
		t.Fatal(heard, err)
	}
	return heard
}

// TestFaults: whatever goes wrong at the provider, all is heard in the end, and nothing paid for twice.
func TestFaults(t *testing.T) {
	want := said(t)
	for name, batches := range map[string]fakellm.Batches{
		"expired":          {Expires: 0.5, Times: 1},
		"expired at once":  {Expires: 0.01, Times: 1},
		"lines that fail":  {Lines: fakellm.Chances{Chance: 0.3}, Times: mostTries - 1},
		"cut downloads":    {CutDownloads: 3},
		"answers lost":     {LostReplies: 2},
		"a short queue":    {Queue: 150, Looks: 2},
		"slow":             {Looks: 9, Takes: 10 * time.Millisecond},
		"pending files":    {Pending: 3},
		"small batches":    {MostLines: 2},
		"all at once":      {Expires: 0.5, Times: 2, Lines: fakellm.Chances{Chance: 0.2}, CutDownloads: 2, LostReplies: 2, Looks: 2},
		"queue full twice": {Fail: client.QueueFull, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, fakellm.Script{Seed: 3, Rules: []fakellm.Rule{echo}, Batches: batches})
			opt := b.options(t.TempDir(), nil)
			opt.MostLines = batches.MostLines
			got, err := talked(t.Context(), opt, true)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("heard %q, %v", got, err)
			}
			b.checkOnce()
		})
	}
}

// TestRefusedBatch: a batch that the provider finds fault with ends the run with its words, and another run asks again.
func TestRefusedBatch(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Fail: "model_not_found", Times: 1}})
	opt := b.options(t.TempDir(), nil)
	_, err := talked(t.Context(), opt, true)
	if stopped := (*caller.Stopped)(nil); !errors.As(err, &stopped) || !strings.Contains(err.Error(), "model_not_found") {
		t.Fatalf("error %v", err)
	}
	if got, err := talked(t.Context(), opt, true); err != nil || !slices.Equal(got, said(t)) {
		t.Errorf("heard %q, %v", got, err)
	}
}

// TestCancelledBatch: what was answered before somebody cancelled is kept, and the run ends: nobody's wish is undone unasked.
func TestCancelledBatch(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Cancels: true, Times: 1}})
	opt := b.options(t.TempDir(), nil)
	if _, err := talked(t.Context(), opt, true); !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), "2 of its 4") {
		t.Fatalf("error %v", err)
	}
	if got, err := talked(t.Context(), opt, true); err != nil || !slices.Equal(got, said(t)) {
		t.Errorf("heard %q, %v", got, err)
	}
	b.checkOnce()
}

// TestGivenUp: a line that fails again and again is given up, with what the provider says; the others go on. Another scan asks again.
func TestGivenUp(t *testing.T) {
	bad := fakellm.Rule{When: fakellm.When{UserContains: fakellm.Words{" c ["}}, Fault: fakellm.Fault{Kind: "500"}, Times: mostTries}
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{bad, echo}})
	d, err := Open(b.options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var last error
	round := func(ctx context.Context, c *caller.Caller) error {
		_, last = talk(ctx, c)
		return nil
	}
	if err := d.Do(t.Context(), true, round); err != nil {
		t.Fatal(err)
	}
	if e := (*client.Error)(nil); !errors.As(last, &e) || !strings.Contains(e.Message, "500") {
		t.Errorf("it ends with %v", last)
	}
	if n := len(b.server.Log()); n != 3+mostTries {
		t.Errorf("%d lines were asked", n)
	}
	if err := d.Do(t.Context(), true, round); err != nil || last != nil {
		t.Errorf("another scan ends with %v, %v", err, last)
	}
	b.checkOnce()
}

// TestRepair: a reply that does not pass is asked for once more, as in an ordinary run, and then given up.
func TestRepair(t *testing.T) {
	for times, want := range map[int]bool{1: true, 5: false} {
		bad := fakellm.Rule{When: fakellm.When{UserContains: fakellm.Words{" c ["}}, Reply: `{"say": "no"}`, Times: times, Usage: usual}
		b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{bad, echo}})
		cache := newCache()
		got, err := talked(t.Context(), b.options(t.TempDir(), cache), true)
		if rejected := (*caller.Rejected)(nil); want != (err == nil) || !want && !errors.As(err, &rejected) {
			t.Errorf("with %d bad replies: %q, %v", times, got, err)
		}
		if n := len(b.server.Log()); want && n != 7 || !want && n != 5 {
			t.Errorf("with %d bad replies: %d lines", times, n)
		}
		if want && len(cache.data) != 6 {
			t.Errorf("%d replies are in the cache", len(cache.data))
		}
		b.checkOnce()
	}
}

// TestNoSchemas: where a model takes no strict schema, the next form is asked for, of later questions at once.
func TestNoSchemas(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Unsupported: []string{"json_schema"}})
	got, err := talked(t.Context(), b.options(t.TempDir(), nil), true)
	if err != nil || !slices.Equal(got, said(t)) {
		t.Errorf("heard %q, %v", got, err)
	}
	if n := len(b.server.Log()); n != 4+4+2 {
		t.Errorf("%d lines", n)
	}
	b.checkOnce()
}

func TestNoBatchAPI(t *testing.T) {
	b := newBench(t, fakellm.Script{Batches: fakellm.Batches{Off: true}})
	if _, err := talked(t.Context(), b.options(t.TempDir(), nil), true); !errors.Is(err, client.ErrNoBatches) || !strings.Contains(err.Error(), "no Batch API") {
		t.Errorf("error %v", err)
	}
}

// TestNoWait: the same call again and again brings it to its end.
func TestNoWait(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Looks: 3}})
	opt := b.options(t.TempDir(), nil)
	opt.Sleep = func(context.Context, time.Duration) error { t.Error("it waits"); return nil }
	waits := 0
	for {
		got, err := talked(t.Context(), opt, false)
		if w := (*Waiting)(nil); errors.As(err, &w) {
			if waits++; waits > 20 || !isWaiting(err) || w.Progress.Requests == 0 || w.Progress.Batches != 1 {
				t.Fatalf("%d: %v, %+v", waits, err, w.Progress)
			}
			continue
		}
		if err != nil || !slices.Equal(got, said(t)) {
			t.Errorf("heard %q, %v", got, err)
		}
		break
	}
	if waits != 4 {
		t.Errorf("it waited %d times", waits)
	}
	b.checkOnce()
}

// TestOtherModel: while replies are on their way nobody else is asked.
func TestOtherModel(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Looks: 3}})
	opt := b.options(t.TempDir(), nil)
	if _, err := talked(t.Context(), opt, false); !isWaiting(err) {
		t.Fatal(err)
	}
	other := opt
	other.Client = b.client(func(cfg *client.Config) { cfg.Model = "larger" })
	before := b.calls.Load()
	if _, err := talked(t.Context(), other, true); !errors.As(err, new(*OtherModel)) || !strings.Contains(err.Error(), "this run asks larger at ") || b.calls.Load() != before {
		t.Errorf("error %v after %d calls", err, b.calls.Load()-before)
	}
	if _, err := talked(t.Context(), opt, true); err != nil {
		t.Fatal(err)
	}
	if _, err := talked(t.Context(), other, true); err != nil {
		t.Errorf("when all replies are there: %v", err)
	}
}

// TestLimits: what may overstep a limit is not sent.
func TestLimits(t *testing.T) {
	for name, limit := range map[string]func(*Options){
		"--max-requests 3": func(o *Options) { o.MaxRequests = 3 },
		"--max-tokens 400": func(o *Options) { o.MaxTokens = 400 },
		"--max-cost":       func(o *Options) { o.MaxCost = 0.0001 },
		"price":            func(o *Options) { o.MaxCost, o.Price = 1, nil },
	} {
		b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}})
		opt := b.options(t.TempDir(), nil)
		limit(&opt)
		if _, err := talked(t.Context(), opt, true); !errors.Is(err, caller.ErrBudget) || !strings.Contains(err.Error(), name) || b.calls.Load() > 0 {
			t.Errorf("%s: %v after %d calls", name, err, b.calls.Load())
		}
	}
}

// TestKeyStaysOut: no file of the folder holds the key, whatever the provider echoes, and only the owner may read them.
func TestKeyStaysOut(t *testing.T) {
	echoes := fakellm.Rule{When: fakellm.When{UserContains: fakellm.Words{" c ["}}, Fault: fakellm.Fault{Kind: "400", Message: "you sent " + testKey + " and sk-t****cdef"}}
	tells := fakellm.Rule{Reply: `{"say": "` + testKey + `"}`, Usage: usual}
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echoes, tells}})
	dir := t.TempDir()
	_, err := talked(t.Context(), b.options(dir, nil), true)
	if err == nil || strings.Contains(err.Error(), "cdef") {
		t.Errorf("error %v", err)
	}
	seen := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(testKey)) || bytes.Contains(data, []byte("cdef")) {
			t.Errorf("%s holds the key: %s", path, data)
		}
		info, _ := e.Info()
		if seen++; info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil || seen < 2 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// TestNothingLeft: what was sent is deleted at the provider's when its replies are there.
func TestNothingLeft(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Expires: 0.5, Times: 1}})
	dir := t.TempDir()
	if _, err := talked(t.Context(), b.options(dir, nil), true); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/files", nil)
	req.Header.Set("Authorization", "Bearer "+testKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil || strings.Contains(body.String(), "file-") {
		t.Errorf("left at the provider's: %s, %v", body.String(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+inputEnding)); len(left) > 0 {
		t.Errorf("left in the folder: %v", left)
	}
}

// TestTornReplies: a line that a killed run did not write to its end is as good as none; damage elsewhere costs that reply.
func TestTornReplies(t *testing.T) {
	for cut := range 3 {
		b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}, Batches: fakellm.Batches{Looks: 2}})
		dir := t.TempDir()
		if _, err := talked(t.Context(), b.options(dir, nil), true); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, repliesName)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = data[:len(data)-[]int{1, 20, len(data) / 2}[cut]]
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := talked(t.Context(), b.options(dir, nil), true); err != nil || !slices.Equal(got, said(t)) {
			t.Errorf("heard %q, %v", got, err)
		}
	}
}

// TestSameJobTwice: what a job brought counts once, however often a run was killed while it had it.
func TestSameJobTwice(t *testing.T) {
	b := newBench(t, fakellm.Script{})
	d, err := Open(b.options(t.TempDir(), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var id [32]byte
	for i, name := range []string{"a", "a", "b"} {
		if err := d.shelf.put(&job{ID: name}, id, client.Outcome{Body: lostBody}); err != nil {
			t.Fatal(err)
		}
		if e, _ := d.shelf.find(id); e.tries != max(i, 1) {
			t.Errorf("%d tries", e.tries)
		}
	}
}

// TestLaterScan: what an earlier scan paid for comes from the cache for a later one.
func TestLaterScan(t *testing.T) {
	b := newBench(t, fakellm.Script{Rules: []fakellm.Rule{echo}})
	dir := t.TempDir()
	for scan := range 2 {
		d, err := Open(b.options(dir, nil))
		if err != nil {
			t.Fatal(err)
		}
		var spent caller.Spent
		err = d.Do(t.Context(), true, func(ctx context.Context, c *caller.Caller) error {
			a := c
			_, err := talk(ctx, a)
			if spent = c.Spent(); isWaiting(err) {
				return nil
			}
			return err
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		if scan == 0 && (spent.Requests != 6 || spent.CachedRequests != 0 || spent.CostUSD <= 0) || scan == 1 && (spent.Requests != 0 || spent.CachedRequests != 6 || spent.CostUSD != 0) {
			t.Errorf("scan %d: %+v", scan, spent)
		}
	}
	b.checkOnce()
}
