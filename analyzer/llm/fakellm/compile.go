package fakellm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// A rule is one of the script's, made ready. Its counts are guarded by the server's lock.
type rule struct {
	Rule
	template *template.Template
	name     string
	number   int // its place, for draws
	seen     int // requests for which its conditions hold, those about counts left out
	played   int
}

// What is answered where no rule plays.
const (
	defaultDemo  = "demo"
	defaultEmpty = "empty"
	defaultError = "error"
)

// compile checks the script, fills in its defaults and makes its rules ready.
func compile(s *Script) ([]*rule, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	s.defaults()
	if s.Replies != "" {
		more, err := LoadReplies(s.Replies)
		if err != nil {
			return nil, err
		}
		s.Rules = append(slices.Clip(s.Rules), more...)
		s.Replies = ""
	}
	if len(s.Rules) > maxRules {
		return nil, fmt.Errorf("%d rules are more than %d, the limit", len(s.Rules), maxRules)
	}
	var rules []*rule
	for i, r := range s.Rules {
		c, err := compileRule(r, i+1)
		if err != nil {
			return nil, err
		}
		rules = append(rules, c)
	}
	return rules, nil
}

func (s *Script) defaults() {
	s.Batches.defaults()
	if s.Default == "" {
		s.Default = defaultEmpty
		if len(s.Rules) == 0 && s.Replies == "" {
			s.Default = defaultDemo
		}
	}
	if len(s.Models) == 0 {
		s.Models = []string{"fakellm"}
	} else {
		s.onlyModels = true
	}
	if s.Chunk == 0 {
		s.Chunk = 80
	}
	if s.Cache.From == 0 {
		s.Cache.From = 1024
	}
	if s.Cache.Step == 0 {
		s.Cache.Step = 128
	}
	if s.Faults.Chance > 0 && len(s.Faults.Of) == 0 {
		for _, kind := range []string{"429", "500", "503", "reset", "cut_stream"} {
			s.Faults.Of = append(s.Faults.Of, Fault{Kind: kind})
		}
	}
}

func (s *Script) check() error {
	switch s.Default {
	case "", defaultDemo, defaultEmpty, defaultError:
	default:
		return fmt.Errorf("default: %q is none of demo, empty, error", s.Default)
	}
	if s.Context < 0 || s.InFlight < 0 || s.Rate < 0 || s.Chunk < 0 || s.Cache.From < 0 || s.Cache.Step < 0 {
		return errors.New("context, in_flight, rate, chunk, cache.from and cache.step can't be below 0")
	}
	if s.Faults.Chance < 0 || s.Faults.Chance > 1 {
		return fmt.Errorf("faults: chance %v is not between 0 and 1", s.Faults.Chance)
	}
	for _, f := range s.Faults.Of {
		if err := f.check(); err != nil {
			return fmt.Errorf("faults: %w", err)
		}
	}
	if err := checkDurations(map[string]time.Duration{"pace": s.Pace}); err != nil {
		return err
	}
	if err := s.Batches.check(); err != nil {
		return err
	}
	return s.Latency.check()
}

func compileRule(r Rule, number int) (*rule, error) {
	c := &rule{Rule: r, number: number, name: r.Name}
	if c.name == "" {
		c.name = "rule " + strconv.Itoa(number)
	}
	if err := r.check(); err != nil {
		return nil, r.fault("%w", err)
	}
	if r.Template != "" {
		t, err := template.New("template").Funcs(template.FuncMap{"json": toJSON}).Parse(r.Template)
		if err != nil {
			return nil, r.fault("%w", err)
		}
		c.template = t
	}
	return c, nil
}

// fault is an error in the rule, with its line if it has one.
func (r *Rule) fault(format string, args ...any) error {
	where := "rule " + strconv.Quote(r.Name)
	switch {
	case r.line > 0:
		where = "line " + strconv.Itoa(r.line)
	case r.Name == "":
		where = "a rule"
	}
	return fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...))
}

func (r *Rule) check() error {
	says := 0
	for _, said := range []bool{r.Reply != "", r.File != "", len(r.JSON) > 0, r.Template != "", r.Refusal != "", r.Fault.Kind != ""} {
		if said {
			says++
		}
	}
	switch {
	case says > 1 && !(says == 2 && r.Fault.Kind != "" && r.Refusal == ""):
		return errors.New("says more than one of reply, file, json, template, refusal; only a fault may go with a reply, which it then spoils")
	case says == 0 && r.Reasoning == "":
		return errors.New("says nothing; give it a reply, file, json, template, refusal or fault")
	case len(r.JSON) > 0 && !json.Valid(r.JSON):
		return errors.New("json is no JSON")
	case r.Chance < 0 || r.Chance > 1:
		return fmt.Errorf("chance %v is not between 0 and 1", r.Chance)
	case r.Times < 0 || r.When.Nth < 0 || r.When.After < 0 || r.Chunk < 0 || r.KeepAlive < 0:
		return errors.New("times, nth, after, chunk and keep_alive can't be below 0")
	case !slices.Contains([]string{"", "json_schema", "json_object", "text"}, r.When.Format):
		return fmt.Errorf("format: %q is none of json_schema, json_object, text", r.When.Format)
	case r.File != "" && r.text == "" && r.line == 0:
		return fmt.Errorf("file: %s was not read, or is empty; only scripts that were parsed have files", r.File)
	}
	if err := checkDurations(map[string]time.Duration{"pace": r.Pace}); err != nil {
		return err
	}
	return errors.Join(r.Latency.check(), r.Fault.check())
}

func (l Latency) check() error {
	if l.P99 != 0 && l.P99 < l.P50 {
		return fmt.Errorf("latency: p99 %v is below p50 %v", l.P99, l.P50)
	}
	return checkDurations(map[string]time.Duration{"latency": l.P50, "p99": l.P99})
}

func (f Fault) check() error {
	if f.Kind == "" {
		if f != (Fault{}) {
			return errors.New("fault: has no kind")
		}
		return nil
	}
	status, err := strconv.Atoi(f.Kind)
	isStatus := err == nil
	known := isStatus && status >= 400 && status <= 599
	for _, k := range FaultKinds() {
		known = known || k[0] == f.Kind
	}
	switch {
	case !known:
		return fmt.Errorf("fault: no kind %q; it is a status from 400 to 599, or one of %s", f.Kind, kindNames())
	case !slices.Contains([]string{"", "seconds", "ms", "date"}, f.RetryAs):
		return fmt.Errorf("fault: retry_as: %q is none of seconds, ms, date", f.RetryAs)
	case !slices.Contains([]string{"", formOpenAI, formText, formDetail, formArray, formWithID}, f.Form):
		return fmt.Errorf("fault: form: %q is none of openai, text, detail, array, with_id", f.Form)
	case f.After < 0 || f.Size < 0 || f.Size > maxSize:
		return fmt.Errorf("fault: after and size have to be between 0 and %d", maxSize)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("fault: status %d is none", f.Status)
	}
	return checkDurations(map[string]time.Duration{"retry_after": f.RetryAfter, "for": f.For})
}

func kindNames() string {
	var names []string
	for _, k := range FaultKinds() {
		names = append(names, k[0])
	}
	return strings.Join(names, ", ")
}

// checkDurations refuses what cannot be meant: YAML's plain numbers are read as nanoseconds.
func checkDurations(named map[string]time.Duration) error {
	for name, d := range named {
		if d < 0 || d > 0 && d < time.Microsecond {
			return fmt.Errorf("%s: %d is no duration; write it with its unit, as in 200ms", name, int64(d))
		}
	}
	return nil
}

// toJSON is the function json of templates.
func toJSON(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
