package document

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What the Markdown library reads in quadratic time is read in a time that people wait, and none of it gets lost.
func TestMarkdownStorms(t *testing.T) {
	r := strings.Repeat
	var definitions strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&definitions, "[d%d]: http://x.example/%d\n", i, i)
	}
	for name, src := range map[string]string{
		"links left open":               r("[a](", 300_000),
		"links left open, line by line": r("[a](\n", 100_000),
		"references left open":          r("[a][", 300_000),
		"emphasis that never matches":   r("*a_ ", 300_000),
		"definitions":                   definitions.String(),
		"titles left open":              r("[a]: b \"\n", 50_000),
		"wide table":                    r("|", 50_000) + "\n" + r("|-", 50_000) + "\n" + r("|x\n", 1000),
	} {
		start := time.Now()
		d, err := Parse(context.Background(), []byte("The last word is kept.\n\n"+src+"\n\nAnd so is this."), Options{Format: Markdown})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		checkDocument(t, d)
		if last := d.Sentences[len(d.Sentences)-1].Text; last != "And so is this." {
			t.Errorf("%s: the last sentence is %.40q", name, last)
		}
	}
}

// Portions of definitions are definitions still, and what comes after them is text.
func TestManyDefinitions(t *testing.T) {
	var src strings.Builder
	src.WriteString("Read [the terms][d2999] and [these][d0].\n\n")
	for i := range 3000 {
		fmt.Fprintf(&src, "[d%d]: http://x.example/%d\n  \"title %d\"\n", i, i, i)
	}
	src.WriteString("Guests pay here.\n")
	d := parseOrEmpty(t, src.String(), Markdown)
	var got []string
	for _, s := range d.Sentences {
		got = append(got, s.Text)
	}
	if want := []string{"Read the terms and these.", "Guests pay here."}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %d sentences: %.300q", len(got), got)
	}
}

// A parser that can't be interrupted from outside ends soon after its context does.
func TestMarkdownParsingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := parseMarkdown(ctx, []byte("A *word* here.")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := parseMarkdown(ctx, []byte(strings.Repeat("[a](\n", 1<<20)))
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("error %v after %v", err, took)
	}
}
