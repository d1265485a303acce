package reading

import "strings"

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
	local       bool // the denial is of a few words only
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
	held  bool // what first was before the last claim
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
		d.now.local = true
	case d.now.local && r&auxiliary != 0: // "refunds without a receipt are possible"
		d.open(i, clause{main: d.now.main, asserted: true})
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
	case r&condition != 0:
		d.now.limited = d.now.limited || d.now.denial >= 0 && !d.now.strong // "not even if" holds in full
		d.open(i, clause{conditional: true})
	case r&relative != 0 && !d.complement(i):
		d.open(i, clause{})
	case r&reason != 0:
		d.open(i, clause{})
	case r&contrasts != 0:
		d.open(i, clause{asserted: true, main: true})
	case strings.Contains(gap, ","):
		d.comma(i, r)
	case r&coordinates != 0 && i+1 < len(d.s.Words) && d.now.main && d.subjectAt(i+1):
		d.open(i, clause{main: true})
	}
}

// subjectAt reports whether, after "and", the word at index i begins a claim of its own: "is logged and the log can't be edited".
func (d *denier) subjectAt(i int) bool {
	r, _ := d.roleAt(d.s.Words, i)
	return d.pronoun(i) || d.now.asserted && r&subject != 0 && d.verbSoon(i)
}

// comma ends a condition, a relative clause, and a claim that another subject follows.
func (d *denier) comma(i int, r role) {
	next := i
	if r&coordinates != 0 && i+1 < len(d.s.Words) {
		next = i + 1
	}
	rn, _ := d.roleAt(d.s.Words, next)
	listed := d.now.denial < 0 || i-d.now.denial < 2 || d.listGoesOn(i)
	switch {
	case d.now.conditional || !d.now.main:
		d.open(i, clause{main: true})
		d.first = d.first || d.held && r&auxiliary != 0 // "card numbers, if entered, are never logged"
	case rn&subject != 0 && d.verbSoon(next), !listed:
		d.open(i, clause{main: true})
	case d.now.asserted && d.now.denial < 0: // "location is collected, photos are not"
		d.open(i, clause{main: true, asserted: true})
	}
}

// listGoesOn reports whether a coordinator is still to come after the comma before the word at index i: "no names, e-mails or
// photos", but not "no login, keep it light".
func (d *denier) listGoesOn(i int) bool {
	for ; i < len(d.s.Words); i++ {
		if r, _ := d.roleAt(d.s.Words, i); r&coordinates != 0 || d.s.Words[i].Form == "nor" {
			return true
		} else if r&(contrasts|condition|reason) != 0 {
			return false
		}
	}
	return false
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
		for back = d.now.from; back < i && d.roles[d.s.Words[back].Form]&coordinates != 0; back++ {
		}
	}
	beside := i > 0 && d.s.Words[i].Form == "not" && strings.Contains(between(d.s, i), ",") // "admins, not members, can invite"
	d.start(i, back, d.now.main && !beside && !(coordinated && d.now.asserted) && !d.now.limited)
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
		d.held, d.first = d.first, false
	}
}
