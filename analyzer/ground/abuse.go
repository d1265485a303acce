package ground

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// abuseCase checks one abuse case: its evidence, that its subject is what the evidence speaks of, and that the text is as silent
// as it says.
func (c *checker) abuseCase(a *proposal.AbuseCase) {
	a.OfDocument = c.ofDocument(a)
	f := named(a.Title)
	f = f.or(func() fault { return vocabulary("category", threatmodel.AbuseCategories, &a.Category, "") })
	f = f.or(func() fault { return grades(&a.Confidence, &a.Basis, usualBasis(a)) })
	if f.is() {
		c.drop("abuse_case", a.Title, f, a.Rule)
		return
	}
	st, f := c.resolveWith(a.Evidence, a.OfDocument)
	f = f.or(func() fault { return c.abuseEvidence(a, st) })
	f = f.or(func() fault { return c.repeated(a, st) })
	var absences []threatmodel.Absence
	f = f.or(func() (g fault) { absences, g = c.silences(a, st); return g })
	if f.is() {
		c.drop("abuse_case", a.Title, f, a.Rule)
		return
	}
	c.out.AbuseCases = append(c.out.AbuseCases, Held[proposal.AbuseCase]{Item: *a, Citations: c.cite(st), Absences: absences})
}

// ofDocument reports an abuse case about the words of the document as such: not what they claim is cited, but that they stand
// there, in whatever part. That is for whatif's own inspection to say; a model could be talked into it.
func (c *checker) ofDocument(a *proposal.AbuseCase) bool {
	return a.OfDocument && c.set.Origin == string(threatmodel.FromRules)
}

func usualBasis(a *proposal.AbuseCase) threatmodel.Basis {
	if len(a.Silences) > 0 {
		return threatmodel.Absent
	}
	return threatmodel.Inferred
}

// abuseEvidence checks that st can carry an abuse case: more than headings, more than what is put off or asked, and about its
// subject.
func (c *checker) abuseEvidence(a *proposal.AbuseCase, st stand) fault {
	if a.OfDocument {
		return fault{}
	}
	if !slices.ContainsFunc(st.nums, func(n int) bool { return c.doc.Sentence(n).Kind != document.Heading }) {
		return fault{threatmodel.Unsupported, "it stands on a heading alone", c.cite(st)}
	}
	if a.Subject != "" && !c.carries(a.Subject, st.nums, paraphrase) {
		return fault{threatmodel.Unsupported, notThere([]string{a.Subject}), c.cite(st)}
	}
	if f := c.freeWords(a, st); f.is() {
		return f
	}
	_, f := c.claimed(st, nil, 0)
	if f.is() {
		return f
	}
	if a.Basis == string(threatmodel.Absent) && len(a.Silences) == 0 {
		return fault{threatmodel.Unsupported, "it says that the text is silent and names no words to search for", c.cite(st)}
	}
	return fault{}
}

// repeated refuses an abuse case that the same set has already, word for word and on the same sentences.
func (c *checker) repeated(a *proposal.AbuseCase, st stand) fault {
	key := strings.Join([]string{a.Category, a.Rule, a.Question, strings.ToLower(a.Subject), strings.ToLower(a.Title), fmt.Sprint(st.nums)}, "\x00")
	if c.twice[key] {
		return fault{threatmodel.Duplicate, "the same was proposed before, on the same sentences", c.cite(st)}
	}
	c.twice[key] = true
	return fault{}
}
