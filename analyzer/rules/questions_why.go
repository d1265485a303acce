package rules

import (
	"slices"
	"strings"

	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// addAll makes every phrase known and returns their numbers.
func (b *phrasebook) addAll(texts []string) ([]int, error) {
	var ids []int
	for _, t := range texts {
		id, err := b.add(t)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// A because says why a question matters in this document.
type because struct {
	text     string
	sentence int32 // index of the one that makes it matter
	found    bool  // there is one
}

// why says why an open question matters, in general and here, and what is still missing where it is partly answered.
func (j *judge) why(q *framework.Question, v verdict) because {
	b := because{text: q.Why}
	here := q.Here
	if p := j.facts.framework.Pack(q.Pack); p != nil && len(here) == 0 {
		here = p.Here
	}
	for _, source := range here {
		t, err := parseFill(source)
		if err != nil {
			continue
		}
		if s, words := j.trigger(q, t); words != nil {
			b.sentence, b.found = s, true
			b.text += " " + t.with(words)
			j.used[s]++
			for _, name := range words {
				j.named[name]++
			}
			break
		}
	}
	missing := slices.DeleteFunc(v.missing, func(m string) bool { return m == "" })
	switch {
	case v.status == "partly" && len(missing) > 0 && len(missing) < len(q.Parts):
		b.text += " The text does not say " + enumerate(missing) + "."
	case v.status == "partly" && v.without != "":
		b.text += " What the text says leaves out " + v.without + "."
	}
	b.text = strings.TrimSpace(b.text)
	return b
}

// trigger finds the sentence that makes the question matter most and fills the text's slots from it. The words are nil if
// none does.
func (j *judge) trigger(q *framework.Question, t fillIn) (best int32, words map[string]string) {
	about, cases := j.about(q), j.caseSentences(q.Key)
	feature := j.features[q.Pack]
	needs, names := slotsOf(t)
	quotes := strings.Contains(t.source, "{quote}")
	assets := j.found["asset"]
	var from *given
	most := 0
	for i := range j.given {
		g := &j.given[i]
		s := g.sentence
		spoken, stands := about.has(s), cases.has(s)
		if needs&^g.filled != 0 || q.Pack != "" && !feature.has(s) && !stands || quotes && !spoken && !stands && q.Pack == "" {
			continue
		}
		n := 40 + 2*min(int(assets.count[s]), 4) - 4*min(j.used[s], 3)
		if spoken {
			n += 13
		}
		if stands {
			n += 15
		}
		if j.bears[s].opening {
			n -= 12
		}
		if n > most {
			n -= 2 * j.namedBefore(g, names)
		}
		if n > most {
			from, most = g, n
		}
	}
	if from == nil {
		return 0, nil
	}
	return from.sentence, j.wordsOf(from, names)
}

// caseSentences are the sentences that the findings of a question stand on.
func (j *judge) caseSentences(key string) sentenceSet {
	if len(j.cases[key]) == 0 {
		return nil
	}
	at := newSentenceSet(len(j.bears))
	for _, c := range j.cases[key] {
		for _, n := range c.Evidence.Sentences {
			at.add(int32(n - 1))
		}
	}
	return at
}

// topAsset is the most sensitive asset, if it is sensitive at all.
func (j *judge) topAsset() *proposal.Asset {
	var top *proposal.Asset
	for i := range j.facts.set.Assets {
		a := &j.facts.set.Assets[i]
		if r := sensitivityRank(a.Sensitivity); r > 1 && (top == nil || r > sensitivityRank(top.Sensitivity)) && usableName(a.Name) != "" {
			top = a
		}
	}
	return top
}

// proposal is an answer to consider: what the strongest finding that hangs on the question asks for, where that speaks of what
// the question is about and was not proposed before.
func (j *judge) proposal(q *framework.Question) string {
	for _, c := range j.cases[q.Key] {
		if len(c.Requirements) == 0 {
			continue
		}
		text := c.Requirements[0].Text
		words := reading.Words(text)
		if !j.proposed[text] && slices.ContainsFunc(q.About, func(sign string) bool { return speaksOf(words, sign) }) {
			j.proposed[text] = true
			return text
		}
	}
	return ""
}

// speaksOf reports whether one of the sign's alternatives stands in the words. A sign of several words is not looked for.
func speaksOf(words []reading.Word, sign string) bool {
	if strings.Contains(sign, " ") {
		return false
	}
	for alternative := range strings.SplitSeq(sign, "|") {
		stems := reading.Stems(strings.ReplaceAll(alternative, "_", " "))
		for i := 0; len(stems) > 0 && i+len(stems) <= len(words); i++ {
			if slices.EqualFunc(words[i:i+len(stems)], stems, func(w reading.Word, s string) bool { return w.Stem == s }) {
				return true
			}
		}
	}
	return false
}
