// Package scan makes the drafts of many documents.
//
// In come the documents that were found and a line of workers; out come an output folder with a draft of each, one index over all,
// and a journal with which a run that was stopped goes on. A document that fails costs itself only.
package scan
