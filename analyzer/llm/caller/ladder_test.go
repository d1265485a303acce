package caller_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
)

// takes is a server that takes only some formats, and says how it fails with the others.
func takes(failure any, formats ...client.Format) func(int, *client.Request) (*client.Reply, error) {
	return func(_ int, r *client.Request) (*client.Reply, error) {
		if !slices.Contains(formats, r.Format) {
			return script(failure)(1, r)
		}
		return says("{}"), nil
	}
}

func TestLadder(t *testing.T) {
	blank := &client.Reply{Text: `{"facts": [`, Finish: client.Cut, Runaway: true}
	tests := []struct {
		name    string
		say     func(int, *client.Request) (*client.Reply, error)
		formats []client.Format // of the requests of one question
		rung    client.Format   // that holds then
		next    client.Format   // of the first request of another run
	}{
		{"strict", takes(nil, client.StrictSchema), []client.Format{client.StrictSchema}, client.StrictSchema, client.StrictSchema},
		{"object", takes(fault(client.Format400, 400), client.JSONObject), []client.Format{client.StrictSchema, client.JSONObject}, client.JSONObject, client.JSONObject},
		{"text", takes(fault(client.Format400, 400), client.PlainText), []client.Format{client.StrictSchema, client.JSONObject, client.PlainText}, client.PlainText, client.PlainText},
		{"white space", takes(blank, client.JSONObject), []client.Format{client.StrictSchema, client.JSONObject}, client.JSONObject, client.JSONObject},
		{"fails over a schema", takes(fault(client.ServerError, 500), client.JSONObject), []client.Format{client.StrictSchema, client.StrictSchema, client.JSONObject}, client.JSONObject, client.StrictSchema},
		{"fails but in text", takes(fault(client.ServerError, 500), client.PlainText), []client.Format{client.StrictSchema, client.StrictSchema, client.JSONObject, client.JSONObject, client.PlainText}, client.PlainText, client.StrictSchema},
		{"overloaded", script(fault(client.ServerError, 503), fault(client.ServerError, 529), "{}"), []client.Format{client.StrictSchema, client.StrictSchema, client.StrictSchema}, client.StrictSchema, client.StrictSchema},
		{"prose", takes("Sure!", client.JSONObject), []client.Format{client.StrictSchema, client.JSONObject}, client.JSONObject, client.StrictSchema},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var cache shelf
				m := &fake{say: tt.say}
				c := caller.New(m, caller.Options{Cache: &cache, Identity: "here"})
				if _, err := c.Ask(t.Context(), formed("q")); err != nil {
					t.Fatal(err)
				}
				if got := formats(m); !slices.Equal(got, tt.formats) || c.Format() != tt.rung {
					t.Errorf("asked with %v, and %s holds; want %v, and %s", got, c.Format(), tt.formats, tt.rung)
				}
				if got := caller.New(m, caller.Options{Cache: &cache, Identity: "here"}).Format(); got != tt.next {
					t.Errorf("the next run begins with %s, want %s", got, tt.next)
				}
				if got := caller.New(m, caller.Options{Cache: &cache, Identity: "elsewhere"}).Format(); got != client.StrictSchema {
					t.Errorf("another endpoint begins with %s", got)
				}
			})
		})
	}
}

func formats(m *fake) []client.Format {
	m.mu.Lock()
	defer m.mu.Unlock()
	var f []client.Format
	for _, r := range m.asked {
		f = append(f, r.Format)
	}
	return f
}

// Many that fail at one rung at once go down by one.
func TestManyFallOneRung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		m := &fake{say: takes(fault(client.Format400, 400), client.JSONObject, client.PlainText), latency: every(time.Second)}
		c := caller.New(m, caller.Options{InFlight: 30, Observe: l.add})
		_, errs := askAll(t.Context(), c, 100, formed)
		for i, err := range errs {
			if err != nil {
				t.Fatalf("piece %d: %v", i, err)
			}
		}
		if c.Format() != client.JSONObject || m.requests() != 130 || strings.Count(l.states(), "note") != 1 {
			t.Errorf("the rung is %s after %d requests, %d notes", c.Format(), m.requests(), strings.Count(l.states(), "note"))
		}
	})
}

// A server that fails over one question's schema, and gave others their replies, takes that question alone down.
func TestSuspicionAgainstProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{}
		m.say = func(_ int, r *client.Request) (*client.Reply, error) {
			if r.User == "odd" && r.Format == client.StrictSchema {
				return nil, fault(client.ServerError, 500)
			}
			return says("{}"), nil
		}
		c := caller.New(m, caller.Options{})
		for _, user := range []string{"plain", "odd", "another"} {
			if _, err := c.Ask(t.Context(), formed(user)); err != nil {
				t.Fatal(user, err)
			}
		}
		want := []client.Format{client.StrictSchema, client.StrictSchema, client.StrictSchema, client.JSONObject, client.StrictSchema}
		if got := formats(m); !slices.Equal(got, want) {
			t.Errorf("asked with %v, want %v", got, want)
		}
	})
}

// White space behind a whole reply, and words without end, take nobody down.
func TestRunawaysThatStay(t *testing.T) {
	for _, text := range []string{`{"facts": []}`, `{"facts": [` + strings.Repeat(`"again",`, 1000)} {
		m := &fake{say: script(&client.Reply{Text: text, Finish: client.Cut, Runaway: true})}
		c := caller.New(m, caller.Options{})
		if a, err := c.Ask(t.Context(), formed("q")); err != nil || !a.Cut || m.requests() != 1 || c.Format() != client.StrictSchema {
			t.Errorf("%.20s…: %v, %d requests, %s", text, err, m.requests(), c.Format())
		}
	}
}

func TestTooLongNeverFalls(t *testing.T) {
	c := caller.New(&fake{say: script(fault(client.TooLong, 400))}, caller.Options{})
	for range 3 {
		var e *client.Error
		if _, err := c.Ask(t.Context(), formed("q")); !errors.As(err, &e) || e.Fault != client.TooLong || c.Format() != client.StrictSchema {
			t.Errorf("got %v, %s", err, c.Format())
		}
	}
}

func TestLadderIsNotEndless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fake{say: script(fault(client.ServerError, 500))}
		c := caller.New(m, caller.Options{})
		if _, err := c.Ask(t.Context(), formed("q")); err == nil || m.requests() != 6 {
			t.Errorf("got %v after %d requests, want 6", err, m.requests())
		}
		m = &fake{say: script(fault(client.Format400, 400))}
		c = caller.New(m, caller.Options{})
		var e *client.Error
		if _, err := c.Ask(t.Context(), formed("q")); !errors.As(err, &e) || e.Fault != client.BadRequest || m.requests() != 3 {
			t.Errorf("got %v after %d requests, want 3", err, m.requests())
		}
	})
}

func TestStart(t *testing.T) {
	m := &fake{say: takes(fault(client.Format400, 400), client.PlainText)}
	c := caller.New(m, caller.Options{Start: client.ForcedTool})
	if _, err := c.Ask(t.Context(), formed("q")); err != nil {
		t.Fatal(err)
	}
	if want := []client.Format{client.ForcedTool, client.JSONObject, client.PlainText}; !slices.Equal(formats(m), want) {
		t.Errorf("asked with %v, want %v", formats(m), want)
	}
}
