package classify

import (
	"context"
	"os"
	"strings"
	"testing"

	"whatif/analyzer/document"
)

// BenchmarkJudge goes over about a megabyte of the fixtures' English, parsed; the bytes are those of the sentences.
func BenchmarkJudge(b *testing.B) {
	var all strings.Builder
	for _, name := range []string{"greengrove-club-wallet.md", "nearby-family-map.md", "fresh/ai-inbox-agent.md", "fresh/events-api.md", "../CONTRIBUTING.md"} {
		data, err := os.ReadFile("../../fixtures/" + name)
		if err != nil {
			b.Fatal(err)
		}
		all.Write(data)
		all.WriteString("\n\n")
	}
	doc, err := document.Parse(context.Background(), []byte(strings.Repeat(all.String(), 1<<20/all.Len()+1)), document.Options{Path: "all.md"})
	if err != nil {
		b.Fatal(err)
	}
	book, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for i := range doc.Sentences {
		size += len(doc.Sentences[i].Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		Judge(doc, book)
	}
}

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("../../prompts/" + file)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse(file, data); err != nil {
			b.Fatal(err)
		}
	}
}
