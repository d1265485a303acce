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

// opener is any role that begins a clause.
const opener = condition | contrasts | reason | relative

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

// A clause is what a walk over a sentence knows of the clause it is in.
type clause struct {
	from        int
	main        bool // a claim of its own, not a condition, a reason or a relative clause
	conditional bool
	asserted    bool // an auxiliary stands before a coordinator: "is encrypted and …"
	denial      int  // where a denial in it begins, -1 if there is none
	back        int  // where that denial's range begins
	claim       bool // that denial is of the claim
	limited     bool // it holds in part
	strong      bool // "even" was seen: what follows is no limit
}

// deny finds the words of denial in s and what each of them denies.
func (c *cues) deny(s *Sentence) {
	if !c.mayDeny(s.Words) {
		return
	}
	d := denier{cues: c, s: s, now: clause{main: true, denial: -1}, first: true}
	for i := 0; i < len(s.Words); {
		i += d.word(i)
	}
	d.close(len(s.Words))
}

// mayDeny spares the walk for most sentences.
func (c *cues) mayDeny(words []Word) bool {
	for i := range words {
		if c.deniers[words[i].Form] || c.ends(words[i].Form) {
			return true
		}
	}
	return false
}

// A denier walks over a sentence, clause by clause.
type denier struct {
	*cues
	s     *Sentence
	now   clause
	first bool // the first claim is still to come
	under bool // a condition came first: the claim after it holds only then
}

// word takes the word at index i, or the group of words there, and returns how many they are.
func (d *denier) word(i int) int {
	r, n := d.roleAt(d.s.Words, i)
	d.border(i, r)
	switch {
	case r&harmless != 0:
	case r&limits != 0 && d.now.denial >= 0 && !d.now.strong:
		d.limit(i, r)
	case r&deniesLocal != 0:
		d.start(i, i, false)
	case r&(denies|deniesNoun|deniesClause) != 0 && d.isDenial(i, r):
		d.denial(i, r)
	case r&strengthens != 0:
		d.now.strong = true
	case r&auxiliary != 0 && d.now.denial < 0:
		d.now.asserted = true
	}
	return n
}

// border ends the clause before the word at index i, if that word or what stands before it opens another.
func (d *denier) border(i int, r role) {
	if i == 0 {
		if r&condition != 0 {
			d.now = clause{conditional: true, denial: -1}
		}
		return
	}
	gap := between(d.s, i)
	switch {
	case strings.ContainsAny(gap, ";:()—–|!?.") && !d.s.Words[i].Glued, strings.Contains(gap, " - "):
		d.open(i, clause{main: true})
	case r&condition != 0 && !d.now.strong:
		if d.now.denial >= 0 {
			d.now.limited = true
		}
		d.open(i, clause{conditional: true})
	case r&relative != 0 && !d.complement(i):
		d.open(i, clause{})
	case r&reason != 0:
		d.open(i, clause{})
	case r&contrasts != 0:
		d.open(i, clause{asserted: true, main: true})
	case strings.Contains(gap, ","):
		d.comma(i, r)
	case r&coordinates != 0 && i+1 < len(d.s.Words) && d.now.main && d.pronoun(i+1):
		d.open(i, clause{main: true})
	}
}

// comma ends a condition, a relative clause, and a claim that another subject follows.
func (d *denier) comma(i int, r role) {
	next := i
	if r&coordinates != 0 && i+1 < len(d.s.Words) {
		next = i + 1
	}
	rn, _ := d.roleAt(d.s.Words, next)
	if d.now.conditional || !d.now.main || rn&subject != 0 && d.verbSoon(next) {
		d.open(i, clause{main: true})
	}
}

// verbSoon reports whether an auxiliary or a denial stands within a few words: a subject is then that of a clause, not one
// more thing in a list.
func (d *denier) verbSoon(i int) bool {
	if d.pronoun(i) {
		return true
	}
	for k := i + 1; k < len(d.s.Words) && k < i+5 && !strings.Contains(between(d.s, k), ","); k++ {
		if r, _ := d.roleAt(d.s.Words, k); r&(auxiliary|denies) != 0 {
			return true
		}
	}
	return false
}

