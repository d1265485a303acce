package classify

import (
	"testing"

	"whatif/analyzer/document"
)

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		text     string
		has, not shape
	}{
		{"1.4.0 - 2025-01-02", version | dated, stamped | numbered},
		{"[Unreleased]", placeholder, version},
		{"v2.0", version, numbered},
		{"[2.0.1](https://example.com)", version, placeholder},
		{"Version 3", short, version},
		{"3.1 Sharing", short, version | numbered},
		{"3.1.2 Sharing with others", 0, version},
		{"2026-02-01T10:00:01Z INFO started", stamped | dated, version},
		{"On 31.1.2026 we open", dated, stamped},
		{"FR-12 The user can pay.", numbered, version | codelike},
		{"US3: pay", numbered | short, version},
		{"HTTP2", numbered, 0}, // as good as any number
		{"Who pays?", question | short, codelike},
		{"Set max_size to 5", codelike, placeholder},
		{"Call open() first", codelike, 0},
		{"Use --force", codelike, 0},
		{"A house and/or a garden", 0, codelike},
		{"See /etc/hosts for it", codelike, 0},
		{"E.g. a card, i.e. plastic", 0, 0},
		{"[name of the feature]", placeholder, link},
		{"Date: ________", placeholder, 0},
		{"101 | Graz | 420 | 9 | 812,000", digits, 0},
		{"guide.md", link, 0},
	} {
		s := document.Sentence{Kind: document.Prose, Text: test.text, Span: document.Span{End: len(test.text)}}
		got := shapesOf(&s, test.text)
		if got&test.has != test.has || got&test.not != 0 {
			t.Errorf("%q has the shapes %b, want %b and none of %b", test.text, got, test.has, test.not)
		}
	}
}
