package rules

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/proposal"
)

var ruleID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// rule reads one rule and adds it to the book.
func (r *ruleReader) rule(n *yaml.Node, theme string) {
	v := rule{Theme: theme, Limit: 1, Confidence: "medium", source: r.source, line: n.Line}
	text := func(to *string) func(*yaml.Node) { return func(n *yaml.Node) { *to = r.text(n) } }
	fill := func(to *fillIn) func(*yaml.Node) { return func(n *yaml.Node) { *to = r.fill(n) } }
	vocab := func(to *string, name string) func(*yaml.Node) {
		return func(n *yaml.Node) { *to = r.oneOf(n, name, ruleVocabulary[name]) }
	}
	r.fields(n, "rule", map[string]func(*yaml.Node){
		"id": text(&v.ID), "doc": text(&v.Doc), "false_positives": text(&v.FalsePositives), "weakness": text(&v.Weakness),
		"question": func(n *yaml.Node) { v.Question = r.question(n) },
		"category": vocab(&v.Category, "category"), "confidence": vocab(&v.Confidence, "confidence"),
		"when":    func(n *yaml.Node) { v.When = r.conditions(n) },
		"unless":  func(n *yaml.Node) { v.Unless = r.safeguards(n) },
		"silence": func(n *yaml.Node) { v.Silence = r.silence(n) },
		"title":   fill(&v.Title), "what_if": fill(&v.WhatIf), "who_benefits": fill(&v.Who), "gain": fill(&v.Gain),
		"users": fill(&v.Users), "business": fill(&v.Business), "reputation": fill(&v.Reputation),
		"requirements": func(n *yaml.Node) { v.Requirements = r.requirements(n) },
		"stride":       func(n *yaml.Node) { v.STRIDE = r.allOf(n, "stride", ruleVocabulary["stride"]) },
		"linddun":      func(n *yaml.Node) { v.LINDDUN = r.allOf(n, "linddun", ruleVocabulary["linddun"]) },
		"regulations":  func(n *yaml.Node) { v.Regulations = r.texts(n) },
		"factors":      func(n *yaml.Node) { v.Factors = r.factors(n) },
		"general":      func(n *yaml.Node) { v.General = r.bool(n) },
		"limit": func(n *yaml.Node) {
			v.Limit = slices.Index([]string{"", "1", "2", "3"}, r.oneOf(n, "limit", []string{"1", "2", "3"}))
		},
	})
	if v.Weakness == "" {
		v.Weakness = v.ID
	}
	r.check(n, &v)
	if r.err == nil {
		r.book.rules = append(r.book.rules, v)
	}
}

// check refuses a rule that lacks something or names what is not there.
func (r *ruleReader) check(n *yaml.Node, v *rule) {
	switch {
	case r.err != nil:
		return
	case !ruleID.MatchString(v.ID):
		r.fail(n, "a rule needs an id of lower-case words joined by hyphens, not %q", v.ID)
	case r.book.rule(v.ID) != nil:
		r.fail(n, "rule %s is there twice; the first is on line %d of its file", v.ID, r.book.rule(v.ID).line)
	case v.Doc == "" || v.FalsePositives == "":
		r.fail(n, "rule %s needs doc and false_positives", v.ID)
	case v.Question == "" || v.Category == "":
		r.fail(n, "rule %s needs question and category", v.ID)
	case len(v.When) == 0 || v.When[0].Not || v.When[0].Optional:
		r.fail(n, "rule %s needs a when that begins with what must be there", v.ID)
	case len(v.Requirements) == 0:
		r.fail(n, "rule %s needs requirements", v.ID)
	case len(v.STRIDE) == 0 && len(v.LINDDUN) == 0:
		r.fail(n, "rule %s needs stride or linddun", v.ID)
	case v.Factors == proposal.Factors{}:
		r.fail(n, "rule %s needs factors", v.ID)
	}
	for name, text := range v.texts() {
		if text.isEmpty() && name != "silence" {
			r.fail(n, "rule %s needs %s", v.ID, name)
		}
		if fault := text.check(v.slots()); fault != "" {
			r.fail(n, "rule %s: %s: %s", v.ID, name, fault)
		}
	}
}

