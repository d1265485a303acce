package reading

// gap is how many other words may stand between two words of a phrase: "delete the old account" has "delete account".
const gap = 2

// A Hit is one place where a phrase was found.
type Hit struct {
	Sentence int // number
	From, To int // indexes into the sentence's Words, half open
}

// Find returns where phrase stands, in order: its words by stem, in order, at most two other words between neighbours. A
// sentence is reported once. Headings and hidden text are not searched.
func (t *Text) Find(phrase string) []Hit {
	stems := Stems(phrase)
	if len(stems) == 0 {
		return nil
	}
	rarest := t.byStem[stems[0]]
	for _, s := range stems[1:] {
		if at := t.byStem[s]; len(at) < len(rarest) {
			rarest = at
		}
	}
	var hits []Hit
	for _, i := range rarest {
		s := &t.Sentences[i]
		if s.Kind == "hidden" || s.Kind == "heading" {
			continue
		}
		if from, to, ok := Match(s.Words, stems); ok {
			hits = append(hits, Hit{s.Num, from, to})
		}
	}
	return hits
}

// With returns the indexes of the sentences that have a word with the stem, ascending. Callers must not change it.
func (t *Text) With(stem string) []int32 { return t.byStem[stem] }

// Match finds the stems in words, in order, at most two other words between neighbours, and returns the half-open range of
// word indexes that the first such place covers.
func Match(words []Word, stems []string) (from, to int, ok bool) {
	for i := range words {
		if words[i].Stem != stems[0] {
			continue
		}
		at, k := i, 1
		for j := i + 1; k < len(stems) && j < len(words) && j-at <= gap+1; j++ {
			if words[j].Stem == stems[k] {
				at, k = j, k+1
			}
		}
		if k == len(stems) {
			return i, at + 1, true
		}
	}
	return 0, 0, false
}
