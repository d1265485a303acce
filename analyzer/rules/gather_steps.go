package rules

import (
	"regexp"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// journeys notes the steps that users take: user stories, numbered lists, and sentences under headings like "Flow".
func (g *gatherer) journeys() {
	for i := range g.text.Sentences {
		s := &g.text.Sentences[i]
		if s.Stance.Open || s.Stance.Aside || s.Stance.Planned || s.Stance.OutOfScope || len(s.Words) < 2 || len(s.Words) > maxWords {
			continue
		}
		switch {
		case s.Kind == document.UserStory:
			g.storyStep(g.parse(s))
		case s.Kind == document.TableRow:
			g.rowStep(s)
		case s.Kind == document.ListItem && s.Depth <= 1 && (g.numbered(s) && g.journeySection(s, true) || g.journeySection(s, false)) && !g.continues(i):
			g.step(g.parse(s), false)
		case s.Kind == document.Prose && g.journeySection(s, false) && g.g.closed[s.Words[0].Form] != clauseWord:
			g.step(g.parse(s), true)
		}
	}
}

// rowStep notes the step in the row of a table of steps: "Step | By | What happens".
func (g *gatherer) rowStep(s *reading.Sentence) {
	if !slices.ContainsFunc(s.Cells, func(c document.Cell) bool {
		return stepHeads[strings.ToLower(strings.TrimSpace(c.Header))] && c.Text != c.Header
	}) {
		return
	}
	l := g.parse(s)
	g.line = l
	actor, text, stem := "", "", ""
	for i, c := range s.Cells {
		from, to := l.cellSpan(i)
		head := strings.ToLower(strings.TrimSpace(c.Header))
		switch {
		case from == to || c.Text == c.Header:
		case stepHeads[head] && (text == "" || head != "step"):
			text, stem = lowered(strings.TrimSpace(c.Text)), l.Words[from].Stem
		case actor == "" && (doerHeads[head] || g.headed(c, g.g.actorHeads)):
			for _, m := range l.marked(actorTerm, from, to) {
				if !m.weak && !m.has("hostile") {
					actor = g.actor(l, m).Name
					break
				}
			}
		}
	}
	if len(reading.Words(text)) > 1 || actor != "" {
		before := len(g.set.Steps)
		g.addStep(l, actor, stem, text)
		g.rowSteps += len(g.set.Steps) - before
	}
}

// stepHeads are whole headers of columns for what happens in a step.
var stepHeads = map[string]bool{"step": true, "what happens": true}

// fewSteps is how many steps a document must announce so that no others are looked for.
const fewSteps = 5

// actions notes, where a document announces hardly a journey, what people do in it in the order in which it is told: sentences
// in which one of them is the subject and does something. Of those announced, each stays where it was.
func (g *gatherer) actions() {
	if len(g.set.Steps)-g.rowSteps >= fewSteps {
		return
	}
	announced := g.set.Steps
	g.set.Steps = nil
	next, most := 0, min(6+len(g.text.Sentences)/12, 18)
	aside := backdrops(g.text)
	for i := range g.text.Sentences {
		s := &g.text.Sentences[i]
		if next < len(announced) && announced[next].Evidence.Sentences[0] == s.Num {
			for next < len(announced) && announced[next].Evidence.Sentences[0] == s.Num {
				g.set.Steps = append(g.set.Steps, announced[next])
				next++
			}
			continue
		}
		if len(g.set.Steps)-next < most-(len(announced)-g.rowSteps) && g.doing(s) && !aside[s.Section] {
			g.action(g.parse(s))
		}
	}
}

// doing reports a sentence that may tell what somebody does with the product.
func (g *gatherer) doing(s *reading.Sentence) bool {
	switch {
	case s.Kind != document.Prose && s.Kind != document.ListItem, !counts(s), s.Stance.Negated, len(s.Words) < 3, len(s.Words) > maxWords:
		return false
	case strings.HasSuffix(s.Text, "?"):
		return false
	}
	return g.g.closed[s.Words[0].Form] != clauseWord || s.Words[0].Form == "when" || s.Words[0].Form == "once" || s.Words[0].Form == "after"
}

// resting are stems of verbs that tell how somebody is, not what they do.
var resting = stemSet("be have want need know lose like think belong include mean cost love hate struggle wish expect live work prefer believe feel ask")

// action notes what an actor other than the product does in a sentence.
func (g *gatherer) action(l *line) {
	g.line = l
	for i := range l.Words {
		if l.tags[i] != verb || resting[l.Words[i].Stem] || strings.HasSuffix(l.form(i), "ing") || passive(l, i) || i > 0 && l.tags[i-1] == modal && negating(l.form(i-1)) {
			continue
		}
		actor := g.subjectBefore(l, i)
		if actor == nil || actor.Kind == "system" {
			continue
		}
		text := l.clip(i)
		if form := l.form(i); form == l.Words[i].Stem || i > 0 && (l.tags[i-1] == modal || l.form(i-1) == "to") {
			text = third(form) + strings.TrimPrefix(text, l.words(i, i+1))
		}
		g.addStep(l, actor.Name, l.Words[i].Stem, lowered(text))
		return
	}
}

func negating(form string) bool { return strings.HasSuffix(form, "n't") || form == "cannot" }

// subjectBefore returns the actor that stands as the subject right before the verb at i, only modals and adverbs between, or in
// what leads into a list item.
func (g *gatherer) subjectBefore(l *line, i int) *actorFact {
	k := i
	for k > 0 && (l.tags[k-1] == modal || adverbial[l.form(k-1)] || strings.HasSuffix(l.form(k-1), "ly")) {
		k--
	}
	if k > 1 && l.form(k-1) == "to" && allowing[l.form(k-2)] { // "must be able to create"
		for k -= 2; k > 0 && (l.tags[k-1] == modal || l.form(k-1) == "be" || l.form(k-1) == "is" || l.form(k-1) == "are"); {
			k--
		}
	}
	for _, m := range l.marked(actorTerm, 0, k) {
		if m.To == k && !m.weak && !m.has("hostile") && !possessive(l.Sentence, m.To-1) {
			return g.actor(l, m)
		}
	}
	if k == 0 && l.lead != nil {
		for _, m := range l.lead.marked(actorTerm, 0, len(l.lead.Words)) {
			if !m.weak && !m.has("hostile") {
				return g.actor(l.lead, m)
			}
		}
	}
	if k > 0 && g.newRole(l, k-1) {
		return g.role(l, k-1)
	}
	return nil
}

// allowing are words after which "to" says what somebody may do.
var allowing = wordSet("able allowed permitted asked invited required has have")

// adverbial are words that may stand between a subject and its verb.
var adverbial = wordSet("then also now just first later only simply again either both always usually")

// continues reports whether the sentence is a further one of a list item.
func (g *gatherer) continues(i int) bool {
	return i > 0 && g.text.Sentences[i-1].Block == g.text.Sentences[i].Block && g.text.Sentences[i-1].Kind == document.ListItem
}

var orderedItem = regexp.MustCompile(`(?:^|\n)[ \t>]*(?:\d{1,3}|[a-z])[.)][ \t*_]*$`)

// numbered reports whether a list item has a number before it.
func (g *gatherer) numbered(s *reading.Sentence) bool {
	from := max(0, s.Span.Start-24)
	return orderedItem.MatchString(g.text.Doc.Source[from:s.Span.Start])
}

// journeySection reports whether a sentence stands under a heading that announces a journey; for numbered items it is enough
// that the heading announces nothing else: lists of goals and questions have numbers too.
func (g *gatherer) journeySection(s *reading.Sentence, numbered bool) bool {
	title := strings.ToLower(g.titleOf(s))
	for _, p := range g.g.stepHeads {
		if strings.Contains(title, p) {
			return true
		}
	}
	if !numbered {
		return false
	}
	for _, p := range []string{"requirement", "goal", "question", "metric", "risk", "assumption", "scope", "reference", "rule", "criteria", "principle", "feature", "priorit", "data", "securit", "privacy"} {
		if strings.Contains(title, p) {
			return false
		}
	}
	return true
}

// storyStep notes the step that a user story wants.
func (g *gatherer) storyStep(l *line) {
	from := g.wishStart(l)
	if from == 0 {
		return
	}
	actor := ""
	if a := g.storyActor(l); a != nil {
		actor = a.Name
	}
	verbWord, rest := l.form(from), ""
	if from+1 < len(l.Words) {
		rest = " " + l.clip(from+1)
	}
	text := strings.TrimSpace(third(verbWord) + rest)
	g.addStep(l, actor, l.Words[from].Stem, text)
}

// step notes a sentence that says who does what. Prose speaks of more than steps: there only somebody's doing counts.
func (g *gatherer) step(l *line, byActor bool) {
	head := -1
	for i := range l.Words {
		if l.tags[i] == verb && !strings.HasSuffix(l.form(i), "ing") {
			head = i
			break
		}
	}
	if head < 0 || head > 12 {
		return
	}
	actor := g.stepActor(l, head)
	if byActor && (actor == "" || actor == theProduct || passive(l, head)) {
		return
	}
	text := l.clip(0)
	switch {
	case head == 0:
		text = strings.TrimSpace(third(l.form(0)) + strings.TrimPrefix(l.clip(0), l.words(0, 1)))
	case actor != "" && !passive(l, head) && l.tags[head-1] != modal:
		text = l.clip(head)
		if form := l.form(head); form == l.Words[head].Stem || l.form(head-1) == "we" {
			text = third(form) + strings.TrimPrefix(text, l.words(head, head+1))
		}
	}
	g.addStep(l, actor, l.Words[head].Stem, lowered(text))
}

// stepActor is who takes a step: the actor before its verb, or who took the one before.
func (g *gatherer) stepActor(l *line, head int) string {
	g.line = l
	for _, m := range l.marked(actorTerm, 0, head) {
		if !m.weak && !m.has("hostile") && !possessive(l.Sentence, m.To-1) {
			return g.actor(l, m).Name
		}
	}
	for i := 0; i < head; i++ {
		if g.newRole(l, i) {
			return g.role(l, i).Name
		}
		if g.g.product[l.Words[i].Stem] || l.form(i) == "we" {
			return theProduct
		}
	}
	if n := len(g.set.Steps); n > 0 && (head == 0 || l.tags[0] == pronoun) && g.set.Steps[n-1].Journey == g.titleOf(l.Sentence) {
		return g.set.Steps[n-1].Actor
	}
	return ""
}

// addStep notes a step with the questions that fit its verb.
func (g *gatherer) addStep(l *line, actor, verbStem, text string) {
	if text == "" || len(text) > 240 {
		return
	}
	s := proposal.Step{Journey: g.titleOf(l.Sentence), Actor: actor, Text: strings.TrimRight(text, ".;:, ")}
	if s.Journey == "" {
		s.Journey = g.text.Doc.Title
	}
	data := ""
	for _, m := range l.marked(assetTerm, 0, len(l.Words)) {
		if a := g.assets[assetKey(l.Sentence, m)]; a != nil {
			data = "the " + a.Name
			break
		}
	}
	s.WhatIfs = g.whatIfs(l, actor, verbStem, data)
	evidence(&s.Evidence, l.Num)
	g.set.Steps = append(g.set.Steps, s)
}

// maxWhatIfs is how many questions a step gets at most.
const maxWhatIfs = 3

// whatIfs returns the questions of the rules that fit a step.
func (g *gatherer) whatIfs(l *line, actor, verbStem, data string) []string {
	var out []string
	for i := range g.lexicon.steps {
		r := &g.lexicon.steps[i]
		if !slices.Contains(r.Verbs, verbStem) || r.NeedData && data == "" || len(r.Words) > 0 && !g.has(l, r.Words) {
			continue
		}
		who, it := actor, data
		if who == "" || who == theProduct {
			who = "whoever does it"
		} else {
			who = "the " + who
		}
		if it == "" {
			it = "what is in it"
		}
		for _, q := range r.WhatIfs {
			if q = fill(q, "{actor}", who, "{data}", it); !slices.Contains(out, q) && len(out) < maxWhatIfs {
				out = append(out, q)
			}
		}
		break
	}
	return out
}

// has reports whether the line has one of the phrases.
func (g *gatherer) has(l *line, phrases []string) bool {
	for _, p := range phrases {
		if _, _, ok := reading.Match(l.Words, reading.Stems(p)); ok {
			return true
		}
	}
	return false
}
