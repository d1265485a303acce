package fakellm

import (
	"encoding/json"
	"time"
)

// A Script says how a server behaves. The zero value is the demo: it takes every request that OpenAI would take and answers with
// what a toy reader finds. In YAML the fields have the names in the tags.
type Script struct {
	Seed    int64         `yaml:"seed"`    // of everything that is drawn. The same request gets the same draw, whatever else goes on
	Models  []string      `yaml:"models"`  // that the server has; none: any name is taken, and "fakellm" is listed
	Latency Latency       `yaml:"latency"` // before the first byte of an answer
	Pace    time.Duration `yaml:"pace"`    // between the events of a stream
	Chunk   int           `yaml:"chunk"`   // bytes of text in one event of a stream; 0: 80
	Faults  Chances       `yaml:"faults"`  // that happen by chance, before any rule
	Default string        `yaml:"default"` // what a request gets that no rule plays for: demo, empty or error. "": empty, or demo where there are no rules

	RequireKey   string   `yaml:"require_key"`   // the only key taken, as a bearer token or in the api-key header
	StrictParams bool     `yaml:"strict_params"` // unknown parameters are refused
	Unsupported  []string `yaml:"unsupported"`   // json_schema, json_object, or names of parameters, all refused with 400
	Context      int      `yaml:"context"`       // tokens that prompt and reply may have together; 0: no limit
	CutPrompts   bool     `yaml:"cut_prompts"`   // a prompt that is too long silently loses the beginning of what the user said, as with Ollama
	Rate         float64  `yaml:"rate"`          // requests per second, with a second's worth at once; more get 429
	InFlight     int      `yaml:"in_flight"`     // requests at once; more get 429

	UsageOff       bool  `yaml:"usage_off"`        // no usage is told
	SchemaInPrefix bool  `yaml:"schema_in_prefix"` // the schema counts as the first part of the prompt, as with OpenAI
	Cache          Cache `yaml:"cache"`

	Batches Batches `yaml:"batches"` // the Batch API

	Replies string `yaml:"replies"` // a directory whose *.yaml files hold a rule or a list of rules each, played after Rules in order of their names
	Rules   []Rule `yaml:"rules"`   // the first that matches and may play plays

	onlyModels bool // Models were named
}

// A Cache is how the cache of prompts' beginnings counts, in tokens. The zero value is OpenAI's: from 1,024 on, in steps of 128.
type Cache struct {
	From int  `yaml:"from"`
	Step int  `yaml:"step"`
	Off  bool `yaml:"off"`
}

// Chances are faults that happen to any request.
type Chances struct {
	Chance float64 `yaml:"chance"` // of each request, 0 to 1
	Of     []Fault `yaml:"of"`     // each as likely; none: 429, 500, 503, reset and cut_stream
}

// A Rule is what happens to requests of a kind. It says one of Reply, File, JSON, Template, Refusal and Fault, or only Reasoning.
type Rule struct {
	Name string `yaml:"name"` // for the log; "" is its number, or its file's name
	When When   `yaml:"when"`

	Times  int     `yaml:"times"`  // how often it plays; 0: always
	Chance float64 `yaml:"chance"` // that it plays, 0 to 1; 0: always

	// Reply is the text to answer. Two words have a meaning: "demo" answers what a toy reader finds in the numbered sentences of
	// the prompt ("12| text") in the form that the request's schema has, and "empty" fills that schema with as little as it takes.
	Reply    string `yaml:"reply"`
	File     string `yaml:"file"`     // whose text is the reply; relative to the script
	JSON     Raw    `yaml:"json"`     // in YAML any value, which is answered as JSON with its keys in their order
	Template string `yaml:"template"` // a text/template over [Asked], with the function json
	Refusal  string `yaml:"refusal"`  // the model refuses in these words
	Fault    Fault  `yaml:"fault"`

	Reasoning     string            `yaml:"reasoning"`      // told in reasoning_content
	ReasoningOnly bool              `yaml:"reasoning_only"` // the reply is in reasoning_content and the content is empty
	Tool          bool              `yaml:"tool"`           // the reply is the arguments of a tool call
	Finish        string            `yaml:"finish"`         // finish_reason; "": stop, tool_calls, or length when the request's limit cut it
	Usage         Usage             `yaml:"usage"`
	Latency       Latency           `yaml:"latency"`    // instead of the script's
	Pace          time.Duration     `yaml:"pace"`       // between the events of a stream
	Chunk         int               `yaml:"chunk"`      // bytes of text in one event of a stream
	KeepAlive     int               `yaml:"keep_alive"` // comment lines before a stream's first event
	Headers       map[string]string `yaml:"headers"`    // of the answer

	text string // of File
	line int    // where it stands in the script, 0 if it was made by a program
}

