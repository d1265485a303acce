package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxModels bounds a list of models; the longest of today has some 500.
const maxModels = 10000

// A Listed is a model as its endpoint lists it.
type Listed struct {
	Name    string
	Context int // tokens that it takes at once, where the endpoint tells; else 0
}

// Models lists the names of the models that the endpoint has, sorted. Errors are as Complete's.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	list, err := c.List(ctx)
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names, err
}

// List lists the models that the endpoint has, each name once, in order. Errors are as Complete's.
func (c *Client) List(ctx context.Context) ([]Listed, error) {
	a := c.newAttempt()
	within, done := a.within(ctx, min(c.cfg.Timeout, 30*time.Second))
	defer done()
	_, err := a.openai().ListModels(within)
	if !errors.Is(err, errWhole) {
		return nil, a.failed(ctx, err)
	}
	list, ok := modelList(a.whole)
	if !ok {
		return nil, a.refusedOr(a.whole, "the answer is no list of models")
	}
	for i := range list {
		list[i].Name = c.withoutKey(list[i].Name)
	}
	return list, nil
}

// modelList reads a list of models in the form of OpenAI, Ollama or a bare list.
func modelList(body []byte) (list []Listed, ok bool) {
	if len(body) > maxWhole {
		return nil, false
	}
	var bare []listed
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &bare) != nil && json.Unmarshal(body, &object) == nil {
		models, there := object["data"]
		if !there {
			models = object["models"]
		}
		if json.Unmarshal(models, &bare) != nil { // null is a list too: Ollama's when it has no model
			return nil, false
		}
	} else if bare == nil {
		return nil, false
	}
	for _, m := range bare[:min(len(bare), maxModels)] {
		if m.Name != "" {
			list = append(list, Listed(m))
		}
	}
	slices.SortStableFunc(list, func(x, y Listed) int { return cmp.Compare(x.Name, y.Name) })
	return slices.CompactFunc(list, func(x, y Listed) bool { return x.Name == y.Name }), true
}

// A listed is a model's name on one line, alone or in an object that may also tell its context: OpenRouter's and Together's
// context_length, vLLM's max_model_len, Groq's context_window, llama.cpp's meta.n_ctx.
type listed Listed

func (l *listed) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		l.Name = clean(s, 200)
		return nil
	}
	var m struct{ ID, Name, Model words }
	if json.Unmarshal(data, &m) == nil {
		l.Name = clean(string(cmp.Or(m.ID, m.Name, m.Model)), 200)
	}
	var told struct {
		Length float64 `json:"context_length"`
		Most   float64 `json:"max_model_len"`
		Window float64 `json:"context_window"`
		Meta   struct {
			Context float64 `json:"n_ctx"`
		}
	}
	if json.Unmarshal(data, &told) == nil {
		if n := cmp.Or(told.Length, told.Most, told.Window, told.Meta.Context); n >= 1 && n <= 1e9 {
			l.Context = int(n)
		}
	}
	return nil
}

// foundWithin is how long a server on this machine has to answer.
const foundWithin = 300 * time.Millisecond

// Found lists the presets of servers that answer on this machine, asking each known local address once, briefly, for its models.
// No key is sent.
func Found(ctx context.Context) []Preset { return found(ctx, Presets(), foundWithin) }

func found(ctx context.Context, presets []Preset, within time.Duration) []Preset {
	presets = slices.DeleteFunc(presets, func(p Preset) bool { return !p.Local })
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	there := make([]bool, len(presets))
	var wg sync.WaitGroup
	for i, p := range presets {
		wg.Go(func() { there[i] = answers(ctx, client, p.BaseURL+"/models") })
	}
	wg.Wait()
	var list []Preset
	for i, p := range presets {
		if there[i] {
			list = append(list, p)
		}
	}
	return list
}

// answers reports whether a list of models is there.
func answers(ctx context.Context, client *http.Client, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxWhole))
	if err != nil || resp.StatusCode != http.StatusOK {
		return false
	}
	_, ok := modelList(body)
	return ok
}
