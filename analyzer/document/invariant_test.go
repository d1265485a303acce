package document

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sort"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

type failer interface{ Fatalf(string, ...any) }

// parseOrEmpty reads raw, or returns nil if there is nothing in it to read.
func parseOrEmpty(t failer, raw string, format Format) *Document {
	d, err := Parse(context.Background(), []byte(raw), Options{Path: "x." + string(format), Format: format})
	if errors.Is(err, ErrEmpty) || errors.Is(err, ErrBinary) || errors.Is(err, ErrFormat) || errors.Is(err, ErrTooDeep) {
		return nil
	}
	if err != nil {
		t.Fatalf("parse %q: %v", raw, err)
	}
	if d.Format != format {
		return nil // it only called itself that
	}
	return d
}

// checkDocument holds a document to what every reader of it relies on.
func checkDocument(t failer, d *Document) {
	end := 0
	for i := range d.Sentences {
		s := &d.Sentences[i]
		if s.Num != i+1 || s.Span.Start < end || s.Span.End <= s.Span.Start || s.Span.End > len(d.Source) {
			t.Fatalf("sentence %d has number %d and span %v after %d of %d in %q", i+1, s.Num, s.Span, end, len(d.Source), d.Source)
		}
		end = s.Span.End
		if s.Text == "" || s.Text != strings.TrimFunc(s.Text, blank) || !utf8.ValidString(s.Text) {
			t.Fatalf("text %q of sentence %d is not plain", s.Text, s.Num)
		}
		for j, r := range s.Text {
			if invisible(r) && r != '\u200c' && r != '\u200d' && !strings.ContainsRune(s.Text[:j], '\U0001F3F4') {
				t.Fatalf("text %q of sentence %d has %U", s.Text, s.Num, r)
			}
		}
		if d.Format != HTML && utf8.ValidString(d.Source) && d.Quote(s) != d.Source[s.Span.Start:s.Span.End] {
			t.Fatalf("quote %q of sentence %d is not its source", d.Quote(s), s.Num)
		}
		if s.Section < 0 || s.Section >= len(d.Sections) || s.Lead < 0 || s.Lead >= s.Num || (s.Kind == TableRow) != (len(s.Cells) > 0) {
			t.Fatalf("sentence %+v does not hold together", *s)
		}
		for _, v := range s.Veiled {
			if v.Start < s.Span.Start || v.End > s.Span.End || v.End <= v.Start {
				t.Fatalf("veiled %v is not within %v", v, s.Span)
			}
		}
		checkLines(t, d, s)
	}
	if d.Title == "" {
		t.Fatalf("no title for %q", d.Source)
	}
	for i, sec := range d.Sections {
		if i > 0 && (sec.Heading == 0 || d.Sentences[sec.Heading-1].Section != i || sec.Path[len(sec.Path)-1] != sec.Title) {
			t.Fatalf("section %+v does not hold together", sec)
		}
	}
}

// checkLines counts lines the slow way.
func checkLines(t failer, d *Document, s *Sentence) {
	if len(d.Source) > 4096 {
		return
	}
	count := func(offset int) int {
		unified := strings.ReplaceAll(d.Source[:offset], "\r\n", "\n")
		if strings.HasSuffix(unified, "\r") && d.Source[offset] == '\n' {
			unified = unified[:len(unified)-1] // within a line's end
		}
		return 1 + strings.Count(strings.ReplaceAll(unified, "\r", "\n"), "\n")
	}
	first, last := d.LinesOf(s.Span)
	if first != count(s.Span.Start) || last != count(s.Span.End-1) {
		t.Fatalf("lines %d to %d of %v, want %d to %d in %q", first, last, s.Span, count(s.Span.Start), count(s.Span.End-1), d.Source)
	}
}

// lettersOf keeps what must not get lost.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && !blank(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func sorted(s string) string {
	runes := []rune(s)
	slices.Sort(runes)
	return string(runes)
}

func textOf(d *Document) string {
	var text strings.Builder
	for _, s := range d.Sentences {
		text.WriteString(s.Text + "\n")
	}
	return text.String()
}