// When says which requests a rule is for. All that is said must hold; nothing said is every request.
type When struct {
	Contains       Words  `yaml:"contains"`        // each is in a message; letter case counts
	SystemContains Words  `yaml:"system_contains"` // each is in a system or developer message
	UserContains   Words  `yaml:"user_contains"`   // each is in a user message
	Format         string `yaml:"format"`          // json_schema, json_object or text
	Schema         string `yaml:"schema"`          // its name
	Model          string `yaml:"model"`
	Path           string `yaml:"path"`   // is in the path of the address
	Stream         *bool  `yaml:"stream"` // streamed, or whole
	Nth            int    `yaml:"nth"`    // only the Nth request for which the rest holds
	After          int    `yaml:"after"`  // only after N requests for which the rest holds
}

// Words are texts; in YAML also a single one.
type Words []string

// Raw is JSON; in YAML any value.
type Raw json.RawMessage

// Latency is how long an answer waits. In YAML it is one duration, or {p50: 200ms, p99: 2s}, which is drawn from a heavy-tailed
// (log-normal) distribution of these percentiles, cut at four times P99.
type Latency struct {
	P50 time.Duration `yaml:"p50"`
	P99 time.Duration `yaml:"p99"` // 0: always P50
}

// Usage is what a reply tells of its tokens. The zero value tells what was counted; in YAML it is "none", or numbers.
type Usage struct {
	None       bool `yaml:"-"`
	Prompt     int  `yaml:"prompt"` // 0: as counted, for this and the others
	Cached     int  `yaml:"cached"`
	Completion int  `yaml:"completion"`
	Reasoning  int  `yaml:"reasoning"`
}

// A Fault is what goes wrong. In YAML it is the kind alone, or {kind: 429, retry_after: 2s, …}.
type Fault struct {
	Kind        string        `yaml:"kind"`         // a status from 400 to 599, or one of [FaultKinds]
	RetryAfter  time.Duration `yaml:"retry_after"`  // told with a status
	RetryAs     string        `yaml:"retry_as"`     // seconds (as Retry-After), ms (as Retry-After-Ms) or date; "": seconds
	ShouldRetry *bool         `yaml:"should_retry"` // the x-should-retry header
	Form        string        `yaml:"form"`         // of an error's body: openai, text, detail, array, with_id; "": openai
	Message     string        `yaml:"message"`      // instead of the usual one
	Status      int           `yaml:"status"`       // of html; 0: 200
	After       int           `yaml:"after"`        // bytes of the reply before it happens; 0: half of it, and nothing for reset
	For         time.Duration `yaml:"for"`          // how long it lasts; 0: stall until the client goes, slow 10s
	Size        int           `yaml:"size"`         // bytes; 0: repeat 1 MB, white_space up to the request's limit of tokens
}

// FaultKinds lists the faults that are no plain status, with what they do.
func FaultKinds() [][2]string {
	return [][2]string{
		{"context_length", "400: the prompt is too long"},
		{"unsupported_format", "400: this response_format is not for this model"},
		{"model_not_found", "404: no such model"},
		{"quota", "429: no money left, which waiting does not mend"},
		{"html", "a page of HTML, with the status given"},
		{"empty_body", "200 and nothing"},
		{"empty_choices", "200 and no choices"},
		{"null_content", "200 and content null"},
		{"empty_content", "200 and content \"\""},
		{"content_filter", "the reply ends at half with finish_reason content_filter"},
		{"cut_stream", "the answer ends early, without finish_reason and [DONE]"},
		{"stall", "sends nothing more and holds the connection open"},
		{"reset", "the connection is reset (TCP RST)"},
		{"slow", "the reply comes a little at a time"},
		{"white_space", "endless white space"},
		{"repeat", "the same words again and again"},
		{"error_in_200", "200 with an error in the body"},
		{"sse_error", "a stream with an error as its last event"},
	}
}
