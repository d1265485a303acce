package llm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/chunk"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// A part is a chunk of the document with what the model said of it.
type part struct {
	chunk.Chunk
	mark  string
	depth int // times that it was halved
	facts []said[factsForm]
	cases []said[whatIfForm]
	wrong []string // keys of the built-in engine's facts that the model says are none
	right []string // and of those that it says are some
	same  []called // things that both engines found, under two names
}

// A said is a filled-in form with the part whose line numbers it uses: the one that was asked about, or a half of it.
type said[T any] struct {
	part *part
	form *T
	cut  bool
}

// begin writes what all requests about a part begin with.
func (r *run) begin(p *part) string {
	d := r.head
	d.Mark = p.mark
	for _, title := range p.Path {
		d.Path = append(d.Path, r.line(title))
	}
	for _, num := range p.Before {
		d.Before = append(d.Before, r.sent(num))
	}
	for _, num := range p.Sentences {
		d.Lines = append(d.Lines, r.sent(num))
	}
	text, _ := r.opt.Prompts.write("part.tmpl", "", d) // it was tried when it was read
	return text
}

// sent returns a sentence as it is sent.
func (r *run) sent(num int) string { return r.words.Hide(chunk.Line(r.doc, num)) }

// query returns a request about a part.
func (r *run) query(pass, form string, p *part, tail string) query {
	return query{pass: pass, name: p.Title, user: r.begin(p) + tail, marks: []string{r.head.HeadMark, p.mark}, form: form, first: p.Sentences[0]}
}

// A lost is a piece that was given up.
type lost struct {
	part *part
	err  error
}

// inHalves asks about a part and, where it was too long for the model or its answer for the limit, about its halves too. It
// returns what was said, and the pieces that were given up.
func inHalves[T any](ctx context.Context, r *run, p *part, get func(p *part) (*T, bool, error)) (all []said[T], gone []lost) {
	form, cut, err := get(p)
	if err == nil {
		all = append(all, said[T]{p, form, cut})
	}
	long, ended := tooLong(err)
	ended = ended || cut
	if !long && !ended {
		if err != nil {
			gone = append(gone, lost{p, err})
		}
		return all, gone
	}
	a, b, ok := p.Halves(r.doc, r.opt.Count)
	if !ok || long && r.anew() || ended && p.depth >= maxHalvings {
		if cut {
			err = errors.New("the answer did not fit the limit of tokens, so it may be incomplete; raise --max-output")
		}
		return all, append(gone, lost{p, err})
	}
	for _, half := range []chunk.Chunk{a, b} {
		more, missing := inHalves(ctx, r, &part{Chunk: half, mark: p.mark, depth: p.depth + 1}, get)
		all, gone = append(all, more...), append(gone, missing...)
		if ctx.Err() != nil {
			break
		}
	}
	return all, gone
}

// failedIn puts the pieces that were given up in a pass among the warnings. It reports whether there are any.
func (r *run) failedIn(pass string, gone []lost) bool {
	for _, l := range gone {
		r.failed(query{pass: pass, name: l.part.Title, first: l.part.Sentences[0]}, l.err)
	}
	return len(gone) > 0
}

// maxHalvings is how often a part is halved whose answers end at the limit of tokens. They are paid for, and a small model that has
// lost its way goes on to the limit whatever it is asked.
const maxHalvings = 2

// tooLong says of a failure whether the request was too long, or its answer ended at the limit with nothing whole in it.
func tooLong(err error) (request, answer bool) {
	failed, rejected := (*client.Error)(nil), (*caller.Rejected)(nil)
	return errors.As(err, &failed) && failed.Fault == client.TooLong, errors.As(err, &rejected) && rejected.Cut
}

// maxEvidence is how many sentences an item stands on at most.
const maxEvidence = 5

// global turns line numbers of a part into sentence numbers. Those that the part does not have are counted as strange.
func (p *part) global(s []int) (nums []int, strange int) {
	for _, n := range s {
		switch {
		case n < 1 || n > len(p.Sentences):
			strange++
		case !slices.Contains(nums, p.Sentences[n-1]) && len(nums) < maxEvidence:
			nums = append(nums, p.Sentences[n-1])
		}
	}
	return nums, strange
}

// stands returns what an item of a part stands on: the sentences it points to or, if those are none of the part's, the first that
// names it. Else it says why there is nothing.
func (r *run) stands(p *part, s []int, name string) (proposal.Evidence, threatmodel.DropReason, string) {
	nums, strange := p.global(s)
	if seen := r.seen(nums); len(seen) > 0 {
		return proposal.Evidence{Sentences: seen}, "", ""
	}
	if len(nums) > 0 {
		return proposal.Evidence{}, threatmodel.Unsupported, r.isHidden(nums[0])
	}
	if stems := reading.Stems(name); len(stems) > 0 {
		for _, num := range r.seen(p.Sentences) {
			if _, _, ok := reading.Match(r.text.Sentences[num-1].Words, stems); ok {
				return proposal.Evidence{Sentences: []int{num}}, "", ""
			}
		}
	}
	if strange > 0 {
		return proposal.Evidence{}, threatmodel.NoSuchSentence, fmt.Sprintf("the model points to line %d of a part with %d lines", s[0], len(p.Sentences))
	}
	return proposal.Evidence{}, threatmodel.NoSuchSentence, "the model points to no line"
}

// seen returns those of the sentences that readers see. Hidden ones carry nothing, and must not be what a judge is shown either.
func (r *run) seen(nums []int) []int {
	return slices.DeleteFunc(slices.Clone(nums), func(num int) bool { return r.doc.Sentence(num).Kind == document.Hidden })
}

func (r *run) isHidden(num int) string {
	line, _ := r.doc.LinesOf(r.doc.Sentence(num).Span)
	return fmt.Sprintf("line %d is hidden from readers", line)
}

// fitting says what is wrong with the line numbers of a reply as a whole: most of them point out of the part.
func (p *part) fitting(lists [][]int) error {
	all, strange := 0, 0
	for _, s := range lists {
		_, n := p.global(s)
		strange += n
		all += len(s)
	}
	if strange*2 > all {
		return fmt.Errorf("most of its line numbers are none of 1 to %d: answer with numbers of lines that are there", len(p.Sentences))
	}
	return nil
}

// holds reports whether words stand one after the other in a sentence, whatever is between them but words.
func (r *run) holds(num int, words []reading.Word) bool {
	in := r.text.Sentences[num-1].Words
	for i := 0; i+len(words) <= len(in); i++ {
		if slices.EqualFunc(in[i:i+len(words)], words, func(x, y reading.Word) bool { return x.Form == y.Form }) {
			return len(words) > 0
		}
	}
	return false
}

// speaks reports whether sentences have at least half of the words of a text that say something.
func (r *run) speaks(text string, nums []int) bool {
	said := meaning(text)
	found := 0
	for stem := range said {
		if slices.ContainsFunc(nums, func(num int) bool {
			return slices.ContainsFunc(r.text.Sentences[num-1].Words, func(w reading.Word) bool { return w.Stem == stem })
		}) {
			found++
		}
	}
	return len(said) > 0 && 2*found >= len(said)
}

// sentences lists sentences as they are sent, for a claim.
func (r *run) sentences(nums []int) []string {
	var lines []string
	for _, num := range nums {
		lines = append(lines, strings.TrimSpace(r.sent(num)))
	}
	return lines
}
