package review_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// finding is one of a rule on sentences.
func finding(id, rule string, quotes ...string) threatmodel.AbuseCase {
	c := threatmodel.AbuseCase{ID: id, Rule: rule, Title: "What " + rule + " finds", WhatIf: "What if " + rule + "?", Category: "data_exposure", Question: "data.excess"}
	for _, q := range quotes {
		c.Citations = append(c.Citations, threatmodel.Citation{Quote: q})
	}
	return c
}

// decided are decisions about all findings.
func decided(cases ...threatmodel.AbuseCase) *review.File {
	f := &review.File{}
	for i := range cases {
		f.Put(review.Decision{ID: cases[i].ID, Title: cases[i].Title, State: threatmodel.StateRejected, Reason: review.Wrong, Evidence: evidence(&cases[i]),
			About: review.AboutOf(&cases[i])})
	}
	return f
}

func draftOf(cases ...threatmodel.AbuseCase) *threatmodel.Draft {
	return &threatmodel.Draft{AbuseCases: cases}
}

const orders = "Support agents can read every order of a customer when the customer calls."

func TestCarry(t *testing.T) {
	agents := finding("T-1", "staff", orders)
	twin := "Support agents can read every invoice of a partner, whoever asks."
	unlike := "Depots list their drivers on a board in the hall."
	today := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		file  *review.File
		draft *threatmodel.Draft
		how   review.How
		state review.CarryState
		to    string
	}{
		"nothing changed":                 {decided(agents), draftOf(finding("T-1", "staff", orders)), review.ByID, review.Holds, "T-1"},
		"another id":                      {decided(agents), draftOf(finding("T-2", "staff", orders)), review.ByEvidence, review.Holds, "T-2"},
		"another id, another kind":        {decided(agents), draftOf(finding("T-2", "leak", orders)), "", review.Doubtful, "T-2"},
		"reworded":                        {decided(agents), draftOf(finding("T-1", "staff", "Agents of the support can read all orders of customers.")), review.ByID, review.Stale, "T-1"},
		"reworded, another id":            {decided(agents), draftOf(finding("T-2", "staff", "Support agents may read every order of a customer who calls.")), review.ByMeaning, review.Stale, "T-2"},
		"the same id on another text":     {decided(agents), draftOf(finding("T-1", "staff", unlike)), "", review.Doubtful, "T-1"},
		"gone":                            {decided(agents), draftOf(finding("T-3", "leak", unlike)), "", review.Gone, ""},
		"its number went to a twin":       {decided(agents), draftOf(finding("T-1", "staff", twin), finding("T-1.2", "staff", orders)), review.ByEvidence, review.Holds, "T-1.2"},
		"two are as alike":                {decided(agents), draftOf(finding("T-2", "staff", orders+" It logs this."), finding("T-3", "staff", orders+" It notes that.")), "", review.Doubtful, "T-2"},
		"a sentence more":                 {decided(agents), draftOf(finding("T-1", "staff", orders, twin)), review.ByID, review.Stale, "T-1"},
		"white space":                     {decided(agents), draftOf(finding("T-1", "staff", "Support agents can read\n every order of a customer when the customer calls.")), review.ByID, review.Holds, "T-1"},
		"written by hand":                 {&review.File{Decisions: []review.Decision{{ID: "T-1", State: "rejected"}}}, draftOf(agents), review.ByID, review.Holds, "T-1"},
		"written by hand, for a new id":   {&review.File{Decisions: []review.Decision{{ID: "T-9", State: "rejected", Title: agents.Title}}}, draftOf(agents), "", review.Doubtful, "T-1"},
		"expired":                         {&review.File{Decisions: []review.Decision{{ID: "T-1", State: "accepted", Reason: review.RiskAccepted, Until: "2026-02-28"}}}, draftOf(agents), review.ByID, review.Expired, "T-1"},
		"somebody must find out":          {&review.File{Decisions: []review.Decision{{ID: "T-1", State: "needs_info"}}}, draftOf(agents), review.ByID, review.Waits, "T-1"},
		"nobody decided":                  {nil, draftOf(agents), "", "", ""},
		"written by hand, for no finding": {&review.File{Decisions: []review.Decision{{ID: "T-9", State: "rejected"}}}, draftOf(agents), "", review.Gone, ""},
	} {
		got := review.Carry(c.file, c.draft, today)
		if c.state == "" {
			if len(got.All) != 0 || got.Of("T-1") != nil {
				t.Errorf("%s: %+v", name, got.All)
			}
			continue
		}
		m := got.All[0]
		to := ""
		if m.Finding != nil {
			to = m.Finding.ID
		}
		if m.How != c.how || m.State != c.state || to != c.to || m.Back() != (c.state != review.Holds && c.state != review.Waits) {
			t.Errorf("%s: by %q, %s, to %q; want %q, %s, %q", name, m.How, m.State, to, c.how, c.state, c.to)
		}
		if to != "" && got.Of(to).Decision.ID != m.Decision.ID {
			t.Errorf("%s: it is not found at its finding", name)
		}
	}
	m := review.Carry(decided(agents), draftOf(finding("T-1", "staff", twin, "Support agents can read all orders of a customer who calls.")), today).All[0]
	if m.Was != orders || m.Now != "Support agents can read all orders of a customer who calls." {
		t.Errorf("then %q, now %q", m.Was, m.Now)
	}
}

