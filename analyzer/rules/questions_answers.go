package rules

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// A bearing says what a sentence may answer.
type bearing struct {
	answers bool  // it says how the product is to be, and not why, for whom or how well it did
	opening bool  // it introduces the document
	wish    bool  // it says what somebody would like to do
	assumed bool  // it takes it for granted
	risk    bool  // it tells of harm and of nothing against it
	purpose int32 // index of the own word where its purpose begins ("so that …"); past the end if it has none
}

// A verdict says how far the document answers a question.
type verdict struct {
	status  string
	answers []int32  // sentence indexes, the most telling first
	missing []string // names of the parts that nothing answers
	without string   // the fact that the answer leaves out
}

// backdrop are words of titles of sections that say why, for whom or how well, not how.
var backdrop = wordSet(`background problem problems motivation goal goals objective objectives vision metric metrics kpi kpis persona
	personas contents success glossary changelog stakeholders references questions timeline conclusion`)

// backdrops reports, by section, whether it or one right above it says why, for whom or how well.
func backdrops(t *reading.Text) []bool {
	aside := make([]bool, len(t.Doc.Sections))
	for i := range t.Doc.Sections {
		path := append(slices.Clone(t.Doc.Sections[i].Path), t.Doc.Sections[i].Title)
		for _, title := range path[max(len(path)-3, 0):] {
			aside[i] = aside[i] || hasWord(reading.Words(title), backdrop)
		}
	}
	return aside
}

// openingWords are words of titles of sections that say in general what the document is about.
var openingWords = wordSet(`introduction overview summary purpose about abstract`)

// harmWords tell of harm; guardWords of something against it.
var (
	harmWords = wordSet(`risk risks fraud fake abuse abused attacker attackers steal stolen leak leaks leaked worry worried complain
		complained complaints inflate issues concern concerns problem scam scams misuse cheat cheating`)
	guardWords = wordSet(`must shall only never cannot prevent prevents block blocks blocked detect detects limit limits limited require
		requires required refuse refused reject rejected check checks checked verify verified deleted revoked rotate rotated notified
		disabled masked logged expire expires`)
	assumingWords = wordSet(`assume assumes assumed assumption assuming hopefully ideally probably presumably`)
	modals        = wordSet(`shall must should can may will`)
	dataTypes     = wordSet(`type datatype nullable`)
)

// findBearings looks at the shape of each sentence.
func (j *judge) findBearings() {
	t := j.facts.text
	aside, opening := backdrops(t), make([]bool, len(t.Doc.Sections))
	for i := range t.Doc.Sections {
		opening[i] = i < 2 || hasWord(reading.Words(t.Doc.Sections[i].Title), openingWords)
	}
	j.bears = make([]bearing, len(t.Sentences))
	for i := range t.Sentences {
		s := &t.Sentences[i]
		b := &j.bears[i]
		b.answers = counts(s) && s.Kind != document.Heading && len(s.Words) > 2 && !strings.HasSuffix(s.Text, "?") &&
			!aside[s.Section] && !describesField(s)
		b.risk = hasWord(s.Words, harmWords) && !hasWord(s.Words, guardWords)
		b.opening = opening[s.Section]
		b.wish = s.Kind == document.UserStory || strings.Contains(s.Text, "I want ")
		b.assumed = hasWord(s.Words, assumingWords)
		b.purpose = purposeOf(s.Words)
	}
}

func hasWord(words []reading.Word, set map[string]bool) bool {
	return slices.ContainsFunc(words, func(w reading.Word) bool { return set[w.Form] })
}

// describesField reports whether the sentence is a row of a data model.
func describesField(s *reading.Sentence) bool {
	return slices.ContainsFunc(s.Cells, func(c document.Cell) bool { return hasWord(reading.Words(c.Header), dataTypes) }) ||
		len(s.Cells) > 0 && hasWord(s.Words, dataTypes)
}

