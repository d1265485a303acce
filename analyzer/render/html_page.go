package render

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/threatmodel"
)

// A cited is a citation with a link to its sentence.
type cited struct {
	Quote, Section string
	Match          threatmodel.Match
	Link           template.HTML
}

// cite makes one citation ready for the page.
func (p *page) cite(c threatmodel.Citation) cited {
	return cited{c.Quote, c.Section, c.Match, template.HTML(p.link(c, ""))}
}

// cites returns links to up to n citations, each sentence once, with the quotes as titles.
func (p *page) cites(cs []threatmodel.Citation, n int) []template.HTML {
	var out []template.HTML
	var seen []int
	for _, c := range cs {
		if len(out) < n && !slices.Contains(seen, c.Sentence) {
			seen = append(seen, c.Sentence)
			out = append(out, template.HTML(p.link(c, ` title="`+escapeHTML(short(c.Quote, 300))+`"`)))
		}
	}
	return out
}

// link is the link to a citation's sentence, or its place in words where the sentence does not stand on the page.
func (p *page) link(c threatmodel.Citation, title string) string {
	place := escapeHTML(p.place(c))
	if c.Sentence <= 0 || c.Sentence > p.known {
		return `<span class="cite"` + title + `>` + place + `</span>`
	}
	num := strconv.Itoa(c.Sentence)
	return `<a class="cite" href="#s` + num + `" data-s="` + num + `"` + title + `>` + place + `</a>`
}

// Title, Verdict, Extent, Calm, Covered, LeftOut and Made are the view's sentences.
func (p *page) Title() string   { return p.title() }
func (p *page) Verdict() string { return p.verdict() }

// Extent says what the draft is about.
func (p *page) Extent() string { return p.extent() }

// Calm says what a draft with nothing to discuss still means.
func (p *page) Calm() string { return p.calm() }

// Covered says how much of the document the draft stands on.
func (p *page) Covered() string { return p.covered() }

// LeftOut counts what was dropped.
func (p *page) LeftOut() string { return p.leftOut() }

// Made says how the draft came to be.
func (p *page) Made() []string { return p.made() }

// Goes returns where an asset goes.
func (p *page) Goes(id string) string { return strings.Join(p.goes(id), ", ") }

// A numbered is an abuse case with its place in the draft.
type numbered struct {
	*threatmodel.AbuseCase
	N        int
	Anchor   string
	Sections string // numbers of the sections that it cites, each between bars
}

// Cases returns all abuse cases.
func (p *page) Cases() []numbered { return p.numbered }

// number numbers the abuse cases.
func (p *page) number() []numbered {
	out := make([]numbered, len(p.AbuseCases))
	at := map[string]int{}
	for i, s := range p.sections {
		at[s] = i
	}
	for i := range p.AbuseCases {
		c := &p.AbuseCases[i]
		sections := "|"
		for _, q := range c.Citations {
			if bar := fmt.Sprintf("|%d|", at[fold(q.Section)]); !strings.Contains(sections, bar) {
				sections += bar[1:]
			}
		}
		out[i] = numbered{c, i + 1, anchor(c.ID, i+1), sections}
	}
	return out
}

// First returns the cases to talk about first.
func (p *page) First() []numbered {
	var out []numbered
	for _, i := range p.first() {
		out = append(out, p.numbered[i])
	}
	return out
}

// FirstWords introduces them.
func (p *page) FirstWords() string {
	return map[int]string{1: "Talk about this first", 2: "Talk about these two first"}[len(p.first())]
}

// StepCases returns the cases that belong to a step.
func (p *page) StepCases(ids []string) []numbered {
	var out []numbered
	for _, id := range ids {
		if n := p.cases[id]; n > 0 {
			out = append(out, p.numbered[n-1])
		}
	}
	return out
}

// anchor returns the name of a finding's place on the page: its id where that is a plain word, else its number.
func anchor(id string, n int) string {
	for _, r := range id {
		if !(r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			id = ""
			break
		}
	}
	if id == "" {
		return fmt.Sprintf("f-%d", n)
	}
	return "f-" + id
}

// Priorities counts the cases by level for the filters.
func (p *page) Priorities() []levelCount {
	n := p.priorities()
	return []levelCount{{threatmodel.High, n[0]}, {threatmodel.Medium, n[1]}, {threatmodel.Low, n[2]}}
}

type levelCount struct {
	Level threatmodel.Level
	N     int
}

// Categories lists the cases' categories once, in the vocabulary's order, others after them.
func (p *page) Categories() []threatmodel.AbuseCategory {
	used := map[threatmodel.AbuseCategory]bool{}
	for _, c := range p.AbuseCases {
		used[c.Category] = true
	}
	var out []threatmodel.AbuseCategory
	for _, c := range threatmodel.AbuseCategories {
		if used[c] {
			out = append(out, c)
			delete(used, c)
		}
	}
	for _, c := range p.AbuseCases {
		if used[c.Category] {
			out = append(out, c.Category)
			delete(used, c.Category)
		}
	}
	return out
}

// CitedSections lists the sections that findings cite.
func (p *page) CitedSections() []string { return p.sections }

// citedSections lists the sections that cases cite: in the document's order, then in the cases'.
func (v *view) citedSections() []string {
	used := map[string]bool{}
	for _, c := range v.AbuseCases {
		for _, q := range c.Citations {
			used[fold(q.Section)] = true
		}
	}
	var out []string
	take := func(s string) {
		if s = fold(s); used[s] {
			out = append(out, s)
			delete(used, s)
		}
	}
	for _, s := range v.Coverage.Sections {
		take(s.Section)
	}
	for _, c := range v.AbuseCases {
		for _, q := range c.Citations {
			take(q.Section)
		}
	}
	return out
}

// InPlace returns the safeguards of a case.
func (p *page) InPlace(ids []string) []*threatmodel.Safeguard {
	var out []*threatmodel.Safeguard
	for _, id := range ids {
		if s := p.safeguards[id]; s != nil {
			out = append(out, s)
		}
	}
	return out
}

// ForPM returns the open questions for the product manager.
func (p *page) ForPM() []threatmodel.Question { return p.open(threatmodel.AskPM) }

// Asked counts them.
func (p *page) Asked() int { return OpenQuestions(p.Draft) }

// Answered returns the questions that the document answers.
func (p *page) Answered() []threatmodel.Question { return p.answered() }

// AskedOpenly is how many open questions stand open on the page: few where there is nothing else to talk about.
func (p *page) AskedOpenly() int {
	if p.nothingFirst() {
		return 2
	}
	return 8
}

// An assumed is an assumption for the page.
type assumed struct {
	Text, Why string
	Cite      []threatmodel.Citation
}

// ForAppSec returns the assumptions that security should confirm.
func (p *page) ForAppSec() []assumed {
	var out []assumed
	for _, a := range p.assumptions() {
		out = append(out, assumed{a.text, a.why, a.cite})
	}
	return out
}

// A journeyPart is the steps of one journey.
type journeyPart struct {
	Name  string
	Steps []threatmodel.Step
}

// Journeys returns the steps by journey, in order.
func (p *page) Journeys() []journeyPart {
	var out []journeyPart
	for _, s := range p.Journey {
		if len(out) == 0 || out[len(out)-1].Name != s.Journey {
			out = append(out, journeyPart{Name: s.Journey})
		}
		last := &out[len(out)-1]
		last.Steps = append(last.Steps, s)
	}
	return out
}
