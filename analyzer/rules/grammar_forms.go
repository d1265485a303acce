package rules

import "strings"

// inflect learns the forms of verbs.
func (g *grammar) inflect(verbs []string) {
	for _, v := range verbs {
		for _, form := range inflections(v) {
			g.inflected[form] = true
		}
	}
}

// inflections returns the forms of a regular verb: stores, stored, storing. The stems of verbs are those of other words too:
// "digitize" and "digit", "author" and "authorize".
func inflections(verb string) []string {
	n := len(verb)
	if n < 2 {
		return []string{verb}
	}
	last := verb[n-1]
	forms := []string{verb}
	switch {
	case strings.HasSuffix(verb, "e"):
		forms = append(forms, verb+"s", verb+"d", verb[:n-1]+"ing")
		if strings.HasSuffix(verb, "ie") {
			forms = append(forms, verb[:n-2]+"ying")
		}
	case last == 'y' && !vowel(verb[n-2]):
		forms = append(forms, verb[:n-1]+"ies", verb[:n-1]+"ied", verb+"ing")
	case last == 's' || last == 'x' || last == 'z' || strings.HasSuffix(verb, "sh") || strings.HasSuffix(verb, "ch") || last == 'o':
		forms = append(forms, verb+"es", verb+"ed", verb+"ing", verb+"s")
	default:
		forms = append(forms, verb+"s", verb+"ed", verb+"ing")
	}
	if !vowel(last) && vowel(verb[n-2]) {
		forms = append(forms, verb+string(last)+"ed", verb+string(last)+"ing")
	}
	return forms
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// invariant are participles that are written like the verb itself: "post loads and read bids".
var invariant = map[string]bool{"read": true, "put": true, "set": true, "let": true, "split": true, "cut": true}