// texts are all the rule's templates by key.
func (v *rule) texts() map[string]fillIn {
	m := map[string]fillIn{"title": v.Title, "what_if": v.WhatIf, "who_benefits": v.Who, "gain": v.Gain, "users": v.Users,
		"business": v.Business, "reputation": v.Reputation}
	if v.Silence != nil {
		m["silence"] = v.Silence.What
	}
	for _, q := range v.Requirements {
		m["requirement "+q.Text.source] = q.Text
		for _, a := range q.Acceptance {
			m["acceptance "+a.source] = a
		}
	}
	return m
}

// slots are the names that the rule's texts may use, and whether each is always filled.
func (v *rule) slots() map[string]bool {
	m := map[string]bool{"product": true}
	for _, name := range documentSlots {
		m[name] = m[name] || false
	}
	for _, c := range v.When {
		if c.As != "" {
			m[c.As] = m[c.As] || !c.Optional || c.Otherwise != ""
		}
	}
	return m
}

func (r *ruleReader) question(n *yaml.Node) string {
	key := r.text(n)
	if !questionKey.MatchString(key) {
		r.fail(n, "a question's key looks like data.retention, not %q", key)
	}
	return key
}

var questionKey = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

func (r *ruleReader) fill(n *yaml.Node) fillIn {
	text, err := parseFill(r.text(n))
	if err != nil {
		r.fail(n, "%v", err)
	}
	return text
}

func (r *ruleReader) conditions(n *yaml.Node) []condition {
	var cs []condition
	for _, item := range r.list(n) {
		cs = append(cs, r.condition(item, inSentence, nil))
	}
	return cs
}

// condition reads a condition; more are keys that only this place knows.
func (r *ruleReader) condition(n *yaml.Node, where near, more map[string]func(*yaml.Node)) condition {
	c := condition{Near: where}
	if n.Kind != yaml.MappingNode {
		c.Words = r.phrases(n)
		return c
	}
	known := map[string]func(*yaml.Node){
		"words":      func(n *yaml.Node) { c.Words = r.phrases(n) },
		"asset":      func(n *yaml.Node) { c.Assets = r.allOf(n, "asset", ruleVocabulary["asset"]) },
		"actor":      func(n *yaml.Node) { c.Actors = r.allOf(n, "actor", ruleVocabulary["actor"]) },
		"dependency": func(n *yaml.Node) { c.Relied = r.allOf(n, "dependency", ruleVocabulary["dependency"]) },
		"term":       func(n *yaml.Node) { c.Terms = r.texts(n) },
		"near":       func(n *yaml.Node) { c.Near = near(r.oneOf(n, "near", ruleVocabulary["near"])) },
		"not":        func(n *yaml.Node) { c.Not = r.bool(n) },
		"optional":   func(n *yaml.Node) { c.Optional = r.bool(n) },
		"later":      func(n *yaml.Node) { c.Later = r.bool(n) },
		"noun":       func(n *yaml.Node) { c.Noun = r.bool(n) },
		"as":         func(n *yaml.Node) { c.As = r.text(n) },
		"call":       func(n *yaml.Node) { c.Call = r.oneOf(n, "call", []string{"asset", "actor", "dependency"}) },
		"or":         func(n *yaml.Node) { c.Otherwise = r.text(n) },
	}
	for key, set := range more {
		known[key] = set
	}
	r.fields(n, "condition", known)
	if len(c.Words)+len(c.Assets)+len(c.Actors)+len(c.Relied)+len(c.Terms) == 0 {
		r.fail(n, "a condition needs words, asset, actor, dependency or term")
	}
	if c.Later && len(c.Words) == 0 {
		r.fail(n, "a condition about what comes later needs words")
	}
	return c
}

