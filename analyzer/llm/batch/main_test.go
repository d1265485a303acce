package batch

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/fakellm"
	"whatif/analyzer/rules"
)

// usual is what each reply tells of its tokens: marks are drawn, and some take more tokens than others.
var usual = fakellm.Usage{Prompt: 3000, Cached: 1000, Completion: 200}

const testKey = "sk-test-0123456789abcdef"

// docs are two small documents. Their second halves are alike, so that some questions may be too.
var docs = []string{`# Invoice links

A customer uploads invoices with their bank account number.
The customer makes a link to a report of all invoices.
Anyone with the link can open the report.
Mailgrid sends the link by e-mail.

## Admins

Support staff can sign in as any customer.
Admins export all customer data as a file.
Links expire after 7 days.
`, `# Ride diary

Riders record their location every minute.
A rider shares the trip with friends by a public link.
The payment provider stores the card number.

## Recovery

A rider resets the password with a code sent to the phone.
Support staff can change the phone number on request.
`}

// A bench is a provider with what is asked of it.
type bench struct {
	t      *testing.T
	script fakellm.Script
	server *fakellm.Server
	url    string
	calls  atomic.Int64
	busy   sync.RWMutex       // read while a call is served
	before func(n int64) bool // reports whether the connection breaks before the call is done; set by breaks
	after  func(n int64) bool // and after
}

// breaks says at which calls the connection breaks, when those that are being served are done.
func (b *bench) breaks(before, after func(n int64) bool) {
	b.busy.Lock()
	defer b.busy.Unlock()
	b.before, b.after = before, after
}

