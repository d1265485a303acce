package export

import (
	"strings"

	"whatif/analyzer/review"
	tm "whatif/analyzer/threatmodel"
)

// cite makes a citation of a sentence on a line.
func cite(line int, quote string) []tm.Citation {
	return []tm.Citation{{Section: "3 Sharing", Sentence: line, Quote: quote, Start: 10 * line, End: 10*line + len(quote), LineStart: line, LineEnd: line, Match: tm.Exact}}
}

// small is a draft with something in every field that is exported, and decisions about its findings: one accepted, one rejected, one lived
// with, one undecided.
func small() (*tm.Draft, Options) {
	d := &tm.Draft{SchemaVersion: tm.SchemaVersion, Tool: tm.Tool{Name: "whatif", Version: "1.0.0"}, GeneratedAt: "2026-01-31T12:00:00Z",
		Document: tm.Document{Path: "docs/gift-links.md", Title: "Gift links", Format: "md", Encoding: "utf-8", SHA256: strings.Repeat("9f3c", 16)},
		Engine:   tm.Engine{Kind: "rules", Framework: "product-manager/1"}}
	d.Assets = []tm.Asset{
		{ID: "A-000001", Name: "gift link", Category: "credential", Sensitivity: tm.High, Basis: tm.Stated, Citations: cite(3, "A customer sends a link to a friend by SMS.")},
		{ID: "A-000002", Name: "mobile number", Category: "personal", Sensitivity: tm.Medium, Basis: tm.Stated, Citations: cite(4, "The friend's mobile number is kept for a year.")}}
	d.Actors = []tm.Actor{
		{ID: "P-000001", Name: "customer", Kind: "user", Privileges: []tm.Privilege{{Text: "send a gift", Citations: cite(3, "A customer sends a link to a friend by SMS.")}}, Citations: cite(3, "A customer sends a link to a friend by SMS.")},
		{ID: "P-000002", Name: "support agent", Kind: "staff", Citations: cite(6, "Support agents can see the buyer's e-mail address.")}}
	d.Dependencies = []tm.Dependency{{ID: "D-000001", Name: "Twilio", Kind: "vendor", Role: "sends SMS", IfItFails: "No link arrives.", IfCompromised: "Links are read.", Citations: cite(5, "We use Twilio.")}}
	d.DataFlows = []tm.DataFlow{
		{ID: "F-000001", Source: "customer", Destination: "the product", Data: []string{"A-000002"}, Action: "enters", CrossesBoundary: true, Citations: cite(4, "The friend's mobile number is kept for a year.")},
		{ID: "F-000002", Source: "the product", Destination: "Twilio", Data: []string{"A-000001", "A-000002"}, Action: "passes", CrossesBoundary: true, Citations: cite(5, "We use Twilio.")},
		{ID: "F-000003", Source: "the product", Destination: "friend", Data: []string{"A-000001"}, Action: "shows", Citations: cite(3, "A customer sends a link to a friend by SMS.")}}
	d.Journey = []tm.Step{{ID: "J-000001", Step: 1, Actor: "customer", Text: "sends a gift", WhatIfs: []string{"What if it goes to somebody else?"}, AbuseCases: []string{"T-000001"}, Citations: cite(3, "A customer sends a link to a friend by SMS.")}}
	d.Safeguards = []tm.Safeguard{{ID: "S-000001", Text: "Links expire after 7 days.", Kind: "link expiry", Protects: []string{"A-000001"}, Citations: cite(8, "Links expire after 7 days.")}}
	d.AbuseCases = smallCases()
	d.Questions = []tm.Question{
		{ID: "Q-000001", Question: "data.retention", Text: "How long is it kept?", Ask: tm.AskPM, Status: tm.Unanswered, ProposedAnswer: "90 days."},
		{ID: "Q-000002", Question: "actors.identity", Text: "Who is it?", Ask: tm.AskAppSec, Status: tm.Answered, Answer: "A customer.", Citations: cite(3, "A customer sends a link to a friend by SMS.")}}
	d.Dropped = []tm.Dropped{{Kind: "asset", Text: "card", Reason: tm.Unsupported}}
	d.Complete()
	return d, Options{Decisions: &review.File{Decisions: []review.Decision{
		{ID: "T-000001", State: tm.StateAccepted, By: "Ana", At: "2026-02-01", Note: "Ticket 7."},
		{ID: "T-000002", State: tm.StateRejected, Reason: review.AlreadyHandled, By: "Bo", At: "2026-02-01", Note: "Staff roles; see ADR 3."},
		{ID: "T-000003", State: tm.StateAccepted, Reason: review.RiskAccepted, By: "Bo", At: "2026-02-01"},
	}}}
}

func smallCases() []tm.AbuseCase {
	return []tm.AbuseCase{
		{ID: "T-000001", Title: "A forwarded link opens for anyone", Category: "data_exposure", WhatIf: "What if the link is passed on?", WhoBenefits: "Whoever gets it",
			AttackerGain: "The gift", Consequences: tm.Consequences{Users: "The gift is gone.", Business: "It pays twice.", Reputation: "“My gift was stolen.”"},
			Likelihood: tm.High, Severity: tm.Medium, Priority: tm.High, PriorityReason: "Anyone could do it.", Assets: []string{"A-000001"}, DataFlows: []string{"F-000002", "F-000003"},
			Safeguards: []string{"S-000001"}, Absences: []tm.Absence{{What: "a check of who opens it", Searched: []string{"sign in", "log in"}}},
			Requirements: []tm.Requirement{{Text: "Ask who it is before a gift opens.", Acceptance: []string{
				"Given a link that was passed on, when somebody else opens it, then the gift stays closed.", "The first use is told to the sender."}}},
			Tags:  tm.Tags{STRIDE: []string{"information_disclosure", "spoofing"}, LINDDUN: []string{"data_disclosure"}, Regulations: []string{"GDPR Art. 32"}},
			Basis: tm.Absent, Rule: "share-link-open", Confidence: tm.High, Citations: cite(7, "Anyone with the link can open the gift."), Review: tm.Review{State: tm.StateDraft}},
		{ID: "T-000002", Title: "An agent looks up a buyer", Category: "insider_misuse", WhatIf: "What if an agent is curious?", Likelihood: tm.Medium, Severity: tm.Medium, Priority: tm.Medium,
			Requirements: []tm.Requirement{{Text: "Write down who looked."}}, Basis: tm.Inferred, Confidence: tm.Medium, Citations: cite(6, "Support agents can see the buyer's e-mail address."), Review: tm.Review{State: tm.StateDraft}},
		{ID: "T-000003", Title: "Twilio is down on a holiday", Category: "dependency_failure", Likelihood: tm.Low, Severity: tm.Low, Priority: tm.Low, Tags: tm.Tags{STRIDE: []string{"denial_of_service"}},
			Basis: tm.Inferred, Confidence: tm.Medium, Citations: cite(5, "We use Twilio."), Review: tm.Review{State: tm.StateDraft}},
		{ID: "T-000004", Title: "=Somebody sends <b>spam</b> & ${more}", Category: "spam", WhatIf: "What if a program sends 10,000?", Likelihood: tm.Medium, Severity: tm.Low, Priority: tm.Low,
			Requirements: []tm.Requirement{{Text: "Limit it.", Acceptance: []string{"Given 10 gifts today, when another is sent, then it is refused."}}},
			Basis:        tm.Inferred, Confidence: tm.Medium, Citations: cite(3, "A customer sends a link to a friend by SMS."), Review: tm.Review{State: tm.StateDraft}},
	}
}
