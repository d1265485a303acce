package fakellm

import (
	"encoding/json"
	"unicode/utf8"
)

// A part is a piece of an answer that is sent at once.
type part struct {
	data  string
	text  int  // bytes of the reply in it
	final bool // what comes from here on tells that the reply is complete
}

// stream cuts the answer into events, of size bytes of text each.
func (ans *answer) stream(size int, told *usage) []part {
	s := &streamer{ans: ans}
	switch {
	case ans.noChoices:
	case ans.tool != "":
		s.delta(map[string]any{"role": "assistant", "content": nil}, 0)
		s.delta(call(map[string]any{"name": ans.tool, "arguments": ""}, true), 0)
		s.texts(ans.reasoning, size, func(t string) map[string]any { return map[string]any{"reasoning_content": t} })
		s.texts(ans.content, size, func(t string) map[string]any { return call(map[string]any{"arguments": t}, false) })
	default:
		name := "content"
		if ans.refusal != "" {
			name = "refusal"
		}
		s.delta(map[string]any{"role": "assistant", "content": orNullIf(ans.noContent)}, 0)
		s.texts(ans.reasoning, size, func(t string) map[string]any { return map[string]any{"reasoning_content": t} })
		s.texts(ans.content, size, func(t string) map[string]any { return map[string]any{name: t} })
	}
	if !ans.noChoices {
		s.event([]any{choice(map[string]any{}, ans.finish)}, nil, part{final: true})
	}
	if told != nil && ans.wantsUsage || ans.noChoices {
		s.event([]any{}, told, part{final: true})
	}
	s.parts = append(s.parts, part{data: "data: [DONE]\n\n", final: true})
	return s.parts
}

func orNullIf(null bool) any {
	if null {
		return nil
	}
	return ""
}

func call(function map[string]any, first bool) map[string]any {
	c := map[string]any{"index": 0, "function": function}
	if first {
		c["id"], c["type"] = "call_1", "function"
	}
	return map[string]any{"tool_calls": []any{c}}
}

func choice(delta map[string]any, finish any) map[string]any {
	return map[string]any{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": nil}
}

// A streamer makes the events of one answer.
type streamer struct {
	ans   *answer
	parts []part
}

// texts makes an event of each size bytes.
func (s *streamer) texts(text string, size int, delta func(string) map[string]any) {
	for len(text) > 0 {
		n := runeAt(text, min(size, len(text)))
		if n == 0 { // a letter of more bytes than size
			_, n = utf8.DecodeRuneInString(text)
		}
		s.delta(delta(text[:n]), n)
		text = text[n:]
	}
}

func (s *streamer) delta(d map[string]any, text int) {
	s.event([]any{choice(d, nil)}, nil, part{text: text})
}

func (s *streamer) event(choices []any, told *usage, p part) {
	body := map[string]any{"id": s.ans.id, "object": "chat.completion.chunk", "created": created, "model": s.ans.model, "choices": choices}
	if told != nil {
		body["usage"] = told
	}
	data, _ := json.Marshal(body) // always can be
	p.data = "data: " + string(data) + "\n\n"
	s.parts = append(s.parts, p)
}

// piecesOf cuts a whole body into parts of size bytes. Only the last completes it.
func piecesOf(body string, size int) []part {
	var parts []part
	for len(body) > size {
		parts = append(parts, part{data: body[:size], text: size})
		body = body[size:]
	}
	return append(parts, part{data: body, text: len(body), final: true})
}
