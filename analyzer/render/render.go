// Package render prints a draft, one file a format.
//
// In comes a draft and, where a report shows the text beside the findings, the document; out go bytes. Nothing is decided
// here and nothing is said that the draft does not say. Text of the document is escaped for each target at the last step.
package render
