package llm

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
)

// threeWays are dangers of one line of the document share, in words and of kinds that only a judge takes for one.
func threeWays(lines []string, _ string) any {
	s := at(lines, "Anyone with the link")
	if s == nil {
		return object{"abuse_cases": []object{}}
	}
	var cases []object
	for title, category := range map[string]string{"Strangers open a report": "data_exposure", "Machines collect the link": "scraping", "Somebody who left reads on": "insider_misuse"} {
		cases = append(cases, object{"s": s, "title": title, "what_if": "What if?", "category": category})
	}
	slices.SortFunc(cases, func(x, y object) int { return strings.Compare(y["title"].(string), x["title"].(string)) })
	return object{"abuse_cases": cases}
}

// TestSameAs shows that dangers which a judge calls the same become one, whichever of them it says it of, in a ring or one after the
// other, and that what it says of one that is not carried counts for nothing.
func TestSameAs(t *testing.T) {
	for _, test := range []struct {
		name string
		same map[string]string
		no   string
		want int // different kin of three dangers
	}{
		{"of none", nil, "", 0},
		{"of an earlier one", map[string]string{"Somebody": "Strangers"}, "", 1},
		{"of a later one", map[string]string{"Strangers": "Somebody"}, "", 1},
		{"of itself", map[string]string{"Strangers": "Strangers"}, "", 0},
		{"one after the other", map[string]string{"Somebody": "Strangers", "Machines": "Somebody"}, "", 1},
		{"in a ring", map[string]string{"Strangers": "Somebody", "Somebody": "Machines", "Machines": "Strangers"}, "", 1},
		{"of one that is refused", map[string]string{"Somebody": "Strangers"}, "Strangers", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := func(title string) string { word, _, _ := strings.Cut(title, " "); return word }
			a := &asker{whatIf: threeWays, same: func(title string) string { return test.same[first(title)] }, verdict: func(title string) map[string]any {
				return object{"carried": map[bool]string{true: "no", false: "yes"}[first(title) == test.no]}
			}}
			set := propose(t, share, Options{Asker: a})["llm"]
			kin, related := map[string]bool{}, 0
			for _, c := range set.AbuseCases {
				if c.Kin != "" {
					kin[c.Kin] = true
					related++
				}
			}
			if len(kin) != test.want || related == 1 {
				t.Errorf("%d kin, want %d; %d of %d dangers are one with others", len(kin), test.want, related, len(set.AbuseCases))
			}
		})
	}
}

// TestSameAsParts shows that no judge puts one of the built-in engine's findings behind another, nor through a danger of the model.
func TestSameAsParts(t *testing.T) {
	all := func(set *proposal.Set) (kin []string) {
		for _, c := range set.AbuseCases {
			if c.Kin != "" {
				kin = append(kin, c.Kin)
			}
		}
		slices.Sort(kin)
		return kin
	}
	const longer = share + "\n## Support\n\nSupport agents sign in as the customer to help. A gift code of four digits is typed in at the till without an account.\n"
	for _, whatIf := range []func([]string, string) any{nil, threeWays, openLink(nil)} {
		var first sync.Once
		var one string
		a := &asker{whatIf: whatIf, same: func(title string) string { // judges are asked at the same time
			first.Do(func() { one = title })
			return one
		}}
		rules := propose(t, longer, Options{Asker: a, Rules: &rules.Engine{}})["rules"]
		if len(rules.AbuseCases) < 2 {
			t.Fatalf("%d findings of the built-in engine; this test needs two", len(rules.AbuseCases))
		}
		if kin := all(rules); len(kin) != len(slices.Compact(slices.Clone(kin))) {
			t.Errorf("findings of the built-in engine are one by a judge's word: %q", kin)
		}
	}
}
