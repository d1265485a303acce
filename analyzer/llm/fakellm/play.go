package fakellm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A play is what a request gets.
type play struct {
	rule  *rule // nil: none played
	name  string
	fault Fault
	count int // how often the rule has played, this time included
}

// chat answers a request for a reply.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	e := s.journal.begin(r)
	defer s.journal.end(e)
	a, body, refused := s.read(r)
	e.note(a, body)
	if refused == nil {
		refused = s.admit(a.Model, e.InFlight)
	}
	if refused != nil {
		s.refuse(w, e, refused)
		return
	}
	p := s.choose(a)
	e.Wait = s.latency(p, a)
	if !sleep(r.Context(), e.Wait) {
		e.Rule, e.Gone = p.name, true
		s.journal.decided(e)
		return
	}
	a.cached = s.cache.look(a.prompt) // now, since a prompt helps others only once it was read
	s.cache.keep(a.prompt)
	s.perform(&exchange{server: s, w: w, r: r, ask: a, play: p, entry: e})
}

// note writes down what is asked.
func (e *Entry) note(a *ask, body []byte) {
	if json.Valid(body) {
		e.Body = body
	}
	if a == nil {
		return
	}
	e.Model, e.Format, e.Schema, e.Stream, e.Max = a.Model, a.format, a.schemaName, a.Stream, a.limit()
	e.System, e.User = a.system(), a.user()
}

func (s *Server) refuse(w http.ResponseWriter, e *Entry, f *refusal) {
	e.Status = f.status
	s.journal.decided(e)
	f.write(w)
}

// choose finds the rule that plays for the request, and counts.
func (s *Server) choose(a *ask) *play {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[a.key]++
	a.nth = s.asked[a.key]
	var chosen *rule
	for _, r := range s.rules {
		if !r.When.holds(a) {
			continue
		}
		r.seen++
		if chosen == nil && s.mayPlay(r, a) {
			chosen = r
		}
	}
	if c := s.script.Faults; c.Chance > 0 && s.draw("faults", a) < c.Chance {
		of := c.Of[int(s.draw("which fault", a)*float64(len(c.Of)))]
		return &play{rule: nil, name: "faults", fault: of}
	}
	if chosen == nil {
		return &play{name: "default"}
	}
	chosen.played++
	return &play{rule: chosen, name: chosen.name, fault: chosen.Fault, count: chosen.played}
}

func (s *Server) mayPlay(r *rule, a *ask) bool {
	switch {
	case r.When.Nth > 0 && r.seen != r.When.Nth, r.seen <= r.When.After, r.Times > 0 && r.played >= r.Times:
		return false
	}
	return r.Chance == 0 || s.draw("rule "+strconv.Itoa(r.number), a) < r.Chance
}

// holds reports whether the conditions hold, those about counts left out.
func (w When) holds(a *ask) bool {
	return (len(w.Contains) == 0 || hasAll(a.text("system", "developer", "user", "assistant", "tool"), w.Contains)) &&
		(len(w.SystemContains) == 0 || hasAll(a.system(), w.SystemContains)) &&
		(len(w.UserContains) == 0 || hasAll(a.user(), w.UserContains)) &&
		(w.Format == "" || w.Format == a.format) &&
		(w.Schema == "" || w.Schema == a.schemaName) &&
		(w.Model == "" || w.Model == a.Model) &&
		(w.Path == "" || strings.Contains(a.path, w.Path)) &&
		(w.Stream == nil || *w.Stream == a.Stream)
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *Server) latency(p *play, a *ask) time.Duration {
	l := s.script.Latency
	if p.rule != nil && p.rule.Latency != (Latency{}) {
		l = p.rule.Latency
	}
	return l.of(s.draw("latency", a))
}

// sleep waits, and reports whether ctx lasted.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// An Asked is what a rule's template knows of the request.
type Asked struct {
	N                  int // how often the rule has played, this time included
	System, User       string
	Model, Format      string
	SchemaName, Schema string // Schema is its JSON, "" if none came
	Numbers            []int  // of the numbered sentences
	Sentences          map[int]string

	form *value
}

// Empty is what "reply: empty" answers.
func (a Asked) Empty() string { return empty(a.form) }

// Demo is what "reply: demo" answers.
func (a Asked) Demo() string { return demo(a.form, a.User) }

// maxReply is the most that a template may write, in bytes.
const maxReply = 16 << 20

// replyText returns the text of the rule's reply, or of the default.
func (s *Server) replyText(p *play, a *ask) (string, error) {
	r := p.rule
	switch {
	case r == nil:
		return s.defaultText(a), nil
	case r.template != nil:
		b := &limited{left: maxReply}
		err := r.template.Execute(b, asked(p, a))
		return b.String(), err
	case r.File != "":
		return r.text, nil
	case len(r.JSON) > 0:
		return string(r.JSON), nil
	case r.Reply == "demo":
		return demo(a.formOf(), a.user()), nil
	case r.Reply == "empty":
		return empty(a.formOf()), nil
	case r.Reply == "" && r.Fault.Kind != "":
		return s.defaultText(a), nil
	}
	return r.Reply, nil
}

func (s *Server) defaultText(a *ask) string {
	if s.script.Default == defaultDemo {
		return demo(a.formOf(), a.user())
	}
	return empty(a.formOf())
}

func asked(p *play, a *ask) Asked {
	in := Asked{N: p.count, System: a.system(), User: a.user(), Model: a.Model, Format: a.format, SchemaName: a.schemaName, Sentences: map[int]string{},
		form: a.formOf()}
	if a.schema != nil {
		in.Schema = a.schema.json()
	}
	for _, s := range sentencesIn(in.User) {
		in.Numbers = append(in.Numbers, s.number)
		in.Sentences[s.number] = s.text
	}
	return in
}

// limited is a builder that does not take more than it should.
type limited struct {
	strings.Builder
	left int
}

func (l *limited) Write(data []byte) (int, error) {
	if l.left -= len(data); l.left < 0 {
		return 0, errors.New("the template writes too much")
	}
	return l.Builder.Write(data)
}