// checkTextCovered finds every letter and digit of a plain text in the span of a sentence, but for the marks of lists.
func checkTextCovered(t failer, d *Document) {
	for at, r := range d.Source {
		if !unicode.IsLetter(r) || blank(r) {
			continue
		}
		i := sort.Search(len(d.Sentences), func(i int) bool { return d.Sentences[i].Span.End > at })
		if i < len(d.Sentences) && d.Sentences[i].Span.Start <= at {
			continue
		}
		line := d.Source[d.lineStarts[d.LineOf(at)-1]:]
		if strings.Contains(line[:at-d.lineStarts[d.LineOf(at)-1]+1], "```") || strings.Contains(line[:min(len(line), 400)], "~~~") {
			continue
		}
		if n, _ := listMark(strings.TrimLeftFunc(line, func(r rune) bool { return blank(r) || r == '>' || invisible(r) })); n == 0 {
			t.Fatalf("%q at %d of %q is in no sentence", r, at, d.Source)
		}
	}
}

var reference = goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList))

// renderedText is what goldmark's own page says.
func renderedText(src string) string {
	var page bytes.Buffer
	if err := reference.Convert([]byte(src), &page); err != nil {
		panic(err)
	}
	var text strings.Builder
	z := html.NewTokenizer(&page)
	for z.Next() != html.ErrorToken {
		if tok := z.Token(); tok.Type == html.TextToken {
			text.WriteString(tok.Data)
		}
	}
	return text.String()
}

// markdownPieces are put together to documents. What a page shows differently from us (HTML, pictures, text struck out) has
// tests of its own.
var markdownPieces = []string{"# ", "## A title", "word ", "Two. Sentences. ", "\n", "\n\n", "\r\n", "- ", "  - ", "1. ", "> ", "**", "_", "`", "```\n", "    ",
	"[link](http://x.y)", "[ref]", "\n[ref]: http://z\n", "\\*", "&amp;", "&#65;", "&copy", "| a | b |\n|---|---|\n", "| c | d |\n", "\n===\n", "\n---\n",
	"日本語。", "\u200b", "é", "\t", "- [ ] ", "Admins can:\n", "  \n", "\\\n", ". ", "? ", "e.g. ", "\ufeff", "(", ")", "\\", "|", "a.The "}

func TestMarkdownInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOf(rapid.SampledFrom(markdownPieces)).Draw(t, "pieces"), "")
		d := parseOrEmpty(t, src, Markdown)
		if d == nil {
			return
		}
		checkDocument(t, d)
		checkMarkdownCovered(t, d)
	})
}

func checkMarkdownCovered(t failer, d *Document) {
	if frontMatter(newBuilder(&Document{Source: d.Source}), 0) > 0 {
		return
	}
	src := strings.TrimPrefix(d.Source, markUTF8)
	// Sorted, as the library puts some text over tables behind them; our own order is that of the spans.
	if got, want := sorted(lettersOf(textOf(d))), sorted(lettersOf(renderedText(src))); got != want {
		t.Fatalf("lost in %q:\ngot  %q\nwant %q", src, got, want)
	}
}

var textPieces = []string{"GOALS", "1. ", "1.2 Scope", "a) ", "- ", "• ", "Word ", "word ", "\n", "\n", "\n\n", "   ", "\t", "=====\n", "-----\n", "Label: ", ":", ".", "> ",
	"| a | b |\n", "col   one   two\n", "```\n", "Section 3 - Data", "中文。", "\r\n", "\r", "é", "\u200b", "o ", "(i) ", "As a user, I want x.", "==", "== Wiki ==\n"}

func TestTextInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOf(rapid.SampledFrom(textPieces)).Draw(t, "pieces"), "")
		if d := parseOrEmpty(t, src, Text); d != nil {
			checkDocument(t, d)
			checkTextCovered(t, d)
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# A\n\nb <!-- c --> d\n", "---\ntitle: x\n---\n", "<div hidden>\n\nx\n\n</div>\ny", "~~a~~ b[^1]\n\n[^1]: c", "|a|\n|-|\n|b|c|", "> [!NOTE]\n> x", "\r\r# x\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		d := parseOrEmpty(t, src, Markdown)
		if d == nil {
			return
		}
		checkDocument(t, d)
		if !strings.ContainsAny(src, "<~!^\x00\r") && utf8.ValidString(src) && d.Encoding == "utf-8" {
			checkMarkdownCovered(t, d)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"A\n=\n\n1. b\n   c", "a | b\nc | d", "> x\n> y", "Term\n   text", "\ufeff1.1 X\n\ny"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if d := parseOrEmpty(t, src, Text); d != nil {
			checkDocument(t, d)
			if d.Encoding == "utf-8" && utf8.ValidString(src) {
				checkTextCovered(t, d)
			}
		}
	})
}
