package caller

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"whatif/analyzer/llm/client"
)

// send sends a request until there is a reply, or none is to be had. It returns the format with which the reply came.
func (c *Caller) send(p *piece, r client.Request) (*client.Reply, client.Format, error) {
	c.prepare(p, &r)
	if c.gate.enter(p.wait, &p.turn) != nil {
		return nil, "", c.ended(p)
	}
	for {
		if err := c.draw(p); err != nil {
			return nil, "", err
		}
		r.Format = c.format(p)
		c.tell(p, "sent", "")
		reply, err := c.complete(p, &r)
		if err == nil && reply == nil {
			err = &client.Error{Fault: client.Garbage, Message: "the server sent no reply; try again"}
		}
		if err == nil && !c.runOn(p, &r, reply) {
			return reply, r.Format, nil
		}
		if err != nil {
			wait, err := c.failed(p, &r, err)
			if err != nil {
				return nil, "", err
			}
			if wait > 0 { // out of the queue meanwhile
				if c.opt.Sleep(p.wait, wait) != nil || c.gate.enter(p.wait, &p.turn) != nil {
					return nil, "", c.ended(p)
				}
				continue
			}
		}
		if c.gate.await(p.wait, &p.turn) != nil {
			return nil, "", c.ended(p)
		}
	}
}

// complete asks the model, a correspondent with the request's key.
func (c *Caller) complete(p *piece, r *client.Request) (*client.Reply, error) {
	if c.post == nil {
		return c.model.Complete(p.ctx, r)
	}
	return c.post.Post(p.ctx, Letter{Key: c.kept.key(Question{Request: *r, Volatile: p.q.Volatile}), Pass: p.q.Pass, Name: p.q.Name, Request: r})
}

// ended returns why a piece's waiting ended.
func (c *Caller) ended(p *piece) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	return c.stopped()
}

// prepare sets what a request may cost and how long its prompt is, and begins to count its failures.
func (c *Caller) prepare(p *piece, r *client.Request) {
	p.fails, p.suspect, p.refused = 0, 0, 0
	p.turn.most = cost{}
	if r.Estimate == 0 && c.opt.Count != nil {
		r.Estimate = c.counts.count(r.User) + c.counts.once(r.System)
	}
	if c.opt.MaxTokens <= 0 && c.opt.MaxCost <= 0 && c.opt.Purse == nil {
		return
	}
	if r.MaxTokens <= 0 {
		r.MaxTokens = defaultReply
	}
	counted := c.counts.prompt(r)
	m := cost{counted: counted, prompt: c.gate.atMost(counted), completion: r.MaxTokens}
	if c.opt.Price != nil {
		m.usd, m.known = c.opt.Price(client.Usage{Prompt: m.prompt, Completion: m.completion, Known: true})
	}
	p.turn.most = m
}

// format returns the rung for a piece.
func (c *Caller) format(p *piece) client.Format {
	if p.q.Request.Schema == nil {
		return client.PlainText
	}
	f := c.ladder.current()
	if p.own != "" && depth(p.own) > depth(f) {
		return p.own
	}
	return f
}

// runOn books a reply. It reports whether it ran into white space and is asked for again with the next format.
func (c *Caller) runOn(p *piece, r *client.Request, reply *client.Reply) bool {
	u := reply.Usage
	if !u.Known {
		u = client.Usage{Prompt: c.counts.prompt(r), Completion: c.counts.count(reply.Text)}
	}
	again := r.Schema != nil && ranOut(reply) && c.fall(p, r.Format, true, "the reply ran into white space")
	c.gate.leave(&p.turn, outcome{usage: u}, again)
	return again
}

// fall goes down the ladder from the rung of a request. It reports whether there is another.
func (c *Caller) fall(p *piece, from client.Format, sure bool, why string) bool {
	to, all := c.ladder.fall(from, sure)
	if to == "" {
		return false
	}
	p.own, p.suspect = to, 0
	if all {
		c.gate.pardon()
		c.events.tell(Event{State: "note", Detail: fmt.Sprintf("asking with the format %s from now on: with %s, %s", to, from, why)})
	}
	return true
}

// failed decides what follows a request that failed: an error, or the same again after a wait. If there is none, it is back in
// the queue already.
func (c *Caller) failed(p *piece, r *client.Request, err error) (wait time.Duration, _ error) {
	if stop := (*Stopped)(nil); errors.As(err, &stop) { // a correspondent's: nothing was sent
		c.gate.leave(&p.turn, outcome{fault: aborted}, false)
		return 0, stop
	}
	var e *client.Error
	if ctx := p.ctx.Err(); ctx != nil || !errors.As(err, &e) {
		c.gate.leave(&p.turn, outcome{fault: aborted, lost: true}, false)
		if ctx != nil {
			return 0, ctx
		}
		return 0, fmt.Errorf("asking the model: %w", err)
	}
	o := outcome{fault: e.Fault, status: e.Status, after: e.After, lost: mayBeBilled(e)}
	if p.q.Request.Schema != nil && r.Format != client.PlainText && c.blamed(p, r.Format, e) {
		if c.gate.leave(&p.turn, o, true) {
			return 0, c.stop(e, broken(e)) // what is in the queue by now is of no account any more
		}
		return 0, nil
	}
	switch e.Fault {
	case client.Limited:
		return 0, c.limited(p, e, o)
	case client.NoMoney, client.BadKey, client.NoSuchModel, client.Unreachable, client.PromptWasCut:
		err := c.stop(e, advice(e)) // before the next one is let through
		c.gate.leave(&p.turn, o, false)
		return 0, err
	}
	if c.gate.leave(&p.turn, o, false) {
		return 0, c.stop(e, broken(e))
	}
	if e.Fault == client.TooLong && e.Context > 0 {
		c.learn(e.Context)
	}
	if e.Fault == client.Format400 { // and no format was demanded
		plain := *e
		plain.Fault = client.BadRequest
		return 0, &plain
	}
	if !retryable(e) {
		return 0, e
	}
	return c.later(p, e)
}

