package llm

import (
	"fmt"
	"strings"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/rules"
)

var claimNo = func(user, title string) int {
	for _, m := range claimLine.FindAllStringSubmatch(user, -1) {
		if strings.HasPrefix(m[2], title) {
			n := 0
			fmt.Sscan(m[1], &n)
			return n
		}
	}
	return 0
}

func TestZZSame(t *testing.T) {
	a := &asker{whatIf: func(lines []string, user string) any {
		s := at(lines, "Anyone with the link")
		if s == nil {
			return object{"abuse_cases": []object{}}
		}
		return object{"abuse_cases": []object{
			{"s": s, "title": "A forwarded link opens the report for strangers", "what_if": "What if the link is forwarded?", "category": "data_exposure"},
			{"s": s, "title": "Somebody guesses the link and opens the report", "what_if": "What if?", "category": "scraping"}}}
	}}
	b := &wrap{a}
	sets := propose(t, share, Options{Asker: b})
	for _, c := range sets["llm"].AbuseCases {
		fmt.Println(c.Title, "| kin:", c.Kin)
	}
	sets = propose(t, share, Options{Asker: b, Rules: &rules.Engine{}})
	for _, o := range []string{"rules", "llm"} {
		for _, c := range sets[o].AbuseCases {
			fmt.Println(o, c.Rule, c.Title, "| kin:", c.Kin)
		}
	}
	_ = proposal.Set{}
	_ = reading.Words
}
