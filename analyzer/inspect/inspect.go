// Package inspect looks at the document itself instead of the product that it describes.
//
// In comes a document; out come proposals about what should not stand in it: secrets that seem to work, and sentences, shown or
// hidden, that are addressed to the tools that read it. It runs whatever the engine is, and nothing can talk it out of it.
package inspect

import (
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A Report is what was seen.
type Report struct {
	Secrets  []Secret
	Steering []Steering
}

// A Secret is a stretch of a sentence that looks like a working key, token, password or private key.
type Secret struct {
	Sentence   int    // 1-based
	Start, End int    // bytes of the sentence's Text
	Kind       string // "aws_access_key", "private_key", "password", …
}

// A Steering is a sentence that tells its reader, a tool, what to do.
type Steering struct {
	Sentence int
	Kind     string // what gives it away, for people: "tells the reader to ignore its instructions"
}

// Look inspects a document.
func Look(text *reading.Text) *Report { return &Report{} }

// Set returns the report as proposals: a finding for secrets, one for steering, and warnings.
func (r *Report) Set(text *reading.Text) *proposal.Set { return &proposal.Set{Origin: "rules"} }
