package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"whatif/analyzer/framework"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/reply"
	"whatif/analyzer/llm/tokens"
)

// A doctor tries one model.
type doctor struct {
	settings *settings
	model    *model
	report   examination
	tell     func(check) // nil: nobody waits for it
	best     *client.Reply
	fatal    bool // no further try can do better
	takes    int  // tokens of context, as the endpoint says; 0 if it does not
	whole    bool // replies word by word failed, whole ones are tried
}

// note takes in the outcome of a check.
func (d *doctor) note(name, state, found, advice string) {
	c := check{name, state, found, advice}
	d.report.Checks = append(d.report.Checks, c)
	if d.tell != nil {
		d.tell(c)
	}
}

// examine makes all checks. It returns an error only when ctx ended: what does not work is part of the outcome.
func (d *doctor) examine(ctx context.Context) error {
	d.reach(ctx)
	d.tryAll(ctx)
	if d.best == nil && !d.fatal && ctx.Err() == nil && !d.model.config.NoStream {
		d.tryWhole(ctx)
	}
	if d.best != nil && ctx.Err() == nil {
		d.describe()
		d.cached(ctx)
		d.context()
		d.cost()
	}
	return ctx.Err()
}

func (d *doctor) tryAll(ctx context.Context) {
	for _, format := range []client.Format{client.StrictSchema, client.JSONObject, client.PlainText, client.ForcedTool} {
		if ctx.Err() == nil && !d.fatal {
			d.try(ctx, format)
		}
	}
}

// tryWhole tries all again with whole replies, for endpoints that cannot send them word by word.
func (d *doctor) tryWhole(ctx context.Context) {
	d.model.config.NoStream = true
	whole, err := client.New(d.model.config)
	if err != nil {
		return
	}
	d.note("streaming", neither, "nothing worked word by word; trying whole replies", "")
	d.model.client, d.whole = whole, true
	d.tryAll(ctx)
}

// reach asks what models there are: the cheapest question, and it needs the address and the key.
func (d *doctor) reach(ctx context.Context) {
	start := time.Now()
	list, err := d.model.client.List(ctx)
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
		if m.Name == d.model.name {
			d.takes = m.Context
		}
	}
	took := time.Since(start).Round(time.Millisecond)
	failed := (*client.Error)(nil)
	if errors.As(err, &failed) && (failed.Fault == client.Unreachable || failed.Fault == client.Network) {
		d.note("endpoint", fails, failed.Message, "")
		d.fatal = true
		return
	}
	d.note("endpoint", works, fmt.Sprintf("answers within %v", took), "")
	switch {
	case failed != nil && failed.Fault == client.BadKey:
		d.note("key", fails, failed.Message, d.model.advice)
		d.fatal = true
	case !d.model.keyed:
		d.note("key", neither, "none is set", "")
	case err == nil:
		d.note("key", works, "is taken", "")
	}
	if err != nil && !d.fatal {
		d.note("models", neither, "the endpoint does not list them", "")
	}
	if err != nil {
		return
	}
	if slices.Contains(names, d.model.name) {
		d.note("model", works, "is there", "")
		return
	}
	advice := "`whatif models` lists what there is"
	if name, ok := nearest(d.model.name, names); ok {
		advice = "did you mean " + name + "? " + advice
	}
	d.note("model", neither, fmt.Sprintf("is not among the %d that the endpoint lists; some take names that they do not list", len(names)), advice)
}

// A trial is the form of the reply that is asked for.
type trial struct {
	Assets []struct {
		Name      string `json:"name" about:"what it is, in the document's words"`
		Sentences []int  `json:"s" about:"numbers of the sentences that name it"`
	} `json:"assets" about:"data and other things of value that the document names"`
}

// trialRequest asks about a document of one sentence.
func (d *doctor) trialRequest(format client.Format) *client.Request {
	most := 1000
	if d.model.known.Reasoning || d.settings.text("reasoning-effort") != "" {
		most = 4000
	}
	return &client.Request{
		System: "You read requirements documents. You answer with JSON alone, of this form:\n" + reply.Describe(trial{}),
		User:   "1| Anyone with the link can open the photo album.\n\nWhich assets does this document name?",
		Schema: &client.Schema{Name: "trial", JSON: reply.Schema(trial{})}, Format: format,
		MaxTokens: cmp.Or(d.settings.values.GetInt("max-output"), most),
	}
}

// formatAdvice says what follows where a format does not work. The ladder needs no setting for it.
var formatAdvice = map[client.Format]string{
	client.StrictSchema: "nothing to do: whatif asks in another form, and checks replies all the same",
	client.JSONObject:   "nothing to do: whatif asks in another form, and checks replies all the same",
	client.ForcedTool:   "nothing to do: whatif does not need it",
}

