package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/threatmodel"
)

// maxFile is how many bytes a file of decisions may have.
const maxFile = 8 << 20

// A Fault is what is wrong with a file, and where.
type Fault struct {
	File string
	Line int // 1-based; 0: the file as a whole
	Text string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
}

// Load reads the decisions in the file at path. Where there is no file it returns nil and no error. Faults of the file are joined
// [*Fault]s, at most ten.
func Load(path string) (*File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	return Parse(path, raw)
}

// Parse reads decisions. path is for messages.
func Parse(path string, raw []byte) (*File, error) {
	p := &parser{path: path, file: &File{}}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	switch {
	case len(raw) > maxFile:
		p.fault(0, "it is larger than %d MB", maxFile>>20)
	case !utf8.Valid(raw):
		p.fault(badLine(raw), "it is not UTF-8")
	case p.conflict(raw):
	default:
		p.read(raw)
	}
	if len(p.faults) > 0 {
		return nil, errors.Join(p.faults...)
	}
	return p.file, nil
}

func badLine(raw []byte) int {
	for n, line := range bytes.Split(raw, []byte("\n")) {
		if !utf8.Valid(line) {
			return n + 1
		}
	}
	return 0
}

// A parser reads one file. It goes on after a fault, so that several are found at once.
type parser struct {
	path   string
	file   *File
	faults []error
}

// mostFaults is how many faults of a file are told.
const mostFaults = 10

func (p *parser) fault(line int, format string, args ...any) {
	if len(p.faults) < mostFaults {
		p.faults = append(p.faults, &Fault{p.path, line, fmt.Sprintf(format, args...)})
	}
}

// conflict finds what git leaves in a file that two people changed.
func (p *parser) conflict(raw []byte) bool {
	for n, line := range bytes.Split(raw, []byte("\n")) {
		for _, mark := range []string{"<<<<<<< ", "||||||| ", ">>>>>>> "} {
			if bytes.HasPrefix(line, []byte(mark)) {
				p.fault(n+1, "a merge left a conflict here: keep one side, and take out the lines with <<<<<<<, ======= and >>>>>>>")
				return true
			}
		}
	}
	return false
}

// yamlFault takes the line out of an error of the YAML library.
var yamlFault = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

func (p *parser) read(raw []byte) {
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		line, text := 0, err.Error()
		if m := yamlFault.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		p.fault(line, "it is not YAML: %s", text)
		return
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		p.fault(1, "expected whatif_decisions: %d, then decisions:", Version)
		return
	}
	top := doc.Content[0]
	if !p.version(top) || p.aliases(top) {
		return
	}
	p.fields(top, "", map[string]func(*yaml.Node){
		"whatif_decisions": func(*yaml.Node) {},
		"document":         func(n *yaml.Node) { p.file.Document = p.text(n, "document") },
		"decisions":        p.decisions,
		"answers":          p.answers,
	}, &p.file.unknown)
	if second := new(yaml.Node); !errors.Is(d.Decode(second), io.EOF) {
		p.fault(second.Line, "a second YAML document; all decisions stand in one")
	}
	slices.SortFunc(p.file.Decisions, func(a, b Decision) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(p.file.Answers, func(a, b Answer) int { return strings.Compare(a.ID, b.ID) })
}

// version checks that the file is of a form that is known, before anything else in it is looked at.
func (p *parser) version(top *yaml.Node) bool {
	for i := 0; i+1 < len(top.Content); i += 2 {
		if k, v := top.Content[i], top.Content[i+1]; k.Value == "whatif_decisions" {
			if v.Value == strconv.Itoa(Version) {
				return true
			}
			p.fault(v.Line, "its form has the version %q, and this whatif reads version %d", clip(v.Value), Version)
			return false
		}
	}
	p.fault(top.Line, "expected whatif_decisions: %d", Version)
	return false
}

// aliases refuses YAML's references: nobody needs them here, and a few lines of them are gigabytes.
func (p *parser) aliases(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		p.fault(n.Line, "aliases (*%s) are not read", clip(n.Value))
		return true
	}
	return slices.ContainsFunc(n.Content, p.aliases)
}

// fields reads a mapping. Fields that are not known are kept and warned of.
func (p *parser) fields(n *yaml.Node, where string, known map[string]func(*yaml.Node), unknown *[]*yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.fault(n.Line, "%sexpected fields of the form \"name: value\"", where)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		read, ok := known[k.Value]
		switch {
		case seen[k.Value]:
			p.fault(k.Line, "%s%s is there twice", where, clip(k.Value))
		case !ok:
			p.file.Warnings = append(p.file.Warnings, fmt.Sprintf("%s:%d: %s is not known, and kept as it is", p.path, k.Line, clip(k.Value)))
			*unknown = append(*unknown, k, v)
		case v.Tag != "!!null":
			read(v)
		}
		seen[k.Value] = true
	}
}

func (p *parser) decisions(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.fault(n.Line, "decisions: expected a list")
		return
	}
	lines := map[string]int{}
	for _, item := range n.Content {
		d := p.decision(item)
		if first, twice := lines[d.ID]; twice && d.ID != "" {
			p.fault(d.Line, "%s was decided in line %d already: keep one of the two", clip(d.ID), first)
			continue
		}
		lines[d.ID] = d.Line
		p.file.Decisions = append(p.file.Decisions, d)
	}
}

