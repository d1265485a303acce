// Package scan makes the drafts of many documents.
//
// In come the documents that were found and a line of workers; out come an output folder with a draft of each, one index over all,
// and a journal with which a run that was stopped goes on. A document that fails costs itself only.
package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"whatif/analyzer/find"
	"whatif/analyzer/record"
)

// Options say what is done with the documents that were found.
type Options struct {
	Line     Line
	Keep     Keeper
	Settings string // what shapes a draft, as a sum: documents that were done under another are done again
	MaxBytes int64  // larger files are not read; 0: no bound
	Ahead    int64  // bytes of documents that are in memory at once, besides the one at hand; 0: 64 MB
	Open     func(find.File) (*os.File, error)
	Source   func(find.File, string) string // where a draft at the path, in the output folder, links to; nil: to the document's path
	Observe  func(Event)                    // nil: nobody; events come one at a time
}

// A Keeper takes what came of the documents. A *Folder is one.
type Keeper interface {
	has(name, sum, settings string) (*entry, bool)
	put(m *Made, settings string) error
}

// An Event tells how a scan gets on.
type Event struct {
	What   string         // begun, kept (it was done before), made
	Name   string         // of the document
	Record *record.Record // of made
}

// A Summary counts what a scan did.
type Summary struct {
	Found  int // documents
	Kept   int // that were done before
	Made   int // that were done now, of every state
	Undone int // that are for another run
}

const defaultAhead = 64 << 20

// Run analyses the documents: those that are not known yet are read, in their order, and handed to the line. It returns an error when
// not all could be done: ctx ended, the output can't be written, or nothing more can be asked. What was done by then is kept.
func Run(ctx context.Context, files []find.File, opt Options) (Summary, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{opt: opt, files: files, first: map[[32]byte]string{}, tasks: make(chan Task), room: newRoom(opt.Ahead), sizes: map[int]int64{}}
	made := make(chan *Made)
	var work sync.WaitGroup
	work.Go(func() {
		defer close(r.tasks)
		if err := r.feed(ctx); err != nil {
			cancel(err)
		}
	})
	var lineErr error
	go func() {
		lineErr = opt.Line.Work(ctx, r.tasks, made)
		if lineErr != nil {
			cancel(lineErr)
		}
		work.Wait()
		close(made)
	}()
	for m := range made {
		if err := r.keep(m); err != nil {
			cancel(err)
		}
	}
	r.sum.Found = len(files)
	r.sum.Undone = r.sum.Found - r.sum.Kept - r.sum.Made
	if err := context.Cause(ctx); err != nil && (r.sum.Undone > 0 || !errors.Is(err, context.Canceled)) {
		return r.sum, err
	}
	return r.sum, nil
}

// A run is one scan on its way.
type run struct {
	opt   Options
	files []find.File
	tasks chan Task
	room  *room

	first map[[32]byte]string // by the sum of its bytes: the name of the first document that has them

	mu     sync.Mutex // of what follows, and of opt.Keep
	sum    Summary
	sizes  map[int]int64 // of the tasks that are on their way, in bytes, by number
	broken bool          // the output can't be written any more
}

