package client

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"whatif/prompts"
)

func TestProvidersFile(t *testing.T) {
	data, err := prompts.FS.ReadFile("providers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseProviders("providers.yaml", data); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
		cfg := Config{BaseURL: "https://RESOURCE.openai.azure.com"}
		if !p.Azure {
			cfg.BaseURL = ""
		}
		p.Apply(&cfg)
		c, err := New(cfg)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if c.Local() != p.Local || p.Local != (p.KeyVariable == "") {
			t.Errorf("%s: local %v, key from %q, at %s", p.Name, p.Local, p.KeyVariable, p.BaseURL)
		}
	}
	for _, name := range []string{"openai", "azure", "ollama", "lmstudio", "llamacpp", "vllm", "openrouter", "groq", "mistral", "gemini", "anthropic",
		"deepseek", "together", "fireworks", "xai", "cerebras"} {
		if !slices.Contains(names, name) {
			t.Errorf("no preset for %s", name)
		}
	}
}

func TestParseProvidersRefuses(t *testing.T) {
	const rest = "\nerrors: []\n"
	for name, text := range map[string]string{
		"unknown field":     "providers:\n- name: a\n  about: b\n  url: c" + rest,
		"twice":             "providers:\n- {name: a, about: b}\n- {name: a, about: c}" + rest,
		"nothing about it":  "providers:\n- name: a" + rest,
		"unknown fault":     "errors:\n- {fault: bad, says: [x]}",
		"says nothing":      "errors:\n- {fault: key}",
		"pattern":           "errors:\n- fault: key\n  says: ['(']",
		"list for a string": "providers:\n- name: []",
	} {
		if _, err := parseProviders("p.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "p.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parseProviders("p.yaml", []byte("errors:\n- fault: key\n  says: ['(']")); !strings.Contains(err.Error(), "line 3") {
		t.Errorf("no line in %v", err)
	}
}

func TestApply(t *testing.T) {
	p, err := PresetNamed(" OpenRouter ")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Extra: map[string]any{"mine": 1}}
	p.Apply(&cfg)
	want := map[string]any{"mine": 1, "provider": map[string]any{"require_parameters": true}}
	if cfg.BaseURL != p.BaseURL || !reflect.DeepEqual(cfg.Extra, want) {
		t.Errorf("got %+v", cfg)
	}
	Presets()[6].Extra["mine"] = 1
	if again, _ := PresetNamed("openrouter"); len(p.Extra) != 1 || len(again.Extra) != 1 {
		t.Errorf("a preset was changed by its use: %v, %v", p.Extra, again.Extra)
	}
	full := Config{BaseURL: "https://gateway.example/v1", MaxField: maxTokens, Extra: map[string]any{"provider": "mine"}}
	p.MaxField, p.APIVersion = maxCompletionTokens, "x"
	got := full
	p.Apply(&got)
	if got.BaseURL != full.BaseURL || got.MaxField != maxTokens || got.Extra["provider"] != "mine" {
		t.Errorf("what the user set was overwritten: %+v", got)
	}
	if _, err := PresetNamed("acme"); err == nil || !strings.Contains(err.Error(), "ollama") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestModels(t *testing.T) {
	tests := []struct {
		body string
		want []string
	}{
		{`{"object":"list","data":[{"id":"b"},{"id":"a","created":1.5},{"id":"b"},{}]}`, []string{"a", "b"}},
		{`{"models":[{"name":"n","model":"m"},{"model":"o\u001b[0m"}]}`, []string{"n", "o [0m"}},
		{`[{"id":"x"},"y",7,null]`, []string{"x", "y"}},
		{`{"data":["x"]}`, []string{"x"}},
		{`{"object":"list","data":null}`, nil},
		{`[]`, nil},
	}
	for _, tt := range tests {
		var path string
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			path = r.Method + " " + r.URL.String() + " " + r.Header.Get("Authorization")
			says(200, tt.body)(w, r)
		}, func(c *Config) { c.Model = "" })
		got, err := c.Models(t.Context())
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, %v", tt.body, got, err)
		}
		if path != "GET /v1/models Bearer "+testKey {
			t.Errorf("asked %s", path)
		}
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.String() != "/openai/models?api-version=v" {
			w.WriteHeader(404)
			return
		}
		says(200, `{"data":[{"id":"x"}]}`)(w, r)
	}, func(c *Config) { c.BaseURL, c.Azure, c.APIVersion = strings.TrimSuffix(c.BaseURL, "/v1"), true, "v" })
	if got, err := c.Models(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("azure: %q, %v", got, err)
	}
}

