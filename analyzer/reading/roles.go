package reading

import (
	"fmt"
	"strings"
)

// A role is what a word does in a denial. A word may have several.
type role uint32

const (
	denies       role = 1 << iota // "not": denies what follows in its clause
	deniesNoun                    // "no", "nobody"
	deniesClause                  // "forbidden": denies its whole clause
	deniesLocal                   // "without": denies what follows, never the claim
	harmless                      // "not only": no denial
	limits                        // "unless": the denial before holds in part
	condition                     // "if": opens a condition
	strengthens                   // "even": what follows is no limit
	contrasts                     // "but": opens a clause of its own
	reason                        // "because": opens a clause of its own, which is not the claim
	relative                      // "which": the same
	complement                    // "ensure": "that" after it goes on with the claim
	subject                       // "we": after a comma, opens a clause
	coordinates                   // "and"
	auxiliary                     // "does"
	being                         // "is": "photos are not stored" denies photos
)

var roleNames = map[string]role{"words": denies, "nouns": deniesNoun, "clauses": deniesClause, "local": deniesLocal,
	"harmless": harmless, "limits": limits, "conditions": condition, "strengtheners": strengthens, "contrasts": contrasts,
	"reasons": reason, "relatives": relative, "complements": complement, "subjects": subject, "coordinators": coordinates,
	"auxiliaries": auxiliary, "be": being}

// A groupCue is a role played by several words together.
type groupCue struct {
	forms []string
	role  role
}

func (c *cues) addRoles(key string, list []phrase) error {
	r, ok := roleNames[key]
	if !ok && key != "endings" {
		return fmt.Errorf("no words of denial are called %q", key)
	}
	for _, p := range list {
		if key == "endings" {
			c.endings = append(c.endings, p.text)
			continue
		}
		var forms []string
		for _, w := range Words(p.text) {
			forms = append(forms, w.Form)
		}
		if r&(denies|deniesNoun|deniesClause|deniesLocal) != 0 {
			c.deniers[forms[0]] = true
		}
		if len(forms) == 1 {
			c.roles[forms[0]] |= r
		} else {
			c.groups[forms[0]] = append(c.groups[forms[0]], groupCue{forms, r})
		}
	}
	return nil
}

// roleAt returns the roles of the word at index i, or of the words from there on, and how many words those are.
func (c *cues) roleAt(words []Word, i int) (r role, n int) {
	r, n = c.roles[words[i].Form], 1
	if c.ends(words[i].Form) {
		r |= denies
	}
	for _, g := range c.groups[words[i].Form] {
		if len(g.forms) >= n && formsAt(words, i, g.forms) {
			if len(g.forms) > n {
				r, n = 0, len(g.forms)
			}
			r |= g.role
		}
	}
	return r, n
}

// ends reports "doesn't".
func (c *cues) ends(form string) bool {
	for _, e := range c.endings {
		if strings.HasSuffix(form, e) {
			return true
		}
	}
	return false
}

func formsAt(words []Word, i int, forms []string) bool {
	if len(words)-i < len(forms) {
		return false
	}
	for k, f := range forms {
		if words[i+k].Form != f {
			return false
		}
	}
	return true
}