// later decides about a request that the server failed to answer.
func (c *Caller) later(p *piece, e *client.Error) (time.Duration, error) {
	p.fails++
	if p.fails >= c.opt.Attempts {
		return 0, e
	}
	wait := c.gate.backoff(p.fails)
	if e.After > 0 {
		wait = min(e.After, longestWait)
	}
	c.events.tell(Event{Pass: p.q.Pass, Name: p.q.Name, State: "retry", Detail: e.Message, Wait: wait})
	return wait, nil
}

// broken is the reason of a Stopped when the server fails again and again.
func broken(e *client.Error) string {
	return fmt.Sprintf("the server failed %d times in a row, the last time so: %s; what was asked so far is kept: run again when it is well", circuit, e.Message)
}

// limited decides about a request that the server refused to take now. The run ends when it refuses again and again and nobody gets a
// reply. As long as others do, one that is refused waits on; but not for ever, and every other time it lets the others by: some
// servers refuse what is too large for them as if it came too fast, and would be asked for nothing else.
func (c *Caller) limited(p *piece, e *client.Error, o outcome) error {
	inRow, replies := c.gate.refused(&p.turn)
	if p.refused++; p.refused == 1 {
		p.heard = replies
	}
	left := c.opt.Attempts - inRow
	switch {
	case left <= 0 && replies > p.heard, p.refused >= 4*c.opt.Attempts:
		c.gate.leave(&p.turn, o, false)
		return e
	case e.Retry != nil && !*e.Retry, left <= 0, e.After > time.Duration(left)*longestWait:
		defer c.gate.leave(&p.turn, o, false) // when the run is stopped, so that nobody is let through
		return c.stop(e, refusal(e))
	case p.refused%2 == 0:
		p.turn.number = c.last()
	}
	c.gate.leave(&p.turn, o, true)
	wait := max(time.Until(c.gate.pause()), 0)
	c.events.tell(Event{Pass: p.q.Pass, Name: p.q.Name, State: "retry", Detail: e.Message, Wait: wait})
	return nil
}

// refusal is the reason of a Stopped when the server takes no more requests.
func refusal(e *client.Error) string {
	until, when := "", "later"
	if e.After > longestWait {
		until, when = fmt.Sprintf(" for %s", e.After.Round(time.Second)), "then"
	}
	return fmt.Sprintf("the server takes no more requests%s: %s; what was asked so far is kept: run again %s", until, e.Message, when)
}

// blamed reports whether a failure is the format's, and goes down the ladder if so: the server says it, or it fails twice in a
// way in which servers fail over a schema. One that is overloaded or starting says 503 or 529.
func (c *Caller) blamed(p *piece, f client.Format, e *client.Error) bool {
	switch {
	case e.Fault == client.Format400:
		return c.fall(p, f, true, e.Message)
	case e.Fault == client.ServerError && e.Status >= 500 && e.Status <= 502:
		p.suspect++
		if p.suspect >= 2 && retryable(e) && p.fails+1 < c.opt.Attempts && c.fall(p, f, false, e.Message) {
			p.fails++
			return true
		}
	}
	return false
}

func retryable(e *client.Error) bool {
	switch e.Fault {
	case client.ServerError, client.Network, client.Garbage:
		return e.Retry == nil || *e.Retry
	case client.BadRequest:
		return e.Retry != nil && *e.Retry
	}
	return false
}

// mayBeBilled reports whether the server may have done some of the work: it had begun to reply, or the connection broke after
// the request was sent.
func mayBeBilled(e *client.Error) bool {
	var op *net.OpError
	dial := errors.As(e, &op) && op.Op == "dial"
	return e.Status == 200 || e.Status == 0 && e.Fault == client.Network && !dial
}

// advice returns the reason of a Stopped for a fault that no retry helps against.
func advice(e *client.Error) string {
	if e.Fault == client.PromptWasCut && !strings.Contains(e.Message, "num_ctx") {
		return e.Message + "; raise the context that the server gives the model (Ollama: num_ctx, or OLLAMA_CONTEXT_LENGTH)"
	}
	return e.Message
}

// stop ends the run, and returns why it ended: the first who stops it says.
func (c *Caller) stop(e *client.Error, reason string) error {
	c.halt(&Stopped{reason, e})
	return c.stopped()
}

// learn notes how many tokens the server takes at once.
func (c *Caller) learn(context int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.context == 0 || context < c.context {
		c.context = context
	}
}

// A counter counts tokens, the parts that many requests share once.
type counter struct {
	of     func(string) int
	mu     sync.Mutex
	shared map[string]int
}

func (n *counter) count(s string) int {
	if n.of == nil {
		return (len(s) + 2) / 3
	}
	return n.of(s)
}

func (n *counter) prompt(r *client.Request) int {
	sum := n.count(r.User) + n.once(r.System)
	if r.Schema != nil {
		sum += n.once(string(r.Schema.JSON))
	}
	return sum
}

func (n *counter) once(s string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if sum, ok := n.shared[s]; ok {
		return sum
	}
	if n.shared == nil {
		n.shared = map[string]int{}
	}
	sum := n.count(s)
	n.shared[s] = sum
	return sum
}
