package document

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

func init() { loaders[HTML] = loadHTML }

// loadHTML reads a page as a reader sees it: the exports of wikis and word processors, saved pages, pages written by hand.
//
// Source is the page itself, byte for byte, so that a span holds tags and entities; Text is what they stand for. Parts with
// no words of the author's (scripts, navigation, the head) are left out, and words that no reader sees are kept apart as
// sentences of kind [Hidden].
func loadHTML(ctx context.Context, b *builder, raw []byte, limits Limits) error {
	if b.doc.Source == "" {
		b.doc.Source, b.doc.Encoding = decodeHTML(raw, b.doc.Encoding)
	}
	nesting := limits.Nesting
	if nesting <= 0 {
		nesting = DefaultLimits.Nesting
	}
	tree, err := parseHTML(ctx, b.doc.Source, nesting)
	if err != nil {
		return err
	}
	w := &htmlWalker{t: tree, b: b, css: stylesOf(tree)}
	w.head(tree.root)
	w.children(tree.root, htmlPlace{kind: Prose, look: plainLook})
	w.flush()
	b.doc.Title = w.pickTitle()
	if w.comments > 0 {
		b.doc.Warnings = append(b.doc.Warnings, commentsWarning(w.comments))
	}
	return nil
}

func commentsWarning(n int) Warning {
	if n == 1 {
		return Warning{Code: "comments", Message: "The file has 1 comment in its margin, which was not read."}
	}
	return Warning{Code: "comments", Message: fmt.Sprintf("The file has %d comments in its margin, which were not read.", n)}
}

// head looks for the title element, wherever a page has it.
func (w *htmlWalker) head(n *htmlNode) {
	for c := n.first; c != nil && w.title == ""; c = c.next {
		if c.kind != elementNode {
			continue
		}
		if c.tag == atom.Title && c.first != nil && n.tag != atom.Svg {
			w.title = strings.Join(strings.Fields(html.UnescapeString(w.t.src[c.first.start:c.last.end])), " ")
			return
		}
		w.head(c)
	}
}

// pickTitle prefers the page's one main heading to the title of the window, which names the site too.
func (w *htmlWalker) pickTitle() string {
	if len(w.titles) == 1 || (w.title == "" && len(w.titles) > 0) {
		return w.titles[0]
	}
	return w.title
}

var metaCharset = lazy(`(?i)<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:-]{1,40})`)

// charsets are the single-byte encodings of old exports by the names that pages give them.
var charsets = map[string]struct {
	name string
	enc  *charmap.Charmap
}{
	"windows-1252": {"windows-1252", charmap.Windows1252},
	"cp1252":       {"windows-1252", charmap.Windows1252},
	"iso-8859-1":   {"windows-1252", charmap.Windows1252}, // as browsers read it
	"latin1":       {"windows-1252", charmap.Windows1252},
	"us-ascii":     {"windows-1252", charmap.Windows1252},
	"iso-8859-15":  {"iso-8859-15", charmap.ISO8859_15},
	"iso-8859-2":   {"iso-8859-2", charmap.ISO8859_2},
	"windows-1250": {"windows-1250", charmap.Windows1250},
	"windows-1251": {"windows-1251", charmap.Windows1251},
	"windows-1253": {"windows-1253", charmap.Windows1253},
	"windows-1254": {"windows-1254", charmap.Windows1254},
	"iso-8859-9":   {"windows-1254", charmap.Windows1254},
	"koi8-r":       {"koi8-r", charmap.KOI8R},
}

// decodeHTML returns the page as UTF-8 and the encoding it was in. Bytes that are valid UTF-8 are taken for that, whatever
// the page says of itself.
func decodeHTML(raw []byte, known string) (source, encoding string) {
	if known == "" {
		known = "utf-8"
	}
	if utf8.Valid(raw) {
		return string(raw), known
	}
	if m := metaCharset().FindSubmatch(raw[:min(len(raw), 4096)]); m != nil {
		if c, ok := charsets[strings.ToLower(string(m[1]))]; ok {
			if s, err := c.enc.NewDecoder().Bytes(raw); err == nil {
				return string(s), c.name
			}
		}
	}
	return string(raw), known
}
