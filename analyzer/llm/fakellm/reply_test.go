package fakellm

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReplies(t *testing.T) {
	for _, tt := range []struct{ name, rule, want string }{
		{"text", `reply: "hello, *you*"`, "hello, *you*"},
		{"json", `json: {b: [1, two], a: true}`, `{"b":[1,"two"],"a":true}`},
		{"template", `template: '{{.N}} {{.Model}} {{json .User}} {{range .Numbers}}{{.}}:{{index $.Sentences .}};{{end}}'`,
			`1 m "1| One.\n2| Two <b>." 1:One.;2:Two <b>.;`},
		{"echo", `template: '{{.System}}/{{.User}}'`, "You answer in JSON./1| One.\n2| Two <b>."},
		{"empty without a schema", `reply: empty`, "{}"},
		{"demo without a schema", `reply: demo`, "{}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := parsed(t, "rules:\n  - "+tt.rule)
			if got := s.ask("1| One.\n2| Two <b>.").content(t); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestStreamIsTheWhole tells any text alike, whole and in pieces of any size, letters unbroken.
func TestStreamIsTheWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		said := rapid.String().Draw(r, "said")
		ans := &answer{content: said, reasoning: rapid.String().Draw(r, "reasoning"), finish: "stop"}
		var body strings.Builder
		for p := range ans.stream(rapid.IntRange(1, 40).Draw(r, "size"), 0, nil) {
			body.WriteString(p.data)
		}
		got := outcome{status: 200, body: body.String()}.told(t)
		if got.content != said || got.reasoning != ans.reasoning || got.finish != "stop" || !got.done {
			r.Errorf("told %+v", got)
		}
	})
}

func TestReplyForms(t *testing.T) {
	t.Run("reasoning", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Reply: "yes", Reasoning: "let me think"}}})
		m := s.ask("x").decode(t).Choices[0].Message
		if *m.Content != "yes" || m.Reasoning != "let me think" {
			t.Errorf("got %+v", m)
		}
		got := s.stream("x", nil).told(t)
		if got.content != "yes" || got.reasoning != "let me think" || got.usage.InCompletion.Reasoning != 3 || got.usage.Completion != 4 {
			t.Errorf("told %+v", got)
		}
	})
	t.Run("reasoning only", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Reply: "yes", ReasoningOnly: true}}})
		if m := s.ask("x").decode(t).Choices[0].Message; *m.Content != "" || m.Reasoning != "yes" {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("refusal", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Refusal: "I can't."}}})
		if m := s.ask("x").decode(t).Choices[0].Message; m.Content != nil || *m.Refusal != "I can't." {
			t.Errorf("got %+v", m)
		}
		if got := s.stream("x", nil).told(t); got.refusal != "I can't." || got.content != "" {
			t.Errorf("told %+v", got)
		}
	})
	t.Run("tool", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Reply: `{"a":1}`, Tool: true}}})
		tools := object{"tools": []object{{"type": "function", "function": object{"name": "answer"}}}}
		c := s.asks("x", tools).decode(t).Choices[0]
		if f := c.Message.Calls[0].Function; c.Finish != "tool_calls" || c.Message.Content != nil || f.Name != "answer" || f.Arguments != `{"a":1}` {
			t.Errorf("got %+v", c)
		}
		if got := s.stream("x", tools).told(t); got.name != "answer" || got.arguments != `{"a":1}` || got.content != "" || got.finish != "tool_calls" {
			t.Errorf("told %+v", got)
		}
	})
	t.Run("forced tool", func(t *testing.T) {
		s := start(t, Script{})
		c := s.asks("x", object{"tools": []object{{"type": "function", "function": object{"name": "facts", "parameters": schema}}},
			"tool_choice": object{"type": "function", "function": object{"name": "facts"}}}).decode(t).Choices[0]
		if f := c.Message.Calls[0].Function; f.Name != "facts" || !strings.HasPrefix(f.Arguments, `{"cases":[]`) {
			t.Errorf("got %+v", f)
		}
	})
	t.Run("finish", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Reply: "ha", Finish: "length"}}})
		if c := s.ask("x").decode(t).Choices[0]; c.Finish != "length" {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("headers and comments", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Reply: "ha", KeepAlive: 400, Headers: map[string]string{"X-Request-Id": "r1"}}}})
		o := s.stream("x", nil)
		if o.header.Get("X-Request-Id") != "r1" || strings.Count(o.body, ": keep-alive\n") != 400 || o.told(t).content != "ha" {
			t.Errorf("got %+v", o)
		}
	})
	t.Run("a template that fails", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Template: "{{index .Sentences 1 2}}"}}})
		if o := s.ask("x"); o.status != 500 || !strings.Contains(o.body, `"code":"script"`) {
			t.Errorf("got %+v", o)
		}
	})
	t.Run("a template without an end", func(t *testing.T) {
		s := start(t, Script{Rules: []Rule{{Template: "{{range 1000000000}}again and again {{end}}"}}})
		if o := s.ask("x"); o.status != 500 || !strings.Contains(o.body, "writes too much") {
			t.Errorf("got %+v", o)
		}
	})
}

