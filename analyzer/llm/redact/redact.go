// Package redact takes out of a document's words what must not be sent, and puts it back into what is replied.
//
// In comes text; out comes the same text with stable placeholders ("[EMAIL-3F9C]"). Working secrets are always taken out;
// e-mail addresses, telephone numbers, names and patterns of the user's own when asked for.
package redact

import (
	"regexp"

	"whatif/analyzer/document"
	"whatif/analyzer/inspect"
)

// Options say what is taken out besides secrets.
type Options struct {
	Personal bool             // e-mail addresses, telephone numbers, card and account numbers, IP addresses
	Names    []string         // of people and companies, matched as whole words, case folded
	Patterns []*regexp.Regexp // of the user's own
}

// A Redactor hides and restores one document's words. Many goroutines may use it.
type Redactor struct{}

// New returns the redactor of a document: the same value has the same placeholder everywhere, which follows from the value alone.
func New(doc *document.Document, secrets []inspect.Secret, opt Options) *Redactor { return &Redactor{} }

// Hide returns text with placeholders. Values are found also where they stand in other sentences than the one they were first
// seen in.
func (r *Redactor) Hide(text string) string { return text }

// Restore puts what was hidden back in, but for secrets, whose placeholders stay.
func (r *Redactor) Restore(text string) string { return text }

// Count returns how many different values have placeholders, by kind: "e-mail address", "secret".
func (r *Redactor) Count() map[string]int { return nil }
