package ground

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/proposal"
)

// BenchmarkCheck checks, in documents of 1 MB and 10 MB, one asset and one abuse case with a search for every ten sentences.
func BenchmarkCheck(b *testing.B) {
	for _, size := range []int{1 << 20, 10 << 20} {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			var doc strings.Builder
			doc.WriteString("# T\n\n")
			for i := 0; doc.Len() < size; i++ {
				if i%20 == 0 {
					fmt.Fprintf(&doc, "## Part %d\n\n", i)
				}
				fmt.Fprintf(&doc, "The user number %d opens report%d with the link and sees every name in it.\n\n", i, i%500)
			}
			text := read(b, doc.String())
			set := &proposal.Set{}
			for n := 3; n < len(text.Sentences); n += 10 {
				set.Assets = append(set.Assets, proposal.Asset{Name: "name", Evidence: proposal.Evidence{Sentences: []int{n}}})
			}
			for n := 3; n < len(text.Sentences) && len(set.AbuseCases) < 200; n += len(text.Sentences)/200 + 1 {
				set.AbuseCases = append(set.AbuseCases, proposal.AbuseCase{Title: fmt.Sprint("t", n), Category: "fraud", Subject: "report",
					Evidence: proposal.Evidence{Sentences: []int{n}}, Silences: []proposal.Silence{{Searched: []string{"link expires", "opens", "audit log"}}}})
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Check(context.Background(), text, set); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
