package render

import (
	"fmt"

	"whatif/analyzer/threatmodel"
)

// A reach is how much of the document was read, as the warnings tell.
type reach int

const (
	readWell   reach = iota
	readPartly       // some of it could not be read
	readHardly       // it is in a language that the engine does not read
)

// unreadWarnings are the warnings that tell of a text that was not read. Their drafts must not reassure.
var unreadWarnings = map[string]reach{"language": readHardly, "long_sentence": readPartly, "pages_without_text": readPartly,
	"comments": readPartly, "hidden_text": readPartly}

// unread returns how much of the document was read.
func (v *view) unread() reach {
	most := readWell
	for _, w := range v.Warnings {
		most = max(most, unreadWarnings[w.Code])
	}
	return most
}

// fewSentences are too few to tell that a feature gives nothing to ask.
const fewSentences = 10

// brief reports a document that is too short to judge. A heading is no statement.
func (v *view) brief() bool {
	n := v.Coverage.Sentences
	for _, s := range v.Coverage.Sections {
		if s.Section != "" {
			n--
		}
	}
	return n < fewSentences
}

// nothingFirst reports that no case is above low priority.
func (v *view) nothingFirst() bool { return len(v.first()) == 0 }

// verdict says in one sentence what came out. That nothing was found is no praise.
func (v *view) verdict() string {
	if len(v.AbuseCases) == 0 {
		return v.noFindings()
	}
	if v.nothingFirst() {
		s := fmt.Sprintf("%s, none above low priority", upper(count(len(v.AbuseCases), "possible misuse was found", "possible misuses were found")))
		if v.unread() != readWell {
			s += ", and not all of the document was read"
		}
		return s + "."
	}
	n := v.priorities()
	var parts []string
	for i, name := range []string{"high", "medium", "low"} {
		if n[i] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[i], name))
		}
	}
	return fmt.Sprintf("%s this feature could be misused or fail its users: %s priority.",
		upper(count(len(v.AbuseCases), "way", "ways")), list(parts))
}

// noFindings says why there is none.
func (v *view) noFindings() string {
	below := 0
	for _, d := range v.Dropped {
		if d.Reason == threatmodel.BelowThreshold {
			below++
		}
	}
	switch {
	case below > 0:
		return fmt.Sprintf("No finding has the priority that was asked for; %s left out.", count(below, "finding below it was", "findings below it were"))
	case v.unread() == readHardly:
		return "This document could not be read well enough to judge it."
	case v.unread() == readPartly:
		return "No what-if rule found something to ask here, but not all of the document was read."
	case v.brief():
		return "Too short to judge: no what-if rule found something to ask in so few sentences."
	}
	return "No what-if rule found something to ask here."
}

// calm says what a document without anything to discuss still gives a reviewer.
func (v *view) calm() string {
	if v.unread() != readWell {
		return "Nothing can be concluded from what is missing here: some of the text was not read. See the warnings, and have a person read the document."
	}
	return fmt.Sprintf("All %s were read against the questions below. That is no proof of safety: a design can add risks that the text does not show. Look again when the feature takes on personal data, payments, sharing or a new vendor.",
		count(v.Coverage.Sentences, "sentence"))
}
