package cli

import (
	"encoding/json"
	"testing"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/reply"
)

func TestDollars(t *testing.T) {
	for usd, want := range map[float64]string{0: "$0", 0.00001: "under $0.0001", 0.0213: "$0.0213", 0.5: "$0.5000", 1.234: "$1.23", 1200: "$1200.00"} {
		if got := dollars(usd); got != want {
			t.Errorf("dollars(%v) = %q, want %q", usd, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestCost(t *testing.T) {
	at := func(url string) *asking {
		c, err := client.New(client.Config{BaseURL: url, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		return &asking{model: &model{client: c}}
	}
	far, near := at("https://llm.example/v1"), at("http://127.0.0.1:1/v1")
	for _, c := range []struct {
		k     *asking
		spent caller.Spent
		want  string
	}{
		{far, caller.Spent{CostUSD: 0.25}, "$0.2500"},
		{far, caller.Spent{Unpriced: true}, "price unknown"},
		{far, caller.Spent{CostUSD: 0.25, Unpriced: true}, "more than $0.2500, some of it at a price that is not known"},
		{near, caller.Spent{Unpriced: true}, "on this machine, no cost"},
	} {
		if got := c.k.cost(c.spent); got != c.want {
			t.Errorf("%+v: %q, want %q", c.spent, got, c.want)
		}
	}
}

// What a dry run answers has the form that is asked for, and says nothing.
func TestEmptyInstance(t *testing.T) {
	type item struct {
		Kind string `json:"kind" enum:"a,b"`
		S    []int  `json:"s"`
	}
	form := struct {
		Items []item `json:"items"`
		One   item   `json:"one"`
		N     int    `json:"n"`
		Yes   bool   `json:"yes"`
		Text  string `json:"text"`
	}{}
	got := emptyInstance(reply.Schema(form))
	if want := `{"items":[],"n":0,"one":{"kind":"a","s":[]},"text":"","yes":false}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, schema := range []string{"", "{}", "[", `{"type":["string","null"]}`} {
		if got := emptyInstance(json.RawMessage(schema)); got != "null" {
			t.Errorf("%q: got %s", schema, got)
		}
	}
}

func TestMasked(t *testing.T) {
	for value, want := range map[string]string{
		"":                                    "",
		"none":                                "none",
		"Authorization: Bearer abc":           "Authorization: (not shown)",
		"http://proxy.example:3128":           "http://proxy.example:3128",
		"http://me:secret@proxy.example:3128": "http://(not shown)@proxy.example:3128",
		"socks5://token@proxy.example":        "socks5://(not shown)@proxy.example",
	} {
		if got := masked(value); got != want {
			t.Errorf("masked(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestParseAge(t *testing.T) {
	for text, hours := range map[string]float64{"30d": 720, "12h": 12, "0d": 0, "90m": 1.5} {
		if got, err := parseAge(text); err != nil || got.Hours() != hours {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-2h", "soon", "999999999d", "1.5d"} {
		if got, err := parseAge(text); err == nil {
			t.Errorf("%s: %v, want an error", text, got)
		}
	}
}