// purposeOf returns the index of the word where the sentence begins to say what for.
func purposeOf(words []reading.Word) int32 {
	for i := 1; i+1 < len(words); i++ {
		switch next := words[i+1].Form; words[i].Form {
		case "because":
			return int32(i)
		case "so":
			if next == "that" || next == "i" || next == "we" || next == "they" || next == "users" {
				return int32(i)
			}
		case "in":
			if next == "order" {
				return int32(i)
			}
		}
	}
	return int32(len(words))
}

// verdict judges how far the document answers the question.
func (j *judge) verdict(q *framework.Question) verdict {
	var v verdict
	about := j.about(q)
	list := !slices.ContainsFunc(q.Parts, func(p framework.Part) bool { return len(p.Facts) == 0 })
	full := true
	var whole []int32
	for i := range q.Parts {
		said, touched := j.answersPart(q, &q.Parts[i], about, list)
		if len(said) == 0 {
			full = false
		}
		whole = append(whole, said...)
		if len(said)+len(touched) == 0 {
			v.missing = append(v.missing, q.Parts[i].Name)
		}
		cited := said
		if len(cited) == 0 {
			cited = touched
		}
		for _, s := range cited[:min(len(cited), 2)] {
			if !slices.Contains(v.answers, s) {
				v.answers = append(v.answers, s)
			}
		}
	}
	v.without = j.leftOut(q, whole)
	switch {
	case len(v.answers) == 0:
		v.status = "unanswered"
	case !full || v.without != "":
		v.status = "partly"
	default:
		v.status = "answered"
	}
	return v
}

// about returns the sentences that are about the question's subject; nil if it may be any.
func (j *judge) about(q *framework.Question) sentenceSet {
	if len(q.About)+len(q.AboutFacts) == 0 {
		return nil
	}
	at := newSentenceSet(len(j.bears))
	for _, word := range q.About {
		for _, h := range j.hitsOf(word) {
			at.add(h.sentence)
		}
	}
	for _, kind := range q.AboutFacts {
		if found := j.found[kind]; found != nil {
			for i := range at {
				at[i] |= found.at[i]
			}
		}
	}
	return at
}

// answersPart returns the sentences that say what the part asks for, and those that only bear on it, the most telling first.
func (j *judge) answersPart(q *framework.Question, p *framework.Part, about sentenceSet, list bool) (said, touched []int32) {
	var scored []int32
	add := func(s, n int32, whole bool) {
		if j.score[s] == 0 {
			scored = append(scored, s)
		}
		if j.score[s] += n; whole {
			j.whole.add(s)
		}
	}
	for _, sign := range p.Signs {
		for _, h := range j.hitsOf(sign) {
			switch j.strength(q, sign, h, about) {
			case answering:
				add(h.sentence, 4, true)
			case hinting: // two hints are an answer
				add(h.sentence, 2, j.score[h.sentence] > 0)
			case touching:
				add(h.sentence, 1, false)
			}
		}
	}
	for _, kind := range p.Facts {
		found := j.found[kind]
		for s := int32(0); found != nil && int(s) < len(found.count); s++ {
			if found.at.has(s) && (list || j.bears[s].answers && !j.bears[s].wish) {
				add(s, min(found.count[s], 6), list)
			}
		}
	}
	best := func(x, y int32) int { return cmp.Or(cmp.Compare(j.score[y], j.score[x]), cmp.Compare(x, y)) }
	slices.SortFunc(scored, best)
	for _, s := range slices.Compact(scored) { // facts that weigh nothing are noted again
		if j.whole.has(s) {
			said = append(said, s)
		} else {
			touched = append(touched, s)
		}
		j.score[s] = 0
	}
	clear(j.whole)
	return said, touched
}

// How a sign bears on a question where it stands.
const (
	silent    = iota
	touching  // the section is about the subject, the sentence is not, or only assumes it
	hinting   // one word says it
	answering // a phrase says it
)

