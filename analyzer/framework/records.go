package framework

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// extend begins with a copy of the built-in framework.
func (r *reader) extend() {
	r.version = r.base.Version
	r.themes, r.packs, r.steps = slices.Clone(r.base.Themes), slices.Clone(r.base.Packs), slices.Clone(r.base.Steps)
	r.questions = slices.Clone(r.base.Questions)
}

func (r *reader) readExtends(n *yaml.Node) {
	if r.oneOf(n, "extends", "builtin", "none") != "none" {
		r.extend()
	}
}

// readWithout leaves out questions and packs of the framework that the file extends.
func (r *reader) readWithout(n *yaml.Node) {
	for _, item := range r.list(n, "without", maxQuestions) {
		key := r.text(item, "a key of without")
		before := len(r.questions) + len(r.packs)
		r.questions = slices.DeleteFunc(r.questions, func(q Question) bool { return q.Key == key || q.Pack == key })
		r.packs = slices.DeleteFunc(r.packs, func(p Pack) bool { return p.Key == key })
		if key != "" && len(r.questions)+len(r.packs) == before {
			r.fail(item, "without: %s", unknown("question or pack", key, r.keys()))
		}
	}
}

// keys are those of all questions and packs.
func (r *reader) keys() []string {
	var keys []string
	for i := range r.questions {
		keys = append(keys, r.questions[i].Key)
	}
	for i := range r.packs {
		keys = append(keys, r.packs[i].Key)
	}
	return keys
}

var frameworkName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (r *reader) readName(n *yaml.Node) {
	r.name = r.text(n, "name")
	if r.name != "" && (!frameworkName.MatchString(r.name) || len(r.name) > 60) {
		r.fail(n, "name %q must be lower-case words joined by hyphens, as in acme-payments", clip(r.name))
	}
}

func (r *reader) readVersion(n *yaml.Node) { r.version = r.number(n, "version", 1, 1_000_000) }

// Keys of themes and packs are one word, those of questions and steps two. The patterns are compiled when a framework is read.
var (
	oneWord  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`) })
	twoWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,59}$`) })
)

// item reads the key of a theme, question, pack or step, and sets where to it. It reports whether the item can be read on.
func (r *reader) item(n *yaml.Node, what string, shape *regexp.Regexp) (key string, ok bool) {
	r.where = what
	if n.Kind != yaml.MappingNode {
		r.fail(n, "must be a mapping of fields, not %s", kindOf(n))
		return "", false
	}
	k := r.value(n, "key")
	if k == nil {
		r.fail(n, "missing key")
		return "", false
	}
	if key = r.text(k, "key"); key == "" {
		return "", false
	}
	r.where = fmt.Sprintf("%s %q", what, clip(key))
	if !shape.MatchString(key) {
		example := "data.retention"
		if shape == oneWord() {
			example = "export"
		}
		r.fail(k, "a %s's key looks like %s: lower-case letters, digits and _", what, example)
		return "", false
	}
	if line, twice := r.seen[what+key]; twice {
		r.fail(k, "is there twice; the first is on line %d", line)
		return "", false
	}
	r.seen[what+key] = k.Line
	return key, true
}

// missing records the fields that an item lacks.
func (r *reader) missing(n *yaml.Node, have map[string]bool) {
	var names []string
	for name, ok := range have {
		if !ok && r.value(n, name) == nil {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		r.fail(n, "missing %s", strings.Join(names, ", "))
	}
}

func ignore(*yaml.Node) {}

func (r *reader) readThemes(n *yaml.Node) {
	for _, item := range r.list(n, "themes", maxThemes) {
		key, ok := r.item(item, "theme", oneWord())
		if !ok {
			continue
		}
		i := slices.IndexFunc(r.themes, func(t Theme) bool { return t.Key == key })
		t := Theme{Key: key}
		if i >= 0 {
			t = r.themes[i]
		}
		r.fields(item, []field{{"key", ignore}, r.textInto("title", &t.Title), r.textInto("intro", &t.Intro)})
		r.missing(item, map[string]bool{"title": t.Title != "", "intro": t.Intro != ""})
		r.themes = put(r.themes, i, t)
	}
	r.where = ""
}

func (r *reader) readPacks(n *yaml.Node) {
	for _, item := range r.list(n, "packs", maxPacks) {
		if key, ok := r.item(item, "pack", oneWord()); ok {
			r.readPack(item, key)
		}
	}
	r.where = ""
}

func (r *reader) readPack(n *yaml.Node, key string) {
	i := slices.IndexFunc(r.packs, func(p Pack) bool { return p.Key == key })
	p := Pack{Key: key, Needs: 1}
	if i >= 0 {
		p = r.packs[i]
	}
	if slices.ContainsFunc(r.themes, func(t Theme) bool { return t.Key == key }) {
		r.fail(n, "a pack cannot be called as a theme is")
	}
	var questions *yaml.Node
	r.fields(n, []field{{"key", ignore}, r.textInto("title", &p.Title),
		{"signs", func(n *yaml.Node) { p.Signs = r.signs(n, "signs") }},
		{"here", func(n *yaml.Node) { p.Here = r.texts(n, "here") }},
		{"needs", func(n *yaml.Node) { p.Needs = r.number(n, "needs", 1, maxSigns) }},
		{"questions", func(n *yaml.Node) { questions = n }}})
	r.missing(n, map[string]bool{"title": p.Title != "", "signs": len(p.Signs) > 0, "questions": i >= 0})
	if p.Needs > len(p.Signs) && len(p.Signs) > 0 {
		r.fail(n, "needs %d signs and has %d", p.Needs, len(p.Signs))
	}
	r.packs = put(r.packs, i, p)
	if len(r.packs) > maxPacks {
		r.fail(n, "is one more than %d packs, the limit", maxPacks)
	}
	if questions == nil {
		return
	}
	for _, item := range r.list(questions, "questions", maxQuestions) {
		r.readQuestion(item, key)
	}
}

func (r *reader) readSteps(n *yaml.Node) {
	for _, item := range r.list(n, "steps", maxSteps) {
		key, ok := r.item(item, "step", twoWords())
		if !ok {
			continue
		}
		i := slices.IndexFunc(r.steps, func(s StepQuestion) bool { return s.Key == key })
		s := StepQuestion{Key: key}
		if i >= 0 {
			s = r.steps[i]
		}
		r.fields(item, []field{{"key", ignore}, r.textInto("text", &s.Text), r.textInto("why", &s.Why),
			r.textInto("good", &s.Good), r.textInto("example", &s.Example)})
		r.missing(item, map[string]bool{"text": s.Text != "", "why": s.Why != "", "good": s.Good != "", "example": s.Example != ""})
		r.steps = put(r.steps, i, s)
	}
	r.where = ""
}

// put replaces the item at i, or appends it where i is negative.
func put[T any](list []T, i int, item T) []T {
	if i < 0 {
		return append(list, item)
	}
	list[i] = item
	return list
}
