package index

import (
	"math"
	"strings"

	"whatif/analyzer/record"
)

// A summary is what the pages say first. Its form is that of index.json.
type summary struct {
	Documents int `json:"documents"` // with a record, of every state
	Done      int `json:"done"`
	Partial   int `json:"partial"`
	Copies    int `json:"copies"`
	LeftOut   int `json:"left_out"`
	Failed    int `json:"failed"`
	NotRead   int `json:"not_read"` // files without a record
	NearSame  int `json:"nearly_the_same"`

	Findings      levelCounts `json:"findings"`
	WithHigh      int         `json:"documents_with_high"`
	WithSensitive int         `json:"documents_with_sensitive_data"`
	OpenQuestions int         `json:"open_questions"` // for the product manager

	Engines          []ranked `json:"engines"`
	Models           []ranked `json:"models"`
	Frameworks       []ranked `json:"frameworks"`
	Requests         int      `json:"requests"`
	CachedRequests   int      `json:"cached_requests"`
	PromptTokens     int      `json:"prompt_tokens"`
	CompletionTokens int      `json:"completion_tokens"`
	CostUSD          float64  `json:"cost_usd"`
	CostUnknown      int      `json:"cost_unknown"` // documents some of whose requests have no known price
	Warnings         []ranked `json:"warnings"`     // documents that have one, by its code
	Notes            []string `json:"notes"`
}

// levelCounts count findings by priority.
type levelCounts struct {
	High    int `json:"high"`
	Medium  int `json:"medium"`
	Low     int `json:"low"`
	Unrated int `json:"unrated"`
}

func (c levelCounts) total() int { return c.High + c.Medium + c.Low + c.Unrated }

// Lowest counts what is of low priority or of none.
func (c levelCounts) Lowest() int { return c.Low + c.Unrated }

func (x *Index) summary(kin []kin) summary {
	t := &x.totals
	s := summary{Documents: len(x.docs), Done: t.states[record.Done], Partial: t.states[record.Partial], Copies: t.states[record.Copy],
		LeftOut: t.states[record.LeftOut], Failed: t.states[record.Failed], Findings: levelCounts{t.high, t.medium, t.low, t.unrated},
		WithHigh: t.withHigh, WithSensitive: t.sensitive, OpenQuestions: t.open, Engines: rank(t.engines), Models: rank(t.models),
		Frameworks: rank(t.frameworks), Requests: t.requests, CachedRequests: t.cached, PromptTokens: t.promptTokens,
		CompletionTokens: t.completionTokens, CostUSD: math.Round(t.cost*1e6) / 1e6, CostUnknown: t.costUnknown, Warnings: rank(t.warnings), Notes: append([]string{}, x.opt.Notes...)}
	for _, l := range x.opt.LeftOut {
		s.NotRead += l.Count
	}
	for i := range kin {
		if kin[i].of >= 0 && kin[i].share < 100 {
			s.NearSame++
		}
	}
	return s
}

// Drafts counts the documents that have a draft of their own.
func (s summary) Drafts() int { return s.Done + s.Partial }

// Total counts the findings.
func (s summary) Total() int { return s.Findings.total() }

// Verdict is the first sentence.
func (s summary) Verdict() string {
	switch {
	case s.Documents == 0:
		return "No document was found to analyse."
	case s.Drafts() == 0:
		return "No document has a draft."
	case s.Findings.High > 0:
		return upper(count(s.WithHigh, "draft")) + " of " + thousands(s.Drafts()) + has(s.WithHigh) + "something of high priority to talk about: " +
			count(s.Findings.High, "such finding") + " in all."
	case s.Total() > 0:
		return "Nothing of high priority was found in " + count(s.Drafts(), "draft") + "; " + count(s.Total(), "finding") + " of lower priority remain to be read."
	}
	return "No finding in " + count(s.Drafts(), "draft") + ". No what-if rule found something to ask, which does not say that nothing can go wrong."
}

func has(n int) string {
	if n == 1 {
		return " has "
	}
	return " have "
}

// Extent says what became of the documents.
func (s summary) Extent() string {
	if s.Documents == 0 {
		if s.NotRead > 0 {
			return upper(count(s.NotRead, "file was", "files were")) + " left out unread; the reasons are below."
		}
		return "Nothing was left out either: the folders hold no file that looks like a document."
	}
	parts := []string{count(s.Drafts(), "draft")}
	for _, p := range []struct {
		n         int
		one, many string
	}{{s.Copies, "copy of another document", "copies of other documents"}, {s.LeftOut, "left out", "left out"}, {s.Failed, "failed", "failed"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n, p.one, p.many))
		}
	}
	out := upper(count(s.Documents, "document")) + ": " + strings.Join(parts, ", ") + "."
	if s.NearSame > 0 {
		out += " " + upper(count(s.NearSame, "document is", "documents are")) + " nearly the same as another one."
	}
	return out
}

// Caveats say what the counts do not hold.
func (s summary) Caveats() []string {
	var out []string
	for _, n := range s.Notes {
		out = append(out, shown(n))
	}
	if s.Failed > 0 {
		out = append(out, upper(count(s.Failed, "document"))+" could not be read or analysed. What they would add is in no count.")
	}
	if s.Partial > 0 {
		out = append(out, upper(count(s.Partial, "draft is", "drafts are"))+" partial: another run may add to what is counted here.")
	}
	if s.Findings.Unrated > 0 {
		out = append(out, upper(count(s.Findings.Unrated, "finding without a priority is", "findings without a priority are"))+" counted as low.")
	}
	return out
}

// Made says how the drafts came to be, and what that cost.
func (s summary) Made() []string {
	var out []string
	if e := listed(s.Engines); e != "" {
		out = append(out, "Engine: "+e+".")
	}
	if m := listed(s.Models); m != "" {
		out = append(out, "Model: "+m+".")
	}
	if f := listed(s.Frameworks); f != "" {
		out = append(out, "Framework: "+f+".")
	}
	if s.Requests > 0 {
		out = append(out, upper(count(s.Requests, "request"))+", of which "+thousands(s.CachedRequests)+" cost nothing because the reply was kept; "+
			thousands(s.PromptTokens)+" tokens sent, "+thousands(s.CompletionTokens)+" received.")
	}
	if s.Requests == 0 && s.CostUSD == 0 && s.CostUnknown == 0 {
		return append(out, "No model was asked.")
	}
	cost := "Cost of all drafts: " + money(s.CostUSD) + "."
	if s.CostUnknown > 0 {
		cost = "Cost of all drafts: at least " + money(s.CostUSD) + "; the price of some requests is not known, in " + count(s.CostUnknown, "document") + "."
	}
	return append(out, cost)
}

// listed joins names with how many documents each has; the count is left out of a single one.
func listed(all []ranked) string {
	var words []string
	for _, r := range all {
		w := shown(r.Name)
		if len(all) > 1 {
			w += " (" + count(r.N, "document") + ")"
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}
