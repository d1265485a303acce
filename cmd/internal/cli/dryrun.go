package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"whatif/analyzer/document"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/render"
	"whatif/analyzer/rules"
)

// A rehearsal takes the place of the model and of whoever asks it. It notes each request and answers it with an empty reply, so
// that the engine goes on; replies that are kept from an earlier run are used, so that what follows from them is shown too.
type rehearsal struct {
	model  *model
	caller *caller.Caller
	engine proposal.Engine
	count  func(string) int

	mu    sync.Mutex
	acts  []*act
	order []string // of the passes
}

// An act is a request that would be sent.
type act struct {
	pass, name  string
	volatile    []string
	request     *client.Request // nil until the caller would send it
	cached      bool
	method, url string
	body        []byte
}

// actKey is the key under which a request's act travels through the caller to the model.
type actKey struct{}

// rehearse returns a rehearsal with the model that the settings name, which needs no key.
func (a *app) rehearse(ctx context.Context, s *settings, kind string, book *rules.Book) (*rehearsal, error) {
	m, err := a.model(ctx, s, false)
	if err != nil {
		return nil, err
	}
	kept, err := a.replies(s)
	if err != nil {
		return nil, err
	}
	r := &rehearsal{model: m}
	opt := m.callerOptions(s)
	r.count = opt.Count
	opt.Cache, opt.MaxCost, opt.MaxRequests, opt.MaxTokens = readOnly{kept}, 0, 0, 0
	r.caller = caller.New(r, opt)
	r.engine, err = m.engine(s, r, opt.Count, kind, book)
	return r, err
}

// readOnly is a cache that takes nothing in.
type readOnly struct{ caller.Cache }

func (readOnly) Put([32]byte, []byte) error { return nil }

// Ask has the caller ask, and notes what became of it.
func (r *rehearsal) Ask(ctx context.Context, q caller.Question) (caller.Answer, error) {
	one := &act{pass: q.Pass, name: q.Name, volatile: q.Volatile}
	r.mu.Lock()
	if !slices.Contains(r.order, q.Pass) {
		r.order = append(r.order, q.Pass)
	}
	r.mu.Unlock()
	q.Accept = nil // an empty reply is as good as any
	answer, err := r.caller.Ask(context.WithValue(ctx, actKey{}, one), q)
	one.cached = answer.Cached
	r.mu.Lock()
	r.acts = append(r.acts, one)
	r.mu.Unlock()
	return answer, err
}

// Spent returns what was spent: nothing.
func (r *rehearsal) Spent() caller.Spent { return caller.Spent{} }

// Complete notes what would be sent, and answers with an empty reply.
func (r *rehearsal) Complete(ctx context.Context, q *client.Request) (*client.Reply, error) {
	if one, ok := ctx.Value(actKey{}).(*act); ok && one.request == nil {
		copied := *q
		one.request = &copied
		var err error
		if one.method, one.url, one.body, err = r.model.client.Body(q); err != nil {
			return nil, &client.Error{Fault: client.BadRequest, Message: err.Error(), Err: err}
		}
	}
	text := "{}"
	if q.Schema != nil {
		text = emptyInstance(q.Schema.JSON)
	}
	return &client.Reply{Text: text, Finish: client.Stopped, Usage: client.Usage{Known: true}}, nil
}

// emptyInstance returns the JSON that says nothing and still has the form of a schema.
func emptyInstance(schema json.RawMessage) string {
	var node struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Enum       []json.RawMessage          `json:"enum"`
	}
	if err := json.Unmarshal(schema, &node); err != nil {
		return "null"
	}
	switch {
	case len(node.Enum) > 0:
		return string(node.Enum[0])
	case node.Type == "object":
		var fields []string
		for name, property := range node.Properties {
			quoted, _ := json.Marshal(name)
			fields = append(fields, string(quoted)+":"+emptyInstance(property))
		}
		slices.Sort(fields)
		return "{" + strings.Join(fields, ",") + "}"
	}
	switch node.Type {
	case "array":
		return "[]"
	case "string":
		return `""`
	case "integer", "number":
		return "0"
	case "boolean":
		return "false"
	}
	return "null"
}

// rehearsalHead opens what a dry run prints.
const rehearsalHead = `# What would be sent to the model, to the byte. Nothing was sent.
# Requests of a later pass depend on the replies to earlier ones: they are shown as if those that are not in the cache had found
# nothing. The random marks around the document's text differ in each run.
`

