package ground

import (
	"context"
	"errors"
	"strings"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

const prd = `# Share links

## Sharing

Anyone with the link can open the report.
We store names but not photos.
Links do not expire.

<!-- Passwords are kept in plain text. -->

Admins can:

- export all invoices
- delete a workspace

| Role | May see |
|---|---|
| Guest | the report |

## Sessions

Sessions expire after 30 minutes.
All admin actions are written to an audit log.

## Out of scope

Payment by card number.

## Open questions

Should links expire?

## Phase 2

Location history is kept for a year.
`

func read(t testing.TB, text string) *reading.Text {
	t.Helper()
	out, ok := tryRead(text)
	if !ok {
		t.Fatal("the document is not read")
	}
	return out
}

func tryRead(text string) (*reading.Text, bool) {
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "a.md", Format: document.Markdown})
	if err != nil {
		return nil, false
	}
	return reading.Read(doc), true
}

// number returns the number of the first sentence that has the words.
func number(t testing.TB, text *reading.Text, words string) int {
	t.Helper()
	for _, s := range text.Sentences {
		if strings.Contains(s.Text, words) {
			return s.Num
		}
	}
	t.Fatalf("no sentence has %q", words)
	return 0
}

func check(t testing.TB, text *reading.Text, set *proposal.Set) *Result {
	t.Helper()
	r, err := Check(context.Background(), text, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// on returns evidence that points to the sentences that have the words.
func on(t testing.TB, text *reading.Text, words ...string) proposal.Evidence {
	t.Helper()
	var ev proposal.Evidence
	for _, w := range words {
		ev.Sentences = append(ev.Sentences, number(t, text, w))
	}
	return ev
}

func TestAssets(t *testing.T) {
	text := read(t, prd)
	tests := []struct {
		what  string
		asset proposal.Asset
		why   threatmodel.DropReason // "" if it is kept
	}{
		{"stands there", proposal.Asset{Name: "report", Evidence: on(t, text, "Anyone with")}, ""},
		{"names beside a denial", proposal.Asset{Name: "names", Evidence: on(t, text, "We store")}, ""},
		{"by its head", proposal.Asset{Name: "monthly report data", Evidence: on(t, text, "Anyone with")}, ""},
		{"by an alias", proposal.Asset{Name: "bills", Aliases: []string{"invoice"}, Evidence: on(t, text, "export all")}, ""},
		{"in the lead-in", proposal.Asset{Name: "admin", Evidence: on(t, text, "export all")}, ""},
		{"in the table's header", proposal.Asset{Name: "role", Evidence: on(t, text, "Guest")}, ""},
		{"in the heading", proposal.Asset{Name: "sharing", Evidence: on(t, text, "Anyone with")}, ""},
		{"on the heading itself", proposal.Asset{Name: "session", Evidence: on(t, text, "Sessions")}, ""},
		{"is not there", proposal.Asset{Name: "passport", Evidence: on(t, text, "Anyone with")}, threatmodel.Unsupported},
		{"only its filler is there", proposal.Asset{Name: "passport of the guest", Evidence: on(t, text, "Guest")}, threatmodel.Unsupported},
		{"denied", proposal.Asset{Name: "photos", Evidence: on(t, text, "We store")}, threatmodel.Contradicted},
		{"out of scope", proposal.Asset{Name: "card number", Evidence: on(t, text, "Payment by")}, threatmodel.OutOfScope},
		{"asked", proposal.Asset{Name: "links", Evidence: on(t, text, "Should links")}, threatmodel.OutOfScope},
		{"for later", proposal.Asset{Name: "location history", Evidence: on(t, text, "Location history")}, threatmodel.OutOfScope},
		{"hidden", proposal.Asset{Name: "passwords", Evidence: on(t, text, "Passwords")}, threatmodel.Unsupported},
		{"no such sentence", proposal.Asset{Name: "report", Evidence: proposal.Evidence{Sentences: []int{0, -5, 9999}}}, threatmodel.NoSuchSentence},
		{"no evidence", proposal.Asset{Name: "report"}, threatmodel.Unsupported},
		{"no name", proposal.Asset{Name: " - ", Evidence: on(t, text, "Anyone with")}, threatmodel.Invalid},
		{"wrong category", proposal.Asset{Name: "report", Category: "secret", Evidence: on(t, text, "Anyone with")}, threatmodel.Invalid},
		{"wrong sensitivity", proposal.Asset{Name: "report", Sensitivity: "NaN", Evidence: on(t, text, "Anyone with")}, threatmodel.Invalid},
		{"quote", proposal.Asset{Name: "report", Evidence: proposal.Evidence{Quotes: []string{"can open the report"}}}, ""},
		{"wrong quote", proposal.Asset{Name: "report", Evidence: proposal.Evidence{Quotes: []string{"can shred the report"}}}, threatmodel.QuoteNotFound},
		{"hidden quote", proposal.Asset{Name: "passwords", Evidence: proposal.Evidence{Quotes: []string{"Passwords are kept in plain text."}}}, threatmodel.Unsupported},
	}
	for _, tt := range tests {
		r := check(t, text, &proposal.Set{Assets: []proposal.Asset{tt.asset}})
		if tt.why == "" && (len(r.Assets) != 1 || len(r.Assets[0].Citations) == 0) {
			t.Errorf("%s: dropped: %+v", tt.what, r.Dropped)
		}
		if tt.why != "" && (len(r.Dropped) != 1 || r.Dropped[0].Reason != tt.why || r.Dropped[0].Detail == "") {
			t.Errorf("%s: %+v", tt.what, r.Dropped)
		}
	}
}

func TestEvidenceThatDeniesIsNotCited(t *testing.T) {
	text := read(t, "# T\n\nThe app keeps photos.\n\nPhotos are never shown.\n\nIn phase 2, photos move.\n")
	r := check(t, text, &proposal.Set{Assets: []proposal.Asset{{Name: "photos", Evidence: proposal.Evidence{Sentences: []int{4, 2, 3, 2}}}}})
	if len(r.Assets) != 1 || len(r.Assets[0].Citations) != 1 || r.Assets[0].Citations[0].Sentence != 2 {
		t.Fatalf("%+v %+v", r.Assets, r.Dropped)
	}
}

func TestOtherFacts(t *testing.T) {
	text := read(t, prd)
	set := &proposal.Set{
		Actors: []proposal.Actor{{Name: "Admins", Evidence: on(t, text, "Admins can"), Privileges: []proposal.Privilege{
			{Text: "export all invoices", Evidence: on(t, text, "export all")}, {Text: "read every message", Evidence: on(t, text, "export all")}}}},
		Dependencies: []proposal.Dependency{{Name: "Twilio", Evidence: on(t, text, "Anyone with")}},
		Flows: []proposal.Flow{{Source: "the product", Destination: "guest", Action: "shows", Data: []string{"report"}, Evidence: on(t, text, "Guest")},
			{Source: "the product", Destination: "the moon", Action: "sends", Evidence: on(t, text, "Guest")}, {Destination: "guest", Evidence: on(t, text, "Guest")}},
		Safeguards: []proposal.Safeguard{{Text: "sessions expire after 30 minutes", Evidence: on(t, text, "Sessions expire")},
			{Text: "links expire", Evidence: on(t, text, "Links do")}, {Text: "links do not expire", Evidence: on(t, text, "Links do")}},
		Steps: []proposal.Step{{Text: "opens the report with the link", Evidence: on(t, text, "Anyone with")}, {Text: "", Evidence: on(t, text, "Anyone with")}},
		Withheld: []proposal.Withheld{{Kind: "abuse_case", Text: "x", Reason: "safeguarded", Evidence: on(t, text, "Sessions expire")},
			{Kind: "odd", Text: "y", Reason: "odd"}},
		Warnings: []proposal.Warning{{Code: "c", Message: "m", Sentence: number(t, text, "Sessions expire")}, {Sentence: -1}},
	}
	r := check(t, text, set)
	if len(r.Actors) != 1 || len(r.Actors[0].Item.Privileges) != 1 || len(r.Actors[0].Extra) != 1 {
		t.Errorf("actors: %+v", r.Actors)
	}
	if len(set.Actors[0].Privileges) != 2 {
		t.Error("the set was changed")
	}
	if len(r.Dependencies) != 0 || len(r.Flows) != 1 || len(r.Safeguards) != 2 || len(r.Steps) != 1 {
		t.Errorf("%d dependencies, %d flows, %d safeguards, %d steps: %+v", len(r.Dependencies), len(r.Flows), len(r.Safeguards), len(r.Steps), r.Dropped)
	}
	want := map[string]threatmodel.DropReason{"links expire": threatmodel.Contradicted, "Twilio": threatmodel.Unsupported, "x": threatmodel.Safeguarded,
		"y": threatmodel.Invalid, "Admins: read every message": threatmodel.Unsupported, "(no name)": threatmodel.Invalid}
	for _, d := range r.Dropped {
		if reason, ok := want[d.Text]; ok && reason != d.Reason {
			t.Errorf("%s: %+v", d.Text, d)
		}
		delete(want, d.Text)
	}
	if len(want) > 0 {
		t.Errorf("not dropped: %v", want)
	}
	if len(r.Warnings) != 2 || r.Warnings[0].Section != "Sessions" || r.Warnings[1].Section != "" {
		t.Errorf("warnings: %+v", r.Warnings)
	}
}

func abuse(ev proposal.Evidence, silences ...proposal.Silence) proposal.AbuseCase {
	return proposal.AbuseCase{Title: "A forwarded link opens for anyone", Category: "data_exposure", Subject: "link", Rule: "r", Silences: silences, Evidence: ev}
}

func TestAbuseCases(t *testing.T) {
	text := read(t, prd)
	ev := on(t, text, "Anyone with")
	tests := []struct {
		what string
		a    proposal.AbuseCase
		why  threatmodel.DropReason
	}{
		{"nothing said", abuse(ev, proposal.Silence{Searched: []string{"watermark"}}), ""},
		{"only denied and asked", abuse(ev, proposal.Silence{Searched: []string{"link expires"}}), ""},
		{"one word about something else", abuse(ev, proposal.Silence{Searched: []string{"expire"}}), ""},
		{"a telling phrase anywhere", abuse(ev, proposal.Silence{Searched: []string{"audit log"}}), threatmodel.Safeguarded},
		{"one word in the own section", abuse(ev, proposal.Silence{Searched: []string{"delete"}}), threatmodel.Safeguarded},
		{"elsewhere, but only here matters", abuse(ev, proposal.Silence{Searched: []string{"audit log"}, Within: ev.Sentences}), ""},
		{"out of scope is no answer", abuse(ev, proposal.Silence{Searched: []string{"card number"}}), ""},
		{"later is no answer", abuse(ev, proposal.Silence{Searched: []string{"location history"}}), ""},
		{"hidden is no answer", abuse(ev, proposal.Silence{Searched: []string{"passwords kept"}}), ""},
		{"no words to search for", abuse(ev, proposal.Silence{What: "x", Searched: []string{" ", "!"}}), threatmodel.Unsupported},
		{"a heading alone", abuse(on(t, text, "Sessions")), threatmodel.Unsupported},
		{"subject elsewhere", abuse(on(t, text, "Sessions expire")), threatmodel.Unsupported},
		{"stands on what is out of scope", proposal.AbuseCase{Title: "t", Category: "fraud", Evidence: on(t, text, "Payment by")}, threatmodel.OutOfScope},
		{"no category", proposal.AbuseCase{Title: "t", Evidence: ev}, threatmodel.Invalid},
		{"absent without a search", proposal.AbuseCase{Title: "t", Category: "fraud", Basis: "absent", Evidence: ev}, threatmodel.Unsupported},
	}
	for _, tt := range tests {
		r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{tt.a}})
		if tt.why == "" && len(r.AbuseCases) != 1 {
			t.Errorf("%s: %+v", tt.what, r.Dropped)
		}
		if tt.why != "" && (len(r.Dropped) != 1 || r.Dropped[0].Reason != tt.why || r.Dropped[0].Detail == "" || r.Dropped[0].Rule != tt.a.Rule) {
			t.Errorf("%s: %+v", tt.what, r.Dropped)
		}
	}
}

