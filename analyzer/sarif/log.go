package sarif

// The parts of a log that are written, as SARIF 2.1.0 names them. What is optional there and not used here is left out.

type message struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type descriptor struct {
	ID         string        `json:"id"`
	Name       string        `json:"name,omitempty"`
	Short      message       `json:"shortDescription"`
	Full       message       `json:"fullDescription"`
	Help       message       `json:"help"`
	Default    configuration `json:"defaultConfiguration"`
	Properties any           `json:"properties,omitempty"`
}

type configuration struct {
	Level string `json:"level"`
}

type tagged struct {
	Tags []string `json:"tags,omitempty"`
}

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations"`
	Related      []location        `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Baseline     string            `json:"baselineState,omitempty"`
	Suppressions *[]suppression    `json:"suppressions,omitempty"` // a pointer, since an empty list says that nothing is suppressed
	Rank         float64           `json:"rank"`
	Properties   resultProperties  `json:"properties"`
}

type resultProperties struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Priority   string `json:"priority"`
	Category   string `json:"category"`
	Question   string `json:"question,omitempty"`
	Confidence string `json:"confidence,omitempty"`
	Basis      string `json:"basis,omitempty"`
	Origin     string `json:"origin,omitempty"`
	Suggested  string `json:"suggestedRequirement,omitempty"`
}

type suppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification,omitempty"`
}

type location struct {
	ID         int                 `json:"id,omitempty"`
	Physical   physicalLocation    `json:"physicalLocation"`
	Logical    []logicalLocation   `json:"logicalLocations,omitempty"`
	Message    *message            `json:"message,omitempty"`
	Properties *locationProperties `json:"properties,omitempty"`
}

type logicalLocation struct {
	Name string `json:"name"`
}

type locationProperties struct {
	Quote string `json:"quote,omitempty"`
	Page  int    `json:"page,omitempty"`
	Line  int    `json:"textLine,omitempty"`
}

type physicalLocation struct {
	Artifact artifactLocation `json:"artifactLocation"`
	Region   *region          `json:"region,omitempty"`
}

type artifactLocation struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

type region struct {
	StartLine   int      `json:"startLine"`
	StartColumn int      `json:"startColumn"`
	EndLine     int      `json:"endLine"`
	EndColumn   int      `json:"endColumn"`
	CharOffset  int      `json:"charOffset"`
	CharLength  int      `json:"charLength"`
	ByteOffset  *int     `json:"byteOffset,omitempty"`
	ByteLength  *int     `json:"byteLength,omitempty"`
	Snippet     *snippet `json:"snippet,omitempty"`
}

type snippet struct {
	Text     string   `json:"text,omitempty"`
	Rendered *message `json:"rendered,omitempty"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name           string       `json:"name"`
	Version        string       `json:"version,omitempty"`
	InformationURI string       `json:"informationUri,omitempty"`
	Rules          []descriptor `json:"rules"`
}

type invocation struct {
	Successful    bool           `json:"executionSuccessful"`
	Notifications []notification `json:"toolExecutionNotifications,omitempty"`
}

type notification struct {
	Level      string     `json:"level"`
	Message    message    `json:"message"`
	Locations  []location `json:"locations,omitempty"`
	Properties any        `json:"properties,omitempty"`
}

type baseID struct {
	Description message `json:"description"`
}
