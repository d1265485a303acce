package render

import (
	"fmt"
	"strings"

	"whatif/analyzer/threatmodel"
)

// An assumption is something that the draft takes for granted and that security should confirm.
type assumption struct {
	text string
	why  string
	cite []threatmodel.Citation
}

// assumptions are what the draft rests on without the text's word: questions for security, facts that were inferred, and
// protections that the text promises and that cases were ranked by.
func (v *view) assumptions() []assumption {
	var out []assumption
	for _, q := range v.open(threatmodel.AskAppSec) {
		why := fold(q.Why)
		if q.ProposedAnswer != "" {
			why = strings.TrimSpace(why + " Proposed: " + stop(fold(q.ProposedAnswer)))
		}
		out = append(out, assumption{fold(q.Text), why, q.Citations})
	}
	out = append(out, v.inferred()...)
	for _, s := range v.reliedOn() {
		out = append(out, assumption{"The promise holds, and it is tested: “" + strings.TrimSuffix(fold(s.Text), ".") + "”.", "", s.Citations})
	}
	return out
}

// inferred lists the facts that follow from the text without standing in it.
func (v *view) inferred() []assumption {
	var out []assumption
	for _, a := range v.Assets {
		if a.Basis == threatmodel.Inferred {
			out = append(out, assumption{fmt.Sprintf("The feature handles %s, though the text does not say so outright.", fold(a.Name)), "", a.Citations})
		}
	}
	for _, f := range v.DataFlows {
		if f.Basis == threatmodel.Inferred {
			out = append(out, assumption{"Data goes " + v.flowWords(&f) + ".", "", f.Citations})
		}
	}
	for _, d := range v.Dependencies {
		if d.Basis == threatmodel.Inferred {
			out = append(out, assumption{fmt.Sprintf("The feature relies on %s.", fold(d.Name)), "", d.Citations})
		}
	}
	for _, a := range v.Actors {
		if a.Basis == threatmodel.Inferred {
			out = append(out, assumption{fmt.Sprintf("%s takes part.", upper(fold(a.Name))), "", a.Citations})
		}
	}
	return out
}

// reliedOn returns the safeguards that some case counts as being in place, each once, in the draft's order.
func (v *view) reliedOn() []threatmodel.Safeguard {
	used := map[string]bool{}
	for _, c := range v.AbuseCases {
		for _, id := range c.Safeguards {
			used[id] = true
		}
	}
	var out []threatmodel.Safeguard
	for _, s := range v.Safeguards {
		if used[s.ID] {
			out = append(out, s)
		}
	}
	return out
}

// flowWords says a flow in a few words: "shopper → Stripe (card number)".
func (v *view) flowWords(f *threatmodel.DataFlow) string {
	s := fold(f.Source) + " → " + fold(f.Destination)
	if data := list(v.names(f.Data)); data != "" {
		s += " (" + data + ")"
	}
	return s
}

// checklist is what a reviewer does with the draft.
var checklist = []string{
	"Open the quoted sentence of each high-priority finding: does it say what the finding claims?",
	"Accept, edit or reject each finding. Say why when you reject one, so that it stays rejected.",
	"Look at what is missing: is it really missing, or does it stand in another document?",
	"Ask the product manager the open questions, and write the answers into the PRD.",
	"Confirm the assumptions, or correct them.",
	"Look for what nobody wrote down: the draft knows this document only.",
	"Put the requirements that you accept into the backlog, with their acceptance criteria.",
}
