package ground

import (
	"slices"

	"whatif/analyzer/reading"
)

// content returns the stems of a name's words that say something: no articles, no "of", and no "data" in "location data". The
// last one is the name's head: "number" of "the card number of a guest".
func content(name string) []string {
	var room [8]reading.Word // for most names
	return contentOf(reading.AppendWords(room[:0], name))
}

func contentOf(words []reading.Word) []string {
	if i := slices.IndexFunc(words, func(w reading.Word) bool { return w.Form == "of" }); i > 0 {
		words = append(slices.Clone(words[i+1:]), words[:i]...)
	}
	var said, filling []string
	for _, w := range words {
		switch {
		case functionWords[w.Form]:
		case fillers[w.Form]:
			filling = append(filling, w.Stem)
		default:
			said = append(said, w.Stem)
		}
	}
	if len(said) == 0 {
		said = filling
	}
	if len(said) == 0 {
		for _, w := range words {
			said = append(said, w.Stem)
		}
	}
	return said
}

var functionWords = setOf("the", "a", "an", "of", "in", "on", "at", "to", "for", "and", "or", "by", "with", "from", "as", "is", "are", "be",
	"was", "were", "been", "it", "its", "their", "his", "her", "our", "your", "my", "they", "them", "we", "you", "he", "she", "i", "this",
	"that", "these", "those", "can", "may", "will", "must", "should", "would", "could", "do", "does", "has", "have", "had", "any", "all", "each",
	"every", "some", "who", "which", "whose", "when", "if", "then", "than", "into", "out", "up", "off", "over", "about", "not", "no", "so",
	"such", "only", "own", "other", "another", "there", "after", "before", "via", "per")

var fillers = setOf("data", "information", "info", "details", "detail", "record", "records", "value", "values", "item", "items", "field",
	"fields", "entry", "entries", "service", "system", "provider", "api", "platform")

func setOf(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

// carriesAny reports whether the sentences, with what leads into them and stands above them, carry one of the names.
func (c *checker) carriesAny(names []string, nums []int, how manner) bool {
	for _, name := range names {
		if c.carries(name, nums, how) {
			return true
		}
	}
	return false
}

// carries reports whether at least half of the name's words stand in the sentences' context, its head among them unless the
// name is a paraphrase.
func (c *checker) carries(name string, nums []int, how manner) bool {
	stems := content(name)
	if len(stems) == 0 {
		return false
	}
	missing := c.missing(stems, nums)
	if how&paraphrase == 0 && slices.Contains(missing, stems[len(stems)-1]) {
		return false
	}
	return 2*len(missing) <= len(stems)
}

// missing returns which of the stems stand nowhere in the sentences, their lead-ins, their tables' headers or the headings
// above them.
func (c *checker) missing(stems []string, nums []int) []string {
	left := slices.Clone(stems)
	for _, num := range nums {
		if left = c.strike(left, num); len(left) == 0 {
			return nil
		}
	}
	return left
}

// strike takes out of stems what stands in the context of one sentence.
func (c *checker) strike(stems []string, num int) []string {
	s := &c.text.Sentences[num-1]
	stems = strikeWords(stems, s.Words)
	for lead, hops := s.Lead, 0; len(stems) > 0 && lead > 0 && lead < num && hops < maxLeads; hops++ {
		l := &c.text.Sentences[lead-1]
		stems = strikeWords(stems, l.Words)
		if l.Lead >= lead {
			break
		}
		lead = l.Lead
	}
	for _, cell := range s.Cells {
		if len(stems) > 0 && cell.Header != "" {
			stems = strikeWords(stems, reading.Words(cell.Header))
		}
	}
	path := c.doc.Sections[s.Section].Path
	for i := len(path) - 1; i >= 0 && i >= len(path)-maxLeads && len(stems) > 0; i-- {
		if path[i] != c.doc.Title { // that would make every sentence speak of the feature
			stems = strikeWords(stems, reading.Words(path[i]))
		}
	}
	return stems
}

// maxLeads bounds how far up lead-ins and headings are followed.
const maxLeads = 6

// strikeWords takes out of stems what is among words, also written as one word or as two: "login", "log in".
func strikeWords(stems []string, words []reading.Word) []string {
	left := stems[:0:0]
	for _, stem := range stems {
		if !stands(stem, words) {
			left = append(left, stem)
		}
	}
	return left
}

func stands(stem string, words []reading.Word) bool {
	for i := range words {
		if words[i].Stem == stem {
			return true
		}
		if i > 0 && len(words[i-1].Form) < len(stem) && len(stem)-len(words[i-1].Form) <= len(words[i].Form) &&
			stem[:len(words[i-1].Form)] == words[i-1].Form && words[i].Stem == stem[len(words[i-1].Form):] {
			return true
		}
	}
	return false
}
