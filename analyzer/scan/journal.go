package scan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"whatif/analyzer/record"
	"whatif/analyzer/wholefile"
)

// A journal is the file in which a folder keeps its records: one line each, appended when the document's drafts are in their places,
// so that a run that is killed between any two bytes has lost at most the document it was writing. The last line of a name counts.
//
// A line is the checksum (CRC-32, IEEE, 8 hex digits) of what follows it, a tab, the entry's head in JSON, a tab, the record in JSON,
// and a line feed. JSON holds no raw tabs. The head alone is read when a run begins.
type journal struct {
	path    string
	file    *os.File
	size    int64 // bytes that hold whole lines
	dead    int   // lines that no longer count
	damaged int   // lines that were no good when it was opened
	entries map[string]*entry
}

// An entry is the head of a line, and where its record stands.
type entry struct {
	Name     string       `json:"name"`
	Settings string       `json:"settings"`         // what shaped the draft: another sum, another draft
	SHA256   string       `json:"sha256,omitempty"` // of the document
	State    record.State `json:"state"`
	Of       string       `json:"of,omitempty"`
	Files    []written    `json:"files,omitempty"`
	Findings [3]int       `json:"findings"` // of high, medium and low priority

	at     int64 // where the record's JSON begins
	length int
}

// A written is one of a draft's files, as it was left.
type written struct {
	Path  string `json:"path"` // relative to the output folder, with slashes
	Bytes int64  `json:"bytes"`
}

// journalHeader is the first line. Another version's journal is not read.
const journalHeader = "whatif journal 1\n"

// errVersion is the error for a journal of another version.
var errVersion = errors.New("it is of another version of whatif")

// openJournal opens the journal at path, and makes one where there is none. Damaged lines are counted and passed over.
func openJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	j := &journal{path: path, file: f, entries: map[string]*entry{}}
	if err := j.load(); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// load reads all lines. A line without an end was being written when the program was killed: it is cut off.
func (j *journal) load() error {
	in := bufio.NewReaderSize(j.file, 1<<20)
	first, err := in.ReadString('\n')
	if err == io.EOF && len(journalHeader) > len(first) && journalHeader[:len(first)] == first {
		return j.begin()
	}
	if err != nil && err != io.EOF {
		return err
	}
	if first != journalHeader {
		return errVersion
	}
	j.size = int64(len(first))
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			if len(line) > 0 {
				j.damaged++
			}
			return j.file.Truncate(j.size)
		}
		if err != nil {
			return err
		}
		j.take(line, j.size)
		j.size += int64(len(line))
	}
}

// begin writes the header of an empty journal.
func (j *journal) begin() error {
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	_, err := j.file.WriteAt([]byte(journalHeader), 0)
	j.size = int64(len(journalHeader))
	return err
}

// take notes the entry of a line that begins at offset at.
func (j *journal) take(line []byte, at int64) {
	e, ok := parseLine(line)
	if !ok {
		j.damaged++
		j.dead++
		return
	}
	e.at += at
	if j.entries[e.Name] != nil {
		j.dead++
	}
	if e.State == "" { // taken out
		delete(j.entries, e.Name)
		j.dead++
		return
	}
	j.entries[e.Name] = e
}

// parseLine reads the head of a line. Its place is counted from the beginning of the line.
func parseLine(line []byte) (*entry, bool) {
	sum, rest, ok := bytes.Cut(line, []byte{'\t'})
	if !ok || len(sum) != 8 || len(rest) == 0 || checksum(rest[:len(rest)-1]) != string(sum) {
		return nil, false
	}
	head, body, ok := bytes.Cut(rest, []byte{'\t'})
	e := &entry{at: int64(len(sum) + 1 + len(head) + 1), length: len(body) - 1}
	if !ok || json.Unmarshal(head, e) != nil || e.Name == "" {
		return nil, false
	}
	return e, true
}

func checksum(b []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(b)) }

// put appends an entry with its record.
func (j *journal) put(e *entry, r *record.Record) error {
	line, err := formatLine(e, r)
	if err != nil {
		return err
	}
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		return errors.Join(err, j.file.Truncate(j.size))
	}
	j.take(line, j.size)
	j.size += int64(len(line))
	return nil
}

// remove notes that a name has no entry any more.
func (j *journal) remove(name string) error {
	return j.put(&entry{Name: name}, &record.Record{Name: name})
}

func formatLine(e *entry, r *record.Record) ([]byte, error) {
	head, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	rest := append(append(head, '\t'), body...)
	return append([]byte(checksum(rest)+"\t"), append(rest, '\n')...), nil
}

// record reads the record of an entry.
func (j *journal) record(e *entry) (*record.Record, error) {
	data := make([]byte, e.length)
	if _, err := j.file.ReadAt(data, e.at); err != nil {
		return nil, err
	}
	r := new(record.Record)
	return r, json.Unmarshal(data, r)
}

// mostDead is how many lines that do not count a journal may have for each that does.
const mostDead = 1

// tidy writes the journal anew without the lines that do not count, where these are many.
func (j *journal) tidy(names []string) error {
	if j.dead <= 100+mostDead*len(j.entries) {
		return nil
	}
	err := wholefile.Write(j.path, wholefile.Options{}, func(w io.Writer) error {
		if _, err := io.WriteString(w, journalHeader); err != nil {
			return err
		}
		for _, name := range names {
			e := j.entries[name]
			r, err := j.record(e)
			if err != nil {
				return err
			}
			line, err := formatLine(e, r)
			if err != nil {
				return err
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	next, err := openJournal(j.path)
	if err != nil {
		return err
	}
	j.file.Close()
	*j = *next
	return nil
}

func (j *journal) close() error { return j.file.Close() }
