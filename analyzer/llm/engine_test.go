package llm

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/framework"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/reply"
	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
	"whatif/analyzer/threatmodel"
)

// openLink is the danger of the document share.
func openLink(change func(object)) func(lines []string, user string) any {
	return func(lines []string, user string) any {
		s := at(lines, "Anyone with the link")
		if s == nil {
			return object{"abuse_cases": []object{}}
		}
		c := object{"s": s, "k": []int{}, "anchor": "with the link can open", "title": "A forwarded link opens the report for strangers",
			"what_if": "What if the link is forwarded?", "about": "link", "category": "data_exposure", "question": "flow.recipient",
			"reach": "anyone", "needs": "a_link", "scale": "some", "undo": "never", "harm": "loss", "assets": []string{"invoices"}}
		if change != nil {
			change(c)
		}
		return object{"abuse_cases": []object{c}}
	}
}

func TestFactsPointToSentences(t *testing.T) {
	a := &asker{facts: func(lines []string) any {
		s := at(lines, "Mailgrid")
		if s == nil {
			return nil
		}
		return things("dependencies", object{"s": s, "name": "Mailgrid", "kind": "vendor", "role": "sends links"},
			object{"s": []int{99}, "name": "Nowhere"}, object{"s": []int{}, "name": "report"})
	}}
	set := propose(t, share, Options{Asker: a, Chunk: 60})["llm"]
	if len(a.of(passFacts)) < 2 {
		t.Fatalf("%d requests for facts; the document must be cut for this test", len(a.of(passFacts)))
	}
	if len(set.Dependencies) != 2 || set.Dependencies[0].Name != "Mailgrid" || !reflect.DeepEqual(set.Dependencies[0].Evidence.Sentences, []int{5}) {
		t.Errorf("dependencies: %+v", set.Dependencies)
	}
	if got := set.Dependencies[1].Evidence.Sentences; len(got) != 1 || got[0] < 3 || got[0] > 4 {
		t.Errorf("what points to no line is looked for by its name: %+v", set.Dependencies[1])
	}
	if len(set.Withheld) != 1 || set.Withheld[0].Reason != "no_such_sentence" || set.Withheld[0].Text != "Nowhere" {
		t.Errorf("withheld: %+v", set.Withheld)
	}
}

func TestAnchor(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(object)
		want   string // sentences, or the reason
	}{
		{"as it stands", nil, "[4]"},
		{"in another line of the part", func(c object) { c["anchor"] = "makes a link to a report" }, "[3 4]"},
		{"nowhere", func(c object) { c["anchor"] = "links never expire" }, "quote_not_found"},
		{"none", func(c object) { c["anchor"] = "" }, "[4]"},
		{"no words", func(c object) { c["anchor"] = "…" }, "[4]"},
		{"only an anchor", func(c object) { c["s"] = []int{} }, "[4]"},
		{"neither", func(c object) { c["s"], c["anchor"] = []int{}, "" }, "unsupported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := propose(t, share, Options{Asker: &asker{whatIf: openLink(test.change)}})["llm"]
			got := ""
			if len(set.Withheld) > 0 {
				got = set.Withheld[0].Reason
			} else if len(set.AbuseCases) == 1 {
				got = fmt.Sprint(set.AbuseCases[0].Evidence.Sentences)
			}
			if got != test.want {
				t.Errorf("got %q, want %q; %+v", got, test.want, set.Withheld)
			}
		})
	}
}

// TestKnownFromElsewhere shows that what stands in another section is known by a number, and its sentence cited with it.
func TestKnownFromElsewhere(t *testing.T) {
	a := &asker{
		facts: func(lines []string) any {
			if s := at(lines, "expire"); s != nil {
				return things("safeguards", object{"s": s, "text": "links expire after 7 days"})
			}
			return nil
		},
		whatIf: func(lines []string, user string) any {
			return openLink(func(c object) {
				if strings.Contains(user, "K1: safeguard: links expire after 7 days") {
					c["k"], c["in_place"] = []int{1}, []int{1}
				}
			})(lines, user)
		}}
	set := propose(t, share, Options{Asker: a, Chunk: 60})["llm"]
	if len(set.AbuseCases) != 1 {
		t.Fatalf("%d cases; %+v", len(set.AbuseCases), set.Withheld)
	}
	c := set.AbuseCases[0]
	if !reflect.DeepEqual(c.Evidence.Sentences, []int{4, 7}) || !slices.Equal(c.Safeguards, []string{"links expire after 7 days"}) {
		t.Errorf("evidence %v, safeguards %v", c.Evidence.Sentences, c.Safeguards)
	}
}

