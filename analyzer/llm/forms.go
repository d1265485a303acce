package llm

// The forms that a model fills in. Evidence stands before what it is evidence for: a model writes from left to right, and what it
// has pointed to it has read.

// factsForm is what one part of the document says.
type factsForm struct {
	Assets       []assetForm      `json:"assets" also:"data,data_assets"`
	Actors       []actorForm      `json:"actors"`
	Dependencies []dependencyForm `json:"dependencies"`
	Flows        []flowForm       `json:"flows" also:"data_flows"`
	Safeguards   []safeguardForm  `json:"safeguards"`
	Steps        []stepForm       `json:"steps" also:"journey,journey_steps"`
	Answers      []answerForm     `json:"answers"`
}

type assetForm struct {
	S           []int    `json:"s" also:"sentences,lines"`
	Name        string   `json:"name" also:"asset"`
	Category    string   `json:"category,omitempty" also:"kind" enum:"personal,financial,health,credential,location,content,device,behavioural,business,children,biometric,other"`
	Sensitivity string   `json:"sensitivity,omitempty" enum:"high,medium,low"`
	States      []string `json:"states,omitempty" enum:"collected,stored,shown,sent,exported,deleted"`
}

type actorForm struct {
	S    []int    `json:"s" also:"sentences,lines"`
	Name string   `json:"name" also:"actor"`
	Kind string   `json:"kind,omitempty" enum:"user,child,anonymous,staff,admin,partner,system"`
	May  []string `json:"may,omitempty" also:"privileges,can" about:"what they may see or do: \"can export all invoices\""`
}

type dependencyForm struct {
	S      []int  `json:"s" also:"sentences,lines"`
	Name   string `json:"name" also:"dependency"`
	Kind   string `json:"kind,omitempty" enum:"vendor,internal,platform"`
	Role   string `json:"role,omitempty"`
	Fails  string `json:"if_it_fails,omitempty"`
	Caught string `json:"if_compromised,omitempty" also:"if_taken_over"`
}

type flowForm struct {
	S       []int    `json:"s" also:"sentences,lines"`
	From    string   `json:"from" also:"source"`
	To      string   `json:"to" also:"destination"`
	Data    []string `json:"data" about:"names of assets"`
	Action  string   `json:"action,omitempty" about:"the verb: sends, shows, exports"`
	Outside bool     `json:"outside,omitempty" also:"crosses_boundary"`
}

type safeguardForm struct {
	S        []int    `json:"s" also:"sentences,lines"`
	Text     string   `json:"text" also:"safeguard,name"`
	Protects []string `json:"protects,omitempty" about:"names of assets"`
}

type stepForm struct {
	S     []int  `json:"s" also:"sentences,lines"`
	Actor string `json:"actor,omitempty" also:"who"`
	Text  string `json:"text" also:"step,action"`
}

type answerForm struct {
	S        []int  `json:"s" also:"sentences,lines"`
	Question string `json:"question" also:"key"`
	Answer   string `json:"answer,omitempty"`
	Whole    bool   `json:"whole,omitempty"`
}

// againForm is a second look at one part: what the built-in engine noticed, and what was missed.
type againForm struct {
	Noticed      []noticedForm    `json:"noticed,omitempty"`
	Assets       []assetForm      `json:"assets" also:"data,data_assets"`
	Actors       []actorForm      `json:"actors"`
	Dependencies []dependencyForm `json:"dependencies"`
	Flows        []flowForm       `json:"flows" also:"data_flows"`
	Safeguards   []safeguardForm  `json:"safeguards"`
	Steps        []stepForm       `json:"steps" also:"journey,journey_steps"`
}

// facts returns what was missed before.
func (f *againForm) facts() *factsForm {
	return &factsForm{Assets: f.Assets, Actors: f.Actors, Dependencies: f.Dependencies, Flows: f.Flows, Safeguards: f.Safeguards, Steps: f.Steps}
}

type noticedForm struct {
	R     int    `json:"r" mark:"R" about:"the number of an R"`
	Right bool   `json:"right"`
	Same  string `json:"same,omitempty" about:"the name of the same thing in the first reading, or \"\""`
}

// whatIfForm is the dangers of one part.
type whatIfForm struct {
	Cases []caseForm `json:"abuse_cases" also:"dangers,threats,cases"`
}

