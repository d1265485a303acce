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
	about := j.about(q)
	cases := j.caseSentences(q.Key)
	var feature map[int32]bool
	if p := j.facts.framework.Pack(q.Pack); p != nil {
		feature = j.about(&framework.Question{About: p.Signs})
	}
	most := 0
	for i := range j.facts.text.Sentences {
		s := int32(i)
		if !j.bears[s].answers || q.Pack != "" && !feature[s] && !cases[s] {
			continue
		}
		given := j.wordsAt(s)
		if !filled(t.pieces, given) || strings.Contains(t.source, "{quote}") && !about[s] && !cases[s] && q.Pack == "" {
			continue
		}
		n := 40 + 2*min(j.found["asset"][s], 4) - 4*min(j.used[s], 3)
		if about[s] {
			n += 13
		}
		if cases[s] {
			n += 15
		}
		if j.bears[s].opening {
			n -= 12
		}
		for slot, name := range given {
			if strings.Contains(t.source, "{"+slot+"}") {
				n -= 2 * j.named[name]
			}
		}
		if n > most {
			best, words, most = s, given, n
		}
	}
	for slot := range words {
		if !strings.Contains(t.source, "{"+slot+"}") {
			delete(words, slot)
		}
	}
	return best, words
}

// caseSentences are the sentences that the findings of a question stand on.
func (j *judge) caseSentences(key string) map[int32]bool {
	at := map[int32]bool{}
	for _, c := range j.cases[key] {
		for _, n := range c.Evidence.Sentences {
			at[int32(n-1)] = true
		}
	}
	return at
}

// wordsAt gives the words of a sentence by slot.
func (j *judge) wordsAt(s int32) map[string]string {
	set, n, words := j.facts.set, int(s)+1, map[string]string{}
	has := func(e proposal.Evidence) bool {
		_, found := slices.BinarySearch(e.Sentences, n) // facts of this engine list them in order
		return found
	}
	rank := 1
	for i := range set.Assets {
		a := &set.Assets[i]
		if r := sensitivityRank(a.Sensitivity); r > rank && has(a.Evidence) && usableName(a.Name) != "" {
			words["asset"], rank = usableName(a.Name), r
			if r == 3 {
				words["secret"] = words["asset"]
			}
		}
	}
	for i := range set.Actors {
		if a := &set.Actors[i]; a.Kind != "system" && has(a.Evidence) && words["actor"] == "" {
			words["actor"] = plural(usableName(a.Name))
		}
	}
	for i := range set.Dependencies {
		if d := &set.Dependencies[i]; has(d.Evidence) && (words["vendor"] == "" || d.Kind == "vendor") {
			words["vendor"] = cmp.Or(usableName(d.Name), words["vendor"])
		}
	}
	for i := range set.Flows {
		if fl := &set.Flows[i]; fl.CrossesBoundary && has(fl.Evidence) && len(fl.Data) > 0 && fl.Destination != "the product" {
			words["data"], words["destination"] = usableName(fl.Data[0]), usableName(fl.Destination)
			break
		}
	}
	if sentence := &j.facts.text.Sentences[s]; sentence.Kind != document.TableRow {
		words["quote"] = strings.TrimRight(clip(sentence.Text, 14), ".:; ")
	}
	return words
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
