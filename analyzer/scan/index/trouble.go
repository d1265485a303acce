package index

import (
	"slices"
	"strings"

	"whatif/analyzer/record"
)

// A trouble is a reason for which documents have no draft, or one that is not whole.
type trouble struct {
	State    record.State // "" for files that were not read
	Reason   string
	Count    int
	Examples []example // at most mostExamples
}

// An example is one of these documents.
type example struct{ Name, Detail string }

// More counts the documents that are not among the examples.
func (t trouble) More() int {
	if t.State == "" {
		return 0
	}
	return t.Count - len(t.Examples)
}

// Words name the state and the reason.
func (t trouble) Words() string {
	state := "not read"
	if t.State != "" {
		state = stateWords(t.State)
	}
	if t.Reason == "" {
		return state
	}
	return state + ": " + plain(t.Reason)
}

// troubles lists the reasons: what failed, what is partial, what was left out, what was not read.
func (x *Index) troubles() []trouble {
	states := []record.State{record.Failed, record.Partial, record.LeftOut}
	type at struct {
		state  record.State
		reason string
	}
	found := map[at]*trouble{}
	for i := range x.docs {
		d := &x.docs[i]
		if !slices.Contains(states, d.state) {
			continue
		}
		t := found[at{d.state, d.reason}]
		if t == nil {
			t = &trouble{State: d.state, Reason: d.reason}
			found[at{d.state, d.reason}] = t
		}
		if t.Count++; len(t.Examples) < mostExamples {
			t.Examples = append(t.Examples, example{shown(cut(d.name, longestName)), shown(d.detail)})
		}
	}
	var out []trouble
	for _, t := range found {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b trouble) int {
		switch {
		case a.State != b.State:
			return slices.Index(states, a.State) - slices.Index(states, b.State)
		case a.Count != b.Count:
			return b.Count - a.Count
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	for _, l := range x.unread() {
		out = append(out, trouble{Reason: l.Reason, Count: l.Count})
	}
	return out
}

// unread lists the files that have no record, the most frequent reason first.
func (x *Index) unread() []LeftCount {
	out := slices.Clone(x.opt.LeftOut)
	slices.SortFunc(out, func(a, b LeftCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	return out
}
