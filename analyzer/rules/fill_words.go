package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/reading"
)

// wordsOf returns what the slots of a finding's texts are filled with.
func (a *asker) wordsOf(fd *finding, p *place) map[string]string {
	words := map[string]string{"product": a.facts.text.Doc.Title}
	for i := range fd.rule.When {
		c := &fd.rule.When[i]
		if c.As == "" || words[c.As] != "" {
			continue
		}
		if p.met[i] {
			words[c.As] = cmp.Or(a.factAt(c.Call, p.hits[i].sentence), a.called(p.hits[i], c))
			if fd.subject == "" && a.standsIn(words[c.As], fd.sentences) {
				fd.subject = strings.ToLower(words[c.As])
			}
		}
		if words[c.As] == "" || taken(words, c.As) {
			words[c.As] = c.Otherwise
		}
	}
	a.nameFacts(fd, words)
	s := &a.facts.text.Sentences[fd.anchor]
	words["section"] = bareTitle(a.facts.text.Doc.Sections[s.Section].Title)
	words["said"] = clip(strings.ReplaceAll(strings.Trim(s.Text, ".;:!| "), " | ", ", "), 14)
	words["quantity"] = a.quantityAt(fd.sentences)
	return words
}

// taken reports whether another slot has the same thing as the one called as.
func taken(words map[string]string, as string) bool {
	others := maps.Clone(words)
	delete(others, as)
	return saidAlready(others, words[as])
}

// saidAlready reports whether one of the slots has the thing already: "the API key" beside "key".
func saidAlready(words map[string]string, name string) bool {
	head := lastStem(name)
	for slot, w := range words {
		if slot != "product" && head != "" && lastStem(w) == head {
			return true
		}
	}
	return false
}

// factAt returns the name of the first fact of the kind that stands in the sentence.
func (a *asker) factAt(kind string, sentence int32) string {
	switch kind {
	case "asset":
		for _, h := range a.assetsAt(sentence) {
			return definite(usableName(a.facts.set.Assets[h.fact].Name))
		}
	case "actor":
		return a.actorAt([]int32{sentence})
	case "dependency":
		for _, d := range a.facts.set.Dependencies {
			if slices.Contains(d.Evidence.Sentences, int(sentence)+1) {
				return usableName(d.Name)
			}
		}
	}
	return ""
}

// standsIn reports whether all the name's words stand in the sentences.
func (a *asker) standsIn(name string, sentences []int32) bool {
	stems := reading.Stems(name)
	return len(stems) > 0 && !slices.ContainsFunc(stems, func(stem string) bool {
		return !slices.ContainsFunc(sentences, func(s int32) bool {
			return slices.ContainsFunc(a.facts.text.Sentences[s].Words, func(w reading.Word) bool { return w.Stem == stem })
		})
	})
}

