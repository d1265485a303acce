// Package find looks for documents in folders.
//
// In come paths and what to leave out; out come the files in order, and what was left out with the reason. Nothing is read but ignore
// files; nothing outside of the folders is ever named.
package find
