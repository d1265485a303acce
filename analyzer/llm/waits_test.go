package llm

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
)

// TestReplyOnItsWay: where replies are on their way, a run asks all that it can ask without them and nothing that would be another
// question with them. In the end the proposals are those of a run in one go.
func TestReplyOnItsWay(t *testing.T) {
	newAsker := func() *asker {
		return &asker{facts: func(lines []string) any {
			if s := at(lines, "expire"); s != nil {
				return things("safeguards", object{"s": s, "text": "links expire after 7 days"})
			}
			return nil
		}, whatIf: openLink(nil)}
	}
	opt := func(a *asker) Options { return Options{Asker: a, Chunk: 60, Rules: &rules.Engine{}, Glean: true} }
	want := propose(t, share, opt(newAsker()))

	type question struct{ pass, name string }
	var mu sync.Mutex
	known, rounds := map[question]int{}, [][]string{}
	for round := 1; ; round++ {
		var asked []string
		a := newAsker()
		a.fail = func(q caller.Question) error {
			mu.Lock()
			defer mu.Unlock()
			k := question{q.Pass, q.Name}
			if q.Pass == passAgain { // a third look is another question
				return nil
			}
			if at := known[k]; at > 0 && at < round {
				return nil
			}
			known[k] = round
			asked = append(asked, q.Pass)
			return &caller.Stopped{Reason: "on its way", Err: caller.ErrWaiting}
		}
		sets, err := tryPropose(t, share, opt(a))
		if len(asked) > 0 {
			if !errors.Is(err, caller.ErrWaiting) || len(sets) > 0 {
				t.Fatalf("round %d: %d sets, error %v", round, len(sets), err)
			}
			slices.Sort(asked)
			rounds = append(rounds, asked)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for origin := range want {
			sets[origin].Spent, want[origin].Spent = proposal.Spent{}, proposal.Spent{}
		}
		if !reflect.DeepEqual(sets, want) {
			t.Errorf("proposed %+v, in one go %+v", sets["llm"], want["llm"])
		}
		break
	}
	if len(rounds) != 3 {
		t.Fatalf("%d rounds: %v", len(rounds), rounds)
	}
	for i, passes := range [][]string{{passFacts}, {passWhatIf}, {passJudge, passQuestions}} {
		if got := slices.Compact(slices.Clone(rounds[i])); !slices.Equal(got, passes) || i < 2 && len(rounds[i]) < 2 {
			t.Errorf("round %d asks %v", i+1, rounds[i])
		}
	}
}
