package rules

import (
	"context"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/reading"
)

// statusOf says how far one sentence answers a question of a pack or a core question.
func statusOf(t *testing.T, key, sentence string) string {
	t.Helper()
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Parse(context.Background(), []byte("# Ferry tickets\n\n## How it works\n\n"+sentence+"\n"), document.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{}
	q := fw.Question(key)
	if q == nil {
		t.Fatalf("no question %s", key)
	}
	one := *fw
	one.Packs, one.Questions = nil, []framework.Question{*q}
	one.Questions[0].Pack = ""
	sets, err := e.Propose(context.Background(), reading.Read(doc), &one)
	if err != nil {
		t.Fatal(err)
	}
	return sets[0].Questions[0].Status
}

func TestAnswersToPackQuestions(t *testing.T) {
	for _, test := range []struct{ key, text, want string }{
		{"integrations.forged_callback", "Each webhook signature is verified before the order moves on.", "answered"},
		{"integrations.forged_callback", "Skippers sign up with an email and add a photo.", "unanswered"},
		{"integrations.forged_callback", "Dispatchers sign in with a badge.", "unanswered"},
		{"integrations.stolen_token", "API keys are rotated every month.", "answered"},
		{"integrations.stolen_token", "The rotating banner shows new trips.", "unanswered"},
		{"admin.trace", "Every refund is recorded in the audit log.", "partly"},
		{"admin.trace", "Every refund is recorded in the audit log. Log entries cannot be edited by anybody.", "answered"},
		{"admin.trace", "Every refund is recorded in the audit log. The audit log is append only.", "answered"},
		{"admin.trace", "Support can log in as the customer.", "unanswered"},
		{"notifications.opt_out", "Passengers can unsubscribe from newsletter emails in the settings.", "answered"},
		{"notifications.opt_out", "Emails are blue.", "unanswered"},
		{"export.expiry", "Shared links expire after seven days.", "answered"},
		{"export.expiry", "When do shared links expire?", "unanswered"},
		{"vulnerable.consent", "Parental consent is recorded before a child gets an account.", "answered"},
		{"vulnerable.consent", "Parents may opt out of reminder messages.", "unanswered"},
		{"consequences.reputation", "Update the reputation of the seller.", "unanswered"},
		{"consequences.reputation", "A leak would damage our reputation.", "answered"},
	} {
		if got := statusOf(t, test.key, test.text); got != test.want {
			t.Errorf("%s: %q is %s, want %s", test.key, test.text, got, test.want)
		}
	}
}
