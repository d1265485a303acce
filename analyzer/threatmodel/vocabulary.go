package threatmodel

// A Level grades sensitivity, likelihood, severity, priority and confidence.
type Level string

// The levels.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// Levels are all of them, highest first.
var Levels = []Level{High, Medium, Low}

// Rank returns 3 for high, 2 for medium, 1 for low and 0 for anything else.
func (l Level) Rank() int {
	switch l {
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	}
	return 0
}

// An AssetCategory says what kind of data an asset is.
type AssetCategory string

// AssetCategories are all of them, in the contract's order.
var AssetCategories = []AssetCategory{"personal", "financial", "health", "credential", "location", "content", "device",
	"behavioural", "business", "children", "biometric", "other"}

// An AbuseCategory says what kind of misuse an abuse case is.
type AbuseCategory string

// AbuseCategories are all of them, in the contract's order.
var AbuseCategories = []AbuseCategory{"account_takeover", "impersonation", "privilege_misuse", "unauthorized_access",
	"data_exposure", "over_collection", "tampering", "fraud", "harassment", "spam", "scraping", "service_disruption",
	"dependency_failure", "dependency_compromise", "repudiation", "ai_manipulation", "tracking", "insider_misuse", "compliance"}

// An ActorKind says who an actor is.
type ActorKind string

// ActorKinds are all of them.
var ActorKinds = []ActorKind{"user", "child", "anonymous", "staff", "admin", "partner", "system"}

// A DependencyKind says what is relied on.
type DependencyKind string

// DependencyKinds are all of them.
var DependencyKinds = []DependencyKind{"vendor", "internal", "platform"}

// A Basis says how a statement stands on the text.
type Basis string

// The bases.
const (
	Stated   Basis = "stated"   // the cited text says it
	Inferred Basis = "inferred" // it follows from the cited text; a reviewer judges
	Absent   Basis = "absent"   // the text is silent; the absences say what was searched for
)

// Bases are all of them.
var Bases = []Basis{Stated, Inferred, Absent}

// An Origin says which engine found something.
type Origin string

// The origins.
const (
	FromRules Origin = "rules"
	FromLLM   Origin = "llm"
	FromBoth  Origin = "both"
)

// Origins are all of them.
var Origins = []Origin{FromRules, FromLLM, FromBoth}

// A DropReason says why a proposal is not in the draft.
type DropReason string

// The reasons.
const (
	NoSuchSentence DropReason = "no_such_sentence"
	QuoteNotFound  DropReason = "quote_not_found"
	Unsupported    DropReason = "unsupported"
	Contradicted   DropReason = "contradicted"
	Safeguarded    DropReason = "safeguarded"
	Duplicate      DropReason = "duplicate"
	OutOfScope     DropReason = "out_of_scope"
	BelowThreshold DropReason = "below_threshold"
	Invalid        DropReason = "invalid"
)

// DropReasons are all of them.
var DropReasons = []DropReason{NoSuchSentence, QuoteNotFound, Unsupported, Contradicted, Safeguarded, Duplicate, OutOfScope,
	BelowThreshold, Invalid}

// A QuestionStatus says how far the document answers a question.
type QuestionStatus string

// The statuses.
const (
	Answered   QuestionStatus = "answered"
	Partly     QuestionStatus = "partly"
	Unanswered QuestionStatus = "unanswered"
)

// QuestionStatuses are all of them.
var QuestionStatuses = []QuestionStatus{Answered, Partly, Unanswered}

// An Ask says who should answer.
type Ask string

// The people to ask.
const (
	AskPM     Ask = "pm"
	AskAppSec Ask = "appsec"
)

// Asks are all of them.
var Asks = []Ask{AskPM, AskAppSec}

// A ReviewState is where a finding stands in its review.
type ReviewState string

// The states.
const (
	StateDraft     ReviewState = "draft"
	StateAccepted  ReviewState = "accepted"
	StateEdited    ReviewState = "edited"
	StateRejected  ReviewState = "rejected"
	StateNeedsInfo ReviewState = "needs_info"
)

// ReviewStates are all of them.
var ReviewStates = []ReviewState{StateDraft, StateAccepted, StateEdited, StateRejected, StateNeedsInfo}

// A Match says how a citation was found.
type Match string

// The matches.
const (
	Exact      Match = "exact"      // by sentence number, or found word for word
	Normalized Match = "normalized" // equal but for white space, quotes, dashes and case
	Fuzzy      Match = "fuzzy"      // aligned by words; a reviewer should look
)

// Matches are all of them, best first.
var Matches = []Match{Exact, Normalized, Fuzzy}

// Vocabularies of fields that are plain strings.
var (
	EngineKinds  = []string{"rules", "llm", "hybrid"}
	Formats      = []string{"md", "txt", "html", "docx", "pdf"}
	DroppedKinds = []string{"abuse_case", "asset", "actor", "dependency", "data_flow", "step", "safeguard", "question"}
)
