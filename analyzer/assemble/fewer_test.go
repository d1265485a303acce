package assemble

import (
	"fmt"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// TestFewer shows that two engines together do not have more findings than are read in a meeting: what a rule alone found goes, the
// least pressing first, nothing of high priority and nothing of the model's.
func TestFewer(t *testing.T) {
	grave := proposal.Factors{Reach: "anyone", Needs: "nothing", Scale: "all", Undo: "never", Harm: "danger"}
	slight := proposal.Factors{Reach: "admin", Needs: "skill", Scale: "one", Undo: "easily", Harm: "annoyance"}
	rule := func(i int, f proposal.Factors) proposal.AbuseCase {
		return proposal.AbuseCase{Title: fmt.Sprint("A forwarded link opens for number ", i), Category: "data_exposure", Question: "flow.recipient",
			Rule: fmt.Sprint("rule-", i), Evidence: at(6), Factors: f}
	}
	sets := []*proposal.Set{{Origin: "rules"}, {Origin: "llm", AbuseCases: []proposal.AbuseCase{
		{Title: "The shopper's card number is shown", Category: "data_exposure", Question: "flow.recipient", Assets: []string{"card number"}, Evidence: at(3), Factors: slight}}}}
	for i := range 30 {
		f := slight
		if i < 22 {
			f = grave
		}
		sets[0].AbuseCases = append(sets[0].AbuseCases, rule(i, f))
	}
	draft := draftOf(t, sets)
	count := map[threatmodel.Origin]int{}
	for _, c := range draft.AbuseCases {
		count[c.Origin]++
	}
	if count[threatmodel.FromRules] != 22 || count[threatmodel.FromLLM] != 1 {
		t.Errorf("left are %v, want the 22 of high priority and the model's", count)
	}
	told := 0
	for _, d := range draft.Dropped {
		if d.Reason == threatmodel.BelowThreshold && d.Rule != "" {
			told++
		}
	}
	if told != 8 {
		t.Errorf("%d of the 8 that were left out are told", told)
	}
	if got := len(draftOf(t, sets[:1]).AbuseCases); got != 30 {
		t.Errorf("the built-in engine alone bounds itself: %d findings, want 30", got)
	}
}