// TestAboutIsKept writes what a decision was about and reads it again.
func TestAboutIsKept(t *testing.T) {
	c := finding("T-1", "staff", "FR-1: \"All\" of it,\n\u200bto everybody: # no comment", "- two")
	path := filepath.Join(t.TempDir(), "d.yaml")
	want := decided(c)
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := review.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Decisions[0].Version() != want.Decisions[0].Version() || got.Decisions[0].About.Quotes[0] != "FR-1: \"All\" of it, to everybody: # no comment" {
		t.Errorf("%+v", got.Decisions[0].About)
	}
	got.Put(review.Decision{ID: "T-1", State: "accepted", Evidence: want.Decisions[0].Evidence})
	if len(got.Decisions[0].About.Quotes) != 2 {
		t.Error("what it was about is lost with the next decision")
	}
}

// cases draws findings that are much alike.
func cases(t *rapid.T, name string) []threatmodel.AbuseCase {
	sentences := []string{orders, "Support agents can read every invoice of a customer when the customer calls.", orders + " It is logged.", "Photos are kept.",
		"Photos are kept for a year.", ""}
	ids := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"T-1", "T-2", "T-3", "T-4", "T-5", "T-6"}), 0, 6, rapid.ID[string]).Draw(t, name)
	var out []threatmodel.AbuseCase
	for _, id := range ids {
		q := rapid.SliceOfN(rapid.SampledFrom(sentences), 0, 3).Draw(t, name+" quotes")
		out = append(out, finding(id, rapid.SampledFrom([]string{"staff", "leak", ""}).Draw(t, name+" rule"), q...))
	}
	return out
}

// TestCarryIsOneToOne holds that no decision goes to two findings and no finding gets two, that decisions which were given today's ids stay
// where they are, and that none is ever lost.
func TestCarryIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, draft := decided(cases(t, "then")...), draftOf(cases(t, "now")...)
		first := review.Carry(file, draft, time.Time{})
		seen := map[string]bool{}
		for _, m := range first.All {
			if m.Finding == nil {
				continue
			}
			if seen[m.Finding.ID] {
				t.Fatalf("two decisions for %s", m.Finding.ID)
			}
			seen[m.Finding.ID] = true
		}
		if len(first.All) != len(file.Decisions) {
			t.Fatal("a decision is lost")
		}
		sure := map[string]string{} // finding by evidence of what was decided and its note
		for i := range first.All {
			m := &first.All[i]
			file.Find(m.Decision.ID).Note = "was " + m.Decision.ID
			if m.How != "" {
				sure["was "+m.Decision.ID] = m.Finding.ID
			}
		}
		first.Rewrite(file)
		var ids []string
		for _, d := range file.Decisions {
			ids = append(ids, d.ID)
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != len(first.All) {
			t.Fatalf("two decisions have one id: %v", ids)
		}
		for _, m := range review.Carry(file, draft, time.Time{}).All {
			if want, ok := sure[m.Decision.Note]; ok && (m.How == "" || m.Finding.ID != want) {
				t.Fatalf("%s went to %s before, and is now %s", m.Decision.Note, want, m.State)
			}
		}
	})
}

// BenchmarkCarry carries the decisions about a large document over to a draft in which every sentence says something else.
func BenchmarkCarry(b *testing.B) {
	var then, now []threatmodel.AbuseCase
	for i := range 300 {
		n := strconv.Itoa(i)
		then = append(then, finding("T-"+n, "rule"+strconv.Itoa(i%60), "Requirement "+n+": support agents can read every order of a customer in region "+n+"."))
		now = append(now, finding("T-"+n, "rule"+strconv.Itoa(i%60), "Requirement "+n+": agents of the support may read any order of customers in region "+n+"."))
	}
	file, draft := decided(then...), draftOf(now...)
	for b.Loop() {
		review.Carry(file, draft, time.Time{})
	}
}
