package framework

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (r *reader) readQuestions(n *yaml.Node) {
	for _, item := range r.list(n, "questions", maxQuestions) {
		r.readQuestion(item, "")
	}
	r.where = ""
}

// readQuestion reads a question of a pack, or a core question. One that is there already keeps the fields that are not given.
func (r *reader) readQuestion(n *yaml.Node, pack string) {
	key, ok := r.item(n, "question", twoWords())
	if !ok {
		return
	}
	i := slices.IndexFunc(r.questions, func(q Question) bool { return q.Key == key })
	q := Question{Key: key, Pack: pack}
	if i >= 0 {
		q = r.questions[i]
	}
	r.place(n, &q, pack)
	r.fields(n, []field{{"key", ignore}, r.textInto("text", &q.Text), r.textInto("why", &q.Why), r.textInto("good", &q.Good),
		r.textInto("example", &q.Example),
		{"ask", func(n *yaml.Node) { q.Ask = r.oneOf(n, "ask", "pm", "appsec") }},
		{"weight", func(n *yaml.Node) { q.Weight = r.number(n, "weight", 1, 5) }},
		{"about", func(n *yaml.Node) { q.About = r.signs(n, "about") }},
		{"about_facts", func(n *yaml.Node) { q.AboutFacts = r.facts(n) }},
		{"covers", func(n *yaml.Node) { q.Covers = r.oneOf(n, "covers", "asset", "actor", "dependency") }},
		{"here", func(n *yaml.Node) { q.Here = r.texts(n, "here") }},
		{"signs", func(n *yaml.Node) { q.Parts = []Part{{Signs: r.signs(n, "signs")}} }},
		{"parts", func(n *yaml.Node) { q.Parts = r.parts(n) }}})
	if s := r.value(n, "signs"); s != nil && r.value(n, "parts") != nil {
		r.fail(s, "has both signs and parts; signs are for an answer of one part")
	}
	r.missing(n, map[string]bool{"text": q.Text != "", "why": q.Why != "", "good": q.Good != "", "example": q.Example != "",
		"ask": q.Ask != "", "weight": q.Weight != 0, "signs": len(q.Parts) > 0 || r.value(n, "parts") != nil})
	q.Signs = allSigns(q.Parts)
	r.questions = put(r.questions, i, q)
	if len(r.questions) == maxQuestions+1 {
		r.fail(n, "is one more than %d questions, the limit", maxQuestions)
	}
}

// place checks that the question's key begins with its theme or pack.
func (r *reader) place(n *yaml.Node, q *Question, pack string) {
	head, _, _ := strings.Cut(q.Key, ".")
	switch {
	case q.Pack != pack && pack == "":
		r.fail(n, "belongs to pack %q; list it under that pack's questions", q.Pack)
	case pack != "" && head != pack:
		r.fail(n, "is in pack %q, so its key must begin with %q", pack, pack+".")
	case pack == "":
		q.Theme = head
		var themes []string
		for _, t := range r.themes {
			themes = append(themes, t.Key)
		}
		if !contains(themes, head) {
			r.fail(n, "%s", unknown("theme", head, themes))
		}
	}
}

func (r *reader) parts(n *yaml.Node) []Part {
	var parts []Part
	for _, item := range r.list(n, "parts", maxParts) {
		var p Part
		before := len(r.problems)
		r.fields(item, []field{r.textInto("name", &p.Name),
			{"signs", func(n *yaml.Node) { p.Signs = r.signs(n, "signs") }},
			{"facts", func(n *yaml.Node) { p.Facts = r.facts(n) }}})
		if len(p.Signs)+len(p.Facts) == 0 && len(r.problems) == before {
			r.fail(item, "a part needs signs or facts")
		}
		parts = append(parts, p)
	}
	return parts
}

// texts reads a short list of sentences.
func (r *reader) texts(n *yaml.Node, what string) []string {
	var texts []string
	for _, item := range r.list(n, what, maxParts) {
		if t := r.text(item, what); t != "" {
			texts = append(texts, t)
		}
	}
	return texts
}

// facts reads kinds of facts.
func (r *reader) facts(n *yaml.Node) []string {
	var kinds []string
	for _, item := range r.list(n, "facts", 10) {
		kinds = append(kinds, r.oneOf(item, "fact", "asset", "actor", "privilege", "dependency", "flow", "step", "safeguard"))
	}
	return kinds
}

// allSigns returns the signs of all parts as plain words, each once.
func allSigns(parts []Part) []string {
	var signs []string
	for _, p := range parts {
		for _, s := range p.Signs {
			if s = Plain(s); !contains(signs, s) {
				signs = append(signs, s)
			}
		}
	}
	return signs
}
