package batch

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/wholefile"
)

// A state is what a folder's batch.json holds. It is written before each step that can't be undone and after it, so that a run that
// is killed at any moment neither loses a batch that is paid for nor asks for it twice. It holds no keys.
type state struct {
	Version  int           `json:"version"`
	Host     string        `json:"host"`     // of the provider
	Identity string        `json:"identity"` // of the model and all that shapes its replies, see client.Identity
	Format   client.Format `json:"format,omitempty"`
	Queue    int           `json:"queue_tokens,omitempty"` // of prompts that the provider lets wait at once; 0: not known
	Jobs     []*job        `json:"jobs"`
	Litter   []string      `json:"files_to_delete,omitempty"` // at the provider's
	Spent    caller.Spent  `json:"spent"`
}

const stateVersion = 1

// A job is one batch.
type job struct {
	ID      string        `json:"id"`
	Step    string        `json:"step"`
	Try     int           `json:"try,omitempty"`  // creations that the provider refused
	Full    int           `json:"full,omitempty"` // times in a row that its queue was full
	Format  client.Format `json:"format"`         // that its questions begin at
	Lines   int           `json:"requests"`
	Prompt  int           `json:"prompt_tokens"` // by our count
	Reply   int           `json:"reply_tokens"`  // at most
	File    string        `json:"file,omitempty"`
	Batch   string        `json:"batch,omitempty"`
	Created *time.Time    `json:"created,omitempty"`
	Done    int           `json:"done,omitempty"`
	Failed  int           `json:"failed,omitempty"`
}

// The steps of a job. Its input lies in the folder until it is gone.
const (
	ready    = "ready"    // its input is written
	uploaded = "uploaded" // the provider has its input
	creating = "creating" // a batch may have been created
	created  = "created"  // the provider works at it
)

func (j *job) add(prompt, reply int) { j.Prompt, j.Reply = j.Prompt+prompt, j.Reply+reply }

// name is what the batch is called at the provider's. Each that is refused has one of its own.
func (j *job) name() string { return fmt.Sprintf("%s-%d", j.ID, j.Try) }

func newName() string { return strings.ToLower(rand.Text()[:16]) }

func (d *Desk) path(name string) string { return filepath.Join(d.opt.Dir, name) }
func (d *Desk) input(j *job) string     { return d.path(j.ID + inputEnding) }

const (
	stateName   = "batch.json"
	repliesName = "replies.jsonl"
	inputEnding = ".input.jsonl"
)

// load reads the state and clears what a killed run left.
func (d *Desk) load() error {
	host, identity := d.opt.Client.Host(), d.opt.Client.Identity()
	data, err := os.ReadFile(d.path(stateName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("reading what is on its way: %w", err)
	default:
		if err := json.Unmarshal(data, &d.state); err != nil {
			return fmt.Errorf("reading what is on its way: %s: %w", d.path(stateName), err)
		}
		if err := d.state.check(); err != nil {
			return fmt.Errorf("reading what is on its way: %s: %w", d.path(stateName), err)
		}
	}
	if d.state.Identity != identity || d.state.Host != host {
		if len(d.state.Jobs) > 0 {
			return &OtherModel{Dir: d.opt.Dir, Awaited: modelOf(d.state.Identity, d.state.Host), Asked: modelOf(identity, host)}
		}
		d.state.Host, d.state.Identity, d.state.Format, d.state.Queue, d.state.Litter = host, identity, "", 0, nil
	}
	d.state.Version = stateVersion
	return d.clear()
}

// modelOf names a model for people.
func modelOf(identity, host string) string {
	var told struct{ Model string }
	_ = json.Unmarshal([]byte(identity), &told) // without a name it is the one at the host
	return told.Model + " at " + host
}

// check refuses a state that was not written here: its names become parts of paths.
func (s *state) check() error {
	if s.Version != stateVersion {
		return fmt.Errorf("it is of version %d, and this program knows %d", s.Version, stateVersion)
	}
	for _, j := range s.Jobs {
		if j == nil || j.ID == "" || strings.ContainsFunc(j.ID, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return errors.New("a job's id is none")
		}
		if !slices.Contains([]string{ready, uploaded, creating, created}, j.Step) || j.Lines < 1 {
			return fmt.Errorf("the job %s is at no step that there is", j.ID)
		}
	}
	return nil
}

// clear removes inputs that belong to no job, and files that were never finished.
func (d *Desk) clear() error {
	entries, err := os.ReadDir(d.opt.Dir)
	if err != nil {
		return fmt.Errorf("reading what is on its way: %w", err)
	}
	for _, e := range entries {
		id, input := strings.CutSuffix(e.Name(), inputEnding)
		if input && !slices.ContainsFunc(d.state.Jobs, func(j *job) bool { return j.ID == id }) || wholefile.IsTemporary(e.Name()) {
			_ = os.Remove(d.path(e.Name())) // or it stays a little longer
		}
	}
	return nil
}

// save writes the state.
func (d *Desk) save() error {
	err := wholefile.Write(d.path(stateName), wholefile.Options{Mode: 0o600, Sync: !d.opt.hasty}, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(&d.state)
	})
	if err != nil {
		return fmt.Errorf("keeping what is on its way: %w", err)
	}
	return nil
}

// remove takes a job out of the state and lets its files at the provider's be deleted.
func (d *Desk) remove(j *job, files ...string) {
	d.state.Jobs = slices.DeleteFunc(d.state.Jobs, func(other *job) bool { return other == j })
	for _, f := range append(files, j.File) {
		if f != "" {
			d.state.Litter = append(d.state.Litter, f)
		}
	}
}

// synced waits until a file is on the disk.
func (d *Desk) synced(f *os.File) error {
	if d.opt.hasty {
		return nil
	}
	return f.Sync()
}
