package assemble

import (
	"strings"
	"testing"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// twoEngines are a rule's finding and a model's of one danger, told in other words, and a finding of the model's alone.
func twoEngines(kin string) []*proposal.Set {
	return []*proposal.Set{
		{Origin: "rules", AbuseCases: []proposal.AbuseCase{{Title: "A forwarded link opens for anyone", Category: "data_exposure",
			Question: "flow.recipient", Rule: "link-open", Business: "Money is lost.", Kin: kin, Evidence: at(6),
			Factors: proposal.Factors{Reach: "anyone", Harm: "danger"}}}},
		{Origin: "llm", AbuseCases: []proposal.AbuseCase{
			{Title: "The link works for a week, whoever has it", Category: "unauthorized_access", Question: "actors.identity", Kin: kin,
				WhatIf: "What if the link is passed on before it expires?", Evidence: at(6), Factors: proposal.Factors{Reach: "admin", Harm: "annoyance"}},
			{Title: "The shopper's card number is shown", Category: "data_exposure", Question: "flow.recipient", Assets: []string{"card number"}, Evidence: at(3)},
			{Title: "Admins read the shopper's mail address", Category: "data_exposure", Question: "flow.recipient", Assets: []string{"e-mail address"}, Evidence: at(7)},
		}},
	}
}

func draftOf(t *testing.T, sets []*proposal.Set) *threatmodel.Draft {
	t.Helper()
	text := read(t, "prd.md", prd)
	var results []*ground.Result
	for _, set := range sets {
		results = append(results, checked(t, text, set))
	}
	return Draft(text.Doc, results, Options{})
}

func TestKinAcrossEngines(t *testing.T) {
	draft := draftOf(t, twoEngines("a"))
	if len(draft.AbuseCases) != 3 {
		t.Fatalf("%d abuse cases, want 3: %+v", len(draft.AbuseCases), draft.AbuseCases)
	}
	both := draft.AbuseCases[0]
	if both.Origin != threatmodel.FromBoth || both.Rule != "link-open" || both.Category != "data_exposure" || both.Severity == threatmodel.Low {
		t.Errorf("what it is should be the rule's: %+v", both)
	}
	if both.Title != "The link works for a week, whoever has it" || both.Consequences.Business != "Money is lost." {
		t.Errorf("the words should be the model's, and the rule's where it has none: %+v", both)
	}
	if len(draft.Dropped) != 1 || draft.Dropped[0].Text != "A forwarded link opens for anyone" || draft.Dropped[0].Reason != threatmodel.Duplicate ||
		!strings.Contains(draft.Dropped[0].Detail, both.Title) {
		t.Errorf("the rule's title should be told: %+v", draft.Dropped)
	}
	alone := draftOf(t, twoEngines("a")[:1]).AbuseCases[0]
	if alone.ID != both.ID {
		t.Errorf("the id changes with the model: %s, %s", alone.ID, both.ID)
	}
}

func TestNoKinNoMerge(t *testing.T) {
	if got := len(draftOf(t, twoEngines("")).AbuseCases); got != 4 {
		t.Errorf("%d abuse cases, want 4: dangers without a rule are not all the same", got)
	}
}

func TestQuestionsOfTwoEngines(t *testing.T) {
	draft := draftOf(t, []*proposal.Set{
		{Origin: "rules", Questions: []proposal.Question{
			{Key: "data.retention", Text: "How long is it kept?", Why: "It matters.", Status: "unanswered", Searched: []string{"deleted after"}, Weight: 5},
			{Key: "actors.who", Text: "Who takes part?", Status: "unanswered", Weight: 3}}},
		{Origin: "llm", Questions: []proposal.Question{
			{Key: "data.retention", Status: "unanswered", Proposed: "Delete it after a year."},
			{Key: "actors.who", Status: "answered", Answer: "shopper", Evidence: at(3)}}}})
	byKey := map[string]threatmodel.Question{}
	for _, q := range draft.Questions {
		byKey[q.Question] = q
	}
	kept := byKey["data.retention"]
	if kept.Text == "" || kept.Why == "" || kept.ProposedAnswer != "Delete it after a year." || len(kept.Searched) == 0 {
		t.Errorf("an open question lost something: %+v", kept)
	}
	who := byKey["actors.who"]
	if who.Status != threatmodel.Answered || who.Text != "Who takes part?" || len(who.Citations) != 1 {
		t.Errorf("an answered question: %+v", who)
	}
}

// TestModelsDuplicates lists what a model itself says twice in two ways.
func TestModelsDuplicates(t *testing.T) {
	sets := twoEngines("")[1:]
	sets[0].AbuseCases[1].Kin, sets[0].AbuseCases[2].Kin = "a", "a"
	draft := draftOf(t, sets)
	if len(draft.AbuseCases) != 2 || len(draft.Dropped) != 1 || draft.Dropped[0].Reason != threatmodel.Duplicate || draft.Dropped[0].Text != "Admins read the shopper's mail address" {
		t.Errorf("%d abuse cases, dropped %+v", len(draft.AbuseCases), draft.Dropped)
	}
}

// TestIDsWithAModel keeps the built-in engine's ids of what a model calls by another name.
func TestIDsWithAModel(t *testing.T) {
	sets := []*proposal.Set{
		{Origin: "rules", Assets: []proposal.Asset{{Name: "card number", Evidence: at(3)}}, Actors: []proposal.Actor{{Name: "shopper", Evidence: at(3)}},
			Dependencies: []proposal.Dependency{{Name: "gift card", Evidence: at(3)}}},
		{Origin: "llm", Assets: []proposal.Asset{{Name: "card", Aliases: []string{"card number"}, Evidence: at(3)}},
			Actors:       []proposal.Actor{{Name: "card", Aliases: []string{"shopper"}, Evidence: at(3)}},
			Dependencies: []proposal.Dependency{{Name: "card", Aliases: []string{"gift card"}, Evidence: at(3)}}},
	}
	ids := func(d *threatmodel.Draft) string {
		if len(d.Assets) != 1 || len(d.Actors) != 1 || len(d.Dependencies) != 1 {
			t.Fatalf("assets %+v, actors %+v, dependencies %+v; dropped %+v", d.Assets, d.Actors, d.Dependencies, d.Dropped)
		}
		return d.Assets[0].ID + " " + d.Actors[0].ID + " " + d.Dependencies[0].ID
	}
	both := draftOf(t, sets)
	if alone := ids(draftOf(t, sets[:1])); ids(both) != alone || both.Assets[0].Origin != threatmodel.FromBoth {
		t.Errorf("ids %s, with a model %s; %+v", alone, ids(both), both.Assets)
	}
}
