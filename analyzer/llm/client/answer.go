package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// An answer is a reply while it is put together.
type answer struct {
	a     *attempt
	start time.Time
	first time.Duration

	content, args, thinking growing
	refusal                 growing
	call                    int // number of the first tool call
	called                  bool
	finish                  string
	choices                 bool // any came
	model                   string
	usage                   Usage
}

func (a *attempt) newAnswer(r *Request, start time.Time) *answer {
	n := bound(r.MaxTokens)
	return &answer{a: a, start: start, content: growing{bound: n}, args: growing{bound: n},
		thinking: growing{bound: maxText}, refusal: growing{bound: maxErrorBody}} // thinking is not always held to the limit
}

// read takes a stream to its end. Once the reply is whole, a connection that then breaks or falls silent does no harm.
func (s *answer) read(stream *openai.ChatCompletionStream) error {
	defer stream.Close()
	for {
		data, err := stream.RecvRaw()
		switch {
		case err == nil:
		case s.finish != "":
			return nil
		case errors.Is(err, io.EOF):
			return s.a.network(errors.New("the stream ends before the reply does"))
		case errors.Is(err, errLongEvent):
			return s.a.garbage(err.Error())
		default:
			return err
		}
		if ok, err := s.add(data); err != nil || !ok {
			return err
		}
		if s.finish != "" {
			s.a.watch.set(min(s.a.c.cfg.Stall, lateBytes))
		}
	}
}

// add takes one event, or a whole reply. It reports false when the reply has run away.
func (s *answer) add(data []byte) (bool, error) {
	var v said
	if err := json.Unmarshal(data, &v); err != nil {
		return false, s.a.garbage("the reply is not what the chat interface promises")
	}
	if v.Model != "" {
		s.model = string(v.Model)
	}
	for _, u := range []*counted{v.Groq.Usage, v.Usage} {
		if got := u.usage(); got.Known {
			s.usage = got
		}
	}
	if s.finish == "" && (isError(v.Error) || v.Object == "error") {
		return false, s.a.refused(http.StatusOK, data)
	}
	for _, c := range v.Choices {
		if c.Index != 0 {
			continue
		}
		s.choices = true
		if c.Finish != "" {
			s.finish = string(c.Finish)
		}
		if !s.addPart(&c.Delta) || !s.addPart(&c.Message) {
			s.finish = string(Cut)
			return false, nil
		}
	}
	return true, nil
}

func isError(data json.RawMessage) bool {
	switch string(bytes.TrimSpace(data)) {
	case "", "null", "{}", `""`, "false", "[]":
		return false
	}
	return true
}

func (s *answer) addPart(p *part) bool {
	if s.call == 0 && !s.called && len(p.Calls) > 0 {
		s.call, s.called = int(p.Calls[0].Index), true
	}
	args := string(p.Call.Arguments)
	for i, c := range p.Calls {
		if int(c.Index) == s.call && (i == 0 || c.ID == "") { // some servers number no calls: the first is the reply
			args += string(c.Function.Arguments)
		}
	}
	thinking := p.Thinking
	if thinking == "" {
		thinking = p.Thinking2
	}
	if s.first == 0 && (p.Content != "" || args != "" || thinking != "") {
		s.first = time.Since(s.start)
		s.a.watch.set(s.a.c.cfg.Stall)
	}
	s.refusal.add(string(p.Refusal))
	return s.content.add(string(p.Content)) && s.args.add(args) && s.thinking.add(string(thinking))
}

// readWhole takes a reply that came at once.
func (s *answer) readWhole(body []byte) error {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(trimmed) == 0:
		return s.a.garbage("the reply is empty")
	case len(body) > maxWhole:
		return s.a.garbage("the reply is endless")
	case trimmed[0] == '<':
		return s.a.garbage("a web page comes instead of a reply")
	case trimmed[0] != '{':
		return s.a.refusedOr(trimmed, "the reply is not what the chat interface promises")
	}
	if _, err := s.add(trimmed); err != nil {
		return err
	}
	if !s.choices {
		return s.a.refusedOr(trimmed, "the reply holds no choices")
	}
	return nil
}

// reply judges what came.
func (s *answer) reply(r *Request) (*Reply, error) {
	p := &Reply{Finish: Stopped, Usage: s.usage, Model: clean(s.a.c.withoutKey(s.model), 200), Took: time.Since(s.start), First: s.first}
	switch strings.ToLower(s.finish) {
	case "length", "max_tokens", "model_length", "model_context_window_exceeded":
		p.Finish = Cut
	case "content_filter", "safety", "prohibited_content", "recitation", "refusal", "blocklist", "spii":
		return nil, s.a.declined("its filter stopped the reply")
	case "error", "abort", "insufficient_system_resource":
		return nil, s.a.fault(ServerError, "the server gave up in the middle of the reply", "try again later")
	}
	switch content, args, thinking := s.content.String(), s.args.String(), s.thinking.String(); {
	case content != "":
		p.Text, p.Runaway = content, s.content.cut
	case args != "":
		p.Text, p.Runaway = args, s.args.cut
	case s.refusal.String() != "":
		return nil, s.a.declined("the model declines: " + quoted(s.a.c.clean(s.refusal.String())))
	case thinking != "":
		p.Text, p.Reasoning, p.Runaway = thinking, true, s.thinking.cut
	default:
		return nil, s.silent(r, p.Finish)
	}
	p.Text = s.a.c.withoutKey(p.Text)
	if err := s.a.promptCut(r, s.usage); err != nil {
		return nil, err
	}
	return p, nil
}

// silent says why a reply has no words.
func (s *answer) silent(r *Request, f Finish) error {
	switch {
	case !s.choices:
		return s.a.garbage("the reply holds no choices")
	case s.content.cut || s.args.cut:
		if formed(r.Format) {
			return s.a.fault(Format400, "nothing but white space comes in the form "+string(r.Format), "ask in another form")
		}
		return s.a.garbage("nothing but white space comes")
	case f == Cut:
		return s.a.fault(BadRequest, "the reply's limit of tokens was used up before its first word",
			"allow longer replies, or less thinking (reasoning effort)")
	}
	return s.a.garbage("the reply holds no words")
}

// formed reports a format that demands a form.
func formed(f Format) bool { return f != "" && f != PlainText }
