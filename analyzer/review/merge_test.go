package review

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/threatmodel"
)

const mergeBase = `whatif_decisions: 1
document: export.md
# Decided in the weekly round.
decisions:
- id: T-1 # the link
  state: accepted
  by: Ana

# about agents
- id: T-3
  state: rejected
  reason: wrong

- id: T-5
  state: accepted
`

func TestMerge(t *testing.T) {
	re := func(from, to string) string {
		if !strings.Contains(mergeBase, from) {
			t.Fatal(from)
		}
		return strings.Replace(mergeBase, from, to, 1)
	}
	const two = "- id: T-2\n  state: accepted\n\n"
	for name, c := range map[string]struct{ base, ours, theirs, want, conflict string }{
		"different findings": {mergeBase, re("by: Ana", "by: Bo"), re("reason: wrong", "reason: not_relevant"),
			strings.Replace(re("by: Ana", "by: Bo"), "reason: wrong", "reason: not_relevant", 1), ""},
		"one more on each side": {mergeBase, re("# about", two+"# about"), re("- id: T-5", "# new\n- id: T-4\n  state: accepted\n\n- id: T-5"),
			strings.Replace(re("# about", two+"# about"), "- id: T-5", "# new\n- id: T-4\n  state: accepted\n\n- id: T-5", 1), ""},
		"one less on each side": {mergeBase, re("- id: T-5\n  state: accepted\n", ""), re("- id: T-1 # the link\n  state: accepted\n  by: Ana\n\n", ""),
			"whatif_decisions: 1\ndocument: export.md\n# Decided in the weekly round.\ndecisions:\n# about agents\n- id: T-3\n  state: rejected\n  reason: wrong\n", ""},
		"the same change": {mergeBase, re("by: Ana", "by: Bo # he"), re("by: Ana", "by: Bo"), re("by: Ana", "by: Bo # he"), ""},
		"the same finding": {mergeBase, re("by: Ana", "by: Bo"), re("by: Ana", "by: Cy"),
			re("- id: T-1 # the link\n  state: accepted\n  by: Ana\n", "<<<<<<< ours\n- id: T-1 # the link\n  state: accepted\n  by: Bo\n=======\n- id: T-1 # the link\n  state: accepted\n  by: Cy\n>>>>>>> theirs\n"), "T-1"},
		"taken out here, changed there": {mergeBase, re("\n- id: T-5\n  state: accepted\n", ""), re("- id: T-5\n  state: accepted", "- id: T-5\n  state: needs_info"),
			re("- id: T-5\n  state: accepted\n", "<<<<<<< ours\n=======\n- id: T-5\n  state: needs_info\n>>>>>>> theirs\n"), "T-5"},
		"both begin": {"", "whatif_decisions: 1\ndecisions:\n- id: T-1\n  state: accepted\n", "whatif_decisions: 1\ndecisions:\n- id: T-2\n  state: rejected\n",
			"whatif_decisions: 1\ndecisions:\n- id: T-1\n  state: accepted\n\n- id: T-2\n  state: rejected\n", ""},
		"answers come": {mergeBase, re("by: Ana", "by: Bo"), mergeBase + "answers:\n- id: Q-1\n  answer: Yes.\n",
			re("by: Ana", "by: Bo") + "answers:\n- id: Q-1\n  answer: Yes.\n", ""},
		"of Windows": {mergeBase, strings.ReplaceAll(re("by: Ana", "by: Bo"), "\n", "\r\n"), re("reason: wrong", "reason: not_relevant"),
			strings.ReplaceAll(strings.Replace(re("by: Ana", "by: Bo"), "reason: wrong", "reason: not_relevant", 1), "\n", "\r\n"), ""},
		"a damaged base": {"<<<<<<< ours\n", re("by: Ana", "by: Bo"), re("reason: wrong", "reason: wrong\n  note: x"),
			"", "T-1 T-3"},
		"other indentation": {mergeBase, re("by: Ana", "by: Bo"), "whatif_decisions: 1\ndocument: export.md\ndecisions:\n  - id: T-1\n    state: accepted\n    by: Ana\n  - id: T-3\n    state: rejected\n    reason: not_relevant\n    note: |-\n      one\n\n      two\n  - {id: T-5, state: accepted}\n",
			strings.Replace(re("by: Ana", "by: Bo"), "  reason: wrong\n", "  reason: not_relevant\n  note: |-\n    one\n\n    two\n", 1), ""},
	} {
		got, conflicts := Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
		var ids []string
		for _, k := range conflicts {
			ids = append(ids, k.ID)
		}
		if strings.Join(ids, " ") != c.conflict || c.want != "" && string(got) != c.want {
			t.Errorf("%s: conflicts %q\n%s\nwant %q\n%s", name, ids, got, c.conflict, c.want)
		}
	}
	damaged := "whatif_decisions: 1\ndecisions: 3"
	got, conflicts := Merge([]byte(mergeBase), []byte(damaged), []byte(re("by: Ana", "by: Bo")))
	if len(conflicts) != 1 || conflicts[0].Why == nil || !strings.Contains(string(got), damaged+"\n=======\n") || !strings.Contains(string(got), "by: Bo") {
		t.Errorf("a damaged side: %v\n%s", conflicts, got)
	}
	extra := func(v string) string { return mergeBase + "votes: " + v + "\n" }
	if got, conflicts := Merge([]byte(mergeBase), []byte(extra("1")), []byte(extra("2"))); len(conflicts) != 1 || conflicts[0].ID != "" || !strings.Contains(string(got), "votes: 2") {
		t.Errorf("fields of another version: %v\n%s", conflicts, got)
	}
	if got, conflicts := Merge([]byte(mergeBase), []byte(re("by: Ana", "by: Bo")), []byte(extra("2"))); len(conflicts) != 0 || !strings.Contains(string(got), "votes: 2") || !strings.Contains(string(got), "by: Bo") {
		t.Errorf("fields of another version on one side: %v\n%s", conflicts, got)
	}
}

