package inspect

import (
	"slices"
	"strings"

	"whatif/analyzer/document"
)

// From enough on, what speaks for steering is steering. Text that is hidden from readers has less reason to speak to a tool, so that
// it has a point from the start; sentences that follow each other are taken together, with more to be shown.
const (
	enough         = 3
	enoughTogether = 4
)

// A mark is what gives one sentence away.
type mark struct {
	num    int
	hidden bool
	says   []string // what each signal says, once
	weight []int    // of each
	how    string   // the disguise, "" for none
}

func (m *mark) add(says string, weight int) {
	if i := slices.Index(m.says, says); i >= 0 {
		m.weight[i] = max(m.weight[i], weight)
		return
	}
	m.says, m.weight = append(m.says, says), append(m.weight, weight)
}

// weighs returns the weight of what is said already.
func (m *mark) weighs(says string) int {
	if i := slices.Index(m.says, says); i >= 0 {
		return m.weight[i]
	}
	return 0
}

// take adds what gives another text of the same sentence away, if that is enough by itself.
func (m *mark) take(other mark) {
	if !other.steers() {
		return
	}
	for i := range other.says {
		m.add(other.says[i], other.weight[i])
	}
	m.add(hiding, 1)
	m.hidden = m.hidden || other.hidden
	if m.how == "" {
		m.how = other.how
	}
}

const (
	hiding   = "is kept from readers"                   // what is not written for people's eyes
	speaking = "is addressed to the tool that reads it" // in prompts/inspect.yaml
)

func (m *mark) total() int {
	sum := 0
	for _, w := range m.weight {
		sum += w
	}
	return sum
}

// heaviest returns the index of what tells most. To whom something is addressed tells less than what it wants.
func (m *mark) heaviest() int {
	best := 0
	for i := range m.weight {
		if plain, other := plainly(m.says[i]), plainly(m.says[best]); plain && !other || plain == other && m.weight[i] > m.weight[best] {
			best = i
		}
	}
	return best
}

func plainly(says string) bool { return says != hiding && says != speaking }

func (m *mark) steers() bool {
	sum := m.total()
	if sum > 1 && m.hidden {
		sum++
	}
	return sum >= enough
}

// score adds to m what gives the folded text away, which was just read.
func (l *looker) score(m *mark, folded string) {
	var quotes [][2]int
	quoted := false
	for _, n := range l.patterns {
		p := &l.book.patterns[n]
		s := &l.book.signals[p.signal]
		if m.weighs(s.Says) >= s.Weight {
			continue // it would add nothing
		}
		at := p.expr().FindStringSubmatchIndex(folded)
		if at == nil {
			continue
		}
		if !p.raw && !m.hidden {
			if !quoted {
				quotes, quoted = l.book.quoted(folded), true
			}
			if slices.ContainsFunc(quotes, func(q [2]int) bool { return q[0] <= at[2] && at[3] <= q[1] }) {
				continue
			}
		}
		if !p.told || l.told(p, folded, at) {
			m.add(s.Says, s.Weight)
		}
	}
}

// told reports that one of the places where the pattern stands is where somebody is told to do something.
func (l *looker) told(p *pattern, folded string, at []int) bool {
	for tries, from := 0, 0; tries < 8; tries++ {
		if imperative(folded[:from+at[2]]) {
			return true
		}
		from += at[3]
		if at = p.expr().FindStringSubmatchIndex(folded[from:]); at == nil {
			return false
		}
	}
	return false
}

// lead matches what may stand between the beginning of a clause and its imperative, or before it in "you must ignore".
var lead = lazy(`(?:^|[.!?:;,"'*>)\](\[|/#-]|\b(?:you|ai|model|models|assistant|assistants|llm|reviewer|reviewers|review|analysis|scanner|tool|tools) ?(?:must|should|shall|will|can|may|need to|have to|has to|are to|are now to|are required to|are asked to|are instructed to|are requested to|now|are allowed to|had better)|\b(?:(?:task|job|role|goal|instruction|instructions) (?:is|now is|is now) to|(?:asked|told|instructed|required|supposed|want|need|order|ask|command|instruct) you to|you to|(?:asked|instructed|told) to))[^a-z0-9]*(?:(?:please|now|then|just|so|first|and|kindly|simply|instead|also|immediately|always|therefore|hereby|next|only|strictly|completely|silently|simply|but|must|to)[^a-z0-9]+){0,3}$`)

// imperative reports that what follows before begins a clause that tells somebody what to do.
func imperative(before string) bool {
	if len(before) > 120 {
		before = before[len(before)-120:]
		if i := strings.IndexByte(before, ' '); i >= 0 {
			before = before[i:]
		}
		return lead().MatchString("x" + before)
	}
	return lead().MatchString(before)
}

// quoted returns the stretches in quotation marks of a sentence that quotes them as somebody else's words.
func (b *book) quoted(folded string) [][2]int {
	var stretches [][2]int
	open := -1
	for i := 0; i < len(folded); i++ {
		c := folded[i]
		switch {
		case c == '"', c == '\'' && (open < 0) == (i == 0 || !wordByte(folded[i-1])):
			if open < 0 {
				open = i
			} else if folded[open] == c {
				stretches = append(stretches, [2]int{open, i + 1})
				open = -1
			}
		}
	}
	if len(stretches) == 0 {
		return nil
	}
	var rest strings.Builder
	end := 0
	for _, q := range stretches {
		rest.WriteString(folded[end:q[0]])
		end = q[1]
	}
	rest.WriteString(folded[end:])
	for _, cue := range b.quotedAs {
		if strings.Contains(rest.String(), cue) {
			return stretches
		}
	}
	return nil
}

// steering decides which of the marked sentences steer, by themselves or together with those beside them.
func (l *looker) steering(doc *document.Document) []Steering {
	var out []Steering
	for from := 0; from < len(l.marks); {
		to := from + 1
		for to < len(l.marks) && together(doc, l.marks[to-1].num, l.marks[to].num) {
			to++
		}
		all := joined(l.marks[from:to])
		for i := range l.marks[from:to] {
			m := &l.marks[from+i]
			if m.steers() || all {
				out = append(out, Steering{Sentence: m.num, Kind: m.kind(), Hidden: m.hidden, Sure: len(m.says) > 1 || m.total() > enough})
			}
		}
		from = to
	}
	return out
}

// together reports sentences of one paragraph, and stretches of code or hidden text one after the other.
func together(doc *document.Document, a, b int) bool {
	x, y := doc.Sentence(a), doc.Sentence(b)
	if x.Block == y.Block {
		return b-a <= 3
	}
	return b-a == 1 && x.Kind == y.Kind && (x.Kind == document.Code || x.Kind == document.Hidden)
}

// joined reports that sentences side by side steer, taken together.
func joined(marks []mark) bool {
	var all mark
	for i := range marks {
		for j := range marks[i].says {
			all.add(marks[i].says[j], marks[i].weight[j])
		}
		all.hidden = all.hidden || marks[i].hidden
	}
	return len(marks) > 1 && all.total() >= enoughTogether && slices.Max(all.weight) >= 2
}

func (m *mark) kind() string {
	kind := m.says[m.heaviest()]
	if m.how != "" {
		kind += ", " + m.how
	}
	return kind
}
