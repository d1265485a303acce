package scan

import (
	"os"
	"testing"

	"whatif/analyzer/render"
)

// BenchmarkDrafter measures what one document of usual size costs, with its three reports.
func BenchmarkDrafter(b *testing.B) {
	data, err := os.ReadFile("../../fixtures/nearby-family-map.md")
	if err != nil {
		b.Fatal(err)
	}
	d := &Drafter{Formats: render.Formats[:3]}
	task := Task{Name: "a.md", Path: "a.md", Content: data}
	if _, err := d.Make(b.Context(), task); err != nil { // loads the rules
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Make(b.Context(), task); err != nil {
			b.Fatal(err)
		}
	}
}