// dryRun prints each request that would be sent for the documents, and what that would cost on stderr.
func (a *app) dryRun(ctx context.Context, j *job, s *settings, kind string) error {
	if kind == "rules" {
		a.message("", "nothing would be sent: the built-in engine asks no model")
		return nil
	}
	if err := a.print([]byte(rehearsalHead)); err != nil {
		return err
	}
	var total caller.Spent
	failed := 0
	for _, in := range j.inputs {
		spent, err := a.dryRunOne(ctx, j, s, kind, in)
		if err != nil && (ctx.Err() != nil || brokenPipe(err)) {
			return err
		}
		if err != nil {
			failed++
			a.complain(err)
		}
		total.Requests += spent.Requests
		total.CachedRequests += spent.CachedRequests
		total.PromptTokens += spent.PromptTokens
		total.CompletionTokens += spent.CompletionTokens
		total.CostUSD += spent.CostUSD
		total.Unpriced = total.Unpriced || spent.Unpriced
	}
	a.message("", rehearsed(total))
	for _, over := range overLimit(s, total) {
		a.message("note: ", over)
	}
	switch failed {
	case 0:
		return nil
	case len(j.inputs):
		return errReported
	}
	return &codeError{ExitPartly, errReported}
}

func (a *app) dryRunOne(ctx context.Context, j *job, s *settings, kind, input string) (caller.Spent, error) {
	doc, err := a.open(ctx, input, j.read)
	if err != nil {
		return caller.Spent{}, err
	}
	r, err := a.rehearse(ctx, s, kind, j.make.Rules)
	if err != nil {
		return caller.Spent{}, err
	}
	if _, err := r.engine.Propose(ctx, reading.Read(doc), j.make.Framework); err != nil {
		return caller.Spent{}, fmt.Errorf("%s: %w", input, err)
	}
	var page bytes.Buffer
	spent := r.write(&page, doc, input)
	if isTerminal(a.stdout) {
		return spent, a.print([]byte(render.EscapeTerminal(page.String())))
	}
	return spent, a.print(page.Bytes())
}

// write writes the requests in the order of the passes and of the document, and returns what they come to at most.
func (r *rehearsal) write(w io.Writer, doc *document.Document, input string) caller.Spent {
	section := map[string]int{}
	for i := len(doc.Sections) - 1; i >= 0; i-- {
		section[doc.Sections[i].Title] = i + 1
	}
	slices.SortStableFunc(r.acts, func(x, y *act) int {
		return cmp.Or(cmp.Compare(slices.Index(r.order, x.pass), slices.Index(r.order, y.pass)),
			cmp.Compare(section[x.name], section[y.name]), cmp.Compare(x.name, y.name), cmp.Compare(x.constant(), y.constant()))
	})
	var total caller.Spent
	for _, one := range r.acts {
		fmt.Fprintf(w, "\n## %s · %s · %s: ", render.EscapeTerminal(oneLine(input)), one.pass, render.EscapeTerminal(oneLine(one.name)))
		if one.request == nil {
			total.CachedRequests++
			fmt.Fprintln(w, "not sent, its reply is in the cache")
			continue
		}
		in, out := r.count(one.request.System)+r.count(one.request.User), one.request.MaxTokens
		usd, known := r.model.price(client.Usage{Prompt: in, Completion: out, Known: true})
		total.Requests++
		total.PromptTokens += in
		total.CompletionTokens += out
		total.CostUSD += usd
		total.Unpriced = total.Unpriced || !known
		cost := "price unknown"
		if known {
			cost = dollars(usd) + " at most"
		}
		fmt.Fprintf(w, "about %s tokens, up to %s back, %s\n%s %s\n%s\n", thousands(in), thousands(out), cost, one.method, one.url, one.body)
	}
	return total
}

// constant returns the request without what differs in each run.
func (one *act) constant() string {
	if one.request == nil {
		return ""
	}
	text := one.request.User
	for _, v := range one.volatile {
		text = strings.ReplaceAll(text, v, "")
	}
	return text
}

// rehearsed sums up a dry run.
func rehearsed(total caller.Spent) string {
	text := fmt.Sprintf("nothing was sent; it would be at least %s with about %s tokens, and up to %s back", plural(total.Requests, "request"),
		thousands(total.PromptTokens), thousands(total.CompletionTokens))
	switch {
	case total.Requests == 0:
		text = "nothing was sent, and nothing would be"
	case total.Unpriced:
		text += "; price unknown"
	default:
		text += "; " + dollars(total.CostUSD) + " at most for these"
	}
	if total.CachedRequests > 0 {
		text += fmt.Sprintf("; in the cache already: %s", thousands(total.CachedRequests))
	}
	return text
}

// overLimit says which limits the run could reach.
func overLimit(s *settings, total caller.Spent) []string {
	var notes []string
	for _, l := range []struct {
		key  string
		most float64
	}{{"max-cost", total.CostUSD}, {"max-requests", float64(total.Requests)}, {"max-tokens", float64(total.PromptTokens + total.CompletionTokens)}} {
		if limit := s.limit(l.key); limit > 0 && l.most > limit {
			notes = append(notes, fmt.Sprintf("that may be more than %s allows (%s): the run would stop there, with a partial draft", l.key, s.text(l.key)))
		}
	}
	return notes
}