func TestJudge(t *testing.T) {
	facts := func(lines []string) any {
		return things("safeguards", object{"s": at(lines, "expire"), "text": "links expire after 7 days"})
	}
	for _, test := range []struct {
		name    string
		verdict object
		fools   bool
		want    string // reason, or confidence
		warning string
	}{
		{"carried", object{"carried": "yes"}, false, "high", ""},
		{"in part", object{"carried": "partly"}, false, "medium", ""},
		{"not carried", object{"carried": "no", "says": "the sentences speak of tea"}, false, "unsupported", ""},
		{"answered", object{"carried": "yes", "answered_by": []int{1}}, false, "safeguarded", ""},
		{"answered by nothing", object{"carried": "yes", "answered_by": []int{7}}, false, "high", ""},
		{"a fool refuses", object{"carried": "no"}, true, "low", "judge_unreliable"},
		{"a fool approves", object{"carried": "yes"}, true, "low", "judge_unreliable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &asker{facts: facts, whatIf: openLink(nil), fools: test.fools, verdict: func(string) map[string]any { return test.verdict }}
			set := propose(t, share, Options{Asker: a})["llm"]
			got, warned := "", ""
			if len(set.AbuseCases) == 1 {
				got = set.AbuseCases[0].Confidence
			} else if len(set.Withheld) == 1 {
				got = set.Withheld[0].Reason
			}
			if len(set.Warnings) > 0 {
				warned = set.Warnings[0].Code
			}
			if got != test.want || warned != test.warning {
				t.Errorf("got %q, warned %q; withheld %+v", got, warned, set.Withheld)
			}
		})
	}
}

func TestJudgeWordsPlainly(t *testing.T) {
	a := &asker{whatIf: openLink(nil), verdict: func(string) map[string]any {
		return object{"plain": false, "title": "Strangers read the report through a forwarded link."}
	}}
	set := propose(t, share, Options{Asker: a})["llm"]
	if len(set.AbuseCases) != 1 || set.AbuseCases[0].Title != "Strangers read the report through a forwarded link" {
		t.Errorf("%+v", set.AbuseCases)
	}
}

// TestHybrid shows that what the built-in engine found and the model never mentions is judged, doubted and not lost, and that both
// engines' word on one danger is one.
func TestHybrid(t *testing.T) {
	silent := &asker{}
	sets := propose(t, share, Options{Asker: silent, Rules: &rules.Engine{}})
	if len(sets["rules"].AbuseCases) == 0 {
		t.Fatal("the built-in engine finds nothing; this test needs a document in which it does")
	}
	ruled := len(sets["rules"].AbuseCases)
	if len(silent.of(passJudge)) == 0 {
		t.Error("findings that the model never mentioned were not judged")
	}

	refuses := &asker{verdict: func(string) map[string]any { return object{"carried": "no", "says": "nothing of it"} }}
	set := propose(t, share, Options{Asker: refuses, Rules: &rules.Engine{}})["rules"]
	if len(set.AbuseCases) != ruled || set.AbuseCases[0].Doubt == "" {
		t.Errorf("%d of %d findings are left, doubt %q", len(set.AbuseCases), ruled, set.AbuseCases[0].Doubt)
	}

	fool := &asker{fools: true, verdict: refuses.verdict}
	if set := propose(t, share, Options{Asker: fool, Rules: &rules.Engine{}})["rules"]; set.AbuseCases[0].Doubt != "" {
		t.Error("a judge that gets the controls wrong casts doubt")
	}

	agrees := &asker{whatIf: openLink(nil)}
	sets = propose(t, share, Options{Asker: agrees, Rules: &rules.Engine{}})
	kin := 0
	for _, c := range sets["rules"].AbuseCases {
		if c.Kin != "" && c.Kin == sets["llm"].AbuseCases[0].Kin {
			kin++
		}
	}
	if kin != 1 {
		t.Errorf("%d of the built-in engine's findings are the model's danger, want 1", kin)
	}
}

// TestNoticed shows that what the built-in engine noticed alone is asked about, and goes with a reason when the model refuses it.
func TestNoticed(t *testing.T) {
	a := &asker{again: func(user string) any {
		var noticed []object
		for i := 1; strings.Contains(user, fmt.Sprintf("\nR%d: ", i)); i++ {
			noticed = append(noticed, object{"r": i, "right": false})
		}
		o := things("steps")
		delete(o, "answers")
		o["noticed"] = noticed
		return o
	}}
	sets := propose(t, share, Options{Asker: a, Rules: &rules.Engine{}})
	if len(a.of(passAgain)) == 0 {
		t.Fatal("nothing was looked at again")
	}
	for _, x := range sets["rules"].Assets {
		if x.Sensitivity != "high" {
			t.Errorf("asset %s is left though the model refused it", x.Name)
		}
	}
	if !slices.ContainsFunc(sets["rules"].Withheld, func(w proposal.Withheld) bool {
		return w.Kind == "asset" && w.Text == "names" && w.Reason == "unsupported"
	}) {
		t.Errorf("the refusal is listed nowhere: %+v", sets["rules"].Withheld)
	}
}

