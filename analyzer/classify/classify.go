// Package classify tells requirements documents from what else lies in a docs folder.
//
// In comes a document; out come how much it reads like a PRD, what else it may be, and the features that say so with their lines.
// What is looked for, and what it weighs, stands in prompts/classify.yaml.
package classify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"whatif/analyzer/document"
)

// PRD is the kind of documents that say what a product does for whom: PRDs, specs, user stories, tickets, one-pagers.
const PRD = "prd"

// Other is the kind of a document that reads like nothing in particular.
const Other = "other"

// Threshold is the likeness from which a document is taken for a PRD where nobody says otherwise.
const Threshold = 0.5

// A Feature is something about a document that speaks for or against a PRD.
type Feature struct {
	Name   string
	Weight float64 // what it adds to the verdict: above 0 for a PRD, below 0 against it
	Line   int     // of its first place, 1-based; 0 if it has none, as the file's name has
	Count  int     // how many places it has
	About  string  // what was counted, in plain words: "sentences in which a user may or must do something"
}

// A Verdict says what a document is.
type Verdict struct {
	Likeness float64   // how much it reads like a PRD, from 0 to 1
	Kind     string    // PRD where the likeness is Threshold or more, else what it reads like most: "readme", "changelog", …
	Features []Feature // that weighed, the strongest first
	Why      string    // for people, on one line: "reads like a changelog: 41 headings with a version, 3 sentences …"
}

// strangeDoubt is how much of what speaks against a PRD counts in a document whose language the book has no words of.
const strangeDoubt = 0.5

// Judge tells what a document is by what book says.
func Judge(doc *document.Document, book *Book) Verdict {
	c := newCounter(book, doc)
	c.count()
	scores := c.scores()
	against := book.strongest(scores)
	z, doubt := book.base+scores[kindPRD], 1.0
	strange := c.strange()
	if strange { // all that is known of it are its code and some English terms, which speak of code
		z += book.lean
		doubt = strangeDoubt
	}
	if against != kindPRD {
		z -= scores[against] * doubt
	}
	v := Verdict{Likeness: 1 / (1 + math.Exp(-z)), Kind: PRD}
	if v.Likeness < Threshold {
		v.Kind = book.kinds[against].Name
		if against == kindPRD {
			v.Kind = Other
		}
	}
	v.Features = c.features(against, doubt)
	if strange {
		v.Features = append(v.Features, Feature{Name: "language", Weight: book.lean, About: "a language that the book has no words of"})
		slices.SortStableFunc(v.Features, stronger)
	}
	v.Why = book.why(&v)
	return v
}

// strange reports a document in a language that the book has no words of: there is text, and hardly a word of it is known.
func (c *counter) strange() bool {
	if c.doc.Language != "" {
		return !c.book.reads(c.doc.Language)
	}
	m := &c.matcher
	return m.words >= 20 && (m.known*33 < m.words || m.foreign*4 > m.words)
}

// strongest returns the kind besides PRD with the highest score, kindPRD where none has any.
func (b *Book) strongest(scores []float64) int {
	best, most := kindPRD, 0.25 // a trace of a kind is none
	for k, score := range scores {
		if k != kindPRD && score > most {
			best, most = k, score
		}
	}
	return best
}

// scores adds up what the features say for each kind.
func (c *counter) scores() []float64 {
	scores := make([]float64, len(c.book.kinds))
	for i := range c.book.features {
		x := c.strength(i)
		for _, s := range c.book.features[i].says {
			scores[s.kind] += s.weight * x
		}
	}
	return scores
}

// unbacked is how much of its weight a feature has where none of the features is there that it should stand beside.
const unbacked = 0.35

// strength returns how much of its weight a feature has, from 0 to 1, in view of what is there beside it.
func (c *counter) strength(i int) float64 {
	x, f := c.alone(i), &c.book.features[i]
	if x == 0 || len(f.beside) == 0 {
		return x
	}
	most := 0.0
	for _, other := range f.beside {
		most = max(most, c.alone(int(other)))
	}
	return x * (unbacked + (1-unbacked)*most)
}

// alone returns a feature's strength, whatever else is there.
func (c *counter) alone(i int) float64 {
	f, n := &c.book.features[i], float64(c.hits[i].count)
	if n == 0 || int(n) < f.least {
		return 0
	}
	total := 0
	if f.in&(inText|inBegin) != 0 || f.ofAll {
		total += c.texts
	}
	if f.in&inHeading != 0 || f.ofAll {
		total += c.headings
	}
	if f.in&inCode != 0 || f.ofAll {
		total += c.codes
	}
	if total == 0 { // the title, the file's name: there is one
		return 1
	}
	x := n / float64(total+c.book.smooth) / f.full
	if f.many > 0 {
		x = max(x, n/f.many)
	}
	return min(x, 1)
}

// features lists what weighed for a PRD or against it, the kind that it may be instead included.
func (c *counter) features(against int, doubt float64) []Feature {
	var all []Feature
	for i := range c.book.features {
		f, weight := &c.book.features[i], 0.0
		for _, s := range f.says {
			if s.kind == kindPRD {
				weight += s.weight
			} else if s.kind == against {
				weight -= s.weight * doubt
			}
		}
		weight *= c.strength(i)
		if weight = math.Round(weight*1000) / 1000; weight != 0 {
			all = append(all, Feature{Name: f.Name, Weight: weight, Line: c.line(i), Count: c.hits[i].count, About: f.About})
		}
	}
	slices.SortStableFunc(all, stronger)
	return all
}

// stronger puts the feature that weighs more first.
func stronger(a, b Feature) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) }

// line returns the line of a feature's first place.
func (c *counter) line(i int) int {
	if at := c.hits[i].at; at >= 0 {
		return c.doc.LineOf(at)
	}
	return 0
}

// why says what decided, and what spoke against it.
func (b *Book) why(v *Verdict) string {
	sign, says := 1.0, "reads like "+b.says(v.Kind)
	switch v.Kind {
	case PRD:
	case Other:
		sign, says = -1, "does not read like "+b.says(PRD)
	default:
		sign = -1
	}
	led, spoke := v.list(sign, 2), v.list(-sign, 1)
	switch {
	case led != "" && spoke != "":
		return says + ": " + led + "; but also " + spoke
	case led != "":
		return says + ": " + led
	case spoke != "":
		return says + ", though there are " + spoke
	}
	return says + ": nothing in it says what a product does for whom"
}

// list tells the strongest features that speak for a PRD, or against it where sign is negative.
func (v *Verdict) list(sign float64, most int) string {
	var parts []string
	for _, f := range v.Features {
		if f.Weight*sign > 0 && len(parts) < most {
			parts = append(parts, f.String())
		}
	}
	return strings.Join(parts, ", ")
}

// String tells the feature in words: "sentences in which somebody may or must do something (3)".
func (f Feature) String() string {
	if f.Count < 2 {
		return f.About
	}
	return fmt.Sprintf("%s (%d)", f.About, f.Count)
}
