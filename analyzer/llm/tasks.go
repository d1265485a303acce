package llm

import (
	"strings"

	"whatif/analyzer/llm/reply"
)

// tasks are what is told of each pass before all else: which templates, with the form that they describe.
var tasks = []struct {
	pass, template string
	form           any
	needs          string // a template that must be told with it
}{
	{passFacts, "facts.tmpl", factsForm{}, ""},
	{passAgain, "again.tmpl", againForm{}, "facts.tmpl"},
	{passWhatIf, "what_if.tmpl", whatIfForm{}, ""},
	{passJudge, "judge.tmpl", judgeForm{}, ""},
	{passQuestions, "questions.tmpl", questionsForm{}, ""},
}

// instruct returns what each pass is told first. With all, every pass is told of all tasks: it is longer, but the same for all
// requests, so that servers keep it, and the part behind it with it, from one pass to the next.
func (r *run) instruct(all bool) map[string]string {
	base := r.told("system.tmpl", "", nil)
	systems := map[string]string{}
	for _, t := range tasks {
		var b strings.Builder
		b.WriteString(base)
		for _, u := range tasks {
			if all || !r.opt.Single && (u.template == t.template || u.template == t.needs) {
				b.WriteString("\n" + r.told(u.template, "task", taskData{reply.Describe(u.form)}))
			}
		}
		systems[t.pass] = b.String()
	}
	if r.opt.Single { // the judge has no small form
		systems[passJudge] += "\n" + r.told("judge.tmpl", "task", taskData{reply.Describe(judgeForm{})})
	}
	return systems
}

// told fills in a template, which was tried when it was read.
func (r *run) told(name, block string, data any) string {
	text, _ := r.opt.Prompts.write(name, block, data)
	return text
}
