package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"whatif/analyzer/document"
	tm "whatif/analyzer/threatmodel"
)

func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	page := report(t)
	open := func(t *testing.T, width int64, features ...string) *tab {
		return openPage(t, browser, page, width, append(features, "prefers-reduced-motion=reduce")...)
	}
	lit := `document.querySelectorAll('.lit').length === 1`

	t.Run("a click on a citation lights its sentence", func(t *testing.T) {
		b := open(t, 1400)
		b.do(chromedp.Click(chromedp.CSS(`.finding a.cite`)))
		b.want(lit + ` && document.querySelector('.lit').textContent.includes('Anyone with the link')`)
		b.want(`(() => { const r = document.querySelector('.lit').getBoundingClientRect(); return r.top > 0 && r.bottom < innerHeight })()`)
		b.want(`document.activeElement === document.querySelector('.lit')`)
		b.do(chromedp.KeyEvent("\x1b"))
		b.want(`document.activeElement.matches('.finding a.cite')`)
		b.calm()
	})
	t.Run("a sentence leads to its findings", func(t *testing.T) {
		b := open(t, 1400)
		b.do(chromedp.Click(chromedp.CSS(`#source .ref[href="#f-T-44f1"]`)))
		b.want(`document.querySelector('#f-T-44f1 details').open && document.activeElement.id === 'f-T-44f1'`)
		b.calm()
	})
	t.Run("filters", func(t *testing.T) { filters(t, open(t, 1400)) })
	t.Run("keyboard", func(t *testing.T) { keyboard(t, open(t, 1400)) })
	t.Run("dark", func(t *testing.T) {
		background := `getComputedStyle(document.body).backgroundColor`
		light, dark := eval[string](open(t, 1400), background), eval[string](open(t, 1400, "prefers-color-scheme=dark"), background)
		if light == dark || light != "rgb(255, 255, 255)" {
			t.Errorf("background: light %s, dark %s", light, dark)
		}
		b := open(t, 1400)
		b.do(chromedp.Click(chromedp.CSS(`#theme`)))
		b.want(background + ` === '` + dark + `'`)
	})
	t.Run("phone", func(t *testing.T) {
		b := open(t, 390)
		b.want(`document.documentElement.scrollWidth <= 390`)
		eval[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true), true`)
		b.want(`document.documentElement.scrollWidth <= 390`)
		b.do(chromedp.Click(chromedp.CSS(`.finding a.cite`)))
		b.want(lit + ` && getComputedStyle(document.getElementById('source')).position === 'fixed'`)
		b.want(`(() => { const r = document.querySelector('.lit').getBoundingClientRect(); return r.top > innerHeight * .4 && r.bottom < innerHeight })()`)
		b.do(chromedp.Click(chromedp.CSS(`#close-doc`)))
		b.want(`getComputedStyle(document.getElementById('source')).display === 'none'`)
		b.calm()
	})
	t.Run("without scripts", func(t *testing.T) {
		b := open(t, 1400, noScripts)
		b.want(`!document.querySelector('.lit') && document.querySelectorAll('.finding').length === 5`)
		b.want(`document.querySelector('.finding summary').getBoundingClientRect().height > 0 && document.querySelectorAll('#source .s').length > 20`)
		b.do(chromedp.Click(chromedp.CSS(`.finding a.cite`)))
		b.want(`document.querySelector(location.hash).matches(':target') && document.querySelector(location.hash).textContent.includes('Anyone with the link')`)
		b.want(`(() => { const r = document.querySelector(':target').getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight })()`)
		b.want(`[...document.querySelectorAll('button, input, select')].every(e => e.getBoundingClientRect().height === 0)`)
	})
	t.Run("print", func(t *testing.T) {
		b := open(t, 1400)
		closed := pages(b)
		eval[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true), true`)
		if opened := pages(b); closed != opened || opened < 4 {
			t.Errorf("%d pages, but %d when all was opened by hand: the findings are not printed open", closed, opened)
		}
		b.want(`document.querySelectorAll('details:not([open])').length === 0`)
		b.calm()
	})
}

// pages prints the page on A4 and counts the sheets.
func pages(b *tab) int {
	b.t.Helper()
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		b.t.Fatalf("printing: %v, %.10q", err, pdf)
	}
	return bytes.Count(pdf, []byte("/Type /Page\n"))
}

func filters(t *testing.T, b *tab) {
	shown := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll('.finding:not([hidden])').length === %d`, n)
	}
	b.want(shown(5))
	b.do(chromedp.Click(chromedp.CSS(`.seg [data-p=high]`)))
	b.want(shown(3) + ` && document.getElementById('shown').textContent === '3 of 5 shown'`)
	b.do(chromedp.Click(chromedp.CSS(`#reset`)))
	b.want(shown(5))
	b.do(chromedp.SendKeys(chromedp.CSS(`#q`), "curiosity AGENT"))
	b.want(shown(1))
	b.do(chromedp.SendKeys(chromedp.CSS(`#q`), "zzz"))
	b.want(shown(0) + ` && !document.getElementById('none').hidden`)
	b.do(chromedp.Click(chromedp.CSS(`#reset2`)))
	pick := func(id, label string) {
		eval[bool](b, fmt.Sprintf(`(() => { const s = document.getElementById('%s'); s.value = [...s.options].find(o => o.text === '%s').value;
			s.dispatchEvent(new Event('change')); return true })()`, id, label))
	}
	pick("category", "Data exposure")
	b.want(shown(2))
	pick("section", "3.2 Sharing")
	b.want(shown(1))
	b.calm()
}

