package inspect

import (
	"os"
	"strings"
	"testing"
)

// bigDocument returns about a megabyte of the fixtures' English.
func bigDocument(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"greengrove-club-wallet.md", "nearby-family-map.md", "fresh/ai-inbox-agent.md", "fresh/events-api.md", "portside-patient-messages.md"} {
		data, err := os.ReadFile("../../fixtures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
		all.WriteString("\n\n")
	}
	return strings.Repeat(all.String(), 1<<20/all.Len()+1)
}

func BenchmarkLook(b *testing.B) {
	text := read(b, bigDocument(b))
	Look(text)
	b.SetBytes(int64(len(text.Doc.Source)))
	for b.Loop() {
		Look(text)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := loadBook("inspect.yaml", false); err != nil {
			b.Fatal(err)
		}
	}
}
