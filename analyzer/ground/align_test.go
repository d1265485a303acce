package ground

import (
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

func TestAlign(t *testing.T) {
	text := read(t, `# T

The *export file* is kept for **30 days** and then it’s deleted from every server that we run.

It is not shown to staff – “never”, as the contract says. A second sentence follows here.

Codes expire after ten minutes and can be used only once by the person who asked for them.
`)
	tests := []struct {
		quote string
		first string // words of the first sentence it stands in; "" if it is nowhere
		match threatmodel.Match
	}{
		{"It is not shown to staff", "It is not", threatmodel.Exact},
		{"A second sentence follows here.", "A second", threatmodel.Exact},
		{"  A second sentence follows here.  ", "A second", threatmodel.Exact},
		{"the contract says. A second sentence", "It is not", threatmodel.Exact},
		{"The export file is kept for 30 days", "The export", threatmodel.Normalized},
		{"the EXPORT file\nis kept", "The export", threatmodel.Normalized},
		{"and then it's deleted", "The export", threatmodel.Normalized},
		{`to staff - "never", as`, "It is not", threatmodel.Normalized},
		{"Codes expire after ten minutes and are used only once by the person who asked", "Codes", threatmodel.Fuzzy},
		{"The codes expire after ten minutes and can be used once by the person", "", ""},        // without "only"
		{"The export file is kept for 90 days and then it is deleted from every server", "", ""}, // another number
		{"It is shown to staff never as the contract says a second sentence follows", "", ""},    // another meaning
		{"Codes never expire after ten minutes and can be used only once by the person", "", ""}, // the same
		{"Passports are scanned by the border police and kept in a safe for ever", "", ""},       // nowhere
		{"ten once person kept staff second", "", ""},                                            // words from all over
		{"kept for ever", "", ""}, // short, and not so
		{"", "", ""}, {"?!", "", ""}, {"\xff\xfe", "", ""},
	}
	for _, tt := range tests {
		r := check(t, text, &proposal.Set{Withheld: []proposal.Withheld{{Text: "x", Reason: "invalid", Evidence: proposal.Evidence{Quotes: []string{tt.quote}}}}})
		cited := r.Dropped[0].Cited
		if tt.first == "" {
			if len(cited) > 0 {
				t.Errorf("%q is found: %+v", tt.quote, cited)
			}
			continue
		}
		if len(cited) == 0 || !strings.HasPrefix(text.Sentences[cited[0].Sentence-1].Text, tt.first) || cited[0].Match != tt.match {
			t.Errorf("%q: %+v", tt.quote, cited)
		}
		for _, c := range cited {
			if c.Quote != text.Doc.Source[c.Start:c.End] {
				t.Errorf("%q: the citation is not the source's: %q", tt.quote, c.Quote)
			}
		}
	}
}

// TestAlignPrefersTheBytes checks that of two places with the same words the one with the same bytes is taken.
func TestAlignPrefersTheBytes(t *testing.T) {
	text := read(t, "# T\n\nthe link, opens; the report.\n\nThe link opens the report.\n")
	c := newChecker(text, &proposal.Set{})
	if at, ok := c.align("The link opens the report"); !ok || at.first != 3 || at.match != threatmodel.Exact {
		t.Errorf("%+v %v", at, ok)
	}
}

// BenchmarkAlign aligns quotes that are not word for word in a document of 1 MB whose words are all alike.
func BenchmarkAlign(b *testing.B) {
	var doc strings.Builder
	doc.WriteString("# T\n\n")
	for i := 0; doc.Len() < 1<<20; i++ {
		fmt.Fprintf(&doc, "The user number %d opens the report with the link and sees every name in it.\n\n", i)
	}
	text := read(b, doc.String())
	for _, tt := range []struct{ name, quote string }{
		{"exact", "user number 7777 opens the report"},
		{"fuzzy", "user number 7777 does open this report with a link and sees every name"},
		{"nowhere", "the user opens the report with the link and the name and sees it"},
		{"hostile", strings.Repeat("the ", 900)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			c := newChecker(text, &proposal.Set{})
			for b.Loop() {
				c.align(tt.quote)
			}
		})
	}
}
