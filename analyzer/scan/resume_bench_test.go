package scan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/record"
)

// A filler makes records of the size that documents of usual length have.
type filler struct{ pretender }

func (f *filler) Make(ctx context.Context, t Task) (*Made, error) {
	m, err := f.pretender.Make(ctx, t)
	if err == nil {
		quote := strings.Repeat("Whoever has the link can open it. ", 4)
		for i := range 12 {
			m.Record.Findings = append(m.Record.Findings, record.Finding{ID: fmt.Sprint("T-", i), Title: quote, WhatIf: quote, Requirement: quote,
				Priority: "high", Regions: []record.Region{{Quote: quote}, {Quote: quote}, {Quote: quote}}})
		}
	}
	return m, err
}

// BenchmarkResume measures a run over 10,000 documents that are all done: reading the state, the documents, and looking for their drafts.
func BenchmarkResume(b *testing.B) {
	texts := map[string]string{}
	for i := range 10_000 {
		texts[fmt.Sprintf("team%d/%d.md", i%50, i)] = fmt.Sprint("document ", i, strings.Repeat(" with some words in it", 200))
	}
	files := docs(b, texts)
	dir := b.TempDir()
	f, err := OpenFolder(dir)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Run(b.Context(), files, Options{Line: Local{Maker: &filler{}, Workers: 2}, Keep: f, Settings: "s", Open: osOpen}); err != nil {
		b.Fatal(err)
	}
	size := f.journal.size
	f.Close()
	for b.Loop() {
		f, err := OpenFolder(dir)
		if err != nil {
			b.Fatal(err)
		}
		sum, err := Run(b.Context(), files, Options{Line: Local{Maker: &filler{}, Workers: 2}, Keep: f, Settings: "s", Open: osOpen})
		if err != nil || sum.Kept != len(files) {
			b.Fatal(sum, err)
		}
		if t := f.Totals(); t.Findings["high"] != 120_000 {
			b.Fatal(t)
		}
		f.Close()
	}
	b.ReportMetric(float64(size)/1e6, "journal-MB")
}
