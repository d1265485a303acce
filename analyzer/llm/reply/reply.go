// Package reply is the form of what a model is asked to say, and reads what it said.
//
// In comes a Go struct; out comes the strict JSON Schema for it. In comes a model's text; out comes the struct filled with all
// that can be understood of it, and what was wrong with the rest. Nothing is believed here: ground checks it.
package reply

// A Report tells how a text was read.
type Report struct {
	// Cut reports text that ended before its JSON did. What stood whole before the end is kept, and of a list the items that are
	// whole: asking for the rest, or for less at once, may bring more.
	Cut bool

	// Faults are short sentences on what is missing, was not understood or was left out, in words that a model can act on:
	// `item 3 of abuse_cases: "s" is missing`. Text that was read without doubt, however it was written, is no fault.
	Faults []string
}
