package index

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browsers are the names under which Chromium may stand on PATH.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// startBrowser starts a headless browser, or skips the test loudly where there is none.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range browsers {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		fmt.Fprintln(os.Stderr, "index: NOT TESTED IN A BROWSER: no Chromium on PATH (looked for "+strings.Join(browsers, ", ")+")")
		t.Skip("no Chromium on PATH: the page was not tested in a browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return ctx
}

// A tab is an open page, with what the browser complained about and what it asked the network for.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string
	requests []string
}

// openPage opens a page in a tab of its own. Features are of the kind "prefers-color-scheme=dark".
func openPage(t *testing.T, browser context.Context, page []byte, width int64, features ...string) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.html")
	if err := os.WriteFile(path, page, 0o600); err != nil {
		t.Fatal(err)
	}
	b := &tab{t: t}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(b.listen))
	b.ctx = ctx
	t.Cleanup(cancel)
	b.do(b.watch(features), chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path))
	return b
}

func (b *tab) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		b.troubles = append(b.troubles, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.troubles = append(b.troubles, "console: "+string(e.Type))
	case *log.EventEntryAdded:
		b.troubles = append(b.troubles, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, "file://") && !strings.HasPrefix(u, "data:") && u != "about:blank" {
			b.requests = append(b.requests, u)
		}
	}
}

// noScripts is a feature for openPage: the page's own scripts do not run.
const noScripts = "scripts=none"

// watch turns on the reports of troubles and requests, and sets media features.
func (b *tab) watch(features []string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		media := emulation.SetEmulatedMediaParams{}
		for _, f := range features {
			if f == noScripts {
				if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
					return chromedp.Void{}, err
				}
				continue
			}
			name, value, _ := strings.Cut(f, "=")
			media.Features = append(media.Features, &emulation.MediaFeature{Name: name, Value: value})
		}
		if _, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{})
		return chromedp.Void{}, err
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns the value of an expression as the page sees it.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// want fails unless the expression is true, now or soon.
func (b *tab) want(js string) {
	b.t.Helper()
	for range 40 {
		if eval[bool](b, js) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Errorf("not so: %s", js)
}

// calm fails if the page caused trouble or asked for anything.
func (b *tab) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.troubles) > 0 {
		b.t.Errorf("the browser complains: %s", strings.Join(b.troubles, "; "))
	}
	if len(b.requests) > 0 {
		b.t.Errorf("the page asks for %s", strings.Join(b.requests, ", "))
	}
}

// A violation is what axe found.
type violation struct {
	ID     string
	Impact string
	Nodes  []struct{ HTML string }
}

// axe returns the violations of a page that are serious or critical, as text, and how many checks passed.
func (b *tab) axe(t *testing.T) (bad []string, passes int) {
	t.Helper()
	code, err := os.ReadFile("../../render/testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	eval[bool](b, string(code)+"\n;true")
	var result struct {
		Violations []violation
		Passes     int
	}
	raw := eval[string](b, `axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify({Violations: r.violations.map(v =>
		({ID: v.id, Impact: v.impact, Nodes: v.nodes.map(n => ({HTML: n.target + ': ' + n.html}))})), Passes: r.passes.length}))`)
	if err := json.Unmarshal([]byte(raw), &result); err != nil {
		t.Fatal(err)
	}
	for _, v := range result.Violations {
		if v.Impact == "serious" || v.Impact == "critical" {
			bad = append(bad, fmt.Sprintf("%s (%s), %d times: %.300s", v.ID, v.Impact, len(v.Nodes), v.Nodes[0].HTML))
		}
	}
	return bad, result.Passes
}
