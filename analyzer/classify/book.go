package classify

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"whatif/prompts"
)

// A Book says what is looked for and what it weighs. It is not changed once it is read, and may be used by many goroutines.
type Book struct {
	base      float64 // the score of a document of which nothing is known
	lean      float64 // what is added for a document in a language that the book has no words of
	smooth    int     // sentences that are added to each total, so that one sentence is no habit
	languages []string
	kinds     []kind
	features  []feature
	words     lexicon

	ofGroup [][]int32 // features whose first group it is, by group
	ofShape []int32   // features that need no words
}

// A kind is what a document may be.
type kind struct{ Name, Says string }

// kindPRD is the place of PRD among the kinds.
const kindPRD = 0

// A feature is something that is counted. A sentence has it when it is in a part that the feature is looked for in, holds a phrase
// of each of the groups in all and of none in not, and has all shapes and none of notShapes.
type feature struct {
	Name, About       string
	in                scope
	ofAll             bool // the share is of all sentences, not of those in the same part
	all, not          []int32
	shapes, notShapes shape
	beside            []int32 // features; without any of them it has a part of its weight only
	full              float64 // the share of sentences at which it has its whole weight
	many              float64 // or their number; 0: any number is judged by its share
	least             int     // how many there must be
	says              []saying
}

// A saying is what a feature adds to the score of a kind.
type saying struct {
	kind   int
	weight float64
}

// file is the embedded book.
const file = "classify.yaml"

// Builtin returns the built-in book. It is read once and shared.
func Builtin() (*Book, error) { return builtin() }

var builtin = sync.OnceValues(func() (*Book, error) {
	data, err := fs.ReadFile(prompts.FS, file)
	if err != nil {
		return nil, fmt.Errorf("reading what tells documents apart: %w", err)
	}
	return Parse("prompts/"+file, data)
})

// reads reports whether the book has words of a language, by its ISO 639-1 code. What could not be guessed is not read.
func (b *Book) reads(language string) bool { return slices.Contains(b.languages, language) }

// Kinds returns the names of all kinds, PRD and Other included, in the order of the book.
func (b *Book) Kinds() []string {
	var names []string
	for _, k := range b.kinds {
		names = append(names, k.Name)
	}
	return append(names, Other)
}

// says returns what people call a kind.
func (b *Book) says(name string) string {
	for _, k := range b.kinds {
		if k.Name == name {
			return k.Says
		}
	}
	return "no requirements document"
}