func TestContentsDoNotAnswer(t *testing.T) {
	text := read(t, "# T\n\nThe link opens.\n\n1. Audit log ... 4\n2. Rate limits\n\n## 1 Audit log\n\nNothing here.\n")
	a := proposal.AbuseCase{Title: "t", Category: "fraud", Evidence: on(t, text, "The link"), Silences: []proposal.Silence{{Searched: []string{"audit log"}}}}
	if r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{a}}); len(r.AbuseCases) != 1 || len(r.AbuseCases[0].Absences[0].Hits) != 1 {
		t.Errorf("%+v", r)
	}
	a.Silences[0].Searched = []string{"rate limits"}
	if r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{a}}); len(r.AbuseCases) != 0 {
		t.Error("a list item that is no heading does not answer")
	}
}

func TestAbsencesShowWhatDoesNotAnswer(t *testing.T) {
	text := read(t, prd)
	a := abuse(on(t, text, "Anyone with"), proposal.Silence{What: "how long a link works", Searched: []string{"link expires", "link expires"}})
	r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{a, a}})
	if len(r.AbuseCases) != 1 || len(r.Dropped) != 1 || r.Dropped[0].Reason != threatmodel.Duplicate {
		t.Fatalf("%+v %+v", r.AbuseCases, r.Dropped)
	}
	abs := r.AbuseCases[0].Absences
	if len(abs) != 1 || len(abs[0].Searched) != 1 || len(abs[0].Hits) != 2 || abs[0].Hits[0].Quote != "Links do not expire." {
		t.Errorf("%+v", abs)
	}
	if r.AbuseCases[0].Item.Basis != "absent" {
		t.Errorf("basis %q", r.AbuseCases[0].Item.Basis)
	}
}

