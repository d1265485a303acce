// Package framework holds the questions that are asked of every document.
//
// In comes YAML (the built-in one under prompts/, or a user's own file); out comes a [Framework], checked, in a fixed
// order. Questions have keys, which prompts, rules, reports and gold labels share.
package framework

import "strconv"

// A Framework is an ordered list of questions, some of them asked only where a document has a feature.
type Framework struct {
	Name      string
	Version   int
	Questions []Question // core questions first, then pack by pack
	Packs     []Pack
}

// A Question is asked of a document.
type Question struct {
	Key     string   // "data.retention"; unique
	Pack    string   // key of its pack, "" for a core question
	Theme   string   // of a core question: data, actors, flow, misuse, dependencies, consequences
	Text    string   // the question, in plain words
	Why     string   // why it matters
	Good    string   // what a good answer in a PRD looks like
	Example string   // a short one
	Ask     string   // who can answer: pm or appsec
	Signs   []string // words and phrases that an answer would use, for the built-in engine; matched by stem
	Weight  int      // 1 to 5: how much an open answer matters, other things equal
}

// A Pack is a set of questions for one feature.
type Pack struct {
	Key   string
	Title string
	Signs []string // words and phrases that show that a document has the feature; matched by stem
	Needs int      // how many different signs must be found; at least 1
}

// ID returns "name/version", as the draft records it.
func (f *Framework) ID() string { return f.Name + "/" + strconv.Itoa(f.Version) }

// Question returns the question with the key, or nil.
func (f *Framework) Question(key string) *Question {
	for i := range f.Questions {
		if f.Questions[i].Key == key {
			return &f.Questions[i]
		}
	}
	return nil
}
