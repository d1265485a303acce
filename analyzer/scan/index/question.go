package index

import (
	"slices"
	"strings"
)

// An ask counts the documents by how far they answer a question.
type ask struct{ answered, partly, unanswered int }

func (a *ask) add(status byte) {
	switch status {
	case answered:
		a.answered++
	case partly:
		a.partly++
	case unanswered:
		a.unanswered++
	}
}

// A question is an [ask] with its words.
type question struct {
	Num                          int // place in Index.keys
	Key, Text, Theme             string
	Answered, Partly, Unanswered int
}

// Asked counts the documents that the question was asked of.
func (q question) Asked() int { return q.Answered + q.Partly + q.Unanswered }

// questions lists all questions, those that most documents forget first.
func (x *Index) questions() []question {
	out := make([]question, len(x.keys))
	for i, key := range x.keys {
		a := x.asks[i]
		out[i] = question{i, shown(key), shown(key), "", a.answered, a.partly, a.unanswered}
		x.explain(key, &out[i])
	}
	slices.SortFunc(out, func(a, b question) int {
		switch {
		case a.Unanswered != b.Unanswered:
			return b.Unanswered - a.Unanswered
		case a.Partly != b.Partly:
			return b.Partly - a.Partly
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out
}

// explain gives a question the words of the framework.
func (x *Index) explain(key string, q *question) {
	f := x.opt.Framework
	if f == nil {
		return
	}
	known := f.Question(key)
	if known == nil {
		return
	}
	q.Text = shown(known.Text)
	for _, t := range f.Themes {
		if t.Key == known.Theme && known.Theme != "" {
			q.Theme = shown(t.Title)
		}
	}
	if p := f.Pack(known.Pack); p != nil && known.Pack != "" {
		q.Theme = shown(p.Title)
	}
}
