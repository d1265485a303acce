package ground

import (
	"regexp"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A rule's texts are ours, with slots that were checked when they were filled. A model's words are anybody's: what follows holds
// for them alone.

// leastShared is how many words with a meaning a model's abuse case must have in common with the sentences it points to.
const leastShared = 2

// freeWords checks an abuse case in a model's own words: that it speaks of what its sentences speak of, and leads nowhere.
func (c *checker) freeWords(a *proposal.AbuseCase, st stand) fault {
	if c.out.Origin == threatmodel.FromRules {
		return fault{}
	}
	if where := c.leadsTo(a); where != "" {
		return fault{threatmodel.Invalid, "it holds an address that the document does not have: " + clip(where, 80), c.cite(st)}
	}
	stems := map[string]bool{}
	for _, stem := range content(strings.Join(append([]string{a.Title, a.WhatIf, a.Gain}, a.Assets...), " ")) {
		stems[stem] = true
	}
	var said []string
	for stem := range stems {
		said = append(said, stem)
	}
	if len(said)-len(c.missing(said, st.nums)) < leastShared {
		return fault{threatmodel.Unsupported, "the sentences that it points to speak of something else", c.cite(st)}
	}
	return fault{}
}

// address finds what a reader could follow: web and mail addresses, with or without their scheme.
var address = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>"')\]]+|\b(?:javascript|data|mailto|file):[^\s<>"')\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)

// leadsTo returns the first address in a's words that does not stand in the document, or "".
func (c *checker) leadsTo(a *proposal.AbuseCase) string {
	texts := []string{a.Title, a.WhatIf, a.WhoBenefits, a.Gain, a.Users, a.Business, a.Reputation}
	for _, r := range a.Requirements {
		texts = append(append(texts, r.Text), r.Acceptance...)
	}
	for _, text := range texts {
		for _, found := range address.FindAllString(text, -1) {
			if found = strings.TrimRight(found, ".,;:"); !strings.Contains(c.doc.Source, found) {
				return found
			}
		}
	}
	return ""
}

// topical reports a word to search for, chosen by a model, that cannot show an answer: a single word, which names the matter
// more often than it settles it, or one that stands in the evidence itself, where the model read it and found the answer missing.
// Its hits are shown to the reader all the same.
func (c *checker) topical(phrase string, evidence []int) bool {
	if c.out.Origin == threatmodel.FromRules {
		return false
	}
	stems := content(phrase)
	if len(stems) < 2 {
		return true
	}
	for _, num := range evidence {
		if _, _, ok := reading.Match(c.text.Sentences[num-1].Words, stems); ok {
			return true
		}
	}
	return false
}
