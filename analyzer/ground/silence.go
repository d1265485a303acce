package ground

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// maxHits bounds how many sentences that have the words but do not answer are shown for one absence.
const maxHits = 5

// silences searches for every silence that an abuse case claims. A sentence that really answers one makes the case fall.
func (c *checker) silences(a *proposal.AbuseCase, st stand) ([]threatmodel.Absence, fault) {
	subject := content(a.Subject)
	for _, name := range a.Assets {
		subject = append(subject, content(name)...)
	}
	var out []threatmodel.Absence
	for _, s := range a.Silences {
		sr := c.search(s, subject, st.nums)
		if sr.answer != nil {
			return nil, fault{threatmodel.Safeguarded, fmt.Sprintf("line %s answers it: %q", c.line(sr.answer.Sentence), sr.words),
				[]threatmodel.Citation{c.citation(sr.answer.Sentence, threatmodel.Exact)}}
		}
		if len(sr.searched) == 0 {
			return nil, fault{threatmodel.Unsupported, "it says that the text is silent and names no words to search for", c.cite(st)}
		}
		out = append(out, threatmodel.Absence{What: s.What, Searched: sr.searched, Hits: c.hits(sr.others)})
	}
	return out, fault{}
}

// A searchResult is what a search for a silence found.
type searchResult struct {
	searched []string     // what was searched for, each once
	answer   *reading.Hit // a sentence that answers
	words    string       // the phrase that it has
	others   []int        // sentences that have the words and do not answer
}

// search looks for every phrase of s. What counts as an answer is a plain claim about the same thing; see [checker.sameThing].
func (c *checker) search(s proposal.Silence, subject []string, evidence []int) searchResult {
	var r searchResult
	within := c.sectionsOf(s.Within)
	about := topic{subject: subject, evidence: evidence}
	for _, phrase := range s.Searched {
		words := reading.PhraseOf(phrase).Words
		if len(words) == 0 || slices.Contains(r.searched, phrase) {
			continue
		}
		r.searched = append(r.searched, phrase)
		hits := c.find(phrase)
		if len(hits) == 0 {
			continue
		}
		stems, topical := contentOf(words), c.topical(phrase, evidence)
		for _, hit := range hits {
			section := c.doc.Sentences[hit.Sentence-1].Section
			if within != nil && !within[section] {
				continue
			}
			if !topical && c.answers(hit) && c.sameThing(hit, stems, &about) {
				r.answer, r.words = &hit, phrase
				return r
			}
			r.others = append(r.others, hit.Sentence)
		}
	}
	return r
}

// find searches the document for a phrase, once where it has the phrase; that it has not is soon found again.
func (c *checker) find(phrase string) []reading.Hit {
	hits, ok := c.found[phrase]
	if !ok {
		if hits = c.text.Find(phrase); len(hits) > 0 {
			c.found[phrase] = hits
		}
	}
	return hits
}

// answers reports whether a hit says something about the product as it is to be built. A denial is no answer: "links do not
// expire" does not limit how long they work.
func (c *checker) answers(hit reading.Hit) bool {
	s := &c.text.Sentences[hit.Sentence-1]
	if s.Stance.Open || s.Stance.Planned || s.Stance.OutOfScope || s.Stance.Aside || s.Kind == document.Heading || c.listsHeading(s) {
		return false
	}
	for i := hit.From; i < hit.To; i++ {
		if s.Stance.Denies(i) {
			return false
		}
		if s.Stance.Limits(i) && i == hit.To-1 {
			return false
		}
	}
	return true
}

// listsHeading reports a line of a table of contents: what it says is a heading of the document, perhaps with a page number.
func (c *checker) listsHeading(s *reading.Sentence) bool {
	if len(s.Words) > maxHeading {
		return false
	}
	if c.headings == nil {
		c.headings = map[string]bool{}
		for i := range c.doc.Sections {
			c.headings[headingKey(reading.Words(c.doc.Sections[i].Title))] = true
		}
		delete(c.headings, "")
	}
	return c.headings[headingKey(s.Words)]
}

// maxHeading is how many words a line of a table of contents has at most.
const maxHeading = 16

// headingKey is a heading's words without numbers.
func headingKey(words []reading.Word) string {
	var key strings.Builder
	for _, w := range words {
		if strings.Trim(w.Form, "0123456789") != "" {
			key.WriteString(w.Form + " ")
		}
	}
	return key.String()
}

// sectionsOf returns the sections of sentences, nil if there are none.
func (c *checker) sectionsOf(nums []int) map[int]bool {
	var in map[int]bool
	for _, num := range nums {
		if s := c.doc.Sentence(num); s != nil {
			if in == nil {
				in = map[int]bool{}
			}
			in[s.Section] = true
		}
	}
	return in
}

// hits cites the first few of sentences.
func (c *checker) hits(nums []int) []threatmodel.Citation {
	slices.Sort(nums)
	nums = slices.Compact(nums)
	return c.cite(stand{nums: nums[:min(len(nums), maxHits)]})
}

// questions checks every question. An answer must be in the text; a question called unanswered is searched for.
func (c *checker) questions() {
	for _, q := range c.set.Questions {
		f := vocabulary("status", threatmodel.QuestionStatuses, &q.Status, string(threatmodel.Unanswered))
		f = f.or(func() fault {
			return vocabulary("person to ask", threatmodel.Asks, &q.Ask, "pm")
		})
		if f.is() || q.Key == "" {
			if !f.is() {
				f = invalid("it has no key")
			}
			c.drop("question", q.Text, f, "")
			continue
		}
		cited := c.question(&q)
		c.out.Questions = append(c.out.Questions, Held[proposal.Question]{Item: q, Citations: cited})
	}
}

// question returns the citations of q, and lowers or raises its status to what they carry.
func (c *checker) question(q *proposal.Question) []threatmodel.Citation {
	st, f := c.resolve(q.Evidence)
	if !f.is() && q.Status != string(threatmodel.Unanswered) {
		st, f = c.claimed(st, nil, 0)
	}
	if q.Status != string(threatmodel.Unanswered) {
		if f.is() {
			c.drop("question", q.Key+": "+q.Answer, f, "")
			q.Status, q.Answer = string(threatmodel.Unanswered), ""
			return nil
		}
		if q.Answer != "" && !c.carries(q.Answer, st.nums, paraphrase) {
			q.Answer = strings.Join(strings.Fields(c.doc.Sentence(st.nums[0]).Text), " ")
		}
		return c.cite(st)
	}
	q.Answer = ""
	if found := c.search(proposal.Silence{Searched: q.Searched}, nil, nil); found.answer != nil {
		q.Status = string(threatmodel.Partly)
		return []threatmodel.Citation{c.citation(found.answer.Sentence, threatmodel.Exact)}
	}
	if f.is() {
		return nil
	}
	return c.cite(st)
}