// into returns what reads text into a field.
func (p *parser) into(name string, field *string) func(*yaml.Node) {
	return func(n *yaml.Node) { *field = p.text(n, name) }
}

func (p *parser) decision(n *yaml.Node) Decision {
	d := Decision{Line: n.Line}
	text := p.into
	p.fields(n, "", map[string]func(*yaml.Node){
		"id": text("id", &d.ID), "title": text("title", &d.Title), "by": text("by", &d.By), "note": text("note", &d.Note),
		"evidence": text("evidence", &d.Evidence), "owner": text("owner", &d.Owner), "answer": text("answer", &d.Answer), "ticket": text("ticket", &d.Ticket),
		"edited": func(n *yaml.Node) { d.Edit = p.edit(n) },
		"about":  func(n *yaml.Node) { d.About = p.about(n) },
		"ask":    func(n *yaml.Node) { d.Ask = oneOf(p, n, "ask", threatmodel.Asks) },
		"state":  func(n *yaml.Node) { d.State = oneOf(p, n, "state", States) },
		"reason": func(n *yaml.Node) { d.Reason = oneOf(p, n, "reason", Reasons) },
		"at":     func(n *yaml.Node) { d.At = p.day(n, "at", time.DateOnly, time.RFC3339) },
		"until":  func(n *yaml.Node) { d.Until = p.day(n, "until", time.DateOnly) },
	}, &d.unknown)
	if n.Kind == yaml.MappingNode && d.ID == "" {
		p.fault(n.Line, "a decision without the id of a finding")
	}
	if n.Kind == yaml.MappingNode && d.State == "" && len(p.faults) == 0 {
		p.fault(n.Line, "%s has no state; there are %s", clip(d.ID), list(States))
	}
	return d
}

func (p *parser) edit(n *yaml.Node) Edit {
	var e Edit
	p.fields(n, "edited: ", map[string]func(*yaml.Node){
		"title": p.into("title", &e.Title), "requirement": p.into("requirement", &e.Requirement),
		"priority": func(n *yaml.Node) { e.Priority = oneOf(p, n, "priority", threatmodel.Levels) },
	}, &e.unknown)
	return e
}

func (p *parser) about(n *yaml.Node) About {
	var a About
	p.fields(n, "about: ", map[string]func(*yaml.Node){
		"rule": p.into("rule", &a.Rule), "question": p.into("question", &a.Question), "what_if": p.into("what_if", &a.WhatIf),
		"quotes":   func(n *yaml.Node) { a.Quotes = p.texts(n, "quotes") },
		"category": func(n *yaml.Node) { a.Category = threatmodel.AbuseCategory(p.text(n, "category")) }, // one of another version may be none of ours
	}, &a.unknown)
	return a
}

func (p *parser) answers(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		p.fault(n.Line, "answers: expected a list")
		return
	}
	lines := map[string]int{}
	for _, item := range n.Content {
		a := Answer{Line: item.Line}
		p.fields(item, "", map[string]func(*yaml.Node){"id": p.into("id", &a.ID), "question": p.into("question", &a.Question),
			"answer": p.into("answer", &a.Answer), "by": p.into("by", &a.By),
			"at": func(n *yaml.Node) { a.At = p.day(n, "at", time.DateOnly, time.RFC3339) }}, &a.unknown)
		if item.Kind == yaml.MappingNode && a.ID == "" {
			p.fault(item.Line, "an answer without the id of a question")
		}
		if first, twice := lines[a.ID]; twice && a.ID != "" {
			p.fault(a.Line, "%s was answered in line %d already: keep one of the two", clip(a.ID), first)
			continue
		}
		lines[a.ID] = a.Line
		p.file.Answers = append(p.file.Answers, a)
	}
}

func (p *parser) text(n *yaml.Node, name string) string {
	if n.Kind != yaml.ScalarNode {
		p.fault(n.Line, "%s: expected text", name)
		return ""
	}
	return n.Value
}

func (p *parser) texts(n *yaml.Node, name string) []string {
	if n.Kind != yaml.SequenceNode {
		p.fault(n.Line, "%s: expected a list", name)
		return nil
	}
	var all []string
	for _, item := range n.Content {
		all = append(all, p.text(item, name))
	}
	return all
}

// day reads a date in one of the layouts.
func (p *parser) day(n *yaml.Node, name string, layouts ...string) string {
	value := p.text(n, name)
	for _, l := range layouts {
		if _, err := time.Parse(l, value); err == nil {
			return value
		}
	}
	if value != "" {
		p.fault(n.Line, "%s: %q is no date; write it as 2026-01-31", name, clip(value))
	}
	return ""
}

// oneOf reads a word of a vocabulary.
func oneOf[T ~string](p *parser, n *yaml.Node, name string, words []T) T {
	value := T(p.text(n, name))
	if value != "" && !slices.Contains(words, value) {
		if value == T(threatmodel.StateDraft) {
			p.fault(n.Line, "%s: draft is what every finding begins as; take the decision out", name)
			return value
		}
		p.fault(n.Line, "%s: %q is none; there are %s", name, clip(string(value)), list(words))
	}
	return value
}

func list[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}

// clip shortens text of a file for a message.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return s
}
