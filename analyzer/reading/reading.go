// Package reading reads a document's sentences as words.
//
// In comes a document; out comes a [Text]: every sentence as stemmed words with their places, the stance it takes (claimed,
// denied, left open, planned, out of scope), and a search for phrases. The built-in engine and ground read alike with it.
package reading

import (
	"whatif/analyzer/document"
)

// A Text is a document read as words. It is not changed after [Read]; many goroutines may use it.
type Text struct {
	Doc       *document.Document
	Sentences []Sentence // Sentences[i].Num == i+1

	byStem map[string][]int32 // sentence indexes, ascending
}

// A Sentence is a document's sentence with its words.
type Sentence struct {
	*document.Sentence
	Words  []Word
	Stance Stance
}

// A Word is one word of [document.Sentence.Text]. "sign-in" is two words, "e-mail" one ("email"), "patient's" is "patient".
type Word struct {
	Start, End int    // byte offsets into the sentence's Text
	Form       string // lower case
	Stem       string // of Form, by the Snowball English stemmer
	Capital    bool   // begins with a capital letter
	Glued      bool   // no white space stands between it and the word before
}

// Read reads every sentence of doc.
func Read(doc *document.Document) *Text {
	t := &Text{Doc: doc, Sentences: make([]Sentence, len(doc.Sentences)), byStem: map[string][]int32{}}
	words := newSlab(doc.Sentences)
	for i := range doc.Sentences {
		s := &t.Sentences[i]
		s.Sentence = &doc.Sentences[i]
		s.Words = words.words(s.Text)
		for _, w := range s.Words {
			at := t.byStem[w.Stem]
			if n := len(at); n == 0 || at[n-1] != int32(i) {
				t.byStem[w.Stem] = append(at, int32(i))
			}
		}
	}
	t.takeStances()
	return t
}

// Section returns the sentences under the same heading as the sentence with the number num, headings left out.
func (t *Text) Section(num int) []Sentence {
	s := t.Doc.Sentence(num)
	if s == nil {
		return nil
	}
	sec := t.Doc.Sections[s.Section]
	if sec.First == 0 {
		return nil
	}
	return t.Sentences[sec.First-1 : sec.Last]
}