func keyboard(t *testing.T, b *tab) {
	b.do(chromedp.KeyEvent("j"))
	b.want(`document.activeElement.id === 'f-T-81d2'`)
	b.do(chromedp.KeyEvent("jj"))
	b.want(`document.activeElement.id === 'f-T-90aa' && document.activeElement.querySelector('details').open`)
	b.do(chromedp.KeyEvent("k"))
	b.want(`document.activeElement.id === 'f-T-2c07'`)
	b.do(chromedp.KeyEvent("\r"))
	b.want(`document.querySelector('.lit').textContent.includes('from the back office')`)
	b.do(chromedp.KeyEvent("/"))
	b.want(`document.activeElement.id === 'q'`)
	b.do(chromedp.KeyEvent("j?"))
	b.want(`document.getElementById('q').value.endsWith('j?') && !document.getElementById('help').open`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.do(chromedp.KeyEvent("?"))
	b.want(`document.getElementById('help').open`)
	b.do(chromedp.KeyEvent("\x1b"))
	b.want(`!document.getElementById('help').open`)
	b.do(chromedp.KeyEvent("d"))
	b.want(`getComputedStyle(document.getElementById('source')).display === 'none'`)
	b.calm()
}

func TestBrowserAccessible(t *testing.T) {
	browser := startBrowser(t)
	page := report(t)
	var bare bytes.Buffer
	if err := HTML(&bare, quiet(), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		page  []byte
		width int64
		media string
	}{{"light", page, 1400, "prefers-color-scheme=light"}, {"dark", page, 1400, "prefers-color-scheme=dark"}, {"phone", page, 390, "prefers-color-scheme=light"},
		{"quiet", bare.Bytes(), 1400, "prefers-color-scheme=light"}} {
		t.Run(c.name, func(t *testing.T) {
			b := openPage(t, browser, c.page, c.width, c.media, "prefers-reduced-motion=reduce")
			eval[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true), document.querySelectorAll('a.cite').forEach((a, i) => i || a.click()), true`)
			bad, passes := b.axe(t)
			if passes < 10 {
				t.Errorf("axe ran %d checks only: it did not look at the page", passes)
			}
			for _, v := range bad {
				t.Errorf("axe: %s", v)
			}
		})
	}
	t.Run("a planted fault is found", func(t *testing.T) {
		b := openPage(t, browser, bytes.Replace(page, []byte("<main "), []byte(`<main><button></button><p class="dim"><a href="#x"></a></p><main `), 1), 1400)
		if bad, _ := b.axe(t); !strings.Contains(strings.Join(bad, " "), "button-name") {
			t.Errorf("axe did not find a button without a name: %v", bad)
		}
	})
}

// TestBrowserHostile opens a page full of attacks: nothing may run, complain or be asked for.
func TestBrowserHostile(t *testing.T) {
	browser := startBrowser(t)
	d, doc := sample(t)
	poisonTexts(d, strings.Join(attacks, " "))
	for i := range doc.Sentences {
		doc.Sentences[i].Text = attacks[i%len(attacks)]
	}
	var b bytes.Buffer
	if err := HTML(&b, d, doc); err != nil {
		t.Fatal(err)
	}
	tab := openPage(t, browser, b.Bytes(), 390)
	tab.want(`document.documentElement.scrollWidth <= 390`)
	tab.calm()
}

// TestBrowserLarge opens 200 findings beside 2,000 sentences: filters and citations must stay quick.
func TestBrowserLarge(t *testing.T) {
	browser := startBrowser(t)
	d, doc := large(t, 200, 2000)
	var out bytes.Buffer
	if err := HTML(&out, d, doc); err != nil {
		t.Fatal(err)
	}
	b := openPage(t, browser, out.Bytes(), 1400, "prefers-reduced-motion=reduce")
	ms := eval[float64](b, `(() => { const t = performance.now(); const q = document.getElementById('q'); q.value = 'forwarded';
		q.dispatchEvent(new Event('input')); document.body.offsetHeight; document.querySelector('.finding:not([hidden]) a.cite').click(); document.body.offsetHeight;
		return performance.now() - t })()`)
	t.Logf("%d kB, filter and citation in %.0f ms", out.Len()>>10, ms)
	if ms > 2000 {
		t.Errorf("filter and citation took %.0f ms", ms)
	}
	b.want(`document.querySelectorAll('.lit').length === 1`)
	b.calm()
}

// large repeats the sample's cases and document.
func large(t testing.TB, cases, sentences int) (*tm.Draft, *document.Document) {
	d, doc := sample(t)
	base := d.AbuseCases
	for i := len(base); i < cases; i++ {
		c := base[i%len(base)]
		c.ID = fmt.Sprintf("T-%04d", i)
		d.AbuseCases = append(d.AbuseCases, c)
	}
	first, blocks := len(doc.Sentences), 0
	for _, s := range doc.Sentences {
		blocks = max(blocks, s.Block)
	}
	for i := first; i < sentences; i++ {
		s := doc.Sentences[i%first]
		s.Num, s.Block = i+1, s.Block+blocks*(i/first)
		doc.Sentences = append(doc.Sentences, s)
	}
	return d, doc
}
