package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/reading"
)

// BenchmarkPropose measures the engine on a megabyte of Markdown that was read already: marks, facts, rules and questions.
func BenchmarkPropose(b *testing.B) {
	paths, err := filepath.Glob("../../fixtures/*.md")
	if err != nil || len(paths) == 0 {
		b.Fatal("no fixtures", err)
	}
	var page strings.Builder
	for i := 0; page.Len() < 1<<20; i++ {
		raw, err := os.ReadFile(paths[i%len(paths)])
		if err != nil {
			b.Fatal(err)
		}
		page.Write(raw)
		page.WriteByte('\n')
	}
	doc, err := document.Parse(b.Context(), []byte(page.String()), document.Options{Format: document.Markdown})
	if err != nil {
		b.Fatal(err)
	}
	fw, err := framework.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	text := reading.Read(doc)
	if _, err := Builtin(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(page.Len()))
	for b.Loop() {
		if _, err := (&Engine{}).Propose(b.Context(), text, fw); err != nil {
			b.Fatal(err)
		}
	}
}