// TestLimit cuts a reply at the request's limit, under both names.
func TestLimit(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{Reply: "one two three four five six"}}})
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		o := s.asks("x", object{name: 3})
		c := o.decode(t)
		if got := o.content(t); strings.TrimSpace(got) != "one two three" || c.Choices[0].Finish != "length" || c.Usage.Completion != 3 {
			t.Errorf("%s: got %q, %+v, %+v", name, got, c.Choices[0], c.Usage)
		}
	}
	if c := s.asks("x", object{"max_tokens": 6}).decode(t).Choices[0]; c.Finish != "stop" {
		t.Errorf("what fits was cut: %+v", c)
	}
}

func TestUsageSaid(t *testing.T) {
	s := start(t, Script{Rules: []Rule{{When: When{UserContains: Words{"none"}}, Reply: "ha", Usage: Usage{None: true}},
		{Reply: "ha", Usage: Usage{Prompt: 1000, Cached: 900, Completion: 50, Reasoning: 40}}}})
	if u := s.ask("none").decode(t).Usage; u != nil {
		t.Errorf("got %+v", u)
	}
	if got := s.stream("none", nil).told(t); got.usage != nil || !got.done {
		t.Errorf("told %+v", got)
	}
	u := s.ask("x").decode(t).Usage
	if u.Prompt != 1000 || u.InPrompt.Cached != 900 || u.Completion != 50 || u.InCompletion.Reasoning != 40 || u.Total != 1050 {
		t.Errorf("got %+v", u)
	}
	// A stream tells its usage only when asked.
	if o := s.asks("x", object{"stream": true}); o.told(t).usage != nil || !o.told(t).done {
		t.Errorf("told %+v", o.told(t))
	}
	if u := start(t, Script{UsageOff: true}).ask("x").decode(t).Usage; u != nil {
		t.Errorf("got %+v", u)
	}
}

// TestSameBytes answers the same request with the same bytes in another run.
func TestSameBytes(t *testing.T) {
	script := Script{Rules: []Rule{{Reply: reply}}}
	one, other := start(t, script), start(t, script)
	for range 2 {
		if a, b := one.stream("x", nil), other.stream("x", nil); a.body != b.body || a.body == "" {
			t.Errorf("%s\nand\n%s", a.body, b.body)
		}
	}
}

func TestWhen(t *testing.T) {
	for _, tt := range []struct {
		when string
		more object
		path string
		want bool
	}{
		{"{contains: JSON}", nil, "", true},
		{"{contains: [JSON, secret]}", nil, "", true},
		{"{contains: [JSON, nothing]}", nil, "", false},
		{"{system_contains: JSON}", nil, "", true},
		{"{system_contains: secret}", nil, "", false},
		{"{user_contains: secret}", nil, "", true},
		{"{user_contains: JSON}", nil, "", false},
		{"{format: text}", nil, "", true},
		{"{format: json_object}", nil, "", false},
		{"{format: json_object}", object{"response_format": object{"type": "json_object"}}, "", true},
		{"{format: json_schema, schema: facts}", strict("facts", schema), "", true},
		{"{schema: facts}", strict("judge", schema), "", false},
		{"{model: m}", nil, "", true},
		{"{model: m2}", nil, "", false},
		{"{path: deployments}", nil, "/openai/deployments/m/chat/completions?api-version=1", true},
		{"{path: deployments}", nil, "", false},
		{"{stream: true}", object{"stream": true}, "", true},
		{"{stream: true}", nil, "", false},
		{"{stream: false}", nil, "", true},
		{"{user_contains: secret, model: other}", nil, "", false},
	} {
		t.Run(tt.when, func(t *testing.T) {
			s := parsed(t, "rules:\n  - {when: "+tt.when+", reply: yes}\n")
			path := "/v1/chat/completions"
			if tt.path != "" {
				path = tt.path
			}
			o := s.post(path, request("the secret word", tt.more))
			if got := strings.Contains(o.body, "yes"); o.status != 200 || got != tt.want {
				t.Errorf("plays: %v, want %v: %s", got, tt.want, o.body)
			}
		})
	}
}

// TestTurns plays rules by counts.
func TestTurns(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"times", "rules: [{reply: a, times: 2}, {reply: b, times: 1}, {reply: c}]", "aabcc"},
		{"nth", "rules: [{when: {nth: 2}, reply: a}, {when: {nth: 4}, reply: b}, {reply: c}]", "cacbc"},
		{"after", "rules: [{when: {after: 3}, reply: a}, {reply: b}]", "bbbaa"},
		{"nothing left", "rules: [{reply: a, times: 1}]", "a{}{}{}{}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := parsed(t, tt.script)
			got := ""
			for range 5 {
				got += s.ask("x").content(t)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	s := parsed(t, "default: error\nrules: [{reply: a, times: 1}]")
	s.ask("x")
	if o := s.ask("x"); o.status != 500 || !strings.Contains(o.body, "no rule of the script") {
		t.Errorf("got %+v", o)
	}
}

// TestLimitedThenFine is the commonest script.
func TestLimitedThenFine(t *testing.T) {
	script, err := Load("../../../fixtures/scripts/limited-then-fine.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, script)
	for i, header := range []string{"Retry-After", "Retry-After-Ms", ""} {
		o := s.ask("x")
		if o.status != 429 || header != "" && o.header.Get(header) == "" {
			t.Errorf("request %d: got %d, %v", i, o.status, o.header)
		}
	}
	if got := s.ask("x").content(t); got != "{}" {
		t.Errorf("got %q", got)
	}
}
