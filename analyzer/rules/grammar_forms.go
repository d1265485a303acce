package rules

import (
	"strings"

	"whatif/analyzer/reading"
)

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

// coordinated reports whether the word i goes on with what the verb before it began: "describes the case and uploads contracts".
func coordinated(s *reading.Sentence, tags []pos, i int, after pos) bool {
	third := strings.HasSuffix(s.Words[i].Form, "s")
	switch {
	case after == determiner || after == pronoun:
	case third && (after == noun || after == verb || after == adjective || after == number):
	default:
		return false
	}
	for k := i - 1; k >= max(0, i-12) && !ends(s.Text[s.Words[k].End:s.Words[k+1].Start]); k-- {
		if tags[k] == verb && !strings.HasSuffix(s.Words[k].Form, "ing") && !strings.HasSuffix(s.Words[k].Form, "ed") {
			return strings.HasSuffix(s.Words[k].Form, "s") == third
		}
	}
	return false
}
