package assemble

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"whatif/analyzer/ground"
	"whatif/analyzer/threatmodel"
)

// A member is one checked proposal and where it came from.
type member[T any] struct {
	ground.Held[T]
	origin threatmodel.Origin
}

// members lists the proposals of one kind of all results, in order.
func members[T any](results []*ground.Result, of func(*ground.Result) []ground.Held[T]) []member[T] {
	var all []member[T]
	for _, r := range results {
		for _, h := range of(r) {
			all = append(all, member[T]{h, r.Origin})
		}
	}
	return all
}

// group puts together the members that share a key, directly or through others. Groups are in the order of what they cite
// first, and so are the members of each.
func group[T any](all []member[T], keys func(*member[T]) []string) [][]member[T] {
	slices.SortStableFunc(all, func(x, y member[T]) int { return cmp.Compare(first(x.Citations), first(y.Citations)) })
	lead := make([]int, len(all)) // of each member, the first member of its group
	find := func(i int) int {
		for lead[i] != i {
			lead[i] = lead[lead[i]]
			i = lead[i]
		}
		return i
	}
	owner := map[string]int{}
	for i := range all {
		lead[i] = i
		for _, key := range keys(&all[i]) {
			if j, ok := owner[key]; ok {
				x, y := find(i), find(j)
				lead[max(x, y)] = min(x, y)
			} else {
				owner[key] = i
			}
		}
	}
	var groups [][]member[T]
	at := map[int]int{}
	for i := range all {
		f := find(i)
		if _, ok := at[f]; !ok {
			at[f] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[f]] = append(groups[at[f]], all[i])
	}
	return groups
}

// by groups what has the same meaning.
func by[T any](meaning func(*T) string) func(*member[T]) []string {
	return func(m *member[T]) []string { return []string{meaning(&m.Item)} }
}

// paired adds to the keys of things one that two engines share: where each has exactly one with the same trait on a sentence, they
// are the same in two wordings. One engine alone knows what it tells apart.
func paired[T any](all []member[T], keys func(*member[T]) []string, trait func(*T) string) func(*member[T]) []string {
	key := func(m *member[T]) string { return fmt.Sprintf("pair %s|%d", trait(&m.Item), first(m.Citations)) }
	count := map[string]map[threatmodel.Origin]int{}
	for i := range all {
		k := key(&all[i])
		if count[k] == nil {
			count[k] = map[threatmodel.Origin]int{}
		}
		count[k][all[i].origin]++
	}
	return func(m *member[T]) []string {
		k := key(m)
		if len(count[k]) < 2 {
			return keys(m)
		}
		for _, n := range count[k] {
			if n > 1 {
				return keys(m)
			}
		}
		return append(keys(m), k)
	}
}

// first returns the number of the first sentence cited, past all others if there is none.
func first(cited []threatmodel.Citation) int {
	if len(cited) == 0 {
		return int(^uint(0) >> 1)
	}
	return cited[0].Sentence
}

// unite returns the citations of several proposals in document order, each sentence once, with its best match.
func unite(lists ...[]threatmodel.Citation) []threatmodel.Citation {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(x, y threatmodel.Citation) int {
		return cmp.Or(cmp.Compare(x.Sentence, y.Sentence), cmp.Compare(matchOrder(x.Match), matchOrder(y.Match)))
	})
	return slices.CompactFunc(all, func(x, y threatmodel.Citation) bool { return x.Sentence == y.Sentence })
}

// leading puts the citation of the first of the sentences before the others: it is the one that a case is about, the others
// bear it out.
func leading(cited []threatmodel.Citation, sentences []int) []threatmodel.Citation {
	if len(sentences) == 0 {
		return cited
	}
	i := slices.IndexFunc(cited, func(c threatmodel.Citation) bool { return c.Sentence == sentences[0] })
	if i <= 0 {
		return cited
	}
	lead := cited[i]
	copy(cited[1:i+1], cited[:i])
	cited[0] = lead
	return cited
}

func matchOrder(m threatmodel.Match) int {
	return slices.Index(threatmodel.Matches, m)
}

// citedBy returns the citations of a whole group.
func citedBy[T any](g []member[T]) []threatmodel.Citation {
	lists := make([][]threatmodel.Citation, len(g))
	for i := range g {
		lists[i] = g[i].Citations
	}
	return unite(lists...)
}

// originOf returns which engines a group came from.
func originOf[T any](g []member[T]) threatmodel.Origin {
	for i := range g {
		if g[i].origin != g[0].origin {
			return threatmodel.FromBoth
		}
	}
	return g[0].origin
}

// firstOf returns the first of the values that is not empty.
func firstOf[T any](g []member[T], of func(*T) string) string {
	for i := range g {
		if v := of(&g[i].Item); v != "" {
			return v
		}
	}
	return ""
}

// allOf returns the values of a group, each once, in order; values that fold alike are the same.
func allOf[T any](g []member[T], of func(*T) []string) []string {
	var out []string
	seen := map[string]bool{}
	for i := range g {
		for _, v := range of(&g[i].Item) {
			if f := threatmodel.Fold(v); v != "" && !seen[f] {
				seen[f] = true
				out = append(out, v)
			}
		}
	}
	return out
}

