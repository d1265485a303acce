package reading

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// forbids matches the header of a column that says what somebody has no right to: "May not", "Cannot see", "Not allowed".
var forbids = regexp.MustCompile(`(?i)^((what )?(\w+ ){0,2}(may|can|could|is|are|does|do) not\b.*|(\w+ ){0,2}(cannot|can['’]t|may ?n['’]t|doesn['’]t|don['’]t) ?.*|(must|shall|should) (not|never)( (see|do|access|change|view|edit|use|open|read|touch|export|delete).*)?|.*\bnot (allowed|permitted|authori[sz]ed|visible|accessible|granted)\b.*|(no access|no right|no permission)\b.*|(is |are )?never\b.*|forbidden\b.*|prohibited\b.*|denied\b.*|disallowed\b.*|not for)$`)

// Forbids reports whether a table column's header says that nobody has a right to what stands under it.
func Forbids(header string) bool {
	return mayForbid(header) && forbids.MatchString(strings.TrimSpace(header))
}

// mayForbid reports whether one of the words stands in the header without which [forbids] does not match. Each cell of a table is
// asked for, and nearly no header forbids.
func mayForbid(header string) bool {
	for i := range len(header) {
		if header[i] >= utf8.RuneSelf {
			return true // letters that only look alike in another case, and other apostrophes
		}
	}
	header = strings.ToLower(header)
	for _, word := range []string{"no", "'t", "never", "forbidden", "prohibited", "denied", "disallowed"} {
		if strings.Contains(header, word) {
			return true
		}
	}
	return false
}

// RefusedCell reports whether a table cell only says no: "✗", "no", "–".
func RefusedCell(text string) bool {
	switch strings.ToLower(strings.Trim(text, ".!*_ \u00a0")) {
	case "no", "-", "–", "—", "n/a", "none", "✗", "✘", "✖", "×", "❌", "🚫", "false", "never", "not allowed", "denied", "not permitted", "no access":
		return true
	}
	return false
}

// denyColumns denies the cells of a row that stand under a header which forbids: the rights in them are those that somebody
// does not have.
func (s *Sentence) denyColumns() {
	at, end := 0, 0
	for _, c := range s.Cells {
		end += len(c.Text)
		from := at
		for at < len(s.Words) && s.Words[at].End <= end {
			at++
		}
		end += len(" | ")
		if at > from && Forbids(c.Header) && c.Text != c.Header {
			s.Stance.deny(from, at, false)
		}
	}
}
