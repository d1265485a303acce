package assemble

import (
	"fmt"
	"strings"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// A factor is one plain fact about an abuse case: what it weighs, from 1 to 3, and how it is told.
type factor struct {
	weight float64
	words  string
}

// The facts that weigh in how likely an abuse case is. What is not known weighs 2, the middle.
var (
	reaches = map[string]factor{"anyone": {3, "anyone"}, "user": {2.2, "any user"}, "partner": {1.8, "a partner"},
		"staff": {1.8, "a member of staff"}, "admin": {1.2, "an admin"}, "": {2, "somebody"}}
	needs = map[string]factor{"nothing": {3, "with nothing but the product itself"}, "a_link": {2.7, "with nothing but a link"},
		"an_account": {2.2, "with an ordinary account"}, "stolen_secret": {1.6, "with a stolen password or code"},
		"skill": {1.5, "with some skill"}, "inside_access": {1.7, "with access from the inside"}, "": {2, ""}}
)

// The facts that weigh in how bad it is.
var (
	harms  = map[string]factor{"danger": {3, "it could put somebody in danger"}, "loss": {2, "it could cost somebody money, data or trust"}, "annoyance": {1, "it would annoy more than harm"}, "": {2, ""}}
	scales = map[string]factor{"all": {3, "it can hit everyone at once"}, "some": {2, "it can hit several people at once"}, "one": {1.3, "it hits one person at a time"}, "": {2, ""}}
	undos  = map[string]factor{"never": {3, "it cannot be undone"}, "with_effort": {2, "undoing it takes effort"}, "easily": {1, "it is easily undone"}, "": {2, ""}}
)

// A weighing is the priority of an abuse case, and why.
type weighing struct {
	likelihood, severity, priority threatmodel.Level
	score                          float64 // higher is more pressing; 1 to 9
	reason                         string  // one sentence
}

// weigh computes likelihood, severity and priority from plain facts, from the assets at stake and from the safeguards that are
// in place against the case.
func weigh(f proposal.Factors, confidence threatmodel.Level, assets []threatmodel.Asset, safeguards []threatmodel.Safeguard) weighing {
	reach, need := of(reaches, f.Reach), of(needs, f.Needs)
	likelihood := (reach.weight + need.weight) / 2
	if len(safeguards) > 0 {
		likelihood -= min(0.35+0.1*float64(len(safeguards)), 0.6)
	}
	worst := mostSensitive(assets)
	severity := 0.4*of(harms, f.Harm).weight + 0.2*of(scales, f.Scale).weight + 0.15*of(undos, f.Undo).weight + 0.25*sensitivity(worst)
	w := weighing{likelihood: grade(likelihood, 2.45, 1.75), severity: grade(severity, 2.45, 1.75), score: likelihood * severity}
	if confidence == threatmodel.Low {
		w.score *= 0.85
	}
	w.priority = grade(w.score, 6, 3.4)
	w.reason = reason(f, reach, need, worst, safeguards)
	return w
}

func of(all map[string]factor, value string) factor {
	if f, ok := all[value]; ok {
		return f
	}
	return all[""]
}

func grade(x, high, medium float64) threatmodel.Level {
	const slack = 1e-9 // sums of decimals are a hair off
	switch {
	case x+slack >= high:
		return threatmodel.High
	case x+slack >= medium:
		return threatmodel.Medium
	}
	return threatmodel.Low
}

// mostSensitive returns the first of the most sensitive assets, nil if there are none.
func mostSensitive(assets []threatmodel.Asset) *threatmodel.Asset {
	var worst *threatmodel.Asset
	for i := range assets {
		if worst == nil || assets[i].Sensitivity.Rank() > worst.Sensitivity.Rank() {
			worst = &assets[i]
		}
	}
	return worst
}

// sensitivity weighs the data at stake. Where a case names none, little is known to be lost.
func sensitivity(a *threatmodel.Asset) float64 {
	if a == nil {
		return 1.4
	}
	return float64(a.Sensitivity.Rank())
}

// reason tells the facts that were weighed, in one sentence.
func reason(f proposal.Factors, reach, need factor, worst *threatmodel.Asset, safeguards []threatmodel.Safeguard) string {
	var facts []string
	if f.Reach != "" || f.Needs != "" {
		facts = append(facts, strings.TrimSpace(reach.words+" could do it "+need.words))
	}
	if worst != nil {
		facts = append(facts, fmt.Sprintf("it concerns %s (%s sensitivity)", worst.Name, worst.Sensitivity))
	}
	for _, known := range []factor{of(harms, f.Harm), of(scales, f.Scale), of(undos, f.Undo)} {
		if known.words != "" {
			facts = append(facts, known.words)
		}
	}
	if len(facts) == 0 {
		facts = []string{"the text does not tell how easy or how harmful it is, so it is ranked in the middle"}
	}
	text := list(facts)
	if n := len(safeguards); n > 0 {
		text += "; less likely because of what is in place: " + quoted(safeguards[0].Text)
		if n > 1 {
			text += fmt.Sprintf(" and %d more", n-1)
		}
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// quoted clips a safeguard's words to a line.
func quoted(text string) string {
	const most = 90
	text = strings.TrimRight(text, ". ")
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most])) + "…"
	}
	return "“" + text + "”"
}

// list joins parts as in "a, b, and c".
func list(parts []string) string {
	switch n := len(parts); n {
	case 1:
		return parts[0]
	case 2:
		return parts[0] + " and " + parts[1]
	default:
		return strings.Join(parts[:n-1], ", ") + ", and " + parts[n-1]
	}
}