// highest returns the highest of the levels.
func highest[T any](g []member[T], of func(*T) string) threatmodel.Level {
	best := threatmodel.Level(of(&g[0].Item))
	for i := range g {
		if l := threatmodel.Level(of(&g[i].Item)); l.Rank() > best.Rank() {
			best = l
		}
	}
	return best
}

// basisOf returns the firmest basis: what one proposal cites as stated is stated.
func basisOf[T any](g []member[T], of func(*T) string) threatmodel.Basis {
	basis := threatmodel.Basis(of(&g[0].Item))
	for i := range g {
		if threatmodel.Basis(of(&g[i].Item)) == threatmodel.Stated {
			return threatmodel.Stated
		}
	}
	return basis
}

// names finds something by any name that folds alike.
type names map[string]string

func (n names) add(to string, called ...string) {
	for _, name := range called {
		for _, key := range nameKeys(name) {
			if _, ok := n[key]; !ok {
				n[key] = to
			}
		}
	}
}

func (n names) get(name string) (string, bool) {
	for _, key := range nameKeys(name) {
		if to, ok := n[key]; ok {
			return to, true
		}
	}
	return "", false
}

var bracketed = regexp.MustCompile(`^(.{2,}?)\s*\(([^()]{2,})\)$`)

// acronym splits "personally identifiable information (PII)" and "PII (personally identifiable information)" into the long form and
// the short one; short is "" for other names.
func acronym(name string) (long, short string) {
	trimmed := strings.TrimSpace(name)
	if !strings.HasSuffix(trimmed, ")") { // nearly all
		return name, ""
	}
	m := bracketed.FindStringSubmatch(trimmed)
	switch {
	case m == nil:
		return name, ""
	case isAcronym(m[2]):
		return m[1], m[2]
	case isAcronym(m[1]):
		return m[2], m[1]
	}
	return name, ""
}

func isAcronym(s string) bool {
	s = strings.TrimSuffix(s, "s")
	return len(s) >= 2 && len(s) <= 8 && strings.ToUpper(s) == s && strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) == 0 &&
		!strings.ContainsAny(s, " \t")
}

// nameKeys returns the folded forms of a name: of its long form, and of the short one that stands in brackets.
func nameKeys(name string) []string {
	long, short := acronym(name)
	var keys []string
	for _, n := range []string{long, short} {
		if f := threatmodel.Fold(n); f != "" {
			keys = append(keys, f)
		}
	}
	return keys
}

// initials returns the first letters of a folded name of three words or more, "" for others.
func initials(folded string) string {
	words := strings.Fields(folded)
	if len(words) < 3 {
		return ""
	}
	var out strings.Builder
	for _, w := range words {
		for _, r := range w {
			out.WriteRune(r)
			break
		}
	}
	return out.String()
}

// called describes what a group is called.
type called struct {
	name    string // to show: as the text calls it first, the long form before its acronym
	meaning string // for the id: does not hang on the order of the text
	aliases []string
}

// callGroup decides what a group is called by what its members are called. Where the built-in engine is among them its names alone
// make the id, which then does not change with a model's wording.
func callGroup[T any](g []member[T], of func(*T) (name string, aliases []string)) called {
	names := func(x *T) []string { name, _ := of(x); return []string{name} }
	c := callOf(allOf(g, names), allOf(g, func(x *T) []string { _, aliases := of(x); return aliases }))
	ruled := slices.DeleteFunc(slices.Clone(g), func(m member[T]) bool { return m.origin != threatmodel.FromRules })
	if len(ruled) > 0 {
		c.meaning = callOf(allOf(ruled, names), nil).meaning
	}
	return c
}

// callOf decides what a group is called by its members' names and aliases.
func callOf(given, aliases []string) called {
	var c called
	for _, n := range given {
		long, _ := acronym(n)
		folded := threatmodel.Fold(long)
		if c.name == "" || isAcronym(c.name) && !isAcronym(long) {
			c.name = long
		}
		if !isAcronym(long) && (c.meaning == "" || folded < c.meaning) {
			c.meaning = folded
		}
	}
	if c.meaning == "" {
		c.meaning = threatmodel.Fold(c.name)
	}
	seen := map[string]bool{c.name: true}
	shown := strings.ToLower(c.name)
	for _, n := range append(slices.Clone(given), aliases...) {
		long, short := acronym(n)
		for _, alias := range []string{long, short} {
			if alias != "" && strings.ToLower(alias) != shown && !seen[strings.ToLower(alias)] {
				seen[strings.ToLower(alias)] = true
				c.aliases = append(c.aliases, alias)
			}
		}
	}
	return c
}

// callKeys returns a function that gives the keys of a thing with a name and aliases. A name that is the acronym of exactly one long
// name shares its key.
func callKeys[T any](all []member[T], of func(*T) (string, []string)) func(*member[T]) []string {
	long := map[string][]string{} // folded long names by initials
	for i := range all {
		name, _ := of(&all[i].Item)
		for _, key := range nameKeys(name) {
			if in := initials(key); in != "" && !slices.Contains(long[in], key) {
				long[in] = append(long[in], key)
			}
		}
	}
	return func(m *member[T]) []string {
		name, aliases := of(&m.Item)
		keys := nameKeys(name)
		if l := long[strings.ToLower(name)]; isAcronym(name) && len(l) == 1 {
			keys = append(keys, l[0])
		}
		for _, alias := range aliases {
			keys = append(keys, nameKeys(alias)...)
		}
		return keys
	}
}