// TestListed reads how much a model takes from what the servers are known to tell.
func TestListed(t *testing.T) {
	for body, want := range map[string]int{
		`{"id":"m","context_length":131072}`:                 0x20000, // OpenRouter, Together
		`{"id":"m","max_model_len":32768}`:                   32768,   // vLLM
		`{"id":"m","context_window":8192}`:                   8192,    // Groq
		`{"id":"m","meta":{"n_ctx":4096,"n_ctx_train":2}}`:   4096,    // llama.cpp
		`{"id":"m","created":1,"meta":null}`:                 0,
		`{"id":"m","context_length":-5}`:                     0,
		`{"id":"m","context_length":"much"}`:                 0,
		`{"id":"m","context_length":1e300}`:                  0,
		`{"id":"m","context_length":null,"max_model_len":7}`: 7,
	} {
		c := serve(t, says(200, `{"data":[`+body+`,"plain"]}`))
		got, err := c.List(t.Context())
		if err != nil || !slices.Equal(got, []Listed{{"m", want}, {"plain", 0}}) {
			t.Errorf("%s: %v, %v", body, got, err)
		}
	}
}

func TestModelsErrors(t *testing.T) {
	for body, want := range map[string]Fault{
		``: Garbage, `<html>`: Garbage, `{"data":7}`: Garbage, `{}`: Garbage, `hello`: Garbage, `{"error":"rate limit"}`: Limited,
	} {
		c := serve(t, says(200, body))
		_, err := c.Models(t.Context())
		if e := faultOf(t, c, err); e.Fault != want {
			t.Errorf("%q: %s: %s", body, e.Fault, e.Message)
		}
	}
	c := serve(t, says(401, `{}`))
	_, err := c.Models(t.Context())
	if e := faultOf(t, c, err); e.Fault != BadKey {
		t.Errorf("%s: %s", e.Fault, e.Message)
	}
	c = serve(t, says(200, `{"data":["`+strings.Repeat("x", 1<<20)+`"`+strings.Repeat(`,"x"`, 2<<20)+`]}`))
	if _, err = c.Models(t.Context()); faultOf(t, c, err).Fault != Garbage {
		t.Errorf("an endless list: %v", err)
	}
}

func TestFound(t *testing.T) {
	asked := make(chan http.Header, 10)
	list := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/v1/models" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if !r.Close {
			t.Error("the connection would stay open, unused")
		}
		asked <- r.Header
		says(200, `{"data":[{"id":"x"}]}`)(w, r)
	}))
	defer list.Close()
	other := httptest.NewServer(says(200, `{"hello":"world"}`))
	defer other.Close()
	locked := httptest.NewServer(says(401, `{"data":[]}`))
	defer locked.Close()
	moved := httptest.NewServer(http.RedirectHandler(list.URL+"/v1/models", http.StatusFound))
	defer moved.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	start := time.Now()
	got := found(t.Context(), []Preset{
		{Name: "silent", BaseURL: silent.URL + "/v1", Local: true}, {Name: "b", BaseURL: list.URL + "/v1", Local: true},
		{Name: "other", BaseURL: other.URL + "/v1", Local: true}, {Name: "far", BaseURL: list.URL + "/v1"},
		{Name: "locked", BaseURL: locked.URL + "/v1", Local: true}, {Name: "moved", BaseURL: moved.URL + "/v1", Local: true},
		{Name: "gone", BaseURL: "http://127.0.0.1:1/v1", Local: true}, {Name: "a", BaseURL: list.URL + "/v1", Local: true},
	}, time.Second)
	if len(got) != 2 || got[0].Name != "b" || got[1].Name != "a" {
		t.Errorf("found %+v", got)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("looking took %v", took)
	}
	if len(asked) != 2 {
		t.Errorf("%d requests", len(asked))
	}
	if h := <-asked; h.Get("Authorization") != "" {
		t.Errorf("a key was sent: %v", h)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Found(ctx); len(got) != 0 {
		t.Errorf("found %+v after the end", got)
	}
}
