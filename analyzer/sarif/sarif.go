// Package sarif writes findings as SARIF 2.1.0, the form that code hosts and editors show beside the text.
//
// In come records of documents, one at a time; out goes one log, however many there are. Nothing is decided here.
package sarif

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// Fingerprint is the name under which a result's partial fingerprint stands.
const Fingerprint = "whatifFinding/v1"

// Options say what stands in a log besides the results.
type Options struct {
	Version  string                   // of the program
	Rules    map[string]Rule          // what is told of the rules, by id; those that are not here are told of by their category
	Baseline bool                     // every note has a baseline state
	Path     func(name string) string // returns where a document lies from the root, by its record\'s name; nil: the name says so
	Decided  bool                     // decisions were looked at: every result says whether it is suppressed
}

// A Rule is what is told of one of the rules.
type Rule struct {
	About    string   // one sentence
	Help     string   // plain text
	Markdown string   // the help again, as Markdown, escaped
	Tags     []string // such as "stride/spoofing"; ten are shown by GitHub
}

// A Note is what is known of a finding besides its record.
type Note struct {
	Baseline   string // new, unchanged, updated or absent
	Suppressed bool
	Why        string // it is suppressed
}

// A Writer writes one log with one run. What it keeps in memory grows with the rules and the failed documents, not with the results.
type Writer struct {
	out      io.Writer
	opt      Options
	err      error
	results  int
	rules    map[string]int
	listed   []descriptor
	notes    []notification
	unlisted int // notifications that were too many
	failed   bool
}

// mostNotes is how many failed documents a log names.
const mostNotes = 1000

// schema is where the form of the log is laid down.
const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// New begins a log. The order of its parts is such that it can be written in one go: results first, then what they refer to.
func New(out io.Writer, opt Options) *Writer {
	w := &Writer{out: out, opt: opt, rules: map[string]int{}}
	w.text(fmt.Sprintf("{\n\"$schema\": %q,\n\"version\": \"2.1.0\",\n\"runs\": [{\n\"columnKind\": \"unicodeCodePoints\",\n", schema))
	w.text("\"defaultEncoding\": \"utf-8\",\n\"newlineSequences\": [\"\\r\\n\", \"\\n\", \"\\r\"],\n\"originalUriBaseIds\": ")
	w.value(map[string]baseID{root: {message{Text: "The folder that the documents' names are relative to: the root of the repository, or the folder that was scanned."}}})
	w.text(",\n\"results\": [")
	return w
}

// root is the base of all addresses, by the name that GitHub and others use for that of the repository.
const root = "%SRCROOT%"

// Add writes the results of one document. note tells of each finding; nil: nothing.
func (w *Writer) Add(r *record.Record, note func(*record.Finding) Note) error {
	for i := range r.Findings {
		f, n := &r.Findings[i], Note{}
		if note != nil {
			n = note(f)
		}
		w.result(w.describe(r, f), n)
	}
	if r.State == record.Failed || r.State == record.Partial {
		w.tell(r)
	}
	return w.err
}

// Absent writes a result for a finding of the baseline that is gone. Of its record only what a baseline keeps need be there.
func (w *Writer) Absent(document string, f *record.Finding) error {
	w.result(w.describe(&record.Record{Name: document}, f), Note{Baseline: "absent"})
	return w.err
}

// Close writes what is left. It does not close the writer below.
func (w *Writer) Close() error {
	if w.unlisted > 0 {
		w.notes = append(w.notes, notification{Level: "error", Message: message{Text: fmt.Sprintf("%d more documents like these", w.unlisted)}})
	}
	if w.listed == nil {
		w.listed = []descriptor{}
	}
	w.text("\n],\n\"invocations\": [")
	w.value(invocation{Successful: !w.failed, Notifications: w.notes})
	w.text("],\n\"tool\": ")
	w.value(tool{driver{Name: "whatif", Version: w.opt.Version, Rules: w.listed}})
	w.text("\n}]\n}\n")
	return w.err
}

// result writes one result on a line of its own.
func (w *Writer) result(r *result, n Note) {
	if w.opt.Baseline {
		r.Baseline = cmp.Or(n.Baseline, "new")
	}
	if w.opt.Decided {
		r.Suppressions = &[]suppression{}
		if n.Suppressed {
			r.Suppressions = &[]suppression{{"external", "accepted", n.Why}}
		}
	}
	if w.results > 0 {
		w.text(",")
	}
	w.results++
	w.text("\n")
	w.value(r)
}

