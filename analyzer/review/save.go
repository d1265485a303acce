package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"
	"go.yaml.in/yaml/v3"

	"whatif/analyzer/wholefile"
)

// Update reads the file at path, lets change change what was decided, and writes it again. Only the lines of what changed are other
// than before: comments and the order of everything else stay, where the file is written in the usual way. What change returns is
// returned, and nothing is written then; nor is anything when the file has faults. Two programs of one user that update the same file
// wait for each other.
func Update(path, document string, change func(*File) error) error {
	defer lock(path)()
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading decisions: %w", err)
	}
	file, old := &File{Document: document}, &File{}
	if err == nil {
		if old, err = Parse(path, raw); err != nil {
			return err
		}
		if file, err = Parse(path, raw); err != nil {
			return err
		}
	}
	if err := change(file); err != nil {
		return err
	}
	if len(raw) == 0 && len(file.Decisions)+len(file.Answers) == 0 {
		return nil
	}
	text, err := rewrite(raw, old, file)
	if err != nil {
		return err
	}
	if _, err := Parse(path, text); err != nil {
		return err // it would not be read again: too large, say
	}
	if bytes.Equal(text, raw) {
		return nil
	}
	err = wholefile.Write(path, wholefile.Options{Sync: true}, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing decisions: %w", err)
	}
	return nil
}

// lock keeps other programs of this user from updating the file, where the system can. What it returns ends that.
func lock(path string) (unlock func()) {
	dir, err := os.UserCacheDir()
	full, err2 := filepath.Abs(path)
	if err != nil || err2 != nil {
		return func() {}
	}
	dir = filepath.Join(dir, "whatif", "locks")
	if os.MkdirAll(dir, 0o700) != nil {
		return func() {}
	}
	sum := sha256.Sum256([]byte(full))
	l := flock.New(filepath.Join(dir, hex.EncodeToString(sum[:8])))
	if l.Lock() != nil {
		return func() {}
	}
	return func() { l.Unlock() } //nolint:errcheck // it is given back at the end of the program at the latest
}

// rewrite returns the text of file, given the text raw of old.
func rewrite(raw []byte, old, file *File) ([]byte, error) {
	if text, ok := splice(raw, old, file); ok {
		return text, nil
	}
	var b bytes.Buffer
	err := file.write(&b)
	return b.Bytes(), err
}

// An entry is a decision or an answer as YAML.
type entry struct {
	id   string
	line int // where it stands, 0: nowhere
	node *yaml.Node
}

func (f *File) decisionEntries() []entry {
	out := make([]entry, len(f.Decisions))
	for i := range f.Decisions {
		out[i] = entry{f.Decisions[i].ID, f.Decisions[i].Line, f.Decisions[i].node()}
	}
	return out
}

func (f *File) answerEntries() []entry {
	out := make([]entry, len(f.Answers))
	for i := range f.Answers {
		out[i] = entry{f.Answers[i].ID, f.Answers[i].Line, f.Answers[i].node()}
	}
	return out
}

// Put sets the decision about a finding, in place of one that is there. Fields of that one which this version does not know are kept.
func (f *File) Put(d Decision) {
	if old := f.Find(d.ID); old != nil {
		d.Line, d.unknown = old.Line, old.unknown
		if !d.About.known() && d.Evidence == old.Evidence {
			d.About = old.About
		}
		d.About.unknown = old.About.unknown
		if d.State == old.State {
			d.Edit.unknown = old.Edit.unknown
		}
		*old = d
		return
	}
	f.Decisions = append(f.Decisions, d)
}

// Remove takes the decision about a finding out.
func (f *File) Remove(id string) {
	f.Decisions = slices.DeleteFunc(f.Decisions, func(d Decision) bool { return d.ID == id })
}

// PutAnswer sets the answer to a question, in place of one that is there.
func (f *File) PutAnswer(a Answer) {
	if old := f.Answer(a.ID); old != nil {
		a.Line, a.unknown = old.Line, old.unknown
		*old = a
		return
	}
	f.Answers = append(f.Answers, a)
}

// RemoveAnswer takes the answer to a question out.
func (f *File) RemoveAnswer(id string) {
	f.Answers = slices.DeleteFunc(f.Answers, func(a Answer) bool { return a.ID == id })
}

// Version returns what the decision is known by as it stands: another one once anything in it is changed. nil has a version too.
func (d *Decision) Version() string {
	if d == nil {
		return "none"
	}
	return versionOf(d.node())
}

// Version returns what the answer is known by as it stands. nil has a version too.
func (a *Answer) Version() string {
	if a == nil {
		return "none"
	}
	return versionOf(a.node())
}

func versionOf(n *yaml.Node) string {
	raw, err := yaml.Marshal(n)
	if err != nil {
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}
