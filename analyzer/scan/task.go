package scan

import (
	"context"
	"sync"

	"whatif/analyzer/record"
)

// A Task is one document on its way to a worker. Its bytes travel with it, so that a worker may be anywhere.
type Task struct {
	Num     int    // counted from 0, in the order of finding
	Name    string // the document's in the scan, see [record.Record]
	Path    string // as it was opened, for messages and the draft
	Source  string // where the links of its draft lead: the document as seen from the draft's place; "": Path
	SHA256  string // of Content, lower-case hex
	Content []byte
}

// A File is one form of a draft.
type File struct {
	Ending string // "md", "html" or "json"
	Data   []byte
}

// A Made is what came of a task: a record, and the draft's files where it has a draft. The record names no files yet. Without a record
// nothing came of it yet: it is for another run.
type Made struct {
	Num    int // the task's
	Record *record.Record
	Files  []File
}

// A Maker analyses one document. Many goroutines may use it. What is wrong with the document is in the record; an error means that
// this task was not done and may be done by another run: ctx ended, or nothing more can be asked of the model.
type Maker interface {
	Make(ctx context.Context, t Task) (*Made, error)
}

// A Line takes tasks to workers and brings back what came of them.
type Line interface {
	// Work takes tasks until the channel is closed, and sends what came of each to made, in any order. It returns when all that it
	// took is done, or with an error when ctx ended or nothing more can be done; what it took and did not send is for another run.
	// It does not close made.
	Work(ctx context.Context, tasks <-chan Task, made chan<- *Made) error
}

// Local is the line of this process: as many goroutines as it has workers.
type Local struct {
	Maker   Maker
	Workers int              // at least 1
	Waits   func(error) bool // reports an error after which the task alone is for another run, and the others go on; nil: none is
}

// Work lets the workers do the tasks. After the first error no further task is begun.
func (l Local) Work(ctx context.Context, tasks <-chan Task, made chan<- *Made) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for range max(l.Workers, 1) {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case t, ok := <-tasks:
					if !ok {
						return
					}
					m, err := l.Maker.Make(ctx, t)
					if err != nil && l.Waits != nil && l.Waits(err) {
						m, err = &Made{Num: t.Num}, nil
					}
					if err != nil {
						cancel(err)
						return
					}
					made <- m
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
