package fakellm

import (
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"
)

// A part is a piece of an answer that is sent at once.
type part struct {
	data  string
	text  int  // bytes of the reply in it
	final bool // it tells that the reply is complete
}

// stream cuts the answer into events, of size bytes of text each, after some comments. They are made as they are asked for: most
// readers of an endless reply go early.
func (ans *answer) stream(size, comments int, told *usage) iter.Seq[part] {
	return func(yield func(part) bool) {
		s := &streamer{ans: ans, size: size, yield: yield}
		if comments > 0 {
			s.put(part{data: strings.Repeat(": keep-alive\n\n", comments)})
		}
		if !ans.noChoices {
			s.reply()
			s.event([]any{choice(object{}, ans.finish)}, nil, part{final: true})
		}
		if told != nil && ans.wantsUsage || ans.noChoices {
			s.event([]any{}, told, part{final: true})
		}
		s.put(part{data: "data: [DONE]\n\n", final: true})
	}
}

// An object is JSON that is to be written.
type object = map[string]any

// A streamer makes the events of one answer.
type streamer struct {
	ans   *answer
	size  int
	yield func(part) bool
	ended bool // nobody wants more
}

func (s *streamer) put(p part) { s.ended = s.ended || !s.yield(p) }

// reply tells what the model says.
func (s *streamer) reply() {
	asReasoning := func(t string) object { return object{"reasoning_content": t} }
	if s.ans.tool != "" {
		s.delta(object{"role": "assistant", "content": nil}, 0)
		s.delta(call(object{"name": s.ans.tool, "arguments": ""}, true), 0)
		s.texts(s.ans.reasoning, asReasoning)
		s.texts(s.ans.content, func(t string) object { return call(object{"arguments": t}, false) })
		return
	}
	first := object{"role": "assistant", "content": ""}
	if s.ans.noContent {
		first["content"] = nil
	}
	name := "content"
	if s.ans.refusal != "" {
		name = "refusal"
	}
	s.delta(first, 0)
	s.texts(s.ans.reasoning, asReasoning)
	s.texts(s.ans.content, func(t string) object { return object{name: t} })
}

func call(function object, first bool) object {
	c := object{"index": 0, "function": function}
	if first {
		c["id"], c["type"] = "call_1", "function"
	}
	return object{"tool_calls": []any{c}}
}

func choice(delta object, finish any) object {
	return object{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": nil}
}

// texts makes an event of each piece of a text.
func (s *streamer) texts(text string, delta func(string) object) {
	for len(text) > 0 && !s.ended {
		n := runeAt(text, min(s.size, len(text)))
		if n == 0 { // a letter of more bytes than size
			_, n = utf8.DecodeRuneInString(text)
		}
		s.delta(delta(text[:n]), n)
		text = text[n:]
	}
}

func (s *streamer) delta(d object, text int) {
	s.event([]any{choice(d, nil)}, nil, part{text: text})
}

func (s *streamer) event(choices []any, told *usage, p part) {
	if s.ended {
		return
	}
	body := object{"id": s.ans.id, "object": "chat.completion.chunk", "created": created, "model": s.ans.model, "choices": choices}
	if told != nil {
		body["usage"] = told
	}
	data, _ := json.Marshal(body) // always can be
	p.data = "data: " + string(data) + "\n\n"
	s.put(p)
}

// piecesOf cuts a whole body into parts of size bytes. Only the last completes it.
func piecesOf(body string, size int) iter.Seq[part] {
	return func(yield func(part) bool) {
		for ; len(body) > size; body = body[size:] {
			if !yield(part{data: body[:size], text: size}) {
				return
			}
		}
		yield(part{data: body, text: len(body), final: true})
	}
}
