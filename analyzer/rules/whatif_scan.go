package rules

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// A hit is a place where a phrase was found, or a fact.
type hit struct {
	sentence int32 // index, number - 1
	from, to int32 // indexes into the sentence's words as [facts.line] gives them
	phrase   int32 // or -1 for a fact
	heading  bool  // it stands in a heading: it says what a section is about, but is no evidence
	fact     int32 // of a fact: index of the asset or actor
}

// A lineWord is one word as rules see it.
type lineWord struct {
	stem, raw string
	joint     byte  // what alone stands between it and the word before: '-' in "sign-in"; else 0
	at        int32 // index among the sentence's Words, where it is its own
	own       bool  // of the sentence itself; else of its lead-in or its column's header
	breaks    bool  // a clause begins here
}

// A scanner is the state of one pass. It is large, so that it is used for one document after another.
type scanner struct {
	book  *phrasebook
	spans [][][2]int32 // by token: where it stands in the current sentence
	here  []bool       // by token: it has spans
	used  []int        // tokens with spans
	found [][2]int32   // by part: where it was found in the current sentence
	done  []int32      // by part: 1 + the sentence for which found holds
	now   []int        // parts found in the current sentence
	line  []lineWord
	hits  []hit // in order of their sentences

	ends   []int   // by phrase: where its hits end in sorted
	sorted []hit   // by phrase
	of     [][]hit // the same

	headers splitHeaders

	stance       reading.Stance // of the current sentence
	deniesItself bool           // the current sentence has a denial among its own words
}

// scanner returns a scanner for one document, to be given back with release.
func (b *phrasebook) scanner() *scanner {
	b.once.Do(func() { b.keys = b.keyed() }) // nothing is added to a book that was searched for
	if s, ok := b.scanners.Get().(*scanner); ok {
		return s
	}
	return &scanner{book: b, spans: make([][][2]int32, b.tokens), here: make([]bool, b.tokens), found: make([][2]int32, len(b.parts)),
		done: make([]int32, len(b.parts)), ends: make([]int, len(b.phrases)+1), of: make([][]hit, len(b.phrases)), headers: splitHeaders{}}
}

// release lets the scanner be used for another document. Nothing that it found may be used any more.
func (s *scanner) release() {
	clear(s.line[:cap(s.line)]) // which is of the document
	clear(s.headers)
	s.book.scanners.Put(s)
}

// scan finds every phrase of the book in the sentences that count: claims about the product, and headings for context.
func (s *scanner) scan(t *reading.Text) [][]hit { return s.scanThose(t, counts) }

// scanThose finds every phrase of the book in the sentences that are wanted.
func (s *scanner) scanThose(t *reading.Text, wanted func(*reading.Sentence) bool) [][]hit {
	s.hits = s.hits[:0]
	clear(s.done)
	for i := range t.Sentences {
		if wanted(&t.Sentences[i]) {
			s.sentence(t, i)
		}
	}
	return s.byPhrase()
}

// byPhrase sorts hits by their phrase; those of one keep their order.
func (s *scanner) byPhrase() [][]hit {
	clear(s.ends)
	for i := range s.hits {
		s.ends[s.hits[i].phrase+1]++
	}
	s.sorted = slices.Grow(s.sorted[:0], len(s.hits))[:len(s.hits)]
	for ph := range s.of {
		s.ends[ph+1] += s.ends[ph]
		s.of[ph] = s.sorted[s.ends[ph]:s.ends[ph]:s.ends[ph+1]]
	}
	for _, h := range s.hits {
		s.of[h.phrase] = append(s.of[h.phrase], h)
	}
	return s.of
}

// A keyed part is looked for where the other token stands too.
type keyed struct{ part, other int32 }

// keyed returns the parts by the one of their tokens that fewest parts have, each with the next: where these do not stand, the
// part needs no look.
func (b *phrasebook) keyed() [][]keyed {
	parts := make([]int, b.tokens) // by token: how many have it
	for i := range b.parts {
		for _, tok := range b.parts[i].tokens {
			parts[tok]++
		}
	}
	by := make([][]keyed, b.tokens)
	for i := range b.parts {
		rarest := b.parts[i].tokens
		if len(rarest) > 1 {
			rarest = slices.Clone(rarest)
			slices.SortStableFunc(rarest, func(x, y int) int { return cmp.Compare(parts[x], parts[y]) })
		}
		by[rarest[0]] = append(by[rarest[0]], keyed{int32(i), int32(rarest[min(1, len(rarest)-1)])})
	}
	return by
}

