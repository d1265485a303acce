// Package framework holds the questions that are asked of every document.
//
// In comes YAML (the built-in one under prompts/, or a user's own file); out comes a [Framework], checked, in a fixed
// order. Questions have keys, which prompts, rules, reports and gold labels share.
package framework

import (
	"slices"
	"strconv"
)

// A Framework is an ordered list of questions, some of them asked only where a document has a feature. It is not changed
// once it is loaded; many goroutines may use it.
type Framework struct {
	Name      string
	Version   int
	Themes    []Theme
	Questions []Question // core questions first, in order of the themes, then pack by pack
	Packs     []Pack
	Steps     []StepQuestion
}

// A Theme groups core questions. The key of each of them begins with the theme's: "data.retention".
type Theme struct {
	Key   string // "data"
	Title string
	Intro string // one or two sentences for whoever fills in a template
}

// A Question is asked of a document.
type Question struct {
	Key     string // "data.retention"; unique
	Pack    string // key of its pack, "" for a core question
	Theme   string // of a core question: data, actors, flow, misuse, dependencies, consequences; else ""
	Text    string // the question, in plain words
	Why     string // why it matters
	Good    string // what a good answer in a PRD looks like
	Example string // a short one
	Ask     string // who can answer: pm or appsec
	Weight  int    // 1 to 5: how much an open answer matters, other things equal
	Parts   []Part // what an answer has to say; at least one
	// About are words and phrases, written as those of a [Part], one of which must stand in a sentence that answers: "keys are
	// rotated" says nothing of door keys. Facts of a kind in AboutFacts do as well. Neither: the signs are enough.
	About      []string
	AboutFacts []string
	// Covers is a kind of fact (asset, actor, dependency) that an answer must not leave out the chief one of: a retention time
	// for logs alone answers partly where recordings are kept too. "": any answer is enough.
	Covers string
	// Here say why the question matters in a document, with slots for its words: {secret} (highly
	// sensitive data), {asset}, {vendor}, {actor}, {data},
	// {destination}, {quote}. The first one that a sentence of the document fills is taken.
	Here  []string
	Signs []string // plain words and phrases for those of all parts: what to say that was searched for
}

// A Part is something that an answer to a question has to say. Text with a sign of every part answers the question; text
// with signs of some parts answers it partly; text with no sign leaves it open.
type Part struct {
	Name string // "how long it is kept"; "" where an answer has one part only
	// Signs are words and phrases that the answer would use: words in order, at most two other words between neighbours,
	// matched by stem. "a|b c" stands for "a c" and for "b c"; "a_b" for the words a and b side by side.
	Signs []string
	// Facts are kinds of facts that also show the answer, where an engine finds them: asset, actor, privilege, dependency,
	// flow, step, safeguard.
	Facts []string
}

// A Pack is a set of questions for one feature.
type Pack struct {
	Key   string
	Title string
	Signs []string // words and phrases that show that a document has the feature; written as those of a [Part]
	Needs int      // how many different signs must be found, in as many sentences; at least 1
	Here  []string // for questions that have none of their own; see [Question.Here]
}

// A StepQuestion is asked at each step of a user journey.
type StepQuestion struct {
	Key     string // "step.someone_else"; unique
	Text    string // the question, in plain words
	Why     string
	Good    string // what a good answer looks like
	Example string
}

// ID returns "name/version", as the draft records it.
func (f *Framework) ID() string { return f.Name + "/" + strconv.Itoa(f.Version) }

// Question returns the question with the key, or nil.
func (f *Framework) Question(key string) *Question {
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return q.Key == key })
	if i < 0 {
		return nil
	}
	return &f.Questions[i]
}

// Pack returns the pack with the key, or nil.
func (f *Framework) Pack(key string) *Pack {
	i := slices.IndexFunc(f.Packs, func(p Pack) bool { return p.Key == key })
	if i < 0 {
		return nil
	}
	return &f.Packs[i]
}

// InTheme returns the core questions of a theme, in order.
func (f *Framework) InTheme(key string) []Question {
	return f.where(func(q *Question) bool { return q.Pack == "" && q.Theme == key })
}

// InPack returns the questions of a pack, in order.
func (f *Framework) InPack(key string) []Question {
	return f.where(func(q *Question) bool { return q.Pack == key })
}

func (f *Framework) where(wanted func(*Question) bool) []Question {
	var found []Question
	for i := range f.Questions {
		if wanted(&f.Questions[i]) {
			found = append(found, f.Questions[i])
		}
	}
	return found
}