// feed reads one document after the other, and hands on those that are to be done.
func (r *run) feed(ctx context.Context) error {
	for i, f := range r.files {
		if ctx.Err() != nil {
			return nil
		}
		if err := r.room.take(ctx, f.Size); err != nil {
			return nil
		}
		t, err := r.read(i, f)
		r.mu.Lock()
		r.sizes[i] = f.Size
		r.mu.Unlock()
		if err != nil {
			if err := r.keep(&Made{Num: i, Record: unread(f, err)}); err != nil {
				return err
			}
			continue
		}
		if done, err := r.known(t); err != nil {
			return err
		} else if done {
			continue
		}
		r.tell(Event{What: "begun", Name: t.Name})
		select {
		case r.tasks <- t:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// read reads a document whole. One that changes meanwhile is read again, a few times.
func (r *run) read(num int, f find.File) (Task, error) {
	t := Task{Num: num, Name: f.Name, Path: f.Path}
	if r.opt.Source != nil {
		t.Source = r.opt.Source(f, draftName(f.Name))
	}
	for range 3 {
		data, same, err := r.readOnce(f)
		if err != nil {
			return t, err
		}
		if t.Content = data; same {
			break
		}
	}
	sum := sha256.Sum256(t.Content)
	t.SHA256 = hex.EncodeToString(sum[:])
	return t, nil
}

// readOnce reads a document, and reports whether it stayed the same while it was read.
func (r *run) readOnce(f find.File) (data []byte, same bool, err error) {
	open := r.opt.Open
	if open == nil {
		open = func(f find.File) (*os.File, error) { return os.Open(f.Path) }
	}
	file, err := open(f)
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	before, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	most := r.opt.MaxBytes
	if most > 0 && before.Size() > most {
		return nil, false, &tooLarge{before.Size(), most}
	}
	if most <= 0 {
		most = before.Size() + 1<<20
	}
	if data, err = io.ReadAll(io.LimitReader(file, most)); err != nil {
		return nil, false, err
	}
	after, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	return data, int64(len(data)) == after.Size() && after.ModTime().Equal(before.ModTime()), nil
}

// A tooLarge is the error for a file over the limit.
type tooLarge struct{ size, most int64 }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("has %d bytes, over the limit of %d", e.size, e.most)
}

// unread is the record of a document that could not be read.
func unread(f find.File, err error) *record.Record {
	r := &record.Record{Name: f.Name, Path: shown(f.Path), Bytes: f.Size, State: record.Failed, Reason: "unreadable", Detail: cause(err).Error()}
	large := (*tooLarge)(nil)
	switch {
	case errors.As(err, &large):
		r.State, r.Reason = record.LeftOut, "too_large"
	case errors.Is(err, os.ErrNotExist):
		r.Reason, r.Detail = "vanished", "it was there, and is not any more"
	case errors.Is(err, os.ErrPermission):
		r.Reason = "no_permission"
	}
	return r
}

// known deals with a document that need not be done: it was done before, or its bytes are those of another one.
func (r *run) known(t Task) (bool, error) {
	var sum [32]byte
	if _, err := hex.Decode(sum[:], []byte(t.SHA256)); err != nil {
		return false, err
	}
	first, copied := r.first[sum]
	if !copied {
		r.first[sum] = t.Name
	}
	r.mu.Lock()
	e, has := r.opt.Keep.has(t.Name, t.SHA256, r.opt.Settings)
	if has = has && e.Of == first; has {
		r.sum.Kept++
		r.free(t.Num)
		r.notify(Event{What: "kept", Name: t.Name})
	}
	r.mu.Unlock()
	if has || !copied {
		return has, nil
	}
	return true, r.keep(&Made{Num: t.Num, Record: &record.Record{
		Name: t.Name, Path: shown(t.Path), SHA256: t.SHA256, Bytes: int64(len(t.Content)), State: record.Copy, Of: first}})
}

// keep takes in what came of a document.
func (r *run) keep(m *Made) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free(m.Num)
	if m.Record == nil {
		return nil
	}
	if r.broken { // what could not be written once is not tried with every document that is still on its way
		return nil
	}
	if err := r.opt.Keep.put(m, r.opt.Settings); err != nil {
		r.broken = true
		return err
	}
	r.sum.Made++
	r.notify(Event{What: "made", Name: m.Record.Name, Record: m.Record})
	return nil
}

// free gives back the room that a task took. r.mu is held.
func (r *run) free(num int) {
	r.room.give(r.sizes[num])
	delete(r.sizes, num)
}

func (r *run) tell(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notify(e)
}

// notify tells of an event. r.mu is held.
func (r *run) notify(e Event) {
	if r.opt.Observe != nil {
		r.opt.Observe(e)
	}
}
