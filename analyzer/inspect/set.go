package inspect

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
)

// Set returns the report as proposals: a finding for secrets, one for steering, and a warning for each. No secret's value is in
// it. The set is empty when nothing was seen.
func (r *Report) Set(text *reading.Text) *proposal.Set {
	set := &proposal.Set{Origin: "rules"}
	if len(r.Secrets) > 0 {
		set.AbuseCases = append(set.AbuseCases, r.secretCase())
		set.Warnings = append(set.Warnings, proposal.Warning{Code: "secret_in_document", Sentence: r.Secrets[0].Sentence,
			Message: "The document holds " + r.kinds() + ", first in line " + line(text, r.Secrets[0].Sentence) +
				"; whoever reads it can use what still works, and this report quotes it too."})
	}
	if len(r.Steering) > 0 {
		first := r.Steering[0]
		set.AbuseCases = append(set.AbuseCases, r.steeringCase())
		set.Warnings = append(set.Warnings, proposal.Warning{Code: "steering_text", Sentence: first.Sentence,
			Message: counted(len(r.Steering), "sentence is", "sentences are") + " addressed to the tools that read the document, not to people, first in line " +
				line(text, first.Sentence) + ", which " + first.Kind + "; none was obeyed, but a person should look."})
	}
	return set
}

// secretCase is the finding about secrets.
func (r *Report) secretCase() proposal.AbuseCase {
	kinds := r.kinds()
	one := strings.HasPrefix(kinds, "1 ") && !strings.Contains(kinds, " and ")
	verb, them, their := "stand", "them", "their"
	if one {
		verb, them, their = "stands", "it", "its"
	}
	confidence := "medium"
	if slices.ContainsFunc(r.Secrets, func(s Secret) bool { return s.sure }) {
		confidence = "high"
	}
	return proposal.AbuseCase{
		Rule: "document-secret", Category: "data_exposure", Question: "data.destination", OfDocument: true,
		Title:       fmt.Sprintf("%s %s in the document itself", kinds, verb),
		WhatIf:      "What if somebody who was sent this document, or finds a copy, uses what stands in it?",
		WhoBenefits: "Everybody whom the document reaches: colleagues, suppliers, tools that index it, and whoever finds a copy",
		Gain:        "Access to whatever the secret opens, without breaking into anything",
		Users:       "What the secret protects is open to strangers, and nobody notices, since they sign in as the product does.",
		Business:    "Documents are copied, mailed and kept for years; the secret has to be replaced wherever it is used.",
		Reputation:  "A key in a planning document looks careless, and it is an easy story to tell.",
		Subject:     "secrets in the document", Confidence: confidence, Basis: "stated",
		Factors: proposal.Factors{Reach: "anyone", Needs: "a_link", Scale: "all", Undo: "never", Harm: "loss"},
		Requirements: []proposal.Requirement{{
			Text: fmt.Sprintf("Take %s out of the document and revoke %s: deleting alone leaves %s copies at work. Earlier versions, and this report, which quotes the sentences, hold %s too.", them, them, their, them),
			Acceptance: []string{
				"Given the value as it stands in the document, when it is used, then it is refused.",
				"Given the document and its earlier versions, when they are searched for secrets, then none that works is found."},
		}},
		STRIDE: []string{"information_disclosure", "spoofing"}, Regulations: []string{"GDPR Art. 32"},
		Evidence: proposal.Evidence{Sentences: sentencesOf(r.Secrets, func(s Secret) int { return s.Sentence })},
	}
}

// steeringCase is the finding about text that speaks to tools.
func (r *Report) steeringCase() proposal.AbuseCase {
	title, confidence := "The document speaks to the tools that review it", "medium"
	if slices.ContainsFunc(r.Steering, func(s Steering) bool { return s.Hidden }) {
		title = "Hidden text in the document speaks to the tools that review it"
	}
	if slices.ContainsFunc(r.Steering, func(s Steering) bool { return s.Sure }) {
		confidence = "high"
	}
	return proposal.AbuseCase{
		Rule: "document-steers", Category: "ai_manipulation", Question: "ai.hidden_instructions", OfDocument: true,
		Title:       title,
		WhatIf:      "What if a tool that reads this document does what the text tells it, instead of what its user asked for?",
		WhoBenefits: "Whoever wants the review to come out well",
		Gain:        "A review that leaves dangers out",
		Users:       "Dangers that the review should have found reach them.",
		Business:    "Decisions stand on a review that its own subject has written.",
		Reputation:  "People ask what else was hidden.",
		Subject:     "text addressed to tools", Confidence: confidence, Basis: "stated",
		Factors: proposal.Factors{Reach: "staff", Needs: "nothing", Scale: "all", Undo: "with_effort", Harm: "loss"},
		Requirements: []proposal.Requirement{{
			Text: "Find out who wrote the text and why, take it out, and have a person read the document again. It " + r.says() + ".",
			Acceptance: []string{
				"Given the document without the text, when it is reviewed again, then the differences are explained."},
		}},
		STRIDE:   []string{"tampering"},
		Evidence: proposal.Evidence{Sentences: sentencesOf(r.Steering, func(s Steering) int { return s.Sentence })},
	}
}

// mostCited is how many sentences a finding cites: more say nothing new.
const mostCited = 25

func sentencesOf[T any](all []T, of func(T) int) []int {
	var nums []int
	for _, x := range all {
		if n := of(x); !slices.Contains(nums, n) && len(nums) < mostCited {
			nums = append(nums, n)
		}
	}
	return nums
}

// kinds counts the secrets of each kind: "2 AWS access keys and 1 private key". A key over many lines counts once.
func (r *Report) kinds() string {
	var names []string
	n := map[string]int{}
	for i, s := range r.Secrets {
		if s.Kind == "private_key" && i > 0 && r.Secrets[i-1].Kind == "private_key" && r.Secrets[i-1].Sentence+1 == s.Sentence && !s.begins {
			continue
		}
		name := s.name
		if name == "" {
			name = strings.ReplaceAll(s.Kind, "_", " ")
		}
		if n[name]++; n[name] == 1 {
			names = append(names, name)
		}
	}
	for i, name := range names {
		names[i] = counted(n[name], name, plural(name))
	}
	return list(names)
}

func plural(name string) string {
	switch {
	case strings.HasPrefix(name, "password in"):
		return "passwords in addresses"
	case strings.HasSuffix(name, "address"):
		return name + "es"
	}
	return name + "s"
}

// says tells what gives the steering away, each once, three at most.
func (r *Report) says() string {
	var out []string
	for _, s := range r.Steering {
		if !slices.Contains(out, s.Kind) && len(out) < 3 {
			out = append(out, s.Kind)
		}
	}
	return list(out)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func list(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

func line(text *reading.Text, num int) string {
	s := text.Doc.Sentence(num)
	if s == nil {
		return "1"
	}
	first, _ := text.Doc.LinesOf(s.Span)
	return fmt.Sprint(first)
}
