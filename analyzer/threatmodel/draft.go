// Package threatmodel holds the draft threat model: its types, its vocabularies, its ids and its JSON Schema.
//
// Nothing comes in and nothing is decided here: assemble fills a [Draft], render prints one, and a saved one reads back
// the same. Field names and vocabularies are a contract with other programs; fields may be added, never renamed.
package threatmodel

// SchemaVersion is the version of the JSON form. It changes only when a field changes its meaning or goes.
const SchemaVersion = "1"

// A Draft is one document's draft threat model.
type Draft struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          Tool         `json:"tool"`
	GeneratedAt   string       `json:"generated_at"` // RFC 3339, UTC; SOURCE_DATE_EPOCH where set
	Document      Document     `json:"document"`
	Engine        Engine       `json:"engine"`
	Assets        []Asset      `json:"assets"`
	Actors        []Actor      `json:"actors"`
	Dependencies  []Dependency `json:"dependencies"`
	DataFlows     []DataFlow   `json:"data_flows"`
	Journey       []Step       `json:"journey"`
	Safeguards    []Safeguard  `json:"safeguards"`
	AbuseCases    []AbuseCase  `json:"abuse_cases"` // most pressing first
	Questions     []Question   `json:"questions"`   // unanswered ones that matter most first
	Coverage      Coverage     `json:"coverage"`
	Dropped       []Dropped    `json:"dropped"`
	Warnings      []Warning    `json:"warnings"`
}

// A Tool names the program that made the draft.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Document describes the file that the citations point into.
type Document struct {
	Path      string `json:"path"`
	Title     string `json:"title"`
	Format    string `json:"format"`   // md, txt, html, docx, pdf
	Encoding  string `json:"encoding"` // when not utf-8, offsets are into the text that "whatif text" prints; "" for docx, pdf
	SHA256    string `json:"sha256"`   // of the file's bytes, lower-case hex
	Bytes     int    `json:"bytes"`
	Lines     int    `json:"lines"`
	Sentences int    `json:"sentences"`
	Pages     int    `json:"pages"`    // of a pdf, else 0
	Language  string `json:"language"` // ISO 639-1, "" when unsure
}

// An Engine says what proposed the draft's contents and what that cost.
type Engine struct {
	Kind             string  `json:"kind"` // rules, llm, hybrid
	Model            string  `json:"model"`
	Framework        string  `json:"framework"`
	PromptsSHA256    string  `json:"prompts_sha256"`
	Requests         int     `json:"requests"`
	CachedRequests   int     `json:"cached_requests"`
	PromptTokens     int     `json:"prompt_tokens"`
	CachedTokens     int     `json:"cached_tokens"`
	CompletionTokens int     `json:"completion_tokens"`
	CostUSD          float64 `json:"cost_usd"`
	CostUnknown      bool    `json:"cost_unknown,omitempty"` // some of what was asked has no known price: cost_usd is too low
}

// An Asset is data or another thing of value that the document speaks of.
type Asset struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Aliases      []string      `json:"aliases"`
	Category     AssetCategory `json:"category"`
	Sensitivity  Level         `json:"sensitivity"`
	States       []string      `json:"states"` // collected, stored, shown, sent, exported, deleted
	AttackerGain string        `json:"attacker_gain"`
	Regulations  []string      `json:"regulations"` // that mark this kind of data: "GDPR Art. 9"
	Confidence   Level         `json:"confidence"`
	Basis        Basis         `json:"basis"`
	Origin       Origin        `json:"origin"`
	Citations    []Citation    `json:"citations"`
	Mentions     int           `json:"mentions,omitempty"` // places in the document that speak of it, when there are more than the citations
}

// An Actor is somebody or something that takes part.
type Actor struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Aliases    []string    `json:"aliases"`
	Kind       ActorKind   `json:"kind"`
	Privileges []Privilege `json:"privileges"`
	Confidence Level       `json:"confidence"`
	Basis      Basis       `json:"basis"`
	Origin     Origin      `json:"origin"`
	Citations  []Citation  `json:"citations"`
	Mentions   int         `json:"mentions,omitempty"` // places in the document that speak of it, when there are more than the citations
}

