// Package record holds what is kept of each document when there are many of them.
//
// In comes a document's draft; out comes a Record, small enough for ten thousand of them to make one index, one SARIF file and
// one gate. Records are written to disk, so their fields are a form: they may be added to, and a reader skips those it does not know.
package record

import "whatif/analyzer/threatmodel"

// A State says what became of a document.
type State string

// The states.
const (
	Done    State = "done"     // its draft is whole
	Partial State = "partial"  // it has a draft to which another run may add
	Copy    State = "copy"     // its bytes are those of another document, which has the draft
	LeftOut State = "left_out" // it was not analysed: no requirements document, too large, excluded, …
	Failed  State = "failed"   // it could not be read or analysed
)

// A Record is what is kept of one document.
type Record struct {
	Name   string `json:"name"` // its path in the scan, with slashes, valid UTF-8: unique, the key of the index
	Path   string `json:"path"` // as it was opened, for messages; valid UTF-8
	SHA256 string `json:"sha256,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	State  State  `json:"state"`
	Of     string `json:"of,omitempty"`     // of a copy: the Name of the document that has the draft
	Reason string `json:"reason,omitempty"` // of left_out and failed, one word: "readme", "too_large", "damaged", …
	Detail string `json:"detail,omitempty"` // of these and of partial, for people

	Title     string             `json:"title,omitempty"`
	Format    string             `json:"format,omitempty"`
	Encoding  string             `json:"encoding,omitempty"` // of a text file that is not UTF-8: byte offsets are into the text decoded
	Language  string             `json:"language,omitempty"`
	Sentences int                `json:"sentences,omitempty"`
	Likeness  float64            `json:"likeness,omitempty"` // how much it reads like a requirements document, 0 to 1; 0: not asked
	Files     []string           `json:"files,omitempty"`    // of the draft, relative to the output folder, with slashes
	Findings  []Finding          `json:"findings,omitempty"`
	Hidden    []Hidden           `json:"-"` // findings that stronger ones keep out of the draft; not kept on disk
	Questions []Question         `json:"questions,omitempty"`
	Assets    []Asset            `json:"assets,omitempty"`
	Warnings  []string           `json:"warnings,omitempty"` // codes, each once
	Engine    threatmodel.Engine `json:"engine"`
	Sketch    []uint32           `json:"sketch,omitempty"` // of its words, to find documents that are nearly the same
	Millis    int64              `json:"-"`                // how long it took; not kept, so that the same input gives the same bytes
}

// A Finding is an abuse case with its place.
type Finding struct {
	ID          string                    `json:"id"`
	Fingerprint string                    `json:"fingerprint"` // the same for the same finding of the same document in every run
	Rule        string                    `json:"rule"`        // "" if no built-in rule found it
	Category    threatmodel.AbuseCategory `json:"category"`
	Question    string                    `json:"question"`
	Title       string                    `json:"title"`
	WhatIf      string                    `json:"what_if"`
	Requirement string                    `json:"requirement,omitempty"` // the first that is suggested
	Priority    threatmodel.Level         `json:"priority"`
	Severity    threatmodel.Level         `json:"severity"`
	Likelihood  threatmodel.Level         `json:"likelihood"`
	Confidence  threatmodel.Level         `json:"confidence"`
	Basis       threatmodel.Basis         `json:"basis"`
	Origin      threatmodel.Origin        `json:"origin"`
	Tags        threatmodel.Tags          `json:"tags"`
	Regions     []Region                  `json:"regions"` // of its citations; the first is its place
}

// A Hidden is a finding that holds and that the draft does not show: it is told by another one, or weaker than what is shown. It has no id.
type Hidden struct {
	Rule   string // "" if no built-in rule found it
	Title  string
	Quotes []string
}

// A Region is a citation's place in SARIF's terms (SARIF 2.1.0, 3.30): lines and columns count from 1 and the end column is one
// past the last character, offsets count from 0. Characters are Unicode code points; a byte order mark is bytes, and no character.
type Region struct {
	Section     string `json:"section,omitempty"`
	Quote       string `json:"quote"`
	StartLine   int    `json:"start_line"`
	StartColumn int    `json:"start_column"`
	EndLine     int    `json:"end_line"`
	EndColumn   int    `json:"end_column"`
	ByteOffset  int    `json:"byte_offset"`
	ByteLength  int    `json:"byte_length"`
	CharOffset  int    `json:"char_offset"`
	CharLength  int    `json:"char_length"`
	Page        int    `json:"page,omitempty"`
}

// A Question is one of the framework's questions and how far the document answers it.
type Question struct {
	Key    string                     `json:"key"`
	Status threatmodel.QuestionStatus `json:"status"`
	Ask    threatmodel.Ask            `json:"ask"`
	Spare  bool                       `json:"spare,omitempty"`
	Line   int                        `json:"line,omitempty"` // of its first citation; 0 if it has none
}

// An Asset is a kind of data that the document handles.
type Asset struct {
	Name        string                    `json:"name"`
	Category    threatmodel.AssetCategory `json:"category"`
	Sensitivity threatmodel.Level         `json:"sensitivity"`
	To          []string                  `json:"to,omitempty"` // names of the dependencies that flows carry it to, sorted
	Line        int                       `json:"line,omitempty"`
}

// Count returns how many findings have the priority.
func (r *Record) Count(priority threatmodel.Level) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Priority == priority {
			n++
		}
	}
	return n
}

// HasDraft reports whether the document has a draft of its own.
func (r *Record) HasDraft() bool { return r.State == Done || r.State == Partial }
