// Package chunk cuts a document into parts that a model reads at once.
//
// In come a document and a number of tokens; out come [Chunk]s that cover each sentence once. Borders lie between sections
// where they can, never within a sentence or a table row, and an edit in one section moves no border of another.
package chunk

// A Chunk is a part of a document, with sentences numbered from 1 within it.
type Chunk struct {
	Sentences []int    // numbers in the document, ascending; the first is 1 in the chunk, and so on
	Before    []int    // up to three sentences before it, for reading only, never to be cited
	Path      []string // titles of the sections around it, from the top
	Title     string   // of its first section, for people; "(beginning)" before the first heading
	Tokens    int      // of its sentences as they are sent
}
