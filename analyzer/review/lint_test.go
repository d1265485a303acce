package review_test

import (
	"strings"
	"testing"
	"time"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

func TestLint(t *testing.T) {
	const text = `whatif_decisions: 1
document: other.md
votes: 3
decisions:
- id: T-1
  state: rejected
- id: T-2
  state: accepted
  reason: risk_accepted
  until: "2026-01-31"
  at: "2026-02-01T08:00:00Z"
- id: T-3
  state: accepted
  reason: risk_accepted
  evidence: "0000000000000000"
- id: T-4
  state: edited
- id: T-5
  state: needs_info
- id: T-6
  state: accepted
  reason: wrong
  title: What leak finds
answers:
- id: Q-1
  answer: Yes.
`
	draft := draftOf(finding("T-1", "staff", orders), finding("T-3", "hall", "Depots list drivers."), finding("T-7", "leak", "All of it."))
	today := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var got []string
	for _, r := range review.Lint("docs/prd.md.whatif.yaml", []byte(text), draft, today) {
		line := string(rune('a'+r.Line)) + " " + r.Text
		if r.Wrong {
			line = "! " + line
		}
		got = append(got, line)
	}
	want := []string{
		"a it says that it is about other.md, and its name says prd.md",
		"d votes is not known, and kept as it is",
		"f T-1 is rejected without a reason",
		"! h T-2 has expired: it held until 2026-01-31",
		"! h T-2 ended on 2026-01-31, before it was decided on 2026-02-01",
		"h T-2 is about a finding that is gone",
		"m the risk of T-3 is accepted for ever; until gives it a last day",
		"! m T-3 is about another text than today's",
		"q T-4 is edited, and nothing says how",
		"q T-4 is about a finding that is gone",
		"s T-5 needs info, and nothing says which or from whom",
		"s T-5 is about a finding that is gone",
		"u T-6 is accepted, and its reason says that it is wrong",
		"! u T-6 may be about T-7, or not: look again",
		"z Q-1 answers a question that is not asked any more",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	bad := review.Lint("x", []byte("whatif_decisions: 1\ndecisions:\n- id: T-1\n  state: no\n- state: no\n"), nil, today)
	if len(bad) < 3 || !bad[0].Wrong || bad[0].Line != 4 || bad[2].Line != 5 {
		t.Errorf("faults: %+v", bad)
	}
}

// FuzzLint looks through anything. Whatever can be read has each line within the file.
func FuzzLint(f *testing.F) {
	for _, text := range []string{"", "whatif_decisions: 1\ndecisions:\n- id: T-1\n  state: accepted\n  at: \"2026-01-01\"\n  until: \"2025-01-01\"\n  about: {quotes: [x]}\n",
		"whatif_decisions: 1\n<<<<<<< ours\n", "{whatif_decisions: 1, a: 1, answers: [{id: Q}]}", "\xff", "whatif_decisions: 2"} {
		f.Add([]byte(text))
	}
	draft := draftOf(finding("T-1", "staff", orders))
	draft.Questions = []threatmodel.Question{{ID: "Q-1"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		lines := strings.Count(string(raw), "\n") + strings.Count(string(raw), "\r") + strings.Count(string(raw), "\u0085") +
			strings.Count(string(raw), "\u2028") + strings.Count(string(raw), "\u2029") + 1
		for _, r := range review.Lint("f", raw, draft, time.Unix(1767225600, 0)) {
			if r.Line < 0 || r.Line > lines+1 || r.Text == "" {
				t.Errorf("%+v of %d lines", r, lines)
			}
		}
	})
}