// nameFacts fills the slots for assets, actor and dependency, where no condition did.
func (a *asker) nameFacts(fd *finding, words map[string]string) {
	set := a.facts.set
	var names []string
	for _, i := range fd.assets {
		if name := definite(usableName(set.Assets[i].Name)); name != "" && !holds(name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if words["asset"] == "" && !saidAlready(words, name) {
			words["asset"] = name
		}
	}
	words["assets"] = enumerate(names[:min(len(names), 3)])
	if words["actor"] == "" {
		words["actor"] = a.actorAt(fd.sentences)
	}
	for _, d := range set.Dependencies {
		if words["dependency"] == "" && slices.ContainsFunc(d.Evidence.Sentences, func(n int) bool { return slices.Contains(fd.sentences, int32(n-1)) }) {
			words["dependency"] = usableName(d.Name)
		}
	}
}

// actorAt returns the name of the first person that the sentences speak of.
func (a *asker) actorAt(sentences []int32) string {
	for _, s := range sentences {
		for _, h := range a.actors {
			if actor := &a.facts.set.Actors[h.fact]; h.sentence == s && actor.Kind != "system" {
				return usableName(actor.Name)
			}
		}
	}
	return ""
}

// called returns the document's words for what a condition found; "" if they make no name.
func (a *asker) called(h hit, c *condition) string {
	if h.phrase < 0 {
		switch {
		case len(c.Assets) > 0 && h.fact >= 0 && holds(a.facts.set.Assets[h.fact].Name):
			return ""
		case len(c.Assets) > 0 && h.fact >= 0:
			return definite(usableName(a.facts.set.Assets[h.fact].Name))
		case len(c.Actors) > 0 && h.fact >= 0:
			return usableName(a.facts.set.Actors[h.fact].Name)
		case len(c.Relied) > 0 && h.fact >= 0:
			return usableName(a.facts.set.Dependencies[h.fact].Name)
		}
		for _, m := range a.facts.marks[h.sentence] {
			if int32(m.From) == h.from && int32(m.To) == h.to {
				return usableName(m.Name)
			}
		}
		return ""
	}
	from, to, ok := a.namedSpan(h)
	if !ok || !a.nounAt(h.sentence, from, to) {
		return ""
	}
	return usableName(a.nounPhrase(h.sentence, a.wholeWord(from), a.compoundEnd(h.sentence, to)))
}

// namedSpan reads the hit's sentence again and returns where the token marked "=" stands; where a phrase marks none and has
// one word or group only, where that stands.
func (a *asker) namedSpan(h hit) (from, to int32, ok bool) {
	s := a.scan
	s.line = appendLine(s.line[:0], a.facts.text, int(h.sentence), s.headers)
	s.findTokens()
	defer s.forget()
	s.takeStance(&a.facts.text.Sentences[h.sentence])
	for _, p := range s.book.phrases[h.phrase].parts {
		pt := &s.book.parts[p]
		if pt.named < 0 {
			continue
		}
		at := make([][2]int32, len(pt.tokens))
		if _, ok := s.part(p, at); ok {
			return at[pt.named][0], at[pt.named][1], true
		}
	}
	first := s.book.phrases[h.phrase].parts[0]
	return h.from, h.to, len(s.book.parts[first].tokens) == 1
}

// nounPhrase widens the words from:to of the scanner's line to the left, as far as a determiner shows where the phrase
// begins: of "the weekly usage report", where "report" was found, it makes "weekly usage report".
func (a *asker) nounPhrase(sentence, from, to int32) string {
	line := a.scan.line
	for i := from - 1; i >= 0 && i >= from-3 && !line[i+1].breaks && line[i].own == line[from].own; i-- {
		w := strings.ToLower(line[i].raw)
		if beginsName[w] {
			from = i + 1
			break
		}
		if neverInName[w] || strings.HasSuffix(w, "ly") || notHeads[w] || !a.inName(sentence, int(line[i].at)) {
			break
		}
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			if j := line[i].joint; j != 0 {
				b.WriteByte(j)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(ordinaryCase(line, i))
	}
	return b.String()
}

// ordinaryCase returns the word as it would stand in the middle of a sentence: the capital of a sentence's first word goes,
// those of names and acronyms stay.
func ordinaryCase(line []lineWord, i int32) string {
	w := line[i].raw
	if isAcronym(w) || i > 0 && !line[i].breaks && line[i-1].own == line[i].own {
		return w
	}
	if i+1 < int32(len(line)) && !line[i+1].breaks && startsUpper(line[i+1].raw) && !isAcronym(line[i+1].raw) {
		return w // "Apple Pay"
	}
	return strings.ToLower(w)
}

func startsUpper(w string) bool { r, _ := utf8.DecodeRuneInString(w); return unicode.IsUpper(r) }

// beginsName are words that a name may follow with words in between.
var beginsName = wordSet(`a an the same this that these those my your our their his her its any every each some all both no another such`)

// neverInName are words that do not stand in the middle of a name.
var neverInName = wordSet(`and or but if when then than so is are was were be been being can could may might must shall should will
	would do does did has have had not no never of in on at to from with without by for via through into onto as about after before
	during until while where who which that whose how why what there here also only just even it they we you he she them us gets get
	sends send sent shows show shown sees see opens open uses use makes make gives give takes take receives receive`)

// usableName returns the name without its determiner, or "" if it is too long or too odd to stand in a text.
func usableName(name string) string {
	words := strings.Fields(name)
	for len(words) > 0 && articleless[strings.ToLower(words[0])] {
		words = words[1:]
	}
	if n := len(words); n == 0 || n > 6 || len(name) > 60 || neverInName[strings.ToLower(words[n-1])] {
		return ""
	}
	name = strings.Trim(strings.Join(words, " "), ".,;:()[]\"'“”")
	if strings.ContainsAny(name, "{}|<>") {
		return ""
	}
	return name
}

// enumerate joins names: "a, b and c".
func enumerate(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// bareTitle returns a section's title without its number.
func bareTitle(title string) string {
	return strings.TrimSpace(strings.TrimLeft(title, "0123456789.§#)- "))
}

// clip returns at most n words of the text.
func clip(text string, n int) string {
	words := strings.Fields(text)
	if len(words) <= n {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:n], " ") + " …"
}

// units are what a number that matters stands before.
var units = wordSet(`second seconds minute minutes hour hours day days week weeks month months year years digit digits character characters
	attempt attempts times users people accounts percent kilometres km miles meters metres`)

// quantityAt returns the first number with its unit in the sentences: "30 days".
func (a *asker) quantityAt(sentences []int32) string {
	for _, s := range sentences {
		sentence := &a.facts.text.Sentences[s]
		for i := 0; i+1 < len(sentence.Words); i++ {
			w, next := sentence.Words[i], sentence.Words[i+1]
			if w.Form[0] >= '0' && w.Form[0] <= '9' && units[next.Form] {
				return sentence.Text[w.Start:next.End]
			}
		}
	}
	return ""
}
