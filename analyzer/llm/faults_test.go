package llm

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/rules"
)

// TestServerTakesLess cuts the document anew for a server that says that it takes less than was thought.
func TestServerTakesLess(t *testing.T) {
	takes := func(limit int) func(q caller.Question) error {
		return func(q caller.Question) error {
			if size := words(q.Request.System) + words(q.Request.User) + q.Request.MaxTokens; size > limit {
				return &client.Error{Fault: client.TooLong, Context: limit, Message: "too long"}
			}
			return nil
		}
	}
	text := "# Product\n" + strings.Repeat("\n## Part\n\nThe clerk sends the card number to Paymore. Anyone with the link can open the receipt.\n", 20)
	a := &asker{fail: takes(4096), facts: func(lines []string) any {
		return things("safeguards", object{"s": []int{1}, "text": lines[0]})
	}}
	set := propose(t, text, Options{Asker: a, Context: 16000, Chunk: 100})["llm"]
	if len(set.Warnings) > 0 || len(set.Safeguards) == 0 {
		t.Errorf("%d safeguards, warnings %+v", len(set.Safeguards), set.Warnings)
	}
	refused := 0
	for _, q := range a.asked {
		if a.fail(q) != nil {
			refused++
		}
	}
	if limit := len(a.of(passFacts)) / 2; refused == 0 || refused > limit {
		t.Errorf("%d of %d requests were too long, want some, but of each part only one", refused, len(a.asked))
	}
	if set.Spent.Requests != len(a.asked) {
		t.Errorf("%d requests are told, %d were sent", set.Spent.Requests, len(a.asked))
	}

	_, err := tryPropose(t, text, Options{Asker: &asker{fail: takes(300)}, Context: 16000})
	if err == nil || !strings.Contains(err.Error(), "--single") {
		t.Errorf("a server that takes too little for anything: %v", err)
	}
	sets, err := tryPropose(t, text, Options{Asker: &asker{fail: takes(300)}, Context: 16000, Rules: &rules.Engine{}})
	if err != nil || len(sets["rules"].AbuseCases) == 0 {
		t.Errorf("the built-in engine's draft is lost: %v", err)
	}
}

// TestFailuresAreTold shows that each piece that is missing is named, and that all the others are there.
func TestFailuresAreTold(t *testing.T) {
	for pass, want := range map[string]string{
		passFacts:     "The model did not read “",
		passAgain:     "The model did not look again at “",
		passWhatIf:    "The model did not say what could go wrong in “",
		passJudge:     "The findings in “",
		passQuestions: "The model proposed nothing for the open questions: ",
	} {
		for _, test := range []struct {
			err       error
			code, end string
		}{
			{&caller.Rejected{Reason: "there are 3 claims, and 0 verdicts"}, "chunk_failed",
				": neither its reply nor a second one can be used (there are 3 claims, and 0 verdicts); a larger model may do better, or --single. Another run asks for it again."},
			{&caller.Rejected{Reason: "nothing in it is whole: answer with less", Cut: true}, "chunk_failed",
				": its reply was cut at the limit of tokens and cannot be used (nothing in it is whole); raise --max-output. Another run asks for it again."},
			{&client.Error{Fault: client.Refused, Message: "the model declines; another may take it"}, "chunk_failed", ": the model declines; another may take it. Another run asks for it again."},
			{&caller.Stopped{Reason: "no more", Err: errors.New("no more")}, "not_asked", ": nothing more was asked."},
		} {
			t.Run(fmt.Sprint(pass, " ", test.code), func(t *testing.T) {
				a := &asker{whatIf: openLink(nil), fail: func(q caller.Question) error {
					if q.Pass == pass {
						return test.err
					}
					return nil
				}}
				set := propose(t, share, Options{Asker: a, Rules: &rules.Engine{}})["llm"]
				told := 0
				for _, w := range set.Warnings {
					if w.Code == test.code {
						told++
						if !strings.HasPrefix(w.Message, want) || !strings.HasSuffix(w.Message, test.end) {
							t.Errorf("told: %s", w.Message)
						}
					}
				}
				if told == 0 {
					t.Errorf("nothing is told: %+v", set.Warnings)
				}
				if pass != passWhatIf && len(set.AbuseCases) != 1 {
					t.Errorf("%d abuse cases", len(set.AbuseCases))
				}
			})
		}
	}
}

// TestEndlessAnswers bounds what a model may cost that goes on to the limit whatever it is asked.
func TestEndlessAnswers(t *testing.T) {
	text := "# Product\n\n" + strings.Repeat("The clerk sends the card number to Paymore. ", 40)
	for name, err := range map[string]error{"nothing whole": &caller.Rejected{Reason: "nothing in it is whole", Cut: true}, "something whole": nil} {
		a := &asker{}
		first := func(q caller.Question) bool { return q.Pass == passFacts }
		if err != nil {
			a.fail = func(q caller.Question) error {
				if first(q) {
					return err
				}
				return nil
			}
		} else {
			a.cut = first
		}
		set := propose(t, text, Options{Asker: a})["llm"]
		if got := len(a.of(passFacts)); got != 7 { // one, two and four
			t.Errorf("%s: one part was asked about %d times", name, got)
		}
		if len(set.Warnings) != 1 || !strings.Contains(set.Warnings[0].Message, "--max-output") {
			t.Errorf("%s: warnings %+v", name, set.Warnings)
		}
	}
}

// TestFirstFailure tells of the first failure in the document, whichever came first.
func TestFirstFailure(t *testing.T) {
	later := make(chan struct{})
	failed := sync.OnceFunc(func() { close(later) })
	a := &asker{fail: func(q caller.Question) error {
		if strings.Contains(q.Request.User, "1| # Report links") {
			<-later
			return errors.New("the first part failed")
		}
		time.AfterFunc(20*time.Millisecond, failed) // once it was noted
		return errors.New("another part failed")
	}}
	if _, err := tryPropose(t, share, Options{Asker: a, Chunk: 60}); err == nil || !strings.Contains(err.Error(), "the first part failed") {
		t.Errorf("a model that answers nothing: %v", err)
	}
}