// try asks in one format.
func (d *doctor) try(ctx context.Context, format client.Format) {
	name := string(format)
	got, err := d.ask(ctx, d.trialRequest(format))
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		advice := formatAdvice[format]
		failed := (*client.Error)(nil)
		if errors.As(err, &failed) && slices.Contains([]client.Fault{client.BadKey, client.NoSuchModel, client.NoMoney, client.Unreachable, client.PromptWasCut}, failed.Fault) {
			d.fatal = true
			advice = map[client.Fault]string{client.BadKey: d.model.advice, client.NoSuchModel: "`whatif models` lists what there is"}[failed.Fault]
		}
		d.note(name, fails, err.Error(), advice)
		return
	}
	var form trial
	report, err := reply.Decode(got.Text, &form)
	switch {
	case err != nil:
		d.note(name, fails, "the reply has another form: "+err.Error(), formatAdvice[format])
	case got.Finish == client.Cut || report.Cut:
		d.note(name, fails, "the reply ran on until it was cut", "raise --max-output, or take another model")
	case len(form.Assets) == 0:
		d.note(name, fails, "the reply has the form and says nothing", formatAdvice[format])
	default:
		d.note(name, works, "holds"+map[bool]string{true: ", in what the model thinks aloud"}[got.Reasoning], "")
		if format != client.ForcedTool && d.report.Format == "" {
			d.report.Format, d.best = format, got
		}
	}
}

// ask asks once and adds up what it cost.
func (d *doctor) ask(ctx context.Context, q *client.Request) (*client.Reply, error) {
	got, err := d.model.client.Complete(ctx, q)
	if err != nil {
		return nil, err
	}
	usd, known := d.model.price(got.Usage)
	d.report.CostUSD += usd
	d.report.Unpriced = d.report.Unpriced || !known || !got.Usage.Known && !d.model.client.Local()
	return got, nil
}

// describe tells what the best reply shows of the endpoint.
func (d *doctor) describe() {
	r := d.best
	switch {
	case d.whole:
		d.note("streaming", fails, "only whole replies work", "set no-stream: true")
	case d.settings.values.GetBool("no-stream"):
		d.note("streaming", neither, "is turned off by no-stream", "")
	case r.First > 0 && r.First < r.Took:
		d.note("streaming", works, "replies come word by word", "")
	default:
		d.note("streaming", fails, "replies come whole", "--no-stream asks for that; a reply that hangs is noticed later then")
	}
	out := r.Usage.Completion
	if r.Usage.Known {
		d.note("usage", works, fmt.Sprintf("%d tokens in, %d out", r.Usage.Prompt, out), "")
	} else {
		d.note("usage", fails, "the endpoint does not count tokens", "limits of money and tokens go by whatif's own count")
		out = tokens.NewCounter(d.model.known.Encoding).Count(r.Text)
	}
	speed := fmt.Sprintf("first words after %v", r.First.Round(10*time.Millisecond))
	if rest := r.Took - r.First; d.whole || d.settings.values.GetBool("no-stream") {
		speed = fmt.Sprintf("%.0f tokens/s", float64(out)/max(r.Took.Seconds(), 1e-3))
	} else if r.First > 0 && rest > 0 && out > 1 {
		speed += fmt.Sprintf(", then %.0f tokens/s", float64(out)/rest.Seconds())
	}
	d.note("speed", neither, speed, "")
}

// cached asks twice with a long beginning in common, and looks whether the second time is cheaper. On this machine it does not
// matter.
func (d *doctor) cached(ctx context.Context) {
	const enough = 2048 // tokens from which on all known caches work
	if d.model.client.Local() || !d.best.Usage.Known {
		return
	}
	fw, err := framework.Builtin()
	if err != nil {
		return
	}
	q := d.trialRequest(d.report.Format)
	count := tokens.NewCounter(d.model.known.Encoding).Count
	var long strings.Builder
	for i, n := 0, 0; n < enough && i < len(fw.Questions); i++ {
		line := fmt.Sprintf("Keep this question in mind: %s %s\n", fw.Questions[i].Text, fw.Questions[i].Why)
		long.WriteString(line)
		n += count(line)
	}
	q.System = long.String() + q.System
	for range 2 {
		got, err := d.ask(ctx, q)
		if err != nil {
			d.note("cache", neither, "not known: "+err.Error(), "")
			return
		}
		if got.Usage.Cached > 0 {
			d.note("cache", works, fmt.Sprintf("%d of %d tokens came from the model's own cache", got.Usage.Cached, got.Usage.Prompt), "")
			return
		}
	}
	d.note("cache", neither, "no tokens from the model's own cache were reported", "")
}

// context tells how much is taken to fit into one request.
func (d *doctor) context() {
	switch own := d.settings.values.GetInt("context"); {
	case own > 0:
		d.note("context", neither, thousands(own)+" tokens, as you set it", "")
	case d.takes > 0:
		advice := ""
		if d.takes != cmp.Or(d.model.known.Context, 8192) {
			advice = fmt.Sprintf("set context to %d", d.takes)
		}
		d.note("context", works, thousands(d.takes)+" tokens, as the endpoint says", advice)
	case d.model.known.Context > 0:
		d.note("context", works, thousands(d.model.known.Context)+" tokens, as is known of "+d.model.known.Name, "")
	default:
		d.note("context", neither, "not known; 8,192 tokens are assumed", "set context to what the server was started with")
	}
}

func (d *doctor) cost() {
	switch price := d.model.known.Price; {
	case d.model.client.Local():
		d.note("cost", neither, "none, on this machine", "")
	case !d.model.known.Priced:
		d.note("cost", neither, "the price is not known", "put it into a file of your own: prices; max-cost needs it")
	default:
		d.note("cost", neither, fmt.Sprintf("%s for this; a million tokens: %s in, %s from the cache, %s out (as of %s)", dollars(d.report.CostUSD),
			dollars(price.Input), dollars(price.CachedInput), dollars(price.Output), d.model.prices.AsOf), "")
	}
}