// describe makes a result of a finding.
func (w *Writer) describe(r *record.Record, f *record.Finding) *result {
	id, index := w.rule(f)
	res := &result{
		RuleID: id, RuleIndex: index, Level: level(f.Priority), Message: message{Text: plain(cmp.Or(f.WhatIf, f.Title))},
		Fingerprints: map[string]string{Fingerprint: f.Fingerprint}, Rank: rank(f),
		Properties: resultProperties{ID: f.ID, Title: f.Title, Priority: string(f.Priority), Category: string(f.Category), Question: f.Question,
			Confidence: string(f.Confidence), Basis: string(f.Basis), Origin: string(f.Origin), Suggested: f.Requirement},
	}
	for i := range f.Regions {
		l := w.place(r, &f.Regions[i])
		if i == 0 {
			res.Locations = append(res.Locations, l)
			continue
		}
		l.ID = i
		res.Related = append(res.Related, l)
	}
	if len(f.Regions) == 0 {
		res.Locations = []location{w.document(r.Name)}
	}
	return res
}

// rule returns the id and the index of a finding's rule, which is listed when it is first met.
func (w *Writer) rule(f *record.Finding) (string, int) {
	id := f.Rule
	if id == "" {
		id = "whatif/" + cmp.Or(string(f.Category), "other")
	}
	index, ok := w.rules[id]
	if !ok {
		index = len(w.listed)
		w.rules[id] = index
		w.listed = append(w.listed, w.ruleOf(id, f))
	}
	return id, index
}

func (w *Writer) ruleOf(id string, f *record.Finding) descriptor {
	kind := strings.ReplaceAll(cmp.Or(string(f.Category), "other"), "_", " ")
	rule, known := w.opt.Rules[id]
	if !known {
		rule.About = "The document leaves room for " + kind + "."
		rule.Tags = tags(f)
	}
	d := descriptor{ID: id, Name: camel(id), Short: message{Text: plain(rule.About)}, Full: message{Text: plain(rule.About)}, // GitHub wants both, and help
		Help: message{Text: plain(cmp.Or(rule.Help, rule.About)), Markdown: rule.Markdown}, Default: configuration{"warning"}}
	if len(rule.Tags) > 0 {
		d.Properties = tagged{rule.Tags}
	}
	return d
}

// tags returns a finding's own tags.
func tags(f *record.Finding) []string {
	if f.Category == "" {
		return nil
	}
	return Tags(string(f.Category), f.Tags.STRIDE, f.Tags.LINDDUN)
}

// mostTags is how many tags of a rule GitHub shows; more than 20 are refused.
const mostTags = 10

// Tags returns the tags of a rule: its category, and its places in STRIDE and LINDDUN.
func Tags(category string, stride, linddun []string) []string {
	all := []string{category}
	for _, s := range stride {
		all = append(all, "stride/"+s)
	}
	for _, l := range linddun {
		all = append(all, "linddun/"+l)
	}
	return all[:min(len(all), mostTags)]
}

// tell notes that a document failed, or that a part of its draft is missing.
func (w *Writer) tell(r *record.Record) {
	level, text := "warning", "the draft is partial"
	if r.State == record.Failed {
		level, text, w.failed = "error", "the document could not be analysed", true
	}
	if len(w.notes) == mostNotes {
		w.unlisted++
		return
	}
	if why := cmp.Or(r.Detail, r.Reason); why != "" {
		text += ": " + why
	}
	w.notes = append(w.notes, notification{Level: level, Message: message{Text: plain(r.Name + ": " + text)}, Locations: []location{w.document(r.Name)}})
}

// level is how pressing a finding is in SARIF's words.
func level(priority threatmodel.Level) string {
	switch priority {
	case threatmodel.High:
		return "error"
	case threatmodel.Medium:
		return "warning"
	}
	return "note"
}

// rank orders findings from 0 to 100: by priority first, then by severity, likelihood and confidence.
func rank(f *record.Finding) float64 {
	sum := 0
	for _, l := range []threatmodel.Level{f.Priority, f.Severity, f.Likelihood, f.Confidence} {
		sum = 3*sum + max(l.Rank()-1, 0)
	}
	return float64(sum*1000/80) / 10 // 80 is the sum for four times high
}

func (w *Writer) text(s string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.out, s)
	}
}

func (w *Writer) value(v any) {
	raw, err := json.Marshal(v)
	if w.err == nil {
		w.err = err
	}
	w.text(string(raw))
}