// counts reports whether what the sentence says may be used: it is seen by a reader, and neither open, planned, excluded nor
// about something else. A denied sentence counts; whether a hit in it is denied is decided at the hit.
func counts(s *reading.Sentence) bool {
	st := s.Stance
	return s.Kind != document.Hidden && s.Kind != document.Code && !st.Open && !st.Planned && !st.OutOfScope && !st.Aside
}

// planned reports whether the sentence says what the product is to have later.
func planned(s *reading.Sentence) bool {
	st := s.Stance
	return st.Planned && !st.Open && !st.Aside && s.Kind != document.Hidden && s.Kind != document.Code &&
		s.Kind != document.Heading
}

func (s *scanner) sentence(t *reading.Text, i int) {
	s.line = appendLine(s.line[:0], t, i, s.headers)
	s.findTokens()
	sentence := &t.Sentences[i]
	s.takeStance(sentence)
	s.now = s.now[:0]
	for _, tok := range s.used {
		for _, k := range s.book.keys[tok] {
			if !s.here[k.other] {
				continue
			}
			if span, ok := s.part(int(k.part), nil); ok {
				s.found[k.part], s.done[k.part] = span, int32(i)+1
				s.now = append(s.now, int(k.part))
			}
		}
	}
	for _, p := range s.now {
		s.phrasesFrom(p, int32(i), sentence.Kind == document.Heading)
	}
	s.forget()
}

// forget makes room for the tokens of another sentence.
func (s *scanner) forget() {
	for _, tok := range s.used {
		s.spans[tok], s.here[tok] = s.spans[tok][:0], false
	}
	s.used = s.used[:0]
}

func (s *scanner) takeStance(sentence *reading.Sentence) {
	s.stance, s.deniesItself = sentence.Stance, false
	for i := 0; i < len(sentence.Words) && s.stance.Negated && !s.deniesItself; i++ {
		s.deniesItself = s.stance.Denies(i)
	}
}

// phrasesFrom records the phrases that begin with the part p, where all their parts were found.
func (s *scanner) phrasesFrom(p int, sentence int32, heading bool) {
phrases:
	for _, ph := range s.book.leads[p] {
		for _, other := range s.book.phrases[ph].parts[1:] {
			if s.done[other] != sentence+1 {
				continue phrases
			}
		}
		span := s.found[p]
		s.hits = append(s.hits, hit{sentence: sentence, from: span[0], to: span[1], phrase: int32(ph), heading: heading})
	}
}

// findTokens fills spans from the line.
func (s *scanner) findTokens() {
	for i := range s.line {
	atoms:
		for _, a := range s.book.starts[s.line[i].stem] {
			if i+1+len(a.rest) > len(s.line) {
				continue
			}
			for k, stem := range a.rest {
				if s.line[i+1+k].stem != stem {
					continue atoms
				}
			}
			span := [2]int32{int32(i), int32(i + 1 + len(a.rest))}
			for _, tok := range *a.tokens {
				if !s.here[tok] {
					s.here[tok] = true
					s.used = append(s.used, tok)
				}
				s.spans[tok] = append(s.spans[tok], span)
			}
		}
	}
}

// part finds the first place of a part in the line that has words of the sentence's own and is not denied. Where at is not
// nil, it is filled with the span of each token.
func (s *scanner) part(p int, at [][2]int32) (span [2]int32, ok bool) {
	pt := &s.book.parts[p]
	for _, tok := range pt.tokens {
		if !s.here[tok] {
			return span, false
		}
	}
	for _, first := range s.spans[pt.tokens[0]] {
		if at != nil {
			at[0] = first
		}
		end, found := s.follow(pt, 1, first[1], at)
		if found && s.owned(first[0], end) && (pt.denies || !s.denied(first[0], end)) {
			return [2]int32{first[0], end}, true
		}
	}
	return span, false
}