// A Privilege is something that an actor may see or do.
type Privilege struct {
	Text      string     `json:"text"`
	Citations []Citation `json:"citations"`
}

// A Dependency is something outside the feature that it relies on.
type Dependency struct {
	ID            string         `json:"id"`
	Name          string         `json:"name"`
	Aliases       []string       `json:"aliases"`
	Kind          DependencyKind `json:"kind"`
	Role          string         `json:"role"`
	IfItFails     string         `json:"if_it_fails"`
	IfCompromised string         `json:"if_compromised"`
	Confidence    Level          `json:"confidence"`
	Basis         Basis          `json:"basis"`
	Origin        Origin         `json:"origin"`
	Citations     []Citation     `json:"citations"`
	Mentions      int            `json:"mentions,omitempty"` // places in the document that speak of it, when there are more than the citations
}

// A DataFlow is data on its way from one party to another.
type DataFlow struct {
	ID              string     `json:"id"`
	Source          string     `json:"source"`      // name of an actor or dependency, or "the product"
	Destination     string     `json:"destination"` // the same
	Data            []string   `json:"data"`        // ids of assets
	Action          string     `json:"action"`      // the verb, third person: "sends"
	CrossesBoundary bool       `json:"crosses_boundary"`
	Confidence      Level      `json:"confidence"`
	Basis           Basis      `json:"basis"`
	Origin          Origin     `json:"origin"`
	Citations       []Citation `json:"citations"`
	Mentions        int        `json:"mentions,omitempty"` // places in the document that speak of it, when there are more than the citations
}

// A Step is one step of the user journey.
type Step struct {
	ID         string     `json:"id"`
	Step       int        `json:"step"`    // 1-based, in the order of the journey
	Journey    string     `json:"journey"` // which journey, by its section's title
	Actor      string     `json:"actor"`
	Text       string     `json:"text"`
	WhatIfs    []string   `json:"what_ifs"`    // plain questions to ask at this step
	AbuseCases []string   `json:"abuse_cases"` // ids
	Basis      Basis      `json:"basis"`
	Origin     Origin     `json:"origin"`
	Citations  []Citation `json:"citations"`
}

// A Safeguard is a protection that the document states.
type Safeguard struct {
	ID         string     `json:"id"`
	Text       string     `json:"text"`
	Kind       string     `json:"kind"`     // what it does, in the lexicon's words: "link expiry"
	Protects   []string   `json:"protects"` // ids of assets
	Confidence Level      `json:"confidence"`
	Basis      Basis      `json:"basis"`
	Origin     Origin     `json:"origin"`
	Citations  []Citation `json:"citations"`
	Mentions   int        `json:"mentions,omitempty"` // places in the document that speak of it, when there are more than the citations
}

// An AbuseCase is one way in which the product could be misused or fail its users.
type AbuseCase struct {
	ID             string        `json:"id"`
	Title          string        `json:"title"`
	Category       AbuseCategory `json:"category"`
	WhatIf         string        `json:"what_if"`
	Question       string        `json:"question"` // key of a framework question
	WhoBenefits    string        `json:"who_benefits"`
	AttackerGain   string        `json:"attacker_gain"`
	Consequences   Consequences  `json:"consequences"`
	Likelihood     Level         `json:"likelihood"`
	Severity       Level         `json:"severity"`
	Priority       Level         `json:"priority"`
	PriorityReason string        `json:"priority_reason"`
	Assets         []string      `json:"assets"`     // ids
	DataFlows      []string      `json:"data_flows"` // ids
	Safeguards     []string      `json:"safeguards"` // ids of what is in place already
	Steps          []string      `json:"steps"`      // ids of the journey's steps it belongs to
	Absences       []Absence     `json:"absences"`
	Requirements   []Requirement `json:"requirements"`
	Tags           Tags          `json:"tags"`
	Confidence     Level         `json:"confidence"`
	Basis          Basis         `json:"basis"`
	Origin         Origin        `json:"origin"`
	Rule           string        `json:"rule"` // id of the built-in rule, "" if none
	Citations      []Citation    `json:"citations"`
	Review         Review        `json:"review"`
}

