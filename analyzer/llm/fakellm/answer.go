package fakellm

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// created is the time that answers tell, the same for all, so that a request gets the same bytes again: 1 January 2026.
const created = 1767225600

// An answer is a reply with what is told around it.
type answer struct {
	id, model  string
	content    string
	noContent  bool // content is null
	noChoices  bool
	reasoning  string
	refusal    string
	tool       string // the content is the arguments of a call to it
	finish     string
	usage      *usage // nil: none is told
	wantsUsage bool   // of a stream
}

// usage is the tokens as they are told.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
	InPrompt   struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	InCompletion struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// answer makes the reply that the play says, before a fault spoils it.
func (s *Server) answer(p *play, a *ask) (*answer, error) {
	said, err := s.replyText(p, a)
	if err != nil {
		return nil, err
	}
	ans := &answer{id: fmt.Sprintf("chatcmpl-%016x", hash(a.key, fmt.Sprint(a.nth))), model: a.Model, content: said, finish: "stop"}
	ans.wantsUsage = a.StreamOptions != nil && a.StreamOptions.IncludeUsage
	r := &Rule{}
	if p.rule != nil {
		r = &p.rule.Rule
	}
	ans.reasoning, ans.refusal = r.Reasoning, r.Refusal
	if r.ReasoningOnly {
		ans.reasoning, ans.content = ans.reasoning+ans.content, ""
	}
	if r.Refusal != "" {
		ans.content, ans.noContent = r.Refusal, true // counted and cut as any reply; told as refusal
	}
	if r.Tool || a.forced && r.Refusal == "" {
		ans.tool, ans.finish = a.tool, "tool_calls"
		if ans.tool == "" {
			ans.tool = "reply"
		}
	}
	spoil(ans, p.fault, a.limit())
	ans.limit(a.limit(), p.fault)
	if r.Finish != "" {
		ans.finish = r.Finish
	}
	ans.count(s, a, r.Usage)
	return ans, nil
}

// spoil changes what a fault changes of the reply itself.
func spoil(ans *answer, f Fault, limit int) {
	switch f.Kind {
	case "empty_choices":
		ans.noChoices = true
	case "null_content":
		ans.content, ans.noContent = "", true
	case "empty_content":
		ans.content = ""
	case "content_filter":
		ans.content, ans.finish = half(ans.content), "content_filter"
	case "repeat":
		ans.content, ans.finish = repeat(half(ans.content), f.Size), "length"
	case "white_space":
		ans.content, ans.finish = half(ans.content)+strings.Repeat(" \n\t ", whiteSpace(f, limit)/4), "length"
	}
}

// Sizes of what comes without end, in bytes.
const (
	maxSize      = 64 << 20
	repeatSize   = 1 << 20
	spaceSize    = 1 << 20
	spacePerWord = 4 // bytes of white space to a token
)

// whiteSpace returns how much white space comes: up to the request's limit, as models do it.
func whiteSpace(f Fault, limit int) int {
	switch {
	case f.Size > 0:
		return f.Size
	case limit > 0:
		return min(limit*spacePerWord, maxSize)
	}
	return spaceSize
}

// repeat goes on with the end of a text again and again.
func repeat(text string, size int) string {
	if size == 0 {
		size = repeatSize
	}
	again := text[max(0, len(text)-80):]
	for len(again) > 0 && !utf8.RuneStart(again[0]) {
		again = again[1:]
	}
	if len(strings.TrimSpace(again)) < 10 {
		again = "and the same words again, "
	}
	return text + strings.Repeat(again, max(0, size-len(text))/len(again)+1)
}

// half returns the first half of a text.
func half(text string) string { return text[:runeAt(text, len(text)/2)] }

// runeAt returns the last border of a letter at or before i.
func runeAt(text string, i int) int {
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

// limit cuts the reply at the request's limit, the reasoning counted first.
func (ans *answer) limit(most int, f Fault) {
	if most == 0 || f.Kind == "repeat" || f.Kind == "white_space" {
		return
	}
	if Tokens(ans.reasoning)+Tokens(ans.content) <= most {
		return
	}
	ans.reasoning = firstTokens(ans.reasoning, most)
	ans.content = firstTokens(ans.content, most-Tokens(ans.reasoning))
	ans.finish = "length"
}

// count fills in the usage: what the rule says, else what was counted.
func (ans *answer) count(s *Server, a *ask, says Usage) {
	u := &usage{Prompt: a.prompt.tokens, Completion: Tokens(ans.content) + Tokens(ans.reasoning)}
	u.InPrompt.Cached, u.InCompletion.Reasoning = a.cached, Tokens(ans.reasoning)
	for _, set := range []struct {
		to   *int
		said int
	}{{&u.Prompt, says.Prompt}, {&u.Completion, says.Completion}, {&u.InPrompt.Cached, says.Cached}, {&u.InCompletion.Reasoning, says.Reasoning}} {
		if set.said > 0 {
			*set.to = set.said
		}
	}
	u.Total = u.Prompt + u.Completion
	ans.usage = u
}

// told returns the usage to tell, nil for none.
func (x *exchange) told(ans *answer) *usage {
	if x.server.script.UsageOff || x.play.rule != nil && x.play.rule.Usage.None {
		return nil
	}
	return ans.usage
}

// message is the reply in the form that it has when told whole.
func (ans *answer) message() object {
	m := object{"role": "assistant", "content": ans.content, "refusal": nil}
	if ans.noContent {
		m["content"] = nil
	}
	if ans.refusal != "" {
		m["refusal"] = ans.content
	}
	if ans.reasoning != "" {
		m["reasoning_content"] = ans.reasoning
	}
	if ans.tool != "" {
		m["content"] = nil
		m["tool_calls"] = []any{object{"id": "call_1", "type": "function", "function": object{"name": ans.tool, "arguments": ans.content}}}
	}
	return m
}

// whole is the answer to a request that is not streamed.
func (ans *answer) whole(told *usage) any {
	choices := []any{object{"index": 0, "message": ans.message(), "finish_reason": ans.finish, "logprobs": nil}}
	if ans.noChoices {
		choices = []any{}
	}
	body := object{"id": ans.id, "object": "chat.completion", "created": created, "model": ans.model, "choices": choices}
	if told != nil {
		body["usage"] = told
	}
	return body
}
