package ground

import (
	"context"
	"strings"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// danger is what a model says of sentence 3: "Anyone with the link can open the report."
func danger(change func(*proposal.AbuseCase)) proposal.AbuseCase {
	a := proposal.AbuseCase{Title: "The report opens for whoever has the link", Category: "data_exposure", Question: "flow.recipient",
		WhatIf: "What if the link is forwarded?", Evidence: proposal.Evidence{Sentences: []int{3}}}
	change(&a)
	return a
}

func TestModelsWords(t *testing.T) {
	text := read(t, prd)
	for _, test := range []struct {
		name   string
		change func(*proposal.AbuseCase)
		want   threatmodel.DropReason
	}{
		{"honest", func(*proposal.AbuseCase) {}, ""},
		{"of something else", func(a *proposal.AbuseCase) {
			a.Title, a.WhatIf = "Drones crash into windmills", "What if a storm comes?"
		}, threatmodel.Unsupported},
		{"one word in common", func(a *proposal.AbuseCase) {
			a.Title, a.WhatIf = "Drones film the report", "What if a storm comes?"
		}, threatmodel.Unsupported},
		{"an address to follow", func(a *proposal.AbuseCase) { a.Gain = "See https://evil.example/report?q=1." }, threatmodel.Invalid},
		{"a script to follow", func(a *proposal.AbuseCase) { a.WhatIf += " javascript:alert(1)" }, threatmodel.Invalid},
		{"a mail address", func(a *proposal.AbuseCase) {
			a.Requirements = []proposal.Requirement{{Text: "Ask", Acceptance: []string{"Mail boss@evil.example"}}}
		}, threatmodel.Invalid},
		{"a word that names the matter", func(a *proposal.AbuseCase) {
			a.Silences = []proposal.Silence{{What: "an end", Searched: []string{"names", "invoices"}}}
		}, ""},
		{"words of the evidence", func(a *proposal.AbuseCase) {
			a.Silences = []proposal.Silence{{What: "who opens it", Searched: []string{"open the report"}}}
		}, ""},
		{"words of an answer", func(a *proposal.AbuseCase) {
			a.Silences = []proposal.Silence{{What: "a record", Searched: []string{"audit log"}}}
		}, threatmodel.Safeguarded},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := &proposal.Set{Origin: "llm", AbuseCases: []proposal.AbuseCase{danger(test.change)}}
			r, err := Check(context.Background(), text, set)
			if err != nil {
				t.Fatal(err)
			}
			got := threatmodel.DropReason("")
			if len(r.Dropped) > 0 {
				got = r.Dropped[0].Reason
			}
			if got != test.want || (len(r.AbuseCases) == 1) != (test.want == "") {
				t.Errorf("dropped as %q, want %q: %+v", got, test.want, r.Dropped)
			}
		})
	}
}

// TestRulesWordsAreOurs shows that only a model's words are held to this: a rule's are filled from the text.
func TestRulesWordsAreOurs(t *testing.T) {
	a := danger(func(a *proposal.AbuseCase) { a.Title, a.WhatIf = "Somebody stands at the door", "What if?" })
	r, err := Check(context.Background(), read(t, prd), &proposal.Set{Origin: "rules", AbuseCases: []proposal.AbuseCase{a}})
	if err != nil || len(r.AbuseCases) != 1 {
		t.Errorf("%v, dropped %+v", err, r.Dropped)
	}
}

// TestAddressesOfTheDocument shows that what the document itself names may be named.
func TestAddressesOfTheDocument(t *testing.T) {
	text := read(t, strings.Replace(prd, "open the report.", "open the report at https://share.example.", 1))
	a := danger(func(a *proposal.AbuseCase) { a.WhatIf = "What if https://share.example. is forwarded?" })
	r, err := Check(context.Background(), text, &proposal.Set{Origin: "llm", AbuseCases: []proposal.AbuseCase{a}})
	if err != nil || len(r.AbuseCases) != 1 {
		t.Errorf("%v, dropped %+v", err, r.Dropped)
	}
}
