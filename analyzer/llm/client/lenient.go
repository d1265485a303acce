package client

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// said is a reply or a piece of one, as servers write it. Its types take whatever comes: a stray type in a field that nobody needs
// must not lose a reply that was paid for.
type said struct {
	Object  words                    `json:"object"` // "error" with older vLLM and Mistral
	Model   words                    `json:"model"`
	Choices []choice                 `json:"choices"`
	Usage   *counted                 `json:"usage"`
	Groq    struct{ Usage *counted } `json:"x_groq"`
	Error   json.RawMessage          `json:"error"`
}

type choice struct {
	Index   number `json:"index"`
	Delta   part   `json:"delta"`
	Message part   `json:"message"`
	Finish  words  `json:"finish_reason"`
}

// A part is what one event adds, or the whole.
type part struct {
	Content   words  `json:"content"`
	Refusal   words  `json:"refusal"`
	Thinking  words  `json:"reasoning_content"`
	Thinking2 words  `json:"reasoning"` // OpenRouter, Groq and newer vLLM
	Calls     calls  `json:"tool_calls"`
	Call      called `json:"function_call"`
}

type calls []struct {
	Index    number `json:"index"`
	ID       words  `json:"id"`
	Function called `json:"function"`
}

type called struct {
	Name      words `json:"name"`
	Arguments words `json:"arguments"`
}

// counted is usage in the dialects of several servers.
type counted struct {
	Prompt     number `json:"prompt_tokens"`
	Completion number `json:"completion_tokens"`
	Total      number `json:"total_tokens"`
	CacheHit   number `json:"prompt_cache_hit_tokens"` // DeepSeek
	Cached     number `json:"cached_tokens"`           // Moonshot
	Details    struct {
		Cached number `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	Out struct {
		Reasoning number `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// usage brings the dialects to one meaning: what is cached is part of the prompt, what is thought part of the completion.
func (u *counted) usage() Usage {
	if u == nil || u.Prompt == 0 && u.Completion == 0 && u.Total == 0 {
		return Usage{}
	}
	v := Usage{Prompt: int(u.Prompt), Completion: int(u.Completion), Reasoning: int(u.Out.Reasoning), Known: true}
	v.Cached = int(max(u.Details.Cached, u.CacheHit, u.Cached))
	if v.Cached > v.Prompt { // counted apart
		v.Prompt += v.Cached
	}
	if v.Reasoning > 0 && (v.Reasoning > v.Completion || u.Total == u.Prompt+u.Completion+u.Out.Reasoning) { // xAI counts it apart
		v.Completion += v.Reasoning
	}
	return v
}

// words is a string; null is none; of a list of parts it is their texts; anything else is its JSON.
type words string

func (w *words) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil { // null too
		*w = words(s)
		return nil
	}
	var parts []struct {
		Type words `json:"type"`
		Text words `json:"text"`
	}
	if json.Unmarshal(data, &parts) != nil {
		*w = words(data)
		return nil
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(string(p.Text)) // a part that thinks has no text of its own
	}
	*w = words(b.String())
	return nil
}

// number is a count: never negative, and small enough to be added up.
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	f, err := strconv.ParseFloat(string(bytes.Trim(data, `"`)), 64)
	if err == nil && f > 0 {
		*n = number(math.Min(f, 1e9))
	}
	return nil
}

// UnmarshalJSON takes what is no list as none.
func (c *calls) UnmarshalJSON(data []byte) error {
	type plain calls
	var list plain
	if json.Unmarshal(data, &list) == nil {
		*c = calls(list)
	}
	return nil
}

// UnmarshalJSON takes what is no object as none.
func (p *part) UnmarshalJSON(data []byte) error {
	type plain part
	var v plain
	if json.Unmarshal(data, &v) == nil {
		*p = part(v)
	}
	return nil
}

// UnmarshalJSON takes what is no object as none.
func (c *called) UnmarshalJSON(data []byte) error {
	type plain called
	var v plain
	if json.Unmarshal(data, &v) == nil {
		*c = called(v)
	}
	return nil
}

// UnmarshalJSON takes what is no object as none.
func (u *counted) UnmarshalJSON(data []byte) error {
	type plain counted
	var v plain
	if json.Unmarshal(data, &v) == nil {
		*u = counted(v)
	}
	return nil
}