func TestTooLongIsHalved(t *testing.T) {
	a := &asker{whatIf: openLink(nil), fail: func(q caller.Question) error {
		if len(numbered(q.Request.User)) > 4 {
			return &client.Error{Fault: client.TooLong, Message: "the context is too small"}
		}
		return nil
	}}
	set := propose(t, share, Options{Asker: a})["llm"]
	if len(set.AbuseCases) != 1 || !reflect.DeepEqual(set.AbuseCases[0].Evidence.Sentences, []int{4}) || len(set.Warnings) != 0 {
		t.Errorf("%+v, warnings %+v", set.AbuseCases, set.Warnings)
	}
}

// TestCutAnswer shows that what is whole in an answer that was cut counts, and that the halves are asked for the rest.
func TestCutAnswer(t *testing.T) {
	first := true
	a := &asker{whatIf: openLink(nil), cut: func(q caller.Question) bool {
		cut := q.Pass == passWhatIf && first
		first = first && !cut
		return cut
	}}
	set := propose(t, share, Options{Asker: a})["llm"]
	if got := len(a.of(passWhatIf)); got != 3 || len(set.AbuseCases) != 2 {
		t.Errorf("%d requests, %d cases", got, len(set.AbuseCases))
	}
}

func TestFailedPart(t *testing.T) {
	a := &asker{whatIf: openLink(nil), fail: func(q caller.Question) error {
		if q.Pass == passFacts && strings.Contains(q.Request.User, "expire") {
			return &caller.Rejected{Reason: "the reply is no JSON"}
		}
		return nil
	}}
	set := propose(t, share, Options{Asker: a, Chunk: 60})["llm"]
	if len(set.Warnings) != 1 || set.Warnings[0].Code != "chunk_failed" || set.Warnings[0].Sentence != 6 || !strings.Contains(set.Warnings[0].Message, "“Limits”") {
		t.Errorf("warnings: %+v", set.Warnings)
	}
	if len(set.AbuseCases) != 1 {
		t.Errorf("the other part is lost: %+v", set)
	}
}

func TestStopped(t *testing.T) {
	stopped := &caller.Stopped{Reason: "the limit of 0.50 dollars is reached (--max-cost)", Err: caller.ErrBudget}
	a := &asker{fail: func(q caller.Question) error {
		if q.Pass == passWhatIf {
			return stopped
		}
		return nil
	}}
	set := propose(t, share, Options{Asker: a})["llm"]
	if !slices.ContainsFunc(set.Warnings, func(w proposal.Warning) bool { return w.Code == "budget" && strings.Contains(w.Message, "--max-cost") }) {
		t.Errorf("warnings: %+v", set.Warnings)
	}
	never := &asker{fail: func(caller.Question) error { return stopped }}
	if _, err := tryPropose(t, share, Options{Asker: never}); !errors.Is(err, caller.ErrBudget) {
		t.Errorf("a model that was never asked: %v", err)
	}
	sets := propose(t, share, Options{Asker: never, Rules: &rules.Engine{}})
	if len(sets["rules"].AbuseCases) == 0 || !slices.ContainsFunc(sets["llm"].Warnings, func(w proposal.Warning) bool { return w.Code == "model_failed" }) {
		t.Errorf("the built-in engine's word is lost, or nothing says that it is alone: %+v", sets["llm"].Warnings)
	}
}

// TestPrefix shows that both requests about a part begin alike, up to what is asked, and that all parts have the head in common.
func TestPrefix(t *testing.T) {
	a := &asker{}
	propose(t, share, Options{Asker: a, Chunk: 60})
	facts, what := a.of(passFacts), a.of(passWhatIf)
	for _, q := range facts {
		end := strings.LastIndex(q.Request.User, "MARK1>>>")
		if !strings.HasPrefix(facts[0].Request.User, q.Request.User[:end]) {
			t.Errorf("the heads differ:\n%s", q.Request.User[:end])
		}
		body := q.Request.User[:strings.Index(q.Request.User, "Everything between the marks")]
		if !slices.ContainsFunc(what, func(w caller.Question) bool { return strings.HasPrefix(w.Request.User, body) }) {
			t.Errorf("no request for dangers begins as this one for facts does:\n%s", body)
		}
	}
}

