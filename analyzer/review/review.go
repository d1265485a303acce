// Package review holds what people decided about findings: the file NAME.whatif.yaml beside a document.
//
// In comes the file; out come decisions, or errors with their lines. A file that can't be read is never written over.
package review
