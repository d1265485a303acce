package llm

import (
	"fmt"

	"whatif/analyzer/llm/reply"
)

// What is asked where the user says nothing, in tokens.
const (
	usualContext = 8192
	usualOutput  = 4096
	usualChunk   = 1000 // graph extraction finds about twice as much in chunks of 600 tokens as in those of 2,400 (arXiv 2404.16130)
	leastOutput  = 512
	leastChunk   = 120
	margin       = 64 // of what servers put around messages
)

// A fit says how large the pieces of a request may be, in tokens.
type fit struct {
	context int // of prompt and reply together
	output  int // of a reply
	chunk   int // of the document
	ledger  int // of facts from other parts
	room    int // of a part and all that is shown with it
}

// fitIn shares the model's context out. Where it is small, each pass gets its own task alone; then questions of the packs go, then
// the outline, then room for a reply.
func (r *run) fitIn() error {
	context := r.opt.Context
	if context <= 0 {
		context = usualContext
	}
	output := r.opt.Output
	if output <= 0 {
		output = min(usualOutput, context/3)
	}
	want := r.opt.Chunk
	if want <= 0 {
		want = usualChunk
	}
	tries := []func(){
		func() { r.systems, r.head.Questions = r.instruct(true), r.questionLines(true) },
		func() { r.systems = r.instruct(false) },
		func() { r.head.Questions = r.questionLines(false) },
		func() { r.head.Questions, r.head.Outline = nil, nil },
		func() { output = min(output, max(leastOutput, context/5)) },
	}
	if r.opt.Single {
		tries = []func(){func() {
			r.systems, r.head.Outline, output = r.instruct(false), nil, min(output, max(leastOutput, context/4))
		}}
	}
	for _, try := range tries {
		try()
		room := context - output - r.constant() - margin
		ledger := min(want*2/5, max(room/4, 0))
		if r.opt.Single {
			ledger = 0
		}
		if room-ledger >= want || room-ledger >= want/2 && room-ledger >= 2*leastChunk {
			r.fit = fit{context: context, output: output, chunk: min(want, room-ledger), ledger: ledger, room: room}
			return nil
		}
		r.fit = fit{context: context, output: output, chunk: room - ledger, ledger: ledger, room: room}
	}
	if r.fit.chunk >= leastChunk {
		return nil
	}
	return fmt.Errorf("a context of %d tokens is too small to ask anything: the questions alone take %d; raise --context, or ask one small question at a time with --single",
		context, r.constant()+output)
}

// constant returns the tokens of all that stands around a part and the ledger in the longest request.
func (r *run) constant() int {
	head := r.head
	head.Mark = head.HeadMark
	text, _ := r.opt.Prompts.write("part.tmpl", "", head)
	tail := 0
	for _, t := range r.tails() {
		tail = max(tail, r.opt.Count(t))
	}
	system := 0
	for _, s := range r.systems {
		system = max(system, r.opt.Count(s))
	}
	return system + r.opt.Count(text) + tail
}

// tails returns what stands behind a part in the requests of each pass, without what is known of other parts.
func (r *run) tails() []string {
	if r.opt.Single {
		text, _ := r.opt.Prompts.write("single.tmpl", "ask", singleData{Form: reply.Describe(smallCases{})})
		return []string{text}
	}
	facts, _ := r.opt.Prompts.write("facts.tmpl", "ask", factsData{})
	what, _ := r.opt.Prompts.write("what_if.tmpl", "ask", whatIfData{})
	return []string{facts, what}
}

// questionLines lists the questions as they are sent; those of packs only if there is room for them.
func (r *run) questionLines(packs bool) []questionData {
	var lines []questionData
	for _, q := range r.asked {
		if packs || q.Pack == "" {
			lines = append(lines, questionData{q.Key, q.Text})
		}
	}
	return lines
}

// maxOutline is how many titles an outline lists.
const maxOutline = 60

// outline lists the titles of the document's upper sections.
func (r *run) outline() []string {
	var titles []string
	for level := 6; level >= 1; level-- {
		titles = titles[:0]
		for i := range r.doc.Sections {
			if s := &r.doc.Sections[i]; s.Title != "" && s.Level <= level && s.Title != r.doc.Title {
				titles = append(titles, r.line(s.Title))
			}
		}
		if len(titles) <= maxOutline {
			return titles
		}
	}
	return titles[:maxOutline]
}
