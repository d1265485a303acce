package client

import (
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

// Models lists the names of the models that the endpoint has, sorted. Errors are as Complete's.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	a := c.newAttempt()
	within, done := a.within(ctx, min(c.cfg.Timeout, 30*time.Second))
	defer done()
	_, err := a.openai().ListModels(within)
	if !errors.Is(err, errWhole) {
		return nil, a.failed(ctx, err)
	}
	names, ok := modelNames(a.whole)
	if !ok {
		return nil, a.refusedOr(a.whole, "the answer is no list of models")
	}
	return names, nil
}

// modelNames reads a list of models in the form of OpenAI, Ollama or a bare list.
func modelNames(body []byte) (names []string, ok bool) {
	if len(body) > maxWhole {
		return nil, false
	}
	var bare []named
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &bare) != nil && json.Unmarshal(body, &object) == nil {
		list, there := object["data"]
		if !there {
			list = object["models"]
		}
		if json.Unmarshal(list, &bare) != nil { // null is a list too: Ollama's when it has no model
			return nil, false
		}
	} else if bare == nil {
		return nil, false
	}
	for _, m := range bare[:min(len(bare), maxModels)] {
		if m != "" {
			names = append(names, string(m))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

// named is a model's name, alone or in an object, on one line.
type named string

func (n *named) UnmarshalJSON(data []byte) error {
	var m struct{ ID, Name, Model words }
	if json.Unmarshal(data, &m) == nil {
		for _, s := range []words{m.ID, m.Name, m.Model} {
			if *n == "" {
				*n = named(clean(string(s), 200))
			}
		}
		return nil
	}
	var s string
	if json.Unmarshal(data, &s) == nil {
		*n = named(clean(s, 200))
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
	_, ok := modelNames(body)
	return ok
}
