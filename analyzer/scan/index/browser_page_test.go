package index

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func pageOf(t testing.TB, x *Index) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := x.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows are the shown documents' columns as the page has them.
func rows(b *tab, column string) []string {
	b.t.Helper()
	var out []string
	raw := eval[string](b, `JSON.stringify([...document.querySelectorAll('#rows tr')].map(r => r.querySelector('`+column+`').textContent))`)
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		b.t.Fatal(err)
	}
	return out
}

// choose sets a select and tells the page.
func choose(b *tab, id, value string) {
	b.t.Helper()
	b.want(fmt.Sprintf(`(() => { const s = document.getElementById('%s'); s.value = %q; s.dispatchEvent(new Event('change')); return s.value === %q })()`, id, value, value))
}

const none = `document.querySelectorAll('#rows tr').length === 0`

// shows is the condition that the live region tells of n documents of all.
func shows(n, all int) string {
	return fmt.Sprintf(`document.getElementById('shown').textContent.startsWith('%d of %d documents')`, n, all)
}

func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	x := built(t, 300)
	page := pageOf(t, x)
	start := func(t *testing.T, width int64, features ...string) *tab {
		return openPage(t, browser, page, width, append(features, "prefers-reduced-motion=reduce")...)
	}
	t.Run("sorting", func(t *testing.T) { sorting(t, start(t, 1400), x) })
	t.Run("filters", func(t *testing.T) { filtering(t, start(t, 1400), x) })
	t.Run("keyboard", func(t *testing.T) { keyboard(start(t, 1400)) })
	t.Run("links narrow the table", func(t *testing.T) { narrowing(t, start(t, 1400), x) })
	t.Run("copies stand together", func(t *testing.T) {
		b := start(t, 1400)
		choose(b, "state", "copy")
		b.want(`[...document.querySelectorAll('#rows tr')].every(r => /same as /.test(r.textContent) && r.querySelector('th a').href.includes('/drafts/'))`)
		eval[bool](b, `document.getElementById('reset').click(), true`)
		b.want(`[...document.querySelectorAll('#rows .follow')].length > 0`)
		b.want(`[...document.querySelectorAll('#rows .follow')].every(r => /same as /.test(r.textContent))`)
		b.calm()
	})
	t.Run("dark", func(t *testing.T) {
		background := `getComputedStyle(document.body).backgroundColor`
		dark := eval[string](start(t, 1400, "prefers-color-scheme=dark"), background)
		b := start(t, 1400)
		b.want(background + ` === 'rgb(255, 255, 255)'`)
		b.do(chromedp.Click(chromedp.CSS(`#theme`)))
		b.want(background + ` === '` + dark + `'`)
	})
	t.Run("phone", func(t *testing.T) {
		b := start(t, 390)
		eval[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true), true`)
		b.want(`document.documentElement.scrollWidth <= 390`)
		choose(b, "sort", "low")
		b.want(`document.querySelector('#rows td.low').textContent === '0' || document.querySelector('#rows td.low').textContent === '–'`)
		b.calm()
	})
	t.Run("without scripts", func(t *testing.T) {
		b := start(t, 1400, noScripts)
		b.want(`document.querySelectorAll('.plainrows tbody tr').length === 100 && document.querySelector('.plainrows').getBoundingClientRect().height > 0`)
		b.want(`[...document.querySelectorAll('button, input, select')].every(e => e.getBoundingClientRect().height === 0)`)
		b.want(`document.querySelector('noscript a[href="index.md"]') !== null && document.querySelectorAll('.heatmap tbody tr').length > 10`)
	})
	t.Run("print", func(t *testing.T) {
		b := start(t, 1400)
		eval[bool](b, `window.dispatchEvent(new Event('beforeprint')), true`)
		b.want(`document.querySelectorAll('#rows tr').length === 300 && document.querySelectorAll('details:not([open])').length === 0`)
		b.calm()
	})
}

func sorting(t *testing.T, b *tab, x *Index) {
	var high []string
	for _, i := range x.byWeight() {
		high = append(high, fmt.Sprint(x.docs[i].high))
	}
	if got := rows(b, ".high"); got[0] != high[0] || len(got) != 25 {
		t.Errorf("the first rows have %v findings of high priority, want %v", got, high[:25])
	}
	b.want(`document.getElementById('head-high').getAttribute('aria-sort') === 'descending'`)
	for _, key := range []string{"title", "path", "high", "medium", "low", "open", "data", "state"} {
		b.do(chromedp.Click(chromedp.CSS(`#head-` + key + ` button`)))
		b.want(fmt.Sprintf(`document.querySelectorAll('[aria-sort]').length === 1 && document.getElementById('head-%s').hasAttribute('aria-sort')`, key))
	}
	eval[bool](b, `location.hash = 'sort=-low&state=done', true`)
	b.want(`document.getElementById('head-low').getAttribute('aria-sort') === 'descending'`)
	lows := 0
	for i := range x.docs {
		lows = max(lows, x.docs[i].lowest())
	}
	if got := rows(b, ".low"); got[0] != fmt.Sprint(lows) {
		t.Errorf("the first row has %s findings of low priority, want %d", got[0], lows)
	}
	b.do(chromedp.Click(chromedp.CSS(`#head-path button`)))
	b.want(`(() => { const p = [...document.querySelectorAll('#rows tr:not(.follow) .path')].map(e => e.textContent); return p.length > 10 && p.every((v, i) => !i || p[i - 1] < v) })()`)
	b.calm()
}

