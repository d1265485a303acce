package rules

import (
	"strings"

	"whatif/analyzer/reading"
)

func stemSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		for _, stem := range reading.Stems(w) {
			set[stem] = true
		}
	}
	return set
}

func lastStem(name string) string {
	stems := reading.Stems(lastWord(name))
	if len(stems) == 0 {
		return ""
	}
	return stems[len(stems)-1]
}

// tagsOf returns the parts of speech of the sentence's words; nil where they are not known.
func (a *asker) tagsOf(sentence int32) []pos {
	if int(sentence) >= len(a.facts.tags) {
		return nil
	}
	tags := a.facts.tags[sentence]
	if len(tags) != len(a.facts.text.Sentences[sentence].Words) {
		return nil
	}
	return tags
}

// isNoun reports whether the sentence's word i is a noun there; true where parts of speech are not known.
func (a *asker) isNoun(sentence int32, i int) bool {
	tags := a.tagsOf(sentence)
	return tags == nil || tags[i] == noun || tags[i] == verb && strings.HasSuffix(a.facts.text.Sentences[sentence].Words[i].Form, "tion")
}

// nounAt reports whether the scanner's line has a noun phrase at from:to that can stand as a name: its own words, the last one
// the noun, which does not go on behind it.
func (a *asker) nounAt(sentence, from, to int32) bool {
	line := a.scan.line
	if from >= to || to > int32(len(line)) {
		return false
	}
	head := line[to-1]
	if !head.own || !a.isNoun(sentence, int(head.at)) || notHeads[strings.ToLower(head.raw)] ||
		strings.ContainsAny(head.raw, "'’") {
		return false
	}
	if to < int32(len(line)) && line[to].own && (line[to].joint == '-' || line[to].joint == '_' || line[to].joint == '/') {
		return false
	}
	if to < int32(len(line)) && goesWithIn[line[to-1].stem] && particles[strings.ToLower(line[to].raw)] {
		return false // "log in"
	}
	for i := from; i < to; i++ {
		if !line[i].own || head.at-line[i].at != to-1-i {
			return false
		}
	}
	return true
}

// compoundEnd moves to over the noun that the name goes on with: of "purchase data is", where "purchase" was found, it makes
// "purchase data". What follows must show that the noun is none that begins something else.
func (a *asker) compoundEnd(sentence, to int32) int32 {
	line, tags := a.scan.line, a.tagsOf(sentence)
	if tags == nil || to >= int32(len(line)) {
		return to
	}
	w := line[to]
	if !w.own || w.breaks || w.joint != 0 || tags[w.at] != noun || startsUpper(w.raw) || notHeads[strings.ToLower(w.raw)] {
		return to
	}
	if words := a.facts.text.Sentences[sentence].Words; w.at == 0 || words[w.at].Start != words[w.at-1].End+1 {
		return to // a comma or a quotation mark stands between
	}
	if strings.HasSuffix(line[to-1].raw, "s") {
		return to // "documents rest": what follows a plural is a verb that nothing is known of
	}
	if next := to + 1; next < int32(len(line)) && line[next].own && !line[next].breaks {
		switch tags[line[next].at] {
		case preposition:
			if strings.HasSuffix(w.raw, "s") {
				return to // "bot looks for"
			}
		case verb, auxiliary, modal, conjunction:
		default:
			return to
		}
	}
	return to + 1
}

// wholeWord moves from to the left over what is joined to it: of "client-side copy", where "side copy" was found, it makes the
// whole.
func (a *asker) wholeWord(from int32) int32 {
	line := a.scan.line
	for from > 0 && line[from].joint == '-' && line[from-1].own == line[from].own {
		from--
	}
	return from
}

// goesWithIn are stems that are verbs before a particle.
var (
	goesWithIn = stemSet("log sign check clock opt drop pick set")
	particles  = wordSet("in out on into up off")
)

// notHeads are words that count or point, and name nothing.
var notHeads = wordSet(`digit digits character characters hour hours day days week weeks minute minutes second seconds time times
	way ways other others same such more most many much that this these those one two three first last own here there
	country recorded provided shared sent stored kept deleted deactivate provide share own using`)

// namesThing reports whether what a condition found is a noun there, or a fact.
func (a *asker) namesThing(h hit) bool {
	if h.phrase < 0 {
		return true
	}
	from, to, ok := a.namedSpan(h)
	return ok && a.nounAt(h.sentence, from, to)
}

// inName reports whether the sentence's word i may stand inside a name, before its noun.
func (a *asker) inName(sentence int32, i int) bool {
	tags := a.tagsOf(sentence)
	return tags == nil || tags[i] == noun || tags[i] == adjective
}

// holds reports whether the name is of something that only carries data, or of data in general: it says nothing of what is at
// stake.
func holds(name string) bool { return containers[lastStem(name)] }

var containers = stemSet(`csv pdf spreadsheet file report link url export document data information database table screen page form
	phone device app account`)
