// Package index writes the pages over all documents of a scan.
//
// In come records, one at a time, in order of their names; out go index.html, index.md, index.json and findings.csv. Memory stays small
// however many there are.
package index
