package scan

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/record"
	"whatif/analyzer/render"
)

// An odd engine does what its function does.
type odd func(ctx context.Context) error

func (o odd) Propose(ctx context.Context, _ *reading.Text, _ *framework.Framework) ([]*proposal.Set, error) {
	return nil, o(ctx)
}

func draftWith(t *testing.T, d *Drafter, text string) *record.Record {
	t.Helper()
	m, err := d.Make(t.Context(), Task{Name: "a.md", Path: "docs/a.md", Content: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return m.Record
}

func TestDrafter(t *testing.T) {
	d := &Drafter{Formats: render.Formats[:3], Sketch: func(*document.Document) []uint32 { return []uint32{7} }}
	m, err := d.Make(t.Context(), Task{Num: 3, Name: "a.md", Path: "docs/a.md", SHA256: "x", Content: []byte("# Gifts\n\nAnyone with the link can open the gift.\n")})
	if err != nil {
		t.Fatal(err)
	}
	r := m.Record
	if m.Num != 3 || r.State != record.Done || r.Title != "Gifts" || r.Path != "docs/a.md" || len(r.Sketch) != 1 || len(r.Findings) == 0 {
		t.Errorf("%+v", r)
	}
	if len(m.Files) != 3 || m.Files[0].Ending != "md" || !strings.Contains(string(m.Files[0].Data), "Anyone with the link") {
		t.Errorf("the files are %v", len(m.Files))
	}
}

func TestDrafterOfBadDocuments(t *testing.T) {
	for text, want := range map[string]string{"": "empty", "\x00\x01\x02binary": "binary", "%PDF-1.7 nothing": "format"} {
		r := draftWith(t, &Drafter{Formats: render.Formats[:1]}, text)
		if r.State != record.Failed || (r.Reason != want && want != "format") || r.Detail == "" || strings.Contains(r.Detail, "docs/a.md") {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// A fault of the program costs the document that met it, and is told.
func TestDrafterFault(t *testing.T) {
	for _, longest := range []time.Duration{0, time.Hour} {
		told := ""
		d := &Drafter{Longest: longest, Fault: func(name, fault string) { told = name + ": " + fault },
			Engine: func() proposal.Engine { return odd(func(context.Context) error { panic("oh no") }) }}
		r := draftWith(t, d, "Anyone with the link can open it.\n")
		if r.State != record.Failed || r.Reason != "fault" || !strings.HasPrefix(told, "a.md: oh no") {
			t.Errorf("%+v; told %q", r, told)
		}
	}
}

// A document that takes too long is given up, whether its engine heeds the end of its time or not.
func TestDrafterTakesTooLong(t *testing.T) {
	release := make(chan struct{})
	for name, engine := range map[string]odd{
		"heeds it": func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) },
		"does not": func(context.Context) error { <-release; return nil },
	} {
		synctest.Test(t, func(t *testing.T) {
			release = make(chan struct{})
			d := &Drafter{Longest: time.Minute, Engine: func() proposal.Engine { return engine }}
			r := draftWith(t, d, "Anyone with the link can open it.\n")
			if r.State != record.Failed || r.Reason != "too_slow" {
				t.Errorf("%s: %+v", name, r)
			}
			close(release)
		})
	}
}
