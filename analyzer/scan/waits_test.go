package scan

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// A later is a maker whose documents are for another run, but for one.
type later struct {
	*pretender
	only string
}

var errLater = errors.New("later")

func (l *later) Make(ctx context.Context, t Task) (*Made, error) {
	if t.Name != l.only {
		return nil, errLater
	}
	return l.pretender.Make(ctx, t)
}

// TestWaitingDocuments: documents that wait cost nothing but themselves, however many bytes they have; another run does them.
func TestWaitingDocuments(t *testing.T) {
	texts := map[string]string{}
	for i := range 20 {
		texts[fmt.Sprintf("doc%02d.md", i)] = fmt.Sprintf("# Document %d\n\nSome text of it.\n", i)
	}
	f, files := open(t, t.TempDir()), docs(t, texts)
	line := Local{Maker: &later{&pretender{}, "doc19.md"}, Workers: 2, Waits: func(err error) bool { return errors.Is(err, errLater) }}
	sum, err := Run(t.Context(), files, Options{Line: line, Keep: f, Settings: "s", Ahead: 100})
	if err != nil || sum != (Summary{Found: 20, Made: 1, Undone: 19}) {
		t.Fatalf("%+v, %v", sum, err)
	}
	sum, err = Run(t.Context(), files, Options{Line: Local{Maker: &pretender{}, Workers: 2}, Keep: f, Settings: "s"})
	if err != nil || sum != (Summary{Found: 20, Kept: 1, Made: 19}) {
		t.Errorf("%+v, %v", sum, err)
	}
}