func TestSafeguardedSaysWhere(t *testing.T) {
	text := read(t, prd)
	r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{abuse(on(t, text, "Anyone with"), proposal.Silence{Searched: []string{"audit log"}})}})
	d := r.Dropped[0]
	if len(d.Cited) != 1 || !strings.Contains(d.Cited[0].Quote, "audit log") || !strings.Contains(d.Detail, "line 23") || !strings.Contains(d.Detail, "audit log") {
		t.Errorf("%+v", d)
	}
}

func TestQuestions(t *testing.T) {
	text := read(t, prd)
	tests := []struct {
		what   string
		q      proposal.Question
		status string
		cited  int
	}{
		{"answered", proposal.Question{Key: "k", Status: "answered", Answer: "sessions expire after 30 minutes", Evidence: on(t, text, "Sessions expire")}, "answered", 1},
		{"answered by what is out of scope", proposal.Question{Key: "k", Status: "answered", Answer: "a", Evidence: on(t, text, "Payment by")}, "unanswered", 0},
		{"answered by nothing", proposal.Question{Key: "k", Status: "answered", Answer: "a"}, "unanswered", 0},
		{"unanswered, and it is so", proposal.Question{Key: "k", Status: "unanswered", Answer: "a", Searched: []string{"backup"}}, "unanswered", 0},
		{"unanswered, but it is said", proposal.Question{Key: "k", Status: "unanswered", Searched: []string{"audit log"}}, "partly", 1},
		{"unanswered, and only denied", proposal.Question{Key: "k", Status: "unanswered", Searched: []string{"links expire"}}, "unanswered", 0},
	}
	for _, tt := range tests {
		r := check(t, text, &proposal.Set{Questions: []proposal.Question{tt.q}})
		if len(r.Questions) != 1 || r.Questions[0].Item.Status != tt.status || len(r.Questions[0].Citations) != tt.cited {
			t.Errorf("%s: %+v", tt.what, r.Questions)
		}
	}
	r := check(t, text, &proposal.Set{Questions: []proposal.Question{{Key: "k", Status: "answered", Answer: "they are forwarded to the police", Evidence: on(t, text, "Sessions expire")},
		{Key: "k", Status: "maybe"}, {Status: "answered"}}})
	if got := r.Questions[0].Item.Answer; got != "Sessions expire after 30 minutes." {
		t.Errorf("an answer that is not in the text: %q", got)
	}
	if len(r.Dropped) != 2 {
		t.Errorf("%+v", r.Dropped)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Check(ctx, read(t, prd), &proposal.Set{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