// phrases reads phrases, one an item or several with commas between them, and makes the book know them.
func (r *ruleReader) phrases(n *yaml.Node) []int {
	var ids []int
	for _, item := range r.list(n) {
		for text := range strings.SplitSeq(strings.ReplaceAll(r.text(item), "’", "'"), ",") {
			id, err := r.book.phrases.add(text)
			if err != nil {
				r.fail(item, "%v", err)
				return ids
			}
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *ruleReader) safeguards(n *yaml.Node) []safeguard {
	var gs []safeguard
	for _, item := range r.list(n) {
		var g safeguard
		g.condition = r.condition(item, "", map[string]func(*yaml.Node){
			"lowers": func(n *yaml.Node) { g.Lowers = r.bool(n) },
		})
		gs = append(gs, g)
	}
	return gs
}

func (r *ruleReader) silence(n *yaml.Node) *silence {
	s := &silence{Near: inDocument}
	r.fields(n, "silence", map[string]func(*yaml.Node){
		"what": func(n *yaml.Node) { s.What = r.fill(n) },
		"near": func(n *yaml.Node) { s.Near = near(r.oneOf(n, "near", []string{"section", "document"})) },
		"searched": func(n *yaml.Node) {
			s.Searched, s.said.Words = r.texts(n), r.phrases(n)
			for i, words := range s.Searched {
				if strings.ContainsAny(words, "|$&=_~") || strings.Contains(words, "...") {
					r.fail(n.Content[i], "searched words are plain: %q", words)
				}
			}
		},
	})
	if s.What.isEmpty() || len(s.Searched) == 0 {
		r.fail(n, "a silence needs what and searched")
	}
	return s
}

func (r *ruleReader) requirements(n *yaml.Node) []requirement {
	var qs []requirement
	for _, item := range r.list(n) {
		var q requirement
		r.fields(item, "requirement", map[string]func(*yaml.Node){
			"text": func(n *yaml.Node) { q.Text = r.fill(n) },
			"acceptance": func(n *yaml.Node) {
				for _, item := range r.list(n) {
					q.Acceptance = append(q.Acceptance, r.fill(item))
				}
			},
		})
		if q.Text.isEmpty() || len(q.Acceptance) == 0 {
			r.fail(item, "a requirement needs text and acceptance")
		}
		qs = append(qs, q)
	}
	return qs
}

func (r *ruleReader) factors(n *yaml.Node) proposal.Factors {
	var f proposal.Factors
	set := func(to *string, name string) func(*yaml.Node) {
		return func(n *yaml.Node) { *to = r.oneOf(n, name, ruleVocabulary[name]) }
	}
	r.fields(n, "factors", map[string]func(*yaml.Node){"reach": set(&f.Reach, "reach"), "needs": set(&f.Needs, "needs"),
		"scale": set(&f.Scale, "scale"), "undo": set(&f.Undo, "undo"), "harm": set(&f.Harm, "harm")})
	return f
}

// ruleVocabulary holds the words that rules may use, by what they are for.
var ruleVocabulary = map[string][]string{
	"category": {"account_takeover", "impersonation", "privilege_misuse", "unauthorized_access", "data_exposure",
		"over_collection", "tampering", "fraud", "harassment", "spam", "scraping", "service_disruption", "dependency_failure",
		"dependency_compromise", "repudiation", "ai_manipulation", "tracking", "insider_misuse", "compliance"},
	"asset": {"any", "sensitive", "sensitive_data", "personal", "financial", "health", "credential", "location", "content", "device",
		"behavioural", "business", "children", "biometric", "other"},
	"actor":      {"user", "child", "anonymous", "staff", "admin", "partner", "system"},
	"dependency": {"vendor", "internal", "platform"},
	"near":       {"sentence", "nearby", "section", "document"},
	"confidence": {"high", "medium", "low"},
	"stride": {"spoofing", "tampering", "repudiation", "information_disclosure", "denial_of_service",
		"elevation_of_privilege"},
	"linddun": {"linking", "identifying", "non_repudiation", "detecting", "data_disclosure", "unawareness",
		"non_compliance"},
	"reach": {"anyone", "user", "partner", "staff", "admin"},
	"needs": {"nothing", "a_link", "an_account", "stolen_secret", "inside_access", "skill"},
	"scale": {"one", "some", "all"},
	"undo":  {"easily", "with_effort", "never"},
	"harm":  {"annoyance", "loss", "danger"},
}
