package document

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A pageMaker writes a page of words that tell themselves apart, and remembers which of them a reader sees.
type pageMaker struct {
	t            *rapid.T
	page         strings.Builder
	n            int
	seen, unseen []string
}

func (m *pageMaker) word(hidden bool) {
	m.n++
	w := fmt.Sprintf("w%dx", m.n)
	if hidden {
		m.unseen = append(m.unseen, w)
	} else {
		m.seen = append(m.seen, w)
	}
	m.page.WriteString(w)
	m.page.WriteString(rapid.SampledFrom([]string{" ", "\n", ". ", "&amp; ", "&nbsp;", " &lt;b&gt; ", ", "}).Draw(m.t, "gap"))
}

func (m *pageMaker) inline(hidden bool, depth int) {
	for range rapid.IntRange(1, 4).Draw(m.t, "words") {
		m.word(hidden)
	}
	if depth == 0 {
		return
	}
	switch rapid.IntRange(0, 6).Draw(m.t, "inline") {
	case 0:
		m.wrap("<b class='x'>", "</b>", func() { m.inline(hidden, depth-1) })
	case 1:
		m.wrap(`<a href="a>b">`, "</a>", func() { m.inline(hidden, depth-1) })
	case 2:
		m.wrap("<span style='display:none'>", "</span>", func() { m.inline(true, depth-1) })
	case 3:
		m.page.WriteString("<!-- ")
		m.word(true)
		m.word(true)
		m.page.WriteString("-->")
	case 4:
		m.wrap("<i>", "", func() { m.inline(hidden, depth-1) })
	}
	m.word(hidden)
}

func (m *pageMaker) wrap(open, shut string, f func()) {
	m.page.WriteString(open)
	f()
	m.page.WriteString(shut)
}

func (m *pageMaker) block(hidden bool, depth int) {
	in := func() { m.inline(hidden, 2) }
	nest := func() {
		for range rapid.IntRange(1, 3).Draw(m.t, "blocks") {
			if depth > 0 {
				m.block(hidden, depth-1)
			} else {
				in()
			}
		}
	}
	switch rapid.IntRange(0, 10).Draw(m.t, "block") {
	case 0:
		m.wrap("<h2>", "</h2>", in)
	case 1:
		m.wrap("<p>", rapid.SampledFrom([]string{"</p>", ""}).Draw(m.t, "end"), in)
	case 2:
		m.wrap("<div>", "</div>", nest)
	case 3:
		m.wrap("<ul><li>", "</ul>", func() { in(); m.page.WriteString("<li>"); nest() })
	case 4:
		m.wrap("<table><tr><th>", "</table>", func() {
			in()
			m.page.WriteString("<th>")
			in()
			m.page.WriteString("<tr><td rowspan=2>")
			in()
			m.page.WriteString("<td>")
			nest()
			m.page.WriteString("<tr><td>")
			in()
		})
	case 5:
		m.wrap("<pre>", "</pre>", in)
	case 6:
		m.wrap("<div hidden>", "</div>", func() { m.block(true, max(depth-1, 0)) })
	case 7:
		m.wrap("<dl><dt>", "</dl>", func() { in(); m.page.WriteString("<dd>"); in() })
	case 8:
		m.wrap("<blockquote>", "</blockquote>", nest)
	case 9:
		m.wrap("<script>var hiddenScript = '<p>';", "</script>", func() {})
	case 10:
		m.wrap("<p>", "</p>", func() { in(); m.page.WriteString("<br>"); in() })
	}
}

func TestHTMLProperties(t *testing.T) {
	word := regexp.MustCompile(`w\d+x`)
	rapid.Check(t, func(rt *rapid.T) {
		m := &pageMaker{t: rt}
		m.page.WriteString("<html><body>")
		m.word(false)
		for range rapid.IntRange(1, 5).Draw(rt, "top") {
			m.block(false, 2)
		}
		d, err := Parse(context.Background(), []byte(m.page.String()), Options{Format: HTML})
		if err != nil {
			rt.Fatalf("%v", err)
		}
		var seen []string
		hidden := map[string]bool{}
		for _, s := range d.Sentences {
			found := word.FindAllString(s.Text, -1)
			for _, v := range s.Veiled {
				for _, w := range word.FindAllString(d.Source[v.Start:v.End], -1) {
					hidden[w] = true
				}
			}
			if s.Kind != Hidden {
				seen = append(seen, found...)
				continue
			}
			for _, w := range found {
				hidden[w] = true
			}
		}
		if strings.Join(seen, " ") != strings.Join(m.seen, " ") {
			rt.Fatalf("seen %v\nwant %v\n%s", seen, m.seen, m.page.String())
		}
		for _, w := range m.unseen {
			if !hidden[w] {
				rt.Fatalf("hidden %s is lost\n%s", w, m.page.String())
			}
		}
		soundDocument(t, d)
		if !strings.Contains(d.Source, "<pre>") {
			soundHTML(t, d)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, page := range []string{"<p>a<b>c", "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>", "<!--a b--><p hidden>c d</p>&amp;",
		"<ul><li>a<ul><li>b</ul></ul><pre>x\ny</pre>", "<ac:task-body><![CDATA[a]]></ac:task-body>", "<svg><style>a</style><text>b</text></svg>"} {
		f.Add(page)
	}
	if page, err := os.ReadFile("testdata/pdf/tagged.html"); err == nil {
		f.Add(string(page))
	}
	f.Fuzz(func(t *testing.T, page string) {
		d, err := Parse(context.Background(), []byte(page), Options{Format: HTML, Limits: Limits{Time: 5 * time.Second}})
		if errors.Is(err, ErrTooSlow) {
			t.Fatal(err)
		}
		if err == nil {
			soundDocument(t, d)
		}
	})
}

func BenchmarkHTML(b *testing.B) {
	page, err := os.ReadFile("testdata/pdf/tagged.html")
	if err != nil {
		b.Fatal(err)
	}
	raw := []byte("<body>" + strings.Repeat(string(page), 1<<20/len(page)))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(context.Background(), raw, Options{Format: HTML}); err != nil {
			b.Fatal(err)
		}
	}
}
