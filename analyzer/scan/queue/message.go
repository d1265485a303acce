package queue

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

// wireVersion is the version of the messages. It is raised when an older program would misread them; one that meets a newer version
// leaves the message to others.
const wireVersion = 1

// What is read from the queue was written by others, and is bounded.
const (
	maxMessage  = 64 << 10  // bytes of a task or a result; documents and drafts travel as objects
	maxName     = 4 << 10   // bytes of a document's name, and of its path: both fit into a message, however they are escaped
	maxContent  = 256 << 20 // bytes of a document
	maxDrafts   = 256 << 20 // bytes of a document's drafts, packed or not
	maxReason   = 2000      // bytes of a text for people
	maxSettings = 900 << 10 // bytes of a run's description: below what a message of a server takes, 1 MB
)

// A taskMessage asks for a draft.
type taskMessage struct {
	Version int    `json:"version"`
	Num     int    `json:"num"`
	Name    string `json:"name"`
	Path    string `json:"path"`
	Source  string `json:"source,omitempty"`
	SHA256  string `json:"sha256"`
	Bytes   int64  `json:"bytes"`

	run, id string // from the subject
}

// A resultMessage says that a task is done, or, with the id stopID, that nothing more is done for a run.
type resultMessage struct {
	Version int    `json:"version"`
	Object  string `json:"object,omitempty"` // SHA-256 of the object with the record and the drafts
	Bytes   int64  `json:"bytes,omitempty"`
	Millis  int64  `json:"millis,omitempty"` // that it took
	Worker  string `json:"worker,omitempty"`
	Round   uint64 `json:"round,omitempty"`   // of an end: revision of the run's description that the worker went by
	Stopped string `json:"stopped,omitempty"` // why nothing more is done
	Budget  bool   `json:"budget,omitempty"`  // a limit was reached
}

// stopID stands for a task's id in the subject of a run's end.
const stopID = "stop"

// A drafts is what a result's object holds, packed with gzip.
type drafts struct {
	Version int            `json:"version"`
	Record  *record.Record `json:"record"`
	Files   []draftFile    `json:"files,omitempty"`
}

type draftFile struct {
	Ending string `json:"ending"`
	Data   []byte `json:"data"`
}

// A newerError is the error for a message of a newer version.
type newerError struct{ version int }

func (e *newerError) Error() string {
	return fmt.Sprintf("a message has version %d, and this program knows versions up to %d: it is left to newer workers", e.version, wireVersion)
}

// decode reads a message of this version.
func decode(data []byte, v any) error {
	var head struct {
		Version int `json:"version"`
	}
	if len(data) > maxMessage {
		return fmt.Errorf("a message has %d bytes, over the limit of %d", len(data), maxMessage)
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("a message is no JSON of whatif: %w", err)
	}
	switch {
	case head.Version > wireVersion:
		return &newerError{head.Version}
	case head.Version < 1:
		return errors.New("a message has no version")
	}
	return json.Unmarshal(data, v)
}

// splitSubject returns run and task of a subject "whatif.NAME.WHAT.RUN.TASK".
func splitSubject(subject string) (run, task string, ok bool) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 || !isHex(parts[3], 32) || !isHex(parts[4], 32) && parts[4] != stopID {
		return "", "", false
	}
	return parts[3], parts[4], true
}

func isHex(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789abcdef") == ""
}

// decodeTask reads a task. A faulty one is an error; one of a newer version a *newerError, with run and id where the subject has them.
func decodeTask(subject string, data []byte) (*taskMessage, error) {
	t := new(taskMessage)
	var ok bool
	if t.run, t.id, ok = splitSubject(subject); !ok || t.id == stopID {
		return t, errors.New("a task's subject names no run and no task")
	}
	if err := decode(data, t); err != nil {
		return t, err
	}
	switch {
	case !label(t.Name) || t.Name == "" || !label(t.Path):
		return t, errors.New("a task's name is empty, too long or no text")
	case !isHex(t.SHA256, 64) || t.Bytes < 0 || t.Bytes > maxContent:
		return t, errors.New("a task has no sum, or a size that is none")
	case taskID(t.run, t.Name, t.SHA256) != t.id:
		return t, errors.New("a task's subject is not that of its document")
	}
	return t, nil
}

// label reports a text that may name something. It is never used as a path.
func label(s string) bool { return len(s) <= maxName && utf8.ValidString(s) }

// encodeMade packs what came of a task.
func encodeMade(m *scan.Made) ([]byte, error) {
	d := drafts{Version: wireVersion, Record: m.Record}
	for _, f := range m.Files {
		d.Files = append(d.Files, draftFile{f.Ending, f.Data})
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(d); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() > maxDrafts {
		return nil, fmt.Errorf("its drafts have %d bytes packed, over the limit of %d", b.Len(), maxDrafts)
	}
	return b.Bytes(), nil
}

// decodeMade unpacks what came of the task t. What a worker may not say, because the scan knows it better, is set right.
func decodeMade(data []byte, t *scan.Task, took time.Duration) (*scan.Made, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxDrafts+1))
	if err != nil {
		return nil, err
	}
	if len(plain) > maxDrafts {
		return nil, fmt.Errorf("it unpacks to more than %d bytes", maxDrafts)
	}
	var d drafts
	if err := json.Unmarshal(plain, &d); err != nil {
		return nil, err
	}
	r := d.Record
	states := []record.State{record.Done, record.Partial, record.LeftOut, record.Failed}
	if d.Version != wireVersion || r == nil || !slices.Contains(states, r.State) || r.HasDraft() != (len(d.Files) > 0) {
		return nil, errors.New("it is no record of a document")
	}
	r.Name, r.SHA256, r.Of, r.Files = t.Name, t.SHA256, "", nil
	r.Path = cut(r.Path, maxName)
	r.Millis = took.Milliseconds()
	m := &scan.Made{Num: t.Num, Record: r}
	endings := []string{"md", "html", "json"}
	for _, f := range d.Files {
		i := slices.Index(endings, f.Ending)
		if i < 0 {
			return nil, errors.New("it has a draft of a form that is none, or two of one form")
		}
		endings[i] = ""
		m.Files = append(m.Files, scan.File{Ending: f.Ending, Data: f.Data})
	}
	return m, nil
}

// cut shortens a text to most bytes, at a character's border.
func cut(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