func (d *denier) pronoun(i int) bool {
	switch d.s.Words[i].Form {
	case "we", "they", "it", "he", "she", "you", "i", "there":
		return true
	}
	return false
}

// complement reports whether the relative word at index i goes on with the claim: "ensure that".
func (d *denier) complement(i int) bool {
	r, _ := d.roleAt(d.s.Words, i-1)
	return r&complement != 0
}

// isDenial tells "no" from the "no" of "no-reply" and "No. 5".
func (d *denier) isDenial(i int, r role) bool {
	if r&deniesNoun == 0 || i+1 >= len(d.s.Words) {
		return true
	}
	next := d.s.Words[i+1]
	return !(next.Glued && next.Form != "one") && !(d.s.Words[i].Form == "no" && digits(next.Form) && strings.Contains(between(d.s, i+1), "."))
}

// denial takes a word of denial.
func (d *denier) denial(i int, r role) {
	if d.now.conditional {
		return // "if the user does not confirm": nothing is denied
	}
	coordinated := d.coordinated(i)
	if d.now.denial >= 0 && !coordinated && r&deniesClause == 0 && d.now.back < i {
		if d.now.claim && r&denies != 0 {
			d.now.limited = true // "cannot not", "nobody should never"
		}
		return
	}
	back := i
	if r&deniesClause != 0 || !coordinated && d.passive(i) {
		back = d.now.from
	}
	d.start(i, back, d.now.main && !(coordinated && d.now.asserted) && !d.now.limited)
}

// coordinated reports "… and do not", "… but never": what stands before is claimed by itself.
func (d *denier) coordinated(i int) bool {
	for k := i - 1; k >= d.now.from && k >= i-2; k-- {
		r, _ := d.roleAt(d.s.Words, k)
		if r&coordinates != 0 || d.s.Words[k].Form == "but" {
			return true
		}
		if r&auxiliary == 0 {
			return false
		}
	}
	return false
}

// passive reports "are not", "will not be": what stands before is denied as well.
func (d *denier) passive(i int) bool {
	form := d.s.Words[i].Form
	for _, be := range []string{"isn", "aren", "wasn", "weren", "isnt", "arent"} {
		if strings.HasPrefix(form, be) {
			return true
		}
	}
	if i > 0 && d.roles[d.s.Words[i-1].Form]&being != 0 {
		return true
	}
	if i+2 < len(d.s.Words) && d.s.Words[i+2].Form == "able" {
		return false // "must not be able to export": who is not able is not denied
	}
	return i+1 < len(d.s.Words) && d.roles[d.s.Words[i+1].Form]&being != 0
}

// start begins a denial at index i that reaches back to back.
func (d *denier) start(i, back int, claim bool) {
	if d.now.denial >= 0 {
		d.s.Stance.deny(d.now.back, i, d.now.limited)
	}
	d.now.denial, d.now.back, d.now.claim = i, back, claim || d.now.claim && d.now.denial >= 0
}

// limit ends the denial of the clause at index i and notes that it holds in part.
func (d *denier) limit(i int, r role) {
	d.now.limited = true
	if r&deniesLocal == 0 && r&condition == 0 {
		return
	}
	d.open(i, clause{})
}

// open ends the clause at index i and begins the next.
func (d *denier) open(i int, next clause) {
	conditional := d.now.conditional
	d.close(i)
	d.under = d.under || conditional && d.first
	next.from, next.denial = i, -1
	d.now = next
}

// close ends the clause at index i.
func (d *denier) close(i int) {
	limited := d.now.limited
	if d.now.denial >= 0 {
		if d.now.claim && d.first && !limited && !d.under {
			d.s.Stance.Negated = true
		}
		d.s.Stance.deny(d.now.back, i, limited)
	}
	if d.now.main && i > d.now.from {
		d.first = false
	}
}
