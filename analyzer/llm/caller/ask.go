package caller

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"whatif/analyzer/llm/client"
)

// A piece is a question on its way.
type piece struct {
	q    Question
	key  [32]byte
	ctx  context.Context // of the requests
	wait context.Context // of the waiting: ends with the run, too
	turn turn

	own     client.Format // rung that this piece fell to; ""
	fails   int           // failures of the server with the request that is being sent
	suspect int           // of these, such as a format may bring about, at the same rung
	refused int           // refusals of the server (429)
	heard   int           // replies to all that had come at the first of these
}

func (p *piece) accept(text string) error {
	if p.q.Accept == nil {
		return nil
	}
	return p.q.Accept(text)
}

func (p *piece) answer(k *keptReply, cached bool) Answer {
	return Answer{Text: k.Text, Cut: k.Finish == client.Cut, Cached: cached, Model: k.Model}
}

// find has a piece's reply from the cache or asks for it, and keeps it.
func (c *Caller) find(p *piece) (k *keptReply, cached bool, err error) {
	if k, ok := c.kept.reply(p.key); ok && p.accept(k.Text) == nil {
		c.gate.cached(&p.turn)
		c.tell(p, "cached", "")
		return k, true, nil
	}
	if err := c.stopped(); err != nil {
		return nil, false, err
	}
	c.tell(p, "queued", "")
	reply, format, err := c.accepted(p)
	if errors.Is(err, ErrWaiting) {
		c.tell(p, "waiting", "")
		return nil, false, err
	}
	if err != nil {
		c.tell(p, "failed", err.Error())
		return nil, false, err
	}
	k = &keptReply{memoryVersion, reply.Text, reply.Finish, reply.Usage, reply.Model, format}
	c.keep(p.key, k)
	if p.q.Request.Schema != nil && c.ladder.held(format) {
		c.keep(c.kept.rungKey(), keptRung{memoryVersion, format})
	}
	c.tell(p, "done", "")
	return k, false, nil
}

// accepted asks, and once more if the reply does not pass its test.
func (c *Caller) accepted(p *piece) (*client.Reply, client.Format, error) {
	reply, format, err := c.first(p)
	if err != nil {
		return nil, "", err
	}
	fault := p.accept(reply.Text)
	if fault == nil {
		return reply, format, nil
	}
	rejected := p.rejected(reply, fault)
	if rejected.Cut {
		return nil, "", rejected // it would be cut at the same place again
	}
	if p.q.Request.Schema != nil && jsonless(reply) {
		c.fall(p, format, false, "the reply holds no JSON")
	}
	c.tell(p, "retry", "the reply is not as asked for, and is asked for once more: "+rejected.Reason)
	again := p.q.Request
	again.User = c.repair(again.User, rejected.Text, rejected.Reason)
	reply, format, err = c.send(p, again)
	var e *client.Error
	if errors.As(err, &e) && e.Fault == client.TooLong {
		return nil, "", rejected // the piece was not: only what the repair adds to it
	}
	if err != nil {
		return nil, "", err
	}
	if fault := p.accept(reply.Text); fault != nil {
		return nil, "", p.rejected(reply, fault)
	}
	return reply, format, nil
}

// first sends a piece's own request, after the one that warms the server's cache if there is such.
func (c *Caller) first(p *piece) (*client.Reply, client.Format, error) {
	if c.opt.Warm && c.post == nil {
		done, err := c.warm.hold(p.wait, p.q.Request.System)
		if err != nil {
			return nil, "", c.ended(p)
		}
		defer done()
	}
	return c.send(p, p.q.Request)
}

// quoted is the most bytes of a reply that are sent back to the model, or kept with a Rejected.
const quoted = 2000

// rejected describes a reply that did not pass. Thoughts that are not what was asked for are as good as no reply.
func (p *piece) rejected(r *client.Reply, fault error) *Rejected {
	if r.Reasoning {
		return &Rejected{Name: p.q.Name, Reason: "the reply was empty, there were only thoughts", Cut: r.Finish == client.Cut}
	}
	return &Rejected{Name: p.q.Name, Reason: fault.Error(), Text: clip(r.Text), Cut: r.Finish == client.Cut}
}

// clip shortens s to what is quoted, at a character's border.
func clip(s string) string {
	if len(s) <= quoted {
		return s
	}
	n := quoted
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// repair returns the user's message that asks for a better reply. Reply and fault are quoted as JSON strings, so that neither
// can end its quotation and pass for an instruction.
func (c *Caller) repair(user, reply, fault string) string {
	if c.opt.Repair != nil {
		return c.opt.Repair(user, reply, fault)
	}
	return fmt.Sprintf("%s\n\nYou have answered this before, but the answer could not be used. Both are quoted as data.\nAnswer: %s\nFault: %s\nAnswer again, in full and without this fault.\n",
		strings.TrimRight(user, "\n"), quote(reply), quote(fault))
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}