// textOf draws a file of decisions, written in one way or another.
func textOf(t *rapid.T, name string) []byte {
	f := &File{Document: rapid.SampledFrom([]string{"", "a.md", "b.md"}).Draw(t, name+" document")}
	for _, id := range []string{"T-1", "T-2", "T-3", "T-4"} {
		if rapid.Bool().Draw(t, name+" has "+id) {
			f.Put(Decision{ID: id, State: rapid.SampledFrom(States).Draw(t, id), Note: rapid.SampledFrom([]string{"", "one", "two\n\nlines", "# no comment", "- x"}).Draw(t, id),
				About: About{Quotes: rapid.SampledFrom([][]string{nil, {"All.", "- of: it"}}).Draw(t, id)}})
		}
	}
	for _, id := range []string{"Q-1", "Q-2"} {
		if rapid.Bool().Draw(t, name+" has "+id) {
			f.PutAnswer(Answer{ID: id, Answer: rapid.SampledFrom([]string{"Yes.", "No."}).Draw(t, id)})
		}
	}
	text := canonical(f)
	if rapid.Bool().Draw(t, name+" has a comment") {
		text = strings.Replace(text, "decisions:\n", "decisions:\n# of "+name+"\n", 1)
	}
	if rapid.Bool().Draw(t, name+" is of Windows") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}

// resolve keeps one side of all conflicts of a text.
func resolve(t *rapid.T, text []byte, ours bool) *File {
	keep, in := []string{}, 0
	for line := range strings.Lines(string(text)) {
		switch strings.TrimRight(line, "\r\n") {
		case markOurs:
			in = 1
		case markMiddle:
			in = 2
		case markTheirs:
			in = 0
		default:
			if in == 0 || ours == (in == 1) {
				keep = append(keep, line)
			}
		}
	}
	f, err := Parse("merged", []byte(strings.Join(keep, "")))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

// TestMergeLaws holds what everybody expects of a merge.
func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, a, b := textOf(t, "base"), textOf(t, "ours"), textOf(t, "theirs")
		for name, c := range map[string][3][]byte{"both sides are the same": {o, a, a}, "only theirs changed": {o, o, a}, "only ours changed": {o, a, o}} {
			want := a
			if got, conflicts := Merge(c[0], c[1], c[2]); string(got) != string(want) || len(conflicts) > 0 {
				t.Fatalf("%s: %v\n%s\nwant\n%s", name, conflicts, got, want)
			}
		}
		there, conflicts := Merge(o, a, b)
		back, backs := Merge(o, b, a)
		if !slices.Equal(conflicts, backs) {
			t.Fatalf("conflicts one way %v, the other way %v", conflicts, backs)
		}
		if !same(resolve(t, there, true), resolve(t, back, false)) || !same(resolve(t, there, false), resolve(t, back, true)) {
			t.Fatalf("one way\n%s\nthe other way\n%s", there, back)
		}
		fo, fa, fb := parsed(t, o), parsed(t, a), parsed(t, b)
		ours, theirs := resolve(t, there, true), resolve(t, there, false)
		for _, id := range []string{"T-1", "T-2", "T-3", "T-4"} {
			vo, va, vb := fo.Find(id).Version(), fa.Find(id).Version(), fb.Find(id).Version()
			marked := slices.Contains(conflicts, Conflict{ID: id})
			if want := va != vb && va != vo && vb != vo; marked != want {
				t.Fatalf("%s: marked as a conflict: %v, want %v\n%s", id, marked, want, there)
			}
			wantOurs, wantTheirs := va, vb
			if !marked && va == vo {
				wantOurs = vb
			}
			if !marked && vb == vo {
				wantTheirs = va
			}
			if ours.Find(id).Version() != wantOurs || theirs.Find(id).Version() != wantTheirs {
				t.Fatalf("%s is not what a side had\n%s", id, there)
			}
		}
		if len(conflicts) == 0 {
			again, none := Merge(o, there, there)
			if string(again) != string(there) || len(none) > 0 {
				t.Fatal("it is not stable")
			}
		}
	})
}

func parsed(t *rapid.T, text []byte) *File {
	f, err := Parse("drawn", text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte(mergeBase), []byte(strings.Replace(mergeBase, "Ana", "Bo", 1)), []byte(example))
	f.Add([]byte(""), []byte("whatif_decisions: 1\n"), []byte("whatif_decisions: 1\nanswers: [{id: Q-1}]\n"))
	f.Add([]byte("x"), []byte("whatif_decisions: 1\ndecisions: # none\n"), []byte("{whatif_decisions: 1, decisions: [{id: T-1, state: accepted}]}"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		text, conflicts := Merge(base, ours, theirs)
		o, err1 := Parse("o", ours)
		th, err2 := Parse("t", theirs)
		if err1 != nil || err2 != nil || len(conflicts) > 0 || string(ours) == string(theirs) {
			return
		}
		got, err := Parse("m", text)
		if err != nil {
			t.Fatalf("%v\n%q", err, text)
		}
		for _, d := range append(slices.Clone(o.Decisions), th.Decisions...) {
			if d.State == threatmodel.StateDraft {
				continue
			}
			if got.Find(d.ID) == nil && !strings.Contains(string(base), d.ID) {
				t.Fatalf("%q is lost:\n%s", d.ID, text)
			}
		}
	})
}
