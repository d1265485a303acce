package rules

import "testing"

func TestBuiltinRules(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d phrases, %d parts, %d tokens", len(book.rules), len(book.phrases.phrases), len(book.phrases.parts), book.phrases.tokens)
}
