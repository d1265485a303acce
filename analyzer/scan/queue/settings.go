package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"whatif/analyzer/llm/caller"
)

// RunSettings describe a scan to its workers: what shapes a draft, and what may be spent. They hold no key, no endpoint and no command;
// which model a worker asks, and how, is the worker's own affair.
type RunSettings struct {
	Engine      string            `json:"engine"`              // rules, llm or hybrid
	Framework   string            `json:"framework,omitempty"` // YAML; "": the built-in questions
	Rules       []RuleFile        `json:"rules,omitempty"`     // added to the built-in ones
	MinPriority string            `json:"min_priority,omitempty"`
	Threshold   float64           `json:"threshold,omitempty"` // from which likeness on a document is one of requirements
	Redact      bool              `json:"redact,omitempty"`    // personal data is not sent to a model, whatever the worker's settings
	Formats     []string          `json:"formats,omitempty"`   // of the drafts: md, html, json
	More        map[string]string `json:"more,omitempty"`      // further settings by the names of the command line that shape a draft
	Version     string            `json:"program"`             // its version
	PromptsSum  string            `json:"prompts_sha256"`
	Now         time.Time         `json:"now"` // the drafts' time; no part of what makes two runs the same
	Limits      Limits            `json:"-"`   // over all workers
}

// A RuleFile is a file of what-if rules, as text.
type RuleFile struct {
	Name string `json:"name"` // for messages
	Text string `json:"text"`
}

// Limits bound what all workers of a scan do together. 0 is no limit.
type Limits struct {
	InFlight int     `json:"in_flight,omitempty"`
	Requests int     `json:"requests,omitempty"`
	Tokens   int     `json:"tokens,omitempty"` // prompts and completions
	CostUSD  float64 `json:"cost_usd,omitempty"`
}

// A Run is what a worker needs to make drafts for a scan.
type Run struct {
	RunSettings
	Cache caller.Cache // of replies, shared by all workers
	Purse caller.Purse // of what may be spent, shared by all workers of the scan; nil: there is no limit
}

// Mismatch returns why a program of this version, whose prompts have this sum under the settings, can't work for the run, nil if it can.
func (r *RunSettings) Mismatch(version, promptsSum string) error {
	switch {
	case r.Version != version:
		return fmt.Errorf("the scan was begun by whatif %s, and this worker is whatif %s: run the same version on both sides", r.Version, version)
	case r.PromptsSum != promptsSum:
		return fmt.Errorf("the scan's questions, rules or prompts are not this worker's (prompts_sha256 %.12s, and here %.12s)", r.PromptsSum, promptsSum)
	}
	return nil
}

// id returns what a run is known by: the same settings for the same owner are the same run, whatever it may spend and whenever it is.
func (r *RunSettings) id(owner string) (string, error) {
	same := *r
	same.Now = time.Time{}
	data, err := json.Marshal(same)
	if err != nil {
		return "", fmt.Errorf("describing the scan: %w", err)
	}
	return digest("run", owner, string(data)), nil
}

// taskID returns what a task is known by.
func taskID(run, name, sum string) string { return digest("task", run, name, sum) }

// digest returns 32 hex digits of the hash of strings, so that no two lists of them are taken for one.
func digest(parts ...string) string {
	h := sha256.New()
	for _, s := range parts {
		fmt.Fprintf(h, "%d\x00%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sumOf returns the SHA-256 of data in hex.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
