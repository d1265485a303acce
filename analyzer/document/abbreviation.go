package document

import "strings"

// What follows an abbreviation when its full stop ends no sentence.
const (
	beforeAny    = iota + 1 // anything: "e.g. Stripe"
	beforeNumber            // a number: "Sec. 4", but "No. We won't."
	beforeName              // a word that begins no sentence: "Acme Inc. Holdings"
	month                   // not an abbreviation: follows an ordinal, "3. Mai"
)

// abbreviations by their lower-case form without the last full stop, in the languages that share the Latin script's habits.
var abbreviations = abbreviationTable(map[int]string{
	beforeAny: `e.g eg i.e ie cf vs v.s viz dr mr mrs ms mx prof rev hon capt lt sgt approx c.f incl excl resp esp al
		eds z.b d.h u.a o.ä bzw bspw ggf inkl exkl evtl zzgl vgl sog dipl
		p.ex par.ex c.-à-d mme mlle sr sra srta ud uds p.ej ej dott sig.ra p.es m.in np tzn`,
	beforeNumber: `no nos nr n.º nº p pp pg pgs sec sect fig figs eq eqn ch chap art arts abs para paras tab tbl app appx vol
		vols ver rev ref refs item req reqs ste rm ext tel ph fn sep sept jan feb mar apr jun jul aug oct nov dec
		l ll cap pág págs`,
	beforeName: `inc ltd corp co llc plc gmbh bros jr st ave blvd rd mfg intl natl govt univ assn dept est min max avg ca hr ex`,
	month:      `januar februar märz april mai juni juli august september oktober november dezember`,
})

func abbreviationTable(lists map[int]string) map[string]int {
	table := map[string]int{}
	for _, kind := range []int{month, beforeNumber, beforeName, beforeAny} {
		for _, word := range strings.Fields(lists[kind]) {
			table[word] = kind
		}
	}
	return table
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// starters are words that begin sentences more often than they follow an abbreviation.
var starters = wordSet(`the a an this that these those it its they their we our you your he she his her i there here
	if when whenever while once after before until unless because since although however therefore then thus also otherwise
	in on at for from with without by as to of during under over all any each every no none not only some most many both
	what who whom whose which where why how and but or so nor yet
	is are was were will can could should must may do does did has have let please see note use
	users customers admins administrators people members owners staff everyone anyone nobody otherwise instead`)

// labels are words that a single letter may follow without being the initial of a name: "Plan B."
var labels = wordSet(`plan option appendix annex section part phase group type class grade vitamin step case team tier
	variant version exhibit schedule table figure block hepatitis model`)
