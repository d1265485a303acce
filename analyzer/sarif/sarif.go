// Package sarif writes findings as SARIF 2.1.0, the form that code hosts and editors show beside the text.
//
// In come records of documents, one at a time; out goes one log, however many there are. Nothing is decided here.
package sarif
