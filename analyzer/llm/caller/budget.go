package caller

import (
	"fmt"
	"strconv"
	"time"

	"whatif/analyzer/llm/client"
)

// defaultReply is the longest reply, in tokens, where a limit must hold and the request names none.
const defaultReply = 4096

// A cost is what a request may cost at most.
type cost struct {
	counted            int // tokens of the prompt, by our count
	prompt, completion int
	usd                float64
	known              bool // usd is
}

// An outcome is what came of a request that was sent.
type outcome struct {
	usage  client.Usage // of a reply; not Known is our estimate
	lost   bool         // there is no reply, but it may have been billed
	fault  client.Fault // "" with a reply; another word if it is neither the server's nor the request's
	status int
	after  time.Duration
}

// aborted stands for the fault of a request whose context ended.
const aborted client.Fault = "aborted"

// A budget is what was spent, and what may be. What requests in flight may cost at most is held for them.
type budget struct {
	maxRequests, maxTokens int
	maxUSD                 float64
	price                  func(client.Usage) (float64, bool)

	spent  Spent
	held   sum
	lost   sum     // replies that never came and may have been billed, at most
	factor float64 // by which prompts were longer than they were counted, at worst; at least 1
}

// frame is the tokens that servers put around the messages, more or less. They say nothing about how well we count.
const frame = 32

type sum struct {
	requests, tokens int
	usd              float64
}

func newBudget(opt Options) budget {
	price := opt.Price
	if price == nil {
		price = func(client.Usage) (float64, bool) { return 0, false }
	}
	return budget{maxRequests: opt.MaxRequests, maxTokens: opt.MaxTokens, maxUSD: opt.MaxCost, price: price, factor: 1}
}

// penny absorbs what floating-point sums are off by.
const penny = 1e-9

// room reports whether a request fits in beside those in flight. It returns a *Stopped if it never will.
func (b *budget) room(c cost) (fits bool, stop *Stopped) {
	if b.maxUSD > 0 && !c.known {
		return false, &Stopped{fmt.Sprintf("the model's price is not known, so --max-cost %s can't be kept: give it with --prices FILE, or leave --max-cost out", dollars(b.maxUSD)), ErrBudget}
	}
	s := b.spent
	requests := s.Requests + 1
	tokens := s.PromptTokens + s.CompletionTokens + b.lost.tokens + c.prompt + c.completion
	usd := s.CostUSD + b.lost.usd + c.usd - penny
	switch {
	case b.maxRequests > 0 && requests > b.maxRequests:
		return false, overstep("--max-requests %d is reached", b.maxRequests)
	case b.maxTokens > 0 && tokens > b.maxTokens:
		return false, overstep("--max-tokens %d would be overstepped: the next request may take %d, and %d are used", b.maxTokens, c.prompt+c.completion, tokens-c.prompt-c.completion)
	case b.maxUSD > 0 && usd > b.maxUSD:
		return false, overstep("--max-cost %s would be overstepped: the next request may cost $%.4f, and $%.4f are spent", dollars(b.maxUSD), c.usd, s.CostUSD+b.lost.usd)
	}
	return (b.maxRequests <= 0 || requests+b.held.requests <= b.maxRequests) &&
		(b.maxTokens <= 0 || tokens+b.held.tokens <= b.maxTokens) &&
		(b.maxUSD <= 0 || usd+b.held.usd <= b.maxUSD), nil
}

// dollars writes a sum as people do, unless that rounds it.
func dollars(usd float64) string {
	if s := fmt.Sprintf("%.2f", usd); s == fmt.Sprintf("%.6f", usd)[:len(s)] && fmt.Sprintf("%.6f", usd)[len(s):] == "0000" {
		return s
	}
	return strconv.FormatFloat(usd, 'f', -1, 64)
}

func overstep(format string, args ...any) *Stopped {
	return &Stopped{fmt.Sprintf(format, args...) + "; what was asked so far is kept: run again with a higher limit, and it goes on from there", ErrBudget}
}

func (b *budget) hold(c cost) {
	b.held.requests++
	b.held.tokens += c.prompt + c.completion
	b.held.usd += c.usd
}

// release takes back what hold did; none says that nothing is in flight any more.
func (b *budget) release(c cost, none bool) {
	if none {
		b.held = sum{}
		return
	}
	b.held.requests--
	b.held.tokens -= c.prompt + c.completion
	b.held.usd -= c.usd
}

// settle books a request that held c, and returns what was spent on it.
func (b *budget) settle(c cost, o outcome) (spent Spent) {
	switch {
	case o.fault == "":
		spent = b.book(o.usage)
		if c.counted > 0 && o.usage.Known {
			b.factor = max(b.factor, float64(o.usage.Prompt-frame)/float64(c.counted))
		}
	case o.lost:
		spent = b.book(client.Usage{Prompt: c.prompt})
		b.lost.tokens += c.completion
		b.lost.usd += max(0, c.usd-spent.CostUSD)
	}
	return spent
}

func (b *budget) book(u client.Usage) Spent {
	s := Spent{Requests: 1, PromptTokens: u.Prompt, CachedTokens: u.Cached, CompletionTokens: u.Completion}
	reported := u.Known
	u.Known = true
	usd, known := b.price(u)
	if known {
		s.CostUSD = usd
	}
	s.Unpriced = !known || !reported
	b.spent.add(s)
	return s
}

func (s *Spent) add(more Spent) {
	s.Requests += more.Requests
	s.CachedRequests += more.CachedRequests
	s.PromptTokens += more.PromptTokens
	s.CachedTokens += more.CachedTokens
	s.CompletionTokens += more.CompletionTokens
	s.CostUSD += more.CostUSD
	s.Unpriced = s.Unpriced || more.Unpriced
}