func newBench(t *testing.T, script fakellm.Script) *bench {
	t.Helper()
	script.RequireKey = testKey
	script.Rules = append(script.Rules, fakellm.Rule{Reply: "demo", Usage: usual})
	b := &bench{t: t, script: script}
	var err error
	if b.server, err = fakellm.New(script); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.busy.RLock()
		defer b.busy.RUnlock()
		n := b.calls.Add(1)
		if b.before != nil && b.before(n) {
			panic(http.ErrAbortHandler)
		}
		if b.after != nil && b.after(n) {
			b.server.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		b.server.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	b.url = server.URL + "/v1"
	return b
}

func (b *bench) client(change ...func(*client.Config)) *client.Client {
	b.t.Helper()
	cfg := client.Config{BaseURL: b.url, Model: "fakellm", APIKey: testKey, Proxy: "none", Timeout: 20 * time.Second}
	for _, f := range change {
		f(&cfg)
	}
	c, err := client.New(cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(c.Close)
	return c
}

// options are those of a desk whose time does not pass.
func (b *bench) options(dir string, cache caller.Cache) Options {
	return Options{Client: b.client(), Dir: dir, Cache: cache, Price: price, Count: count, hasty: true,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func count(s string) int { return len(s)/4 + 1 }

func price(u client.Usage) (float64, bool) {
	return float64(u.Prompt)/1e6 + 4*float64(u.Completion)/1e6, true
}

func engine(t testing.TB, asker llm.Asker) *llm.Engine {
	t.Helper()
	e, err := llm.New(llm.Options{Asker: asker, Model: "fakellm", Count: count, Rules: &rules.Engine{}, Chunk: 60, Glean: true})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// analyze makes the drafts of the documents with a caller, nil for those whose replies are on their way.
func analyze(ctx context.Context, t testing.TB, c *caller.Caller) ([]string, error) {
	t.Helper()
	drafts, errs := make([]string, len(docs)), make([]error, len(docs))
	var all sync.WaitGroup
	for i, text := range docs {
		all.Go(func() {
			drafts[i], errs[i] = draftOf(ctx, engine(t, c.Account()), fmt.Sprintf("doc%d.md", i), text)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil && !isWaiting(err) {
			return nil, err
		}
	}
	return drafts, ctx.Err()
}

// draftOf returns the JSON of a draft. Costs are compared apart.
func draftOf(ctx context.Context, e *llm.Engine, name, text string) (string, error) {
	doc, err := document.Parse(ctx, []byte(text), document.Options{Path: name})
	if err != nil {
		return "", err
	}
	draft, err := analyzer.Analyze(ctx, doc, analyzer.Options{Engine: e})
	if err != nil {
		return "", err
	}
	if draft.Engine.CostUSD <= 0 {
		return "", fmt.Errorf("the draft of %s cost $%v", name, draft.Engine.CostUSD)
	}
	draft.Engine.CostUSD = 0
	data, err := json.MarshalIndent(draft, "", " ")
	return string(data), err
}

// ordinary makes the drafts in an ordinary run, and returns what it cost.
func ordinary(t *testing.T, script fakellm.Script) ([]string, caller.Spent) {
	t.Helper()
	script.Batches = fakellm.Batches{}
	b := newBench(t, script)
	m := b.client()
	c := caller.New(m, caller.Options{Identity: m.Identity(), Price: price, Count: count, Cache: newCache(),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	drafts, err := analyze(t.Context(), t, c)
	if err != nil {
		t.Fatal(err)
	}
	return drafts, c.Spent()
}

// posted makes the drafts with a desk until it is done or fails.
func posted(ctx context.Context, t testing.TB, opt Options, wait bool) (drafts []string, rounds int, err error) {
	t.Helper()
	d, err := Open(opt)
	if err != nil {
		return nil, 0, err
	}
	defer d.Close()
	err = d.Do(ctx, wait, func(ctx context.Context, c *caller.Caller) (err error) {
		rounds++
		drafts, err = analyze(ctx, t, c)
		return err
	})
	return drafts, rounds, err
}

// talk asks six questions, the last two about the replies to the others, and returns what it heard.
func talk(ctx context.Context, c *caller.Caller) (heard []string, err error) {
	for _, pass := range [][]string{{"a", "b", "c", "d"}, {"e", "f"}} {
		told := fmt.Sprint(heard)
		for _, name := range pass {
			mark := rand.Text()
			a, askErr := c.Ask(ctx, caller.Question{Pass: "talk", Name: name, Volatile: []string{mark}, Request: client.Request{System: "Answer in JSON.",
				User: mark + " " + name + " " + told, Schema: &client.Schema{Name: "say", JSON: saySchema}, MaxTokens: 100}, Accept: accept})
			heard, err = append(heard, a.Text), cmp.Or(err, askErr)
		}
		if err != nil {
			return nil, err
		}
	}
	return heard, ctx.Err()
}

var saySchema = json.RawMessage(`{"type":"object","properties":{"say":{"type":"string"}},"required":["say"],"additionalProperties":false}`)

// accept takes what has the form, and does not say no.
func accept(text string) error {
	var form struct{ Say *string }
	if err := json.Unmarshal([]byte(text), &form); err != nil || form.Say == nil || strings.HasPrefix(*form.Say, "no") {
		return errors.New("it has not the form")
	}
	return nil
}

// talked talks with a desk until it is done or fails.
func talked(ctx context.Context, opt Options, wait bool) (heard []string, err error) {
	d, err := Open(opt)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	err = d.Do(ctx, wait, func(ctx context.Context, c *caller.Caller) (err error) {
		if heard, err = talk(ctx, c); isWaiting(err) {
			err = nil
		}
		return err
	})
	return heard, err
}

// echo answers with the beginning of what is asked, but for marks.
var echo = fakellm.Rule{Template: `{"say": {{printf "you said %.20s" (slice .User 27) | json}}}`, Usage: usual}

// billed returns how often each line of a batch was answered.
func (b *bench) billed() map[string]int {
	lines := map[string]int{}
	for _, e := range b.server.Log() {
		if e.Batch != "" && e.Status == http.StatusOK {
			lines[e.Line]++
		}
	}
	return lines
}

// settle lets time pass at the provider's: batches end whether or not anybody looks.
func (b *bench) settle() {
	get := func(path string, into any) {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Authorization", "Bearer "+testKey)
		b.server.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			b.t.Fatal(err)
		}
	}
	var list struct{ Data []struct{ ID string } }
	get("/v1/batches?limit=100", &list)
	for _, batch := range list.Data {
		for told := (struct{ Status string }{}); !slices.Contains([]string{"completed", "expired", "cancelled", "failed"}, told.Status); {
			get("/v1/batches/"+batch.ID, &told)
		}
	}
}

// wasted lists what was paid for twice, or in the ordinary way.
func (b *bench) wasted() (list []string) {
	b.settle()
	for id, n := range b.billed() {
		if n > 1 {
			list = append(list, fmt.Sprintf("line %s was billed %d times", id, n))
		}
	}
	for _, e := range b.server.Log() {
		if e.Batch == "" {
			list = append(list, "an ordinary request: "+e.Path)
		}
	}
	return list
}

// checkOnce fails the test where something was paid for twice.
func (b *bench) checkOnce() {
	b.t.Helper()
	for _, w := range b.wasted() {
		b.t.Error(w)
	}
}

func checkSame(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				dir := t.ArtifactDir()
				if i < len(got) {
					_ = os.WriteFile(filepath.Join(dir, "got.json"), []byte(got[i]), 0o600)
				}
				_ = os.WriteFile(filepath.Join(dir, "want.json"), []byte(want[i]), 0o600)
				t.Errorf("draft %d is not that of an ordinary run", i)
			}
		}
	}
}

// A cache keeps replies in memory.
type cache struct {
	mu   sync.Mutex
	data map[[32]byte][]byte
}

func newCache() *cache { return &cache{data: map[[32]byte][]byte{}} }

func (c *cache) Get(key [32]byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	data, ok := c.data[key]
	return data, ok
}

func (c *cache) Put(key [32]byte, data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data[key] = data
	return nil
}

// moved copies a folder, as who goes on elsewhere does.
func moved(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}