func filtering(t *testing.T, b *tab, x *Index) {
	n := func(fits func(d *doc) bool) (n int) {
		for i := range x.docs {
			if fits(&x.docs[i]) {
				n++
			}
		}
		return n
	}
	b.do(chromedp.SendKeys(chromedp.CSS(`#q`), "PASSKEYS growth"))
	b.want(shows(n(func(d *doc) bool {
		return strings.Contains(strings.ToLower(d.name), "passkeys") && strings.Contains(strings.ToLower(d.name), "growth")
	}), 300))
	b.want(`location.hash === '#q=PASSKEYS+growth'`)
	b.do(chromedp.SendKeys(chromedp.CSS(`#q`), " zzz"))
	b.want(none + ` && !document.getElementById('none').hidden`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.want(`document.getElementById('q').value === '' && document.getElementById('shown').textContent.startsWith('300 documents')`)
	choose(b, "folder", "product")
	choose(b, "folder", "product/payments")
	b.want(shows(n(func(d *doc) bool { return strings.HasPrefix(d.name, "product/payments/") }), 300))
	choose(b, "priority", "high")
	both := n(func(d *doc) bool { return strings.HasPrefix(d.name, "product/payments/") && d.high > 0 })
	b.want(shows(both, 300))
	eval[bool](b, `history.back(), true`)
	b.want(shows(n(func(d *doc) bool { return strings.HasPrefix(d.name, "product/payments/") }), 300))
	eval[bool](b, `history.forward(), true`)
	b.want(shows(both, 300) + ` && document.getElementById('priority').value === 'high'`)
	b.do(chromedp.Click(chromedp.CSS(`#reset`)))
	for id, c := range map[string]struct {
		value string
		fits  func(d *doc) bool
	}{
		"kind":       {"health", func(d *doc) bool { return slices.Contains(d.sensitiveNames(), "health") }},
		"state":      {"failed", func(d *doc) bool { return d.state == "failed" }},
		"category":   {"impersonation", func(d *doc) bool { return d.categories&2 != 0 }},
		"unanswered": {x.keys[3], func(d *doc) bool { return len(d.status) > 3 && d.status[3] == unanswered }},
	} {
		want := n(c.fits)
		if id != "category" && want == 0 {
			t.Errorf("no document fits %s %s: the sample is too poor", id, c.value)
		}
		if want == 0 {
			continue
		}
		choose(b, id, c.value)
		b.want(shows(want, 300))
		b.do(chromedp.Click(chromedp.CSS(`#reset`)))
	}
	b.calm()
}

func keyboard(b *tab) {
	b.do(chromedp.KeyEvent("/"))
	b.want(`document.activeElement.id === 'q'`)
	b.do(chromedp.KeyEvent("np?"))
	b.want(`document.getElementById('q').value.endsWith('np?') && !document.getElementById('help').open`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.want(`document.getElementById('q').value === ''`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.do(chromedp.KeyEvent("n"))
	b.want(`document.getElementById('page-of').textContent === '2 / 12' && location.hash === '#page=2'`)
	b.do(chromedp.KeyEvent("pp"))
	b.want(`document.getElementById('page-of').textContent === '1 / 12' && document.getElementById('prev').getAttribute('aria-disabled') === 'true'`)
	b.do(chromedp.KeyEvent("?"))
	b.want(`document.getElementById('help').open`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.want(`!document.getElementById('help').open`)
	eval[bool](b, `document.querySelector('#head-medium button').focus(), true`)
	b.do(chromedp.KeyEvent("\r"))
	b.want(`document.getElementById('head-medium').getAttribute('aria-sort') === 'descending'`)
	eval[bool](b, `document.querySelector('.heatmap tbody a').focus(), true`)
	b.do(chromedp.KeyEvent("\r"))
	b.want(`location.hash.startsWith('#folder=') && document.activeElement.id === 'documents-title'`)
	b.do(chromedp.KeyEvent("x"))
	b.want(`document.getElementById('shown').textContent.startsWith('300 documents')`)
	b.calm()
}

// narrowing follows the first link of each part: the table must show as many documents as the link's row says.
func narrowing(t *testing.T, b *tab, x *Index) {
	for link, want := range map[string]int{
		`.asked a[data-filter]`:                        x.questions()[0].Unanswered,
		`.themes td a[data-filter]`:                    len(x.recurring()[0].docs),
		`.assets td.num a[data-filter]`:                len(x.sortedAssets()[0].docs),
		`.assets .chips a[data-filter]`:                len(x.edges(x.sortedAssets()[0])[0].docs),
		`.vendors a[data-filter]`:                      len(x.sortedVendors()[0].docs),
		`.heatmap tbody tr:first-child a[data-filter]`: func() int { f, _ := x.folders(); return f[0].Docs }(),
	} {
		b.do(chromedp.Click(chromedp.CSS(link)))
		b.want(shows(want, 300))
		if t.Failed() {
			t.Fatalf("after a click on %s: %s", link, eval[string](b, `document.getElementById('shown').textContent`))
		}
	}
	b.do(chromedp.Click(chromedp.CSS(`.assets td.num a[data-filter]`)))
	address := eval[string](b, `location.hash`)
	b.do(chromedp.Click(chromedp.CSS(`#picked button`)))
	b.want(`document.getElementById('shown').textContent.startsWith('300 documents') && document.getElementById('picked').hidden`)
	eval[bool](b, `location.hash = '`+address+`', true`)
	b.want(shows(len(x.sortedAssets()[0].docs), 300))
	eval[bool](b, `location.hash = '#asset=__proto__&sent=constructor&sort=__proto__', true`)
	b.want(none)
	b.calm()
}

// TestBrowserLinks compares the addresses that the page makes with the files that are there.
func TestBrowserLinks(t *testing.T) {
	browser := startBrowser(t)
	all := small()
	all[0].Files = append(all[0].Files, "drafts/elsewhere/x.html", "/etc/passwd", "../up.html")
	b := openPage(t, browser, pageOf(t, index(smallOptions(), all)), 1400)
	var got []string
	raw := eval[string](b, `JSON.stringify([...document.querySelectorAll('#rows .files a')].map(a => a.getAttribute('href')))`)
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, r := range small() {
		for _, f := range r.Files {
			files[f] = true
		}
	}
	for _, href := range got {
		u, err := url.Parse(href)
		if err != nil || !files[u.Path] || u.Fragment != "" || u.RawQuery != "" {
			t.Errorf("a link leads to %s (%v)", href, err)
		}
	}
	if want := len(files) + 3; len(got) != want { // those of the copy's original once more
		t.Errorf("%d links, want %d: %v", len(got), want, got)
	}
	b.calm()
}

func TestBrowserAccessible(t *testing.T) {
	browser := startBrowser(t)
	page := pageOf(t, built(t, 300))
	for _, c := range []struct {
		name  string
		page  []byte
		width int64
		media string
	}{{"light", page, 1400, "prefers-color-scheme=light"}, {"dark", page, 1400, "prefers-color-scheme=dark"}, {"phone", page, 390, "prefers-color-scheme=light"},
		{"small", pageOf(t, index(smallOptions(), small())), 1400, "prefers-color-scheme=dark"}, {"empty", pageOf(t, New(Options{Title: "docs/"})), 1400, "prefers-color-scheme=light"}} {
		t.Run(c.name, func(t *testing.T) {
			b := openPage(t, browser, c.page, c.width, c.media, "prefers-reduced-motion=reduce")
			eval[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true), document.querySelectorAll('.assets td.num a').forEach((a, i) => i || a.click()), true`)
			bad, passes := b.axe(t)
			if passes < 10 {
				t.Errorf("axe ran %d checks only: it did not look at the page", passes)
			}
			for _, v := range bad {
				t.Errorf("axe: %s", v)
			}
			b.want(fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, c.width))
			b.calm()
		})
	}
	t.Run("a planted fault is found", func(t *testing.T) {
		b := openPage(t, browser, bytes.Replace(pageOf(t, New(Options{})), []byte("<main "), []byte(`<main><button></button><main `), 1), 1400)
		if bad, _ := b.axe(t); !strings.Contains(strings.Join(bad, " "), "button-name") {
			t.Errorf("axe did not find a button without a name: %v", bad)
		}
	})
}

// TestBrowserHostile opens a page full of attacks: nothing may run, complain or be asked for.
func TestBrowserHostile(t *testing.T) {
	browser := startBrowser(t)
	x, all := hostileIndex()
	b := openPage(t, browser, pageOf(t, x), 390)
	b.want(`document.querySelectorAll('#rows tr').length === 25 && document.querySelectorAll('img, iframe, object').length === 0`)
	b.want(`document.documentElement.scrollWidth <= 390`)
	eval[bool](b, `['unanswered', 'folder', 'category', 'kind', 'state'].forEach(id => { const s = document.getElementById(id);
		[...s.options].map(o => o.value).forEach(v => { s.value = v; s.dispatchEvent(new Event('change')) }) }), true`)
	eval[bool](b, `[...document.querySelectorAll('a[data-filter]')].slice(0, 60).forEach(a => a.click()), document.getElementById('reset').click(), true`)
	b.want(fmt.Sprintf(`document.getElementById('shown').textContent.startsWith('%d documents')`, len(all)))
	b.want(`[...document.querySelectorAll('a')].every(a => a.protocol === 'file:')`)
	b.calm()
}

// TestBrowserLarge opens ten thousand documents, and tells how long the first paint, a sort and a search take.
func TestBrowserLarge(t *testing.T) {
	browser := startBrowser(t)
	page := pageOf(t, built(t, 10_000))
	if len(page) > 10<<20 {
		t.Errorf("the page has %d MB", len(page)>>20)
	}
	b := openPage(t, browser, page, 1400, "prefers-reduced-motion=reduce")
	b.want(`performance.getEntriesByName('first-contentful-paint').length === 1`)
	times := eval[string](b, `(() => { const n = performance.getEntriesByType('navigation')[0], ms = f => { const t = performance.now(); f(); document.body.offsetHeight; return Math.round(performance.now() - t) };
		const q = document.getElementById('q');
		return 'first paint ' + Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime) + ' ms, ready ' + Math.round(n.domContentLoadedEventEnd) +
			' ms, search ' + ms(() => { q.value = 'fraud growth'; q.dispatchEvent(new Event('input')) }) + ' ms, all again ' + ms(() => document.getElementById('reset').click()) +
			' ms, by title ' + ms(() => document.querySelector('#head-title button').click()) + ' ms, by low ' + ms(() => document.querySelector('#head-low button').click()) + ' ms' })()`)
	t.Logf("%d kB: %s", len(page)>>10, times)
	b.want(`document.querySelectorAll('#rows tr').length === 25`)
	b.calm()
}