// TestFits holds every request to the context of the model.
func TestFits(t *testing.T) {
	long := "# Product\n"
	for i := range 60 {
		long += fmt.Sprintf("\n## Part %d\n\nThe clerk stores the customer's card number %d and sends it to Paymore through the public interface of the till. ", i, i)
		long += "Anyone with the link can open the receipt and change the amount before it is paid.\n"
	}
	for _, context := range []int{3300, 4096, 8192, 128000} {
		t.Run(fmt.Sprint(context), func(t *testing.T) {
			a := &asker{facts: func(lines []string) any {
				return things("safeguards", object{"s": []int{1}, "text": "receipts of customers are stored with the link " + lines[0]})
			}}
			opt := Options{Asker: a, Context: context, Count: words, Single: context < 4096}
			propose(t, long, opt)
			for _, q := range a.asked {
				size := words(q.Request.System) + words(q.Request.User) + q.Request.MaxTokens
				if size > context {
					t.Errorf("a request of %s takes %d tokens with its reply", q.Pass, size)
				}
			}
		})
	}
	if _, err := tryPropose(t, long, Options{Asker: &asker{}, Context: 1500}); err == nil || !strings.Contains(err.Error(), "--single") {
		t.Errorf("a context in which nothing fits: %v", err)
	}
}

func TestForms(t *testing.T) {
	for _, form := range []any{factsForm{}, againForm{}, whatIfForm{}, judgeForm{}, questionsForm{}, smallThings{}, smallCases{}} {
		if levels, properties := reply.Size(form); levels > 4 || properties > 60 {
			t.Errorf("%T has %d levels and %d properties; smaller models keep to 4 and 60", form, levels, properties)
		}
	}
	enum := func(form any, field string) []string {
		f, _ := reflect.TypeOf(form).FieldByName(field)
		return strings.Split(f.Tag.Get("enum"), ",")
	}
	same := func(what string, got []string, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("abuse categories", enum(caseForm{}, "Category"), threatmodel.AbuseCategories)
	same("asset categories", enum(assetForm{}, "Category"), threatmodel.AssetCategories)
	same("sensitivity", enum(assetForm{}, "Sensitivity"), threatmodel.Levels)
	same("actor kinds", enum(actorForm{}, "Kind"), threatmodel.ActorKinds)
	same("dependency kinds", enum(dependencyForm{}, "Kind"), threatmodel.DependencyKinds)
	small, _ := reflect.TypeOf(smallCases{}).FieldByName("Items")
	category, _ := small.Type.Elem().FieldByName("Category")
	same("categories of the small form", strings.Split(category.Tag.Get("enum"), ","), threatmodel.AbuseCategories)
}

// TestKinds holds the data that goes with the prompts to the vocabularies.
func TestKinds(t *testing.T) {
	p, err := BuiltinPrompts()
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range threatmodel.AbuseCategories {
		if k, ok := p.kinds[string(c)]; !ok || fw.Question(k.Question) == nil {
			t.Errorf("%s has no question of the framework: %+v", c, k)
		}
		if system, _ := p.Source("system.tmpl"); !strings.Contains(system, string(c)) {
			t.Errorf("the model is not told what %s is", c)
		}
	}
	if len(p.kinds) != len(threatmodel.AbuseCategories) {
		t.Errorf("%d kinds, %d categories", len(p.kinds), len(threatmodel.AbuseCategories))
	}
}

// TestSecondLookFits holds the second look to the model's context too, whatever both engines found.
func TestSecondLookFits(t *testing.T) {
	long := "# Product\n\n"
	for i := range 40 {
		long += fmt.Sprintf("The clerk %d stores the customer's card number, e-mail address and home address and sends them to Paymore by SMS.\n\n", i)
	}
	a := &asker{facts: func(lines []string) any {
		o := things("actors")
		for i := range lines {
			o["safeguards"] = append(o["safeguards"].([]object), object{"s": []int{i + 1}, "text": strings.Repeat("everything is kept very safe ", 5) + fmt.Sprint(i)})
		}
		return o
	}}
	const context = 4800
	propose(t, long, Options{Asker: a, Context: context, Rules: &rules.Engine{}})
	if len(a.of(passAgain)) == 0 {
		t.Fatal("nothing was looked at again")
	}
	for _, q := range a.asked {
		if size := words(q.Request.System) + words(q.Request.User) + q.Request.MaxTokens; size > context {
			t.Errorf("a request of %s takes %d tokens with its reply", q.Pass, size)
		}
	}
}
