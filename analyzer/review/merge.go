package review

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Conflict is what a merge leaves to a person.
type Conflict struct {
	ID  string // of the finding or question that both sides decided differently; "": the files as a whole
	Why error  // of files as a whole: why they could not be merged one by one; may be nil
}

// Merge joins what two sides did to a file of decisions since they had base, one finding and one question at a time; base may be empty.
// What both changed differently stands in the text as git marks it, both kept, and is returned as conflicts. Comments and lines of our
// side stay where they are. Nothing is ever left out: where a file can't be read, all of both is marked.
func Merge(base, ours, theirs []byte) (text []byte, conflicts []Conflict) {
	switch {
	case bytes.Equal(ours, theirs), bytes.Equal(base, theirs):
		return ours, nil
	case bytes.Equal(base, ours):
		return theirs, nil
	}
	crlf := bytes.Contains(ours, []byte("\r\n"))
	m := &merger{base: &File{}}
	var err error
	if m.ours, m.oursText, err = readSide("our side", ours); err != nil {
		return m.whole(ours, theirs, err)
	}
	if m.theirs, m.theirsText, err = readSide("their side", theirs); err != nil {
		return m.whole(ours, theirs, err)
	}
	if f, _, err := readSide("base", base); err == nil {
		m.base = f // one that can't be read is as none: what only one side has is kept
	}
	m.plan()
	out, ok := m.assemble()
	if !ok {
		m.oursText, m.theirsText = canonical(m.ours), canonical(m.theirs)
		if out, ok = m.assemble(); !ok {
			return m.whole(ours, theirs, nil)
		}
	}
	if crlf {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	return []byte(out), m.conflicts
}

// readSide reads a file that may be empty, and returns its text with plain line ends.
func readSide(name string, raw []byte) (*File, string, error) {
	raw = bytes.ReplaceAll(bytes.TrimPrefix(raw, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	if len(bytes.TrimSpace(raw)) == 0 {
		f := &File{}
		return f, canonical(f), nil
	}
	f, err := Parse(name, raw)
	return f, string(raw), err
}

// canonical is a file as it is written anew.
func canonical(f *File) string {
	var b strings.Builder
	if f.write(&b) != nil {
		return "" // it is not read as the file then, and not used
	}
	return b.String()
}

// A side is what one of the files has, or what to take.
type side int

const (
	fromOurs side = iota
	fromTheirs
	fromBoth // a conflict
)

// A merger merges two files.
type merger struct {
	base, ours, theirs   *File
	oursText, theirsText string

	document  string
	unknown   []*yaml.Node
	decisions map[string]side // by id, of all that are in one of the files; an id that its side does not have is taken out
	answers   map[string]side
	conflicts []Conflict
	clash     bool // of something that is neither a decision nor an answer
}

// plan says which side each thing comes from.
func (m *merger) plan() {
	m.decisions = m.choose(m.base.decisionEntries(), m.ours.decisionEntries(), m.theirs.decisionEntries())
	m.answers = m.choose(m.base.answerEntries(), m.ours.answerEntries(), m.theirs.answerEntries())
	switch {
	case m.ours.Document == m.base.Document:
		m.document = m.theirs.Document
	case m.theirs.Document == m.base.Document:
		m.document = m.ours.Document
	default: // it is there for people: any will do, and the same from either side
		m.document = max(m.ours.Document, m.theirs.Document)
	}
	tops := m.choose(topEntries(m.base), topEntries(m.ours), topEntries(m.theirs))
	for _, name := range sortedKeys(tops) {
		from := m.ours
		if tops[name] == fromTheirs {
			from = m.theirs
		}
		m.clash = m.clash || tops[name] == fromBoth
		for i := 0; i+1 < len(from.unknown); i += 2 {
			if from.unknown[i].Value == name {
				m.unknown = append(m.unknown, from.unknown[i], from.unknown[i+1])
			}
		}
	}
}

// topEntries are a file's fields that this version does not know.
func topEntries(f *File) []entry {
	var out []entry
	for i := 0; i+1 < len(f.unknown); i += 2 {
		out = append(out, entry{id: f.unknown[i].Value, node: f.unknown[i+1]})
	}
	return out
}

func sortedKeys(m map[string]side) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// choose says for each id which side to take: the one that changed it.
func (m *merger) choose(base, ours, theirs []entry) map[string]side {
	out := map[string]side{}
	for _, list := range [][]entry{ours, theirs, base} {
		for _, e := range list {
			if _, done := out[e.id]; done {
				continue
			}
			b, o, t := nodeOf(base, e.id), nodeOf(ours, e.id), nodeOf(theirs, e.id)
			switch {
			case equalNodes(o, t), equalNodes(b, t):
				out[e.id] = fromOurs
			case equalNodes(b, o):
				out[e.id] = fromTheirs
			default:
				out[e.id] = fromBoth
			}
		}
	}
	return out
}

func nodeOf(list []entry, id string) *yaml.Node {
	for _, e := range list {
		if e.id == id {
			return e.node
		}
	}
	return nil
}

func equalNodes(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameNode(a, b)
}

// as is the merged file with one side's word on all conflicts.
func (m *merger) as(word side) *File {
	f := &File{Document: m.document, unknown: m.unknown}
	for _, id := range sortedKeys(m.decisions) {
		if d := m.file(m.decisions[id], word).Find(id); d != nil {
			f.Decisions = append(f.Decisions, *d)
		}
	}
	for _, id := range sortedKeys(m.answers) {
		if a := m.file(m.answers[id], word).Answer(id); a != nil {
			f.Answers = append(f.Answers, *a)
		}
	}
	return f
}

// file is the one to take something from.
func (m *merger) file(from, word side) *File {
	if from == fromBoth {
		from = word
	}
	if from == fromTheirs {
		return m.theirs
	}
	return m.ours
}

// assemble makes the text, and holds it against what it must say, whichever side of its conflicts a person keeps.
func (m *merger) assemble() (string, bool) {
	m.conflicts = nil
	if m.clash {
		return "", false
	}
	for _, list := range []map[string]side{m.decisions, m.answers} {
		for _, id := range sortedKeys(list) {
			if list[id] == fromBoth {
				m.conflicts = append(m.conflicts, Conflict{ID: id})
			}
		}
	}
	for _, word := range []side{fromOurs, fromTheirs} {
		text, ok := m.text(word)
		if !ok {
			return "", false
		}
		got, err := Parse("", []byte(text))
		want := m.as(word)
		if err != nil || !same(got, want) || !sameEntries(topEntries(got), topEntries(want)) {
			return "", false
		}
	}
	return m.text(fromBoth)
}

// The lines with which git marks a conflict.
const (
	markOurs   = "<<<<<<< ours"
	markMiddle = "======="
	markTheirs = ">>>>>>> theirs"
)

// whole marks all of both files.
func (m *merger) whole(ours, theirs []byte, why error) ([]byte, []Conflict) {
	var b bytes.Buffer
	for _, part := range []struct {
		mark string
		text []byte
	}{{markOurs, ours}, {markMiddle, theirs}, {markTheirs, nil}} {
		b.WriteString(part.mark + "\n")
		b.Write(part.text)
		if n := len(part.text); n > 0 && part.text[n-1] != '\n' {
			b.WriteString("\n")
		}
	}
	return b.Bytes(), []Conflict{{Why: why}}
}
