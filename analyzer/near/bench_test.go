package near

import (
	"fmt"
	"strings"
	"testing"
)

// tenThousand are sketches of 10,000 documents: 2,500 families of a document and three versions; half of the families share a fifth of
// their numbers, as documents of one template do.
func tenThousand() []Item {
	r := source(9)
	var items []Item
	boiler := make([]uint32, Size)
	for i := range boiler {
		boiler[i] = r.Uint32()
	}
	for family := range 2500 {
		base := make([]uint32, Size)
		for i := range base {
			base[i] = r.Uint32()
			if family%2 == 0 && i%20 < rows {
				base[i] = boiler[i]
			}
		}
		for version := range 4 {
			s := append([]uint32{}, base...)
			for range version * 3 {
				s[r.IntN(Size)] = r.Uint32()
			}
			items = append(items, Item{fmt.Sprintf("%05d/v%d.md", family, version), s})
		}
	}
	return items
}

func BenchmarkGroups(b *testing.B) {
	items := tenThousand()
	b.ReportAllocs()
	for b.Loop() {
		if n := len(Groups(items)); n != 2500 {
			b.Fatalf("there are %d groups", n)
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	r := source(1)
	text := strings.Join(prose(r, vocabulary(r, 3000), 10000), " ")
	doc := parse(b, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Sketch(doc)
	}
}
