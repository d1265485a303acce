package document

import (
	"regexp"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// appendCuts splits the text of one paragraph into half-open ranges that cover it.
func appendCuts(cuts [][2]int, text string) [][2]int {
	seg := sentences.FromString(text)
	for seg.Next() {
		cuts = append(cuts, [2]int{seg.Start(), seg.End()})
	}
	return cuts
}

var userStory = regexp.MustCompile(`(?i)^as (?:an?|the) [^.;:]{2,80}?,? (?:I|we) (?:want|need|can|would|should|may|must|expect|could|will|am)\b`)

// isUserStory reports "As a …, I want …".
func isUserStory(text string) bool { return len(text) < 2000 && userStory.MatchString(text) }