// follow matches the tokens of pt from k on, after the word before end.
func (s *scanner) follow(pt *part, k int, end int32, at [][2]int32) (int32, bool) {
	if k == len(pt.tokens) {
		return end, true
	}
	spans := s.spans[pt.tokens[k]]
	i, _ := slices.BinarySearchFunc(spans, end, func(span [2]int32, end int32) int { return cmp.Compare(span[0], end) })
	for ; i < len(spans) && spans[i][0] <= end+int32(pt.gaps[k]); i++ {
		span := spans[i]
		if at != nil {
			at[k] = span
		}
		if last, ok := s.follow(pt, k+1, span[1], at); ok {
			return last, true
		}
	}
	return 0, false
}

func (s *scanner) owned(from, to int32) bool {
	for _, w := range s.line[from:to] {
		if w.own {
			return true
		}
	}
	return false
}

// denied reports whether one of the words from:to is said not to be so. Where the whole sentence is denied by its lead-in or
// heading, all its words are.
func (s *scanner) denied(from, to int32) bool {
	if s.stance.Negated && !s.deniesItself {
		return true
	}
	for _, w := range s.line[from:to] {
		if w.own && s.stance.Denies(int(w.at)) {
			return true
		}
	}
	return false
}

// splitHeaders are the headers of tables, split into words once for all their rows.
type splitHeaders map[string][]reading.Word

// maxHeaders bounds how many are kept.
const maxHeaders = 1 << 10

func (h splitHeaders) words(header string) []reading.Word {
	words, ok := h[header]
	if !ok {
		if words = reading.Words(header); h != nil && len(h) < maxHeaders {
			h[header] = words
		}
	}
	return words
}

// leadMax is how many words of a lead-in are read before a list item.
const leadMax = 25

// appendLine appends the words of the sentence with index i, after those of its lead-in, or among those of its columns'
// headers.
func appendLine(line []lineWord, t *reading.Text, i int, headers splitHeaders) []lineWord {
	s := &t.Sentences[i]
	if len(s.Cells) > 0 && s.Cells[0].Header != "" {
		rest := s.Words
		for k, end := 0, 0; k < len(s.Cells); k++ {
			c := &s.Cells[k]
			end += len(c.Text)
			n := 0
			for n < len(rest) && rest[n].End <= end {
				n++
			}
			if !numbersRows(c.Header) && !reading.RefusedCell(c.Text) {
				line = appendWords(line, c.Header, headers.words(c.Header), false)
			}
			line = appendWords(line, s.Text, rest[:n], true)
			rest, end = rest[n:], end+len(" | ")
		}
		return numberOwn(line)
	}
	if s.Lead > 0 && s.Lead <= len(t.Sentences) {
		lead := &t.Sentences[s.Lead-1]
		words := lead.Words
		if !leadsIn(lead) {
			words = nil
		}
		if len(words) > leadMax {
			words = words[len(words)-leadMax:]
		}
		line = appendWords(line, lead.Text, words, false)
	}
	return numberOwn(appendWords(line, s.Text, s.Words, true))
}

// numbersRows reports whether the header is of a column that only numbers the rows: its "No" denies nothing.
func numbersRows(header string) bool {
	return strings.EqualFold(strings.Trim(header, " .:"), "no")
}

// leadsIn reports whether the sentence goes on in the items below it ("Admins can:", "Guests"); a full sentence with items
// under it does not.
func leadsIn(s *reading.Sentence) bool {
	return strings.HasSuffix(s.Text, ":") || len(s.Words) <= 6 && !strings.HasSuffix(s.Text, ".")
}

// numberOwn counts the sentence's own words.
func numberOwn(line []lineWord) []lineWord {
	n := int32(0)
	for i := range line {
		if line[i].own {
			line[i].at = n
			n++
		}
	}
	return line
}

func appendWords(line []lineWord, text string, words []reading.Word, own bool) []lineWord {
	for k, w := range words {
		breaks := k == 0
		if k > 0 {
			breaks = w.Form == "but" || strings.ContainsAny(text[words[k-1].End:w.Start], ";:—–.|(")
		}
		var joint byte
		if k > 0 && w.Start == words[k-1].End+1 && strings.IndexByte("-/&_.@+'", text[w.Start-1]) >= 0 {
			joint = text[w.Start-1]
		}
		line = append(line, lineWord{stem: w.Stem, raw: text[w.Start:w.End], joint: joint, own: own, breaks: breaks})
	}
	return line
}
