package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// An asker answers for a model. It knows what each pass is, and keeps what it was asked.
type asker struct {
	facts   func(lines []string) any // of a part's numbered lines; nil: nothing
	again   func(user string) any
	whatIf  func(lines []string, user string) any
	open    func(keys []string) any
	verdict func(title string) map[string]any // nil: carried
	same    func(title string) string         // how the claim begins that it is the same as; "" is none
	fools   bool                              // the judge gets the controls wrong
	fail    func(q caller.Question) error
	cut     func(q caller.Question) bool

	mu    sync.Mutex
	asked []caller.Question
}

func (a *asker) Spent() caller.Spent {
	a.mu.Lock()
	defer a.mu.Unlock()
	return caller.Spent{Requests: len(a.asked)}
}

func (a *asker) Ask(ctx context.Context, q caller.Question) (caller.Answer, error) {
	a.mu.Lock()
	a.asked = append(a.asked, q)
	a.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return caller.Answer{}, err
	}
	if a.fail != nil {
		if err := a.fail(q); err != nil {
			return caller.Answer{}, err
		}
	}
	data, _ := json.Marshal(a.reply(q))
	if err := q.Accept(string(data)); err != nil {
		return caller.Answer{}, &caller.Rejected{Name: q.Name, Reason: err.Error()}
	}
	return caller.Answer{Text: string(data), Cut: a.cut != nil && a.cut(q)}, nil
}

func (a *asker) reply(q caller.Question) any {
	user := q.Request.User
	var got any
	switch {
	case q.Pass == passFacts && a.facts != nil:
		got = a.facts(numbered(user))
	case q.Pass == passAgain && a.again != nil:
		got = a.again(user)
	case q.Pass == passWhatIf && a.whatIf != nil:
		got = a.whatIf(numbered(user), user)
	case q.Pass == passQuestions && a.open != nil:
		var keys []string
		for _, m := range openLine.FindAllStringSubmatch(user, -1) {
			keys = append(keys, m[1])
		}
		got = a.open(keys)
	case q.Pass == passJudge:
		got = a.verdicts(user)
	}
	if got == nil {
		got = map[string]any{}
		for _, list := range []string{"assets", "actors", "dependencies", "flows", "safeguards", "steps", "answers", "noticed", "abuse_cases", "questions"} {
			got.(map[string]any)[list] = []any{}
		}
	}
	return got
}

var numberedLine = regexp.MustCompile(`(?m)^(\d+)\| (.*)$`)

// numbered returns the numbered lines of a request; the first is line 1.
func numbered(user string) []string {
	var lines []string
	for _, m := range numberedLine.FindAllStringSubmatch(user, -1) {
		lines = append(lines, m[2])
	}
	return lines
}

// at returns the number of the line that has the words, or nothing.
func at(lines []string, words string) []int {
	for i, l := range lines {
		if strings.Contains(l, words) {
			return []int{i + 1}
		}
	}
	return nil
}

var openLine = regexp.MustCompile(`(?m)^- ([a-z_]+\.[a-z_]+): `)

var claimLine = regexp.MustCompile(`(?m)^Claim (\d+): (.*)$`)

func (a *asker) verdicts(user string) any {
	p, _ := BuiltinPrompts()
	var all []map[string]any
	claims := claimLine.FindAllStringSubmatch(user, -1)
	for _, m := range claims {
		n, _ := strconv.Atoi(m[1])
		v := map[string]any{"carried": "yes", "plain": true}
		if a.verdict != nil {
			for k, x := range a.verdict(m[2]) {
				v[k] = x
			}
		}
		if a.same != nil {
			for _, other := range claims {
				if first := a.same(m[2]); first != "" && strings.HasPrefix(other[2], first) {
					v["same_as"], _ = strconv.Atoi(other[1])
				}
			}
		}
		for i, pool := range [][]control{p.controls.Sound, p.controls.Unsound} {
			for _, c := range pool {
				if strings.HasPrefix(m[2], c.Title) {
					v = map[string]any{"carried": "yes"}
					if i == 1 && !a.fools {
						v["carried"] = "no"
					}
				}
			}
		}
		v["claim"] = n
		all = append(all, v)
	}
	return map[string]any{"verdicts": all}
}

// of counts the requests of a pass.
func (a *asker) of(pass string) (list []caller.Question) {
	for _, q := range a.asked {
		if q.Pass == pass {
			list = append(list, q)
		}
	}
	return list
}

type object = map[string]any

// things makes a reply with one list.
func things(list string, items ...object) object {
	o := object{}
	for _, name := range []string{"assets", "actors", "dependencies", "flows", "safeguards", "steps", "answers"} {
		o[name] = []object{}
	}
	o[list] = items
	return o
}

const share = `# Report links

## Sharing

A user makes a link to a report with names and invoices.
Anyone with the link can open the report.
Links are sent by Mailgrid.

## Limits

Links expire after 7 days.
`

func parse(t testing.TB, text string) *reading.Text {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "prd.md"})
	if err != nil {
		t.Fatal(err)
	}
	return reading.Read(doc)
}

func words(text string) int { return len(strings.Fields(text))*4/3 + 1 }

// propose runs the engine and returns its sets by origin.
func propose(t testing.TB, text string, opt Options) map[string]*proposal.Set {
	t.Helper()
	sets, err := tryPropose(t, text, opt)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

func tryPropose(t testing.TB, text string, opt Options) (map[string]*proposal.Set, error) {
	t.Helper()
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if opt.Count == nil {
		opt.Count = words
	}
	e, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64 // batches are judged at the same time
	e.mark = func() string { return fmt.Sprintf("MARK%d", n.Add(1)) }
	sets, err := e.Propose(context.Background(), parse(t, text), fw)
	by := map[string]*proposal.Set{}
	for _, s := range sets {
		by[s.Origin] = s
	}
	return by, err
}
