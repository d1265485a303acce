//go:build !unix

package find

// noWait is nothing: no file of these systems waits to be opened.
const noWait = 0
