package assemble

import (
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
)

// BenchmarkDraft assembles what a document of 1 MB and of 10 MB may give: an asset, a flow and a safeguard for every ten sentences.
func BenchmarkDraft(b *testing.B) {
	for _, size := range []int{1 << 20, 10 << 20} {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			var doc strings.Builder
			for i := 0; doc.Len() < size; i++ {
				fmt.Fprintf(&doc, "The user number %d opens report%d with the link and sees every name in it.\n\n", i, i%500)
			}
			text := read(b, "a.md", doc.String())
			set := &proposal.Set{Actors: []proposal.Actor{{Name: "user", Evidence: at(1)}}}
			for n := 1; n <= len(text.Sentences); n += 10 {
				set.Assets = append(set.Assets, proposal.Asset{Name: fmt.Sprint("report", (n-1)%500), Evidence: at(n)})
				set.Flows = append(set.Flows, proposal.Flow{Source: "user", Destination: "the product", Action: "opens", Data: []string{fmt.Sprint("report", (n-1)%500)}, Evidence: at(n)})
				set.Safeguards = append(set.Safeguards, proposal.Safeguard{Text: fmt.Sprintf("user number %d opens the link", n-1), Evidence: at(n)})
				if len(set.AbuseCases) < 200 {
					set.AbuseCases = append(set.AbuseCases, proposal.AbuseCase{Title: "t", Category: "fraud", Subject: fmt.Sprint("number ", n-1), Evidence: at(n)})
				}
			}
			result := checked(b, text, set)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				Draft(text.Doc, []*ground.Result{result}, Options{})
			}
		})
	}
}