// strength says how the sign bears on the question where it was found.
func (j *judge) strength(q *framework.Question, sign string, h hit, about sentenceSet) int {
	b := &j.bears[h.sentence]
	harm := q.Theme == "misuse" || q.Theme == "consequences" || q.Key == "data.sensitivity"
	if h.heading || !b.answers && !(harm && b.risk) || b.risk && !harm {
		return silent
	}
	if about != nil && !about.has(h.sentence) && !about.has(j.heading(h.sentence)) {
		return silent
	}
	j.line = appendLine(j.line[:0], j.facts.text, int(h.sentence), nil)
	line := j.line
	if int(h.to) > len(line) || line[h.from].own && line[h.from].at >= b.purpose || entering(line, h, sign) {
		return silent
	}
	switch {
	case about != nil && !about.has(h.sentence), b.assumed:
		return touching
	case !strings.ContainsAny(sign, " _"):
		return hinting
	}
	return answering
}

// heading returns the index of the heading of the sentence's section, -1 if it has none.
func (j *judge) heading(sentence int32) int32 {
	return int32(j.facts.text.Doc.Sections[j.facts.text.Sentences[sentence].Section].Heading - 1)
}

// entering reports whether a word of the sign is taken from "sign in" or "log in" where the sign means signing and logging.
func entering(line []lineWord, h hit, sign string) bool {
	for i := h.from; i < h.to && int(i)+1 < len(line); i++ {
		if stem := line[i].stem; stem != "sign" && stem != "log" {
			continue
		}
		switch line[i+1].stem {
		case "in", "up", "on", "out", "off":
			return !strings.Contains(sign, "sign_") && !strings.Contains(sign, "log_") && !strings.Contains(sign, "sign|log") &&
				!strings.Contains(sign, "single sign")
		}
	}
	return false
}

// leftOut names what the answers do not speak of and should: the most sensitive asset, a vendor, somebody who takes part.
func (j *judge) leftOut(q *framework.Question, answers []int32) string {
	if len(answers) == 0 || q.Covers == "" || j.general(answers) {
		return ""
	}
	silent := func(e proposal.Evidence) bool {
		return !slices.ContainsFunc(e.Sentences, func(n int) bool { return slices.Contains(answers, int32(n-1)) })
	}
	set := j.facts.set
	switch q.Covers {
	case "asset":
		if top := j.topAsset(); top != nil && silent(top.Evidence) {
			return usableName(top.Name)
		}
	case "dependency":
		for i := range set.Dependencies {
			if d := &set.Dependencies[i]; d.Kind == "vendor" && silent(d.Evidence) {
				return usableName(d.Name)
			}
		}
	case "actor":
		for i := range set.Actors {
			if a := &set.Actors[i]; a.Kind != "system" && silent(a.Evidence) && !j.unnamed(answers) {
				return plural(usableName(a.Name))
			}
		}
	}
	return ""
}

// unnamed reports whether one of the sentences names nobody: what it says holds for all. "Site leads shall sign in" names
// somebody, whether or not site leads were recognised.
func (j *judge) unnamed(sentences []int32) bool {
	return slices.ContainsFunc(sentences, func(s int32) bool {
		return j.found["actor"].count[s] == 0 && !hasWord(j.facts.text.Sentences[s].Words, modals)
	})
}

// general reports whether one of the sentences speaks of all there is: "all data", "any provider".
func (j *judge) general(sentences []int32) bool {
	for _, s := range sentences {
		words := j.facts.text.Sentences[s].Words
		for i := 0; i+1 < len(words); i++ {
			next := words[i+1].Stem
			if len(words) > i+2 && (next == "person" || next == "custom" || next == "user") {
				next = words[i+2].Stem
			}
			switch words[i].Form {
			case "all", "any", "every", "each", "no":
				switch next {
				case "data", "inform", "record", "vendor", "provid", "partner", "servic", "depend", "integr":
					return true
				}
			}
		}
	}
	return false
}
