package ground

import (
	"slices"

	"whatif/analyzer/reading"
)

// A topic is what an abuse case is about, which what answers it must be about as well.
type topic struct {
	subject  []string // stems of its subject and its assets
	evidence []int    // sentences that it stands on
	words    map[string]bool
}

// nearby is how many sentences from the evidence, within its section, are taken to go on about it.
const nearby = 6

// sameThing reports whether a hit of the phrase with the stems is about the topic: the phrase names the subject, the hit's
// sentence does, or it stands close to the evidence. A phrase of several words ("rate limit") says enough to count as well
// where its sentence has a word of the evidence, or speaks for the whole product. "Sign-in attempts are rate limited" is no
// answer to what is said of gift cards.
func (c *checker) sameThing(hit reading.Hit, stems []string, t *topic) bool {
	about := slices.DeleteFunc(slices.Clone(t.subject), func(s string) bool { return slices.Contains(stems, s) })
	named := len(about) < len(t.subject)
	about = slices.DeleteFunc(about, func(s string) bool { return everybody[s] })
	switch {
	case named, len(c.missing(about, []int{hit.Sentence})) < len(about), c.near(hit.Sentence, t.evidence):
		return true
	case len(stems) < 2:
		return false
	}
	return len(t.subject)+len(t.evidence) == 0 || c.overall(hit.Sentence) || c.shares(hit, t)
}

// near reports whether the sentence stands close to one of the evidence, under the same heading.
func (c *checker) near(num int, evidence []int) bool {
	section := c.doc.Sentences[num-1].Section
	return slices.ContainsFunc(evidence, func(e int) bool {
		return c.doc.Sentences[e-1].Section == section && max(e-num, num-e) <= nearby
	})
}

// overall reports whether the sentence speaks for the whole product: it says so, or stands in a part on security.
func (c *checker) overall(num int) bool {
	for _, w := range c.text.Sentences[num-1].Words {
		if sweeping[w.Form] {
			return true
		}
	}
	for _, title := range c.doc.Sections[c.doc.Sentences[num-1].Section].Path {
		if title != c.doc.Title && slices.ContainsFunc(reading.Words(title), func(w reading.Word) bool { return crossCutting[w.Stem] }) {
			return true
		}
	}
	return false
}

var (
	sweeping     = setOf("all", "every", "everything", "everyone", "everybody", "always", "whole", "entire", "across", "throughout")
	crossCutting = setOf("secur", "privaci", "safeti", "abus", "fraud", "complianc", "nonfunct", "function", "safeguard", "principl", "risk", "reliabl")
)

// shares reports whether the hit's sentence has a word of the evidence besides the phrase.
func (c *checker) shares(hit reading.Hit, t *topic) bool {
	if t.words == nil {
		t.words = map[string]bool{}
		for _, num := range t.evidence {
			for _, w := range c.text.Sentences[num-1].Words {
				if len(w.Form) > 2 && !functionWords[w.Form] && !fillers[w.Form] && !everybody[w.Stem] {
					t.words[w.Stem] = true
				}
			}
		}
	}
	for i, w := range c.text.Sentences[hit.Sentence-1].Words {
		if (i < hit.From || i >= hit.To) && t.words[w.Stem] {
			return true
		}
	}
	return false
}

// everybody are the stems of words that stand in sentences about anything.
var everybody = setOf("user", "custom", "person", "app", "product", "use", "new", "one", "get", "see", "account", "holder", "member",
	"data", "inform", "name", "number", "phone", "email", "address", "system", "servic", "time", "day")
