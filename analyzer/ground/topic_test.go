package ground

import (
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// What answers a silence is a plain claim about the same thing.
func TestWhatAnswersASilence(t *testing.T) {
	const head = "# Gift cards\n\n## Redeeming\n\nShoppers type the code of a gift card at the till.\n\n"
	tests := []struct {
		what, rest, phrase string
		answered           bool
	}{
		{"the same section", "Wrong attempts lock it.\n", "wrong attempts", true},
		{"the subject elsewhere", "## Limits\n\nGift cards have a rate limit.\n", "rate limit", true},
		{"a word of the evidence elsewhere", "## Limits\n\nEntering a code has a rate limit.\n", "rate limit", true},
		{"a heading that names it", "## Gift card limits\n\nThere is a rate limit.\n", "rate limit", true},
		{"everything", "## Platform\n\nEvery endpoint has a rate limit.\n", "rate limit", true},
		{"a part on security", "## Security\n\nRequests have a rate limit.\n", "rate limit", true},
		{"one word with the subject", "## Limits\n\nGift cards expire.\n", "expire", true},
		{"another subject", "## Newsletter\n\nSign-up has a rate limit.\n", "rate limit", false},
		{"one word about another subject", "## Sessions\n\nSessions expire after an hour.\n", "expire", false},
		{"one word, sweepingly", "## Sessions\n\nAll sessions expire after an hour.\n", "expire", false},
		{"denied", "Gift cards have no rate limit.\n", "rate limit", false},
		{"in part", "Gift cards have no rate limit unless the till asks for one.\n", "rate limit", false},
		{"asked", "Do gift cards need a rate limit?\n", "rate limit", false},
		{"undecided", "The rate limit of gift cards is TBD.\n", "rate limit", false},
		{"planned", "Gift cards get a rate limit in phase 2.\n", "rate limit", false},
		{"planned by its heading", "## Future work\n\nGift cards get a rate limit.\n", "rate limit", false},
		{"out of scope", "A rate limit for gift cards is out of scope.\n", "rate limit", false},
		{"a metric", "## Success metrics\n\nGift cards that meet the rate limit stay under 1 %.\n", "rate limit", false},
		{"hidden", "<!-- Gift cards have a rate limit. -->\n", "rate limit", false},
	}
	for _, tt := range tests {
		text := read(t, head+tt.rest)
		a := proposal.AbuseCase{Title: "Codes are guessed", Category: "fraud", Subject: "gift card", Evidence: on(t, text, "Shoppers"),
			Silences: []proposal.Silence{{What: "a limit", Searched: []string{tt.phrase}}}}
		r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{a}})
		if got := len(r.Dropped) == 1 && r.Dropped[0].Reason == threatmodel.Safeguarded; got != tt.answered || !got && len(r.AbuseCases) != 1 {
			t.Errorf("%s: answered %v, want %v: %+v", tt.what, got, tt.answered, r.Dropped)
		}
	}
}

// In a document without headings one word far away is no answer.
func TestFarAwayInOneSection(t *testing.T) {
	src := "Shoppers type the code of a gift card.\n\n"
	for range 40 {
		src += "The till is green.\n\n"
	}
	text := read(t, src+"Old sessions expire.\n")
	a := proposal.AbuseCase{Title: "Codes last for ever", Category: "fraud", Subject: "gift card", Evidence: on(t, text, "Shoppers"),
		Silences: []proposal.Silence{{What: "an end", Searched: []string{"expire"}}}}
	if r := check(t, text, &proposal.Set{AbuseCases: []proposal.AbuseCase{a}}); len(r.AbuseCases) != 1 {
		t.Errorf("dropped: %+v", r.Dropped)
	}
}
