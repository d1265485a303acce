package assemble

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

const prd = `# Share links

## Sharing

A shopper enters the card number and the gift card number.
We store the card_numbers and personally identifiable information (PII).
PII is sent to Stripe, Inc. by the shopper.
Links expire after 7 days.
The shopper's e-mail address is shown to admins.

## Journey

The shopper opens the link.
The shopper taps next.
`

func read(t testing.TB, path, text string) *reading.Text {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: path, Format: document.Markdown})
	if err != nil {
		t.Fatal(err)
	}
	return reading.Read(doc)
}

func checked(t testing.TB, text *reading.Text, set *proposal.Set) *ground.Result {
	t.Helper()
	r, err := ground.Check(context.Background(), text, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(sentences ...int) proposal.Evidence { return proposal.Evidence{Sentences: sentences} }

// everything is a set with a little of each kind. Sentence 1 is the title, 2 a heading, 3 to 7 stand under Sharing, 9 and 10
// under Journey.
func everything() *proposal.Set {
	return &proposal.Set{Origin: "rules",
		Assets: []proposal.Asset{
			{Name: "card number", Category: "financial", Sensitivity: "high", States: []string{"stored", "collected"}, Evidence: at(3)},
			{Name: "gift card number", Category: "financial", Sensitivity: "medium", Evidence: at(3)},
			{Name: "the card_numbers", Category: "other", Sensitivity: "medium", States: []string{"stored"}, Evidence: at(4)},
			{Name: "personally identifiable information (PII)", Category: "personal", Sensitivity: "medium", Evidence: at(4)},
			{Name: "PII", Category: "personal", Sensitivity: "high", Evidence: at(5)},
			{Name: "shopper's e-mail address", Category: "personal", Sensitivity: "medium", Evidence: at(7)},
		},
		Actors: []proposal.Actor{{Name: "shopper", Kind: "user", Evidence: at(3)}, {Name: "Shoppers", Kind: "user", Evidence: at(9)},
			{Name: "admins", Kind: "admin", Evidence: at(7), Privileges: []proposal.Privilege{{Text: "shown the e-mail address", Evidence: at(7)}}}},
		Dependencies: []proposal.Dependency{{Name: "Stripe", Aliases: []string{"Stripe, Inc."}, Kind: "vendor", Evidence: at(5)}},
		Flows: []proposal.Flow{{Source: "Shopper", Destination: "Stripe, Inc.", Action: "sends", Data: []string{"PII"}, CrossesBoundary: true, Evidence: at(5)},
			{Source: "shopper", Destination: "our app", Action: "sends", Data: []string{"card number"}, Evidence: at(3)},
			{Source: "shopper", Destination: "the app", Action: "Sends", Data: []string{"gift card number"}, Evidence: at(3)},
			{Source: "shopper", Destination: "link shop", Action: "sends", Evidence: at(3)}},
		Safeguards: []proposal.Safeguard{{Text: "Links expire after 7 days", Kind: "expiry", Evidence: at(6)}},
		Steps:      []proposal.Step{{Journey: "Journey", Actor: "shoppers", Text: "opens the link", Evidence: at(9)}, {Journey: "Journey", Actor: "shopper", Text: "taps next", Evidence: at(10)}},
		AbuseCases: []proposal.AbuseCase{
			{Title: "One", Category: "fraud", Question: "q", Subject: "card number", Rule: "r1", Assets: []string{"card numbers"}, Confidence: "high",
				Factors:  proposal.Factors{Reach: "anyone", Needs: "nothing", Scale: "all", Undo: "never", Harm: "danger"},
				Evidence: at(3), Requirements: []proposal.Requirement{{Text: "Limit it."}, {Text: "limit it"}}},
			{Title: "Two", Category: "fraud", Question: "q", Subject: "card numbers", Rule: "r2", Evidence: at(3, 4)},
			{Title: "Three", Category: "spam", Question: "q", Subject: "link", Rule: "r3", Safeguards: []string{"links expire after 7 days"}, Evidence: at(9),
				Factors: proposal.Factors{Reach: "admin", Needs: "inside_access", Scale: "one", Undo: "easily", Harm: "annoyance"}},
		},
		Questions: []proposal.Question{{Key: "a", Status: "answered", Answer: "links expire", Weight: 5, Evidence: at(6)}, {Key: "b", Status: "unanswered", Weight: 1},
			{Key: "c", Status: "unanswered", Weight: 4}},
		Warnings: []proposal.Warning{{Code: "w", Message: "m", Sentence: 9}},
	}
}

func draft(t testing.TB, text *reading.Text, opt Options, sets ...*proposal.Set) *threatmodel.Draft {
	t.Helper()
	var results []*ground.Result
	for _, set := range sets {
		results = append(results, checked(t, text, set))
	}
	return Draft(text.Doc, results, opt)
}

func TestOneThingOnce(t *testing.T) {
	d := draft(t, read(t, "prd/share.md", prd), Options{}, everything())
	var got []string
	for _, a := range d.Assets {
		got = append(got, a.Name)
	}
	if want := []string{"card number", "gift card number", "personally identifiable information", "shopper's e-mail address"}; !slices.Equal(got, want) {
		t.Fatalf("assets %q", got)
	}
	card, pii := d.Assets[0], d.Assets[2]
	if len(card.Citations) != 2 || card.Category != "financial" || card.Sensitivity != "high" || !slices.Equal(card.States, []string{"collected", "stored"}) {
		t.Errorf("card number: %+v", card)
	}
	if !slices.Equal(pii.Aliases, []string{"PII"}) || len(pii.Citations) != 2 || pii.Sensitivity != "high" {
		t.Errorf("PII: %+v", pii)
	}
	if len(d.Actors) != 2 || len(d.Actors[0].Citations) != 2 || len(d.Actors[1].Privileges) != 1 || len(d.Actors[1].Privileges[0].Citations) != 1 {
		t.Errorf("actors: %+v", d.Actors)
	}
}

func TestFlows(t *testing.T) {
	d := draft(t, read(t, "share.md", prd), Options{}, everything())
	if len(d.DataFlows) != 2 {
		t.Fatalf("flows: %+v", d.DataFlows)
	}
	own, out := d.DataFlows[0], d.DataFlows[1]
	if own.Source != "shopper" || own.Destination != "the product" || !slices.Equal(own.Data, []string{d.Assets[0].ID, d.Assets[1].ID}) {
		t.Errorf("%+v", own)
	}
	if out.Destination != "Stripe" || !out.CrossesBoundary || !slices.Equal(out.Data, []string{d.Assets[2].ID}) {
		t.Errorf("%+v", out)
	}
	if !slices.ContainsFunc(d.Dropped, func(x threatmodel.Dropped) bool {
		return x.Kind == "data_flow" && strings.Contains(x.Detail, "link shop") && x.Reason == threatmodel.Unsupported
	}) {
		t.Errorf("a flow to nobody: %+v", d.Dropped)
	}
}

func TestAbuseCasesAreLinkedAndRanked(t *testing.T) {
	d := draft(t, read(t, "share.md", prd), Options{}, everything())
	if len(d.AbuseCases) != 2 {
		t.Fatalf("%+v", d.AbuseCases)
	}
	one, three := d.AbuseCases[0], d.AbuseCases[1]
	if one.Title != "One" || one.Priority != "high" || one.Likelihood != "high" || one.Severity != "high" || len(one.Citations) != 2 || len(one.Requirements) != 1 {
		t.Errorf("%+v", one)
	}
	if !slices.Equal(one.Assets, []string{d.Assets[0].ID}) || len(one.DataFlows) != 1 || one.Review.State != "draft" {
		t.Errorf("%+v", one)
	}
	if !strings.HasPrefix(one.PriorityReason, "Anyone could do it") || !strings.Contains(one.PriorityReason, "it concerns card number (high sensitivity)") {
		t.Errorf("%q", one.PriorityReason)
	}
	if three.Priority != "low" || !slices.Equal(three.Safeguards, []string{d.Safeguards[0].ID}) || !strings.Contains(three.PriorityReason, "Links expire after 7 days") {
		t.Errorf("%+v", three)
	}
	if !slices.Equal(three.Steps, []string{d.Journey[0].ID}) || !slices.Equal(d.Journey[0].AbuseCases, []string{three.ID}) || d.Journey[0].Actor != "shopper" {
		t.Errorf("%+v %+v", three.Steps, d.Journey)
	}
	if !slices.ContainsFunc(d.Dropped, func(x threatmodel.Dropped) bool { return x.Reason == threatmodel.Duplicate && x.Rule == "r2" }) {
		t.Errorf("the merged case is not listed: %+v", d.Dropped)
	}
}

func TestLeastPriority(t *testing.T) {
	d := draft(t, read(t, "share.md", prd), Options{MinPriority: threatmodel.High}, everything())
	if len(d.AbuseCases) != 1 || !slices.ContainsFunc(d.Dropped, func(x threatmodel.Dropped) bool {
		return x.Text == "Three" && x.Reason == threatmodel.BelowThreshold && len(x.Cited) == 1
	}) {
		t.Errorf("%+v", d.Dropped)
	}
	if len(d.Journey[0].AbuseCases) != 0 {
		t.Error("a step points to a case that is not in the draft")
	}
}

func TestQuestionsAndCoverage(t *testing.T) {
	d := draft(t, read(t, "share.md", prd), Options{}, everything())
	var order []string
	for _, q := range d.Questions {
		order = append(order, q.Question)
	}
	if !slices.Equal(order, []string{"c", "b", "a"}) {
		t.Errorf("%q", order)
	}
	c := d.Coverage
	if c.Sentences != 10 || c.SentencesCited != 7 || c.Questions != (threatmodel.QuestionCoverage{Answered: 1, Unanswered: 2}) {
		t.Errorf("%+v", c)
	}
	if len(c.Sections) != 2 || c.Sections[0] != (threatmodel.SectionCoverage{Section: "Sharing", Sentences: 6, Citations: 5, AbuseCases: 1}) ||
		c.Sections[1] != (threatmodel.SectionCoverage{Section: "Journey", Sentences: 3, Citations: 2, AbuseCases: 1}) {
		t.Errorf("%+v", c.Sections)
	}
	if len(d.Warnings) != 1 || d.Warnings[0].Section != "Journey" {
		t.Errorf("%+v", d.Warnings)
	}
}

func TestTwoEngines(t *testing.T) {
	text := read(t, "share.md", prd)
	model := everything()
	model.Origin = "llm"
	model.Assets = append(model.Assets, proposal.Asset{Name: "link", Evidence: at(6)})
	for i := range model.AbuseCases {
		model.AbuseCases[i].Rule = ""
	}
	d := draft(t, text, Options{}, everything(), model)
	if len(d.Assets) != 5 || len(d.AbuseCases) != 2 || len(d.Journey) != 2 || len(d.Questions) != 3 {
		t.Fatalf("%d assets, %d cases, %d steps, %d questions", len(d.Assets), len(d.AbuseCases), len(d.Journey), len(d.Questions))
	}
	if d.Assets[0].Origin != "both" || d.AbuseCases[0].Origin != "both" || d.AbuseCases[0].Rule != "r1" || d.Journey[0].Origin != "both" {
		t.Errorf("%v %v %v", d.Assets[0].Origin, d.AbuseCases[0], d.Journey[0].Origin)
	}
	if i := slices.IndexFunc(d.Assets, func(a threatmodel.Asset) bool { return a.Name == "link" }); i < 0 || d.Assets[i].Origin != "llm" {
		t.Errorf("%+v", d.Assets)
	}
	alone := draft(t, text, Options{}, everything())
	if alone.Assets[0].ID != d.Assets[0].ID || alone.AbuseCases[0].ID != d.AbuseCases[0].ID {
		t.Error("a second engine changes ids")
	}
}

// TestIDsSurviveEdits moves, rewords and adds text, and renames the folder.
func TestIDsSurviveEdits(t *testing.T) {
	before := draft(t, read(t, "prd/share.md", prd), Options{}, everything())
	edited := strings.Replace(prd, "## Sharing\n", "## Sharing and more\n\n<!-- -->\n", 1) + "\nOne more line.\n"
	after := draft(t, read(t, "elsewhere/share.md", edited), Options{}, everything())
	if len(before.Assets) != len(after.Assets) || len(after.AbuseCases) == 0 {
		t.Fatalf("%+v", after.Dropped)
	}
	for i := range before.Assets {
		if before.Assets[i].ID != after.Assets[i].ID {
			t.Errorf("%s: %s became %s", before.Assets[i].Name, before.Assets[i].ID, after.Assets[i].ID)
		}
	}
	if before.AbuseCases[0].ID != after.AbuseCases[0].ID {
		t.Error("the abuse case has another id")
	}
}

func TestDraftHasNoNull(t *testing.T) {
	text := read(t, "share.md", prd)
	for name, d := range map[string]*threatmodel.Draft{"full": draft(t, text, Options{}, everything()), "empty": draft(t, text, Options{}), "bare": draft(t, text, Options{}, &proposal.Set{})} {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("null")) {
			t.Errorf("%s: null in %s", name, data)
		}
		d.Engine.Kind = "rules"
		data, _ = json.Marshal(d)
		if _, err := threatmodel.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDraftIsTheSameTwice(t *testing.T) {
	text := read(t, "share.md", prd)
	a, _ := json.Marshal(draft(t, text, Options{}, everything()))
	for range 5 {
		if b, _ := json.Marshal(draft(t, text, Options{}, everything())); !bytes.Equal(a, b) {
			t.Fatal("two drafts of the same differ")
		}
	}
}