// Consequences say what an abuse case would do, and to whom.
type Consequences struct {
	Users      string `json:"users"`
	Business   string `json:"business"`
	Reputation string `json:"reputation"`
}

// An Absence is a claim that the document is silent, with what was searched for to make sure.
type Absence struct {
	What     string     `json:"what"`
	Searched []string   `json:"searched"`
	Hits     []Citation `json:"hits"` // sentences that have the words but do not answer
}

// A Requirement is one line for a backlog.
type Requirement struct {
	Text       string   `json:"text"`
	Acceptance []string `json:"acceptance"` // "Given … when … then …"
}

// Tags place an abuse case in the vocabularies of specialists.
type Tags struct {
	STRIDE      []string `json:"stride"`
	LINDDUN     []string `json:"linddun"`
	Regulations []string `json:"regulations"`
}

// A Review is what a person decided. Every draft starts with state draft; only a person changes it.
type Review struct {
	State ReviewState `json:"state"`
	By    string      `json:"by"`
	At    string      `json:"at"`
	Note  string      `json:"note"`
}

// A Question is one of the framework's questions and what the document answers to it.
type Question struct {
	ID             string         `json:"id"`
	Question       string         `json:"question"` // its key
	Text           string         `json:"text"`
	Why            string         `json:"why"` // why it matters in this document
	Ask            Ask            `json:"ask"`
	Status         QuestionStatus `json:"status"`
	Answer         string         `json:"answer"`
	ProposedAnswer string         `json:"proposed_answer"`
	Searched       []string       `json:"searched"` // words looked for before it was called unanswered
	Spare          bool           `json:"spare"`    // open, but others matter more here: listed as unanswered, and not asked
	Citations      []Citation     `json:"citations"`
}

// Coverage says how much of the document the draft stands on.
type Coverage struct {
	Sentences      int               `json:"sentences"`
	SentencesCited int               `json:"sentences_cited"`
	Questions      QuestionCoverage  `json:"questions"`
	Sections       []SectionCoverage `json:"sections"`
}

// QuestionCoverage counts the framework's questions by status.
type QuestionCoverage struct {
	Answered   int `json:"answered"`
	Partly     int `json:"partly"`
	Unanswered int `json:"unanswered"`
}

// SectionCoverage counts what came out of one section.
type SectionCoverage struct {
	Section    string `json:"section"`
	Sentences  int    `json:"sentences"` // the heading among them
	Citations  int    `json:"citations"` // sentences that are cited, each once: their sum is sentences_cited
	AbuseCases int    `json:"abuse_cases"`
}

// A Dropped is a proposal that is not in the draft, and why.
type Dropped struct {
	Kind   string     `json:"kind"` // asset, actor, dependency, data_flow, step, safeguard, abuse_case, question
	Text   string     `json:"text"`
	Reason DropReason `json:"reason"`
	Detail string     `json:"detail"`
	Rule   string     `json:"rule"`      // id of the built-in rule, "" if none
	Cited  []Citation `json:"citations"` // the sentences that speak against it, or that it pointed to
}

// A Warning is something that the reader of the draft should know.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Section string `json:"section"`
}

// A Citation points to one sentence of the document. See Draft's contract for what the offsets are into.
type Citation struct {
	Section   string `json:"section"`
	Sentence  int    `json:"sentence"` // 1-based
	Quote     string `json:"quote"`
	Start     int    `json:"start"` // bytes, half open
	End       int    `json:"end"`
	LineStart int    `json:"line_start"` // 1-based, inclusive
	LineEnd   int    `json:"line_end"`
	Page      int    `json:"page"`
	Match     Match  `json:"match"`
}