type caseForm struct {
	S           []int         `json:"s" also:"sentences,lines"`
	K           []int         `json:"k,omitempty" mark:"K"`
	Anchor      string        `json:"anchor,omitempty" also:"quote"`
	Title       string        `json:"title"`
	WhatIf      string        `json:"what_if"`
	About       string        `json:"about,omitempty"`
	Category    string        `json:"category" also:"kind" enum:"account_takeover,impersonation,privilege_misuse,unauthorized_access,data_exposure,over_collection,tampering,fraud,harassment,spam,scraping,service_disruption,dependency_failure,dependency_compromise,repudiation,ai_manipulation,tracking,insider_misuse,compliance"`
	Question    string        `json:"question,omitempty" also:"key"`
	Assets      []string      `json:"assets,omitempty" about:"names of assets at stake"`
	WhoBenefits string        `json:"who_benefits,omitempty"`
	Gain        string        `json:"gain,omitempty" also:"attacker_gain"`
	Users       string        `json:"users,omitempty"`
	Business    string        `json:"business,omitempty"`
	Reputation  string        `json:"reputation,omitempty"`
	Reach       string        `json:"reach,omitempty" enum:"anyone,user,partner,staff,admin"`
	Needs       string        `json:"needs,omitempty" enum:"nothing,a_link,an_account,stolen_secret,inside_access,skill"`
	Scale       string        `json:"scale,omitempty" enum:"one,some,all"`
	Undo        string        `json:"undo,omitempty" enum:"easily,with_effort,never"`
	Harm        string        `json:"harm,omitempty" enum:"annoyance,loss,danger"`
	Missing     []missingForm `json:"missing,omitempty"`
	InPlace     []int         `json:"in_place,omitempty" mark:"K"`
	Requirement string        `json:"requirement,omitempty"`
	Acceptance  string        `json:"acceptance,omitempty"`
}

type missingForm struct {
	What   string   `json:"what"`
	Search []string `json:"search" also:"searched,words"`
}

// judgeForm is the verdicts on several claims.
type judgeForm struct {
	Verdicts []verdictForm `json:"verdicts" also:"claims"`
}

type verdictForm struct {
	Claim    int    `json:"claim" mark:"C" also:"number,case"`
	Says     string `json:"says,omitempty"`
	Carried  string `json:"carried" enum:"yes,partly,no"`
	Answered []int  `json:"answered_by,omitempty" mark:"K"`
	SameAs   int    `json:"same_as,omitempty" mark:"C"`
	Plain    bool   `json:"plain,omitempty"`
	Title    string `json:"title,omitempty"`
}

// questionsForm is what a model says of questions that the document leaves open.
type questionsForm struct {
	Questions []openForm `json:"questions"`
}

type openForm struct {
	Key      string `json:"key" also:"question"`
	Why      string `json:"why,omitempty"`
	Proposed string `json:"proposed,omitempty" also:"proposed_answer,answer"`
}

// The forms of one small question at a time. They are flat, and hold few items.
type (
	smallThings struct { // assets, actors, safeguards
		Items []struct {
			S    []int  `json:"s" also:"sentences,lines"`
			Name string `json:"name" also:"text"`
		} `json:"items"`
	}
	smallDependencies struct {
		Items []struct {
			S    []int  `json:"s" also:"sentences,lines"`
			Name string `json:"name"`
			Role string `json:"role,omitempty"`
		} `json:"items"`
	}
	smallSteps struct {
		Items []struct {
			S     []int  `json:"s" also:"sentences,lines"`
			Actor string `json:"actor,omitempty"`
			Text  string `json:"text"`
		} `json:"items"`
	}
	smallFlows struct {
		Items []struct {
			S    []int  `json:"s" also:"sentences,lines"`
			From string `json:"from"`
			To   string `json:"to"`
			Data string `json:"data"`
		} `json:"items"`
	}
	smallCases struct {
		Items []struct {
			S        []int  `json:"s" also:"sentences,lines"`
			WhatIf   string `json:"what_if"`
			Title    string `json:"title"`
			Category string `json:"category" enum:"account_takeover,impersonation,privilege_misuse,unauthorized_access,data_exposure,over_collection,tampering,fraud,harassment,spam,scraping,service_disruption,dependency_failure,dependency_compromise,repudiation,ai_manipulation,tracking,insider_misuse,compliance"`
		} `json:"items"`
	}
)
