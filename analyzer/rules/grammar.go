package rules

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/reading"
)

// A pos is a word's part of speech, as far as the engine needs it.
type pos byte

const (
	noun pos = iota // also any word that nothing is known of
	adjective
	verb
	auxiliary // be, have, do
	modal     // can, must, will
	determiner
	preposition
	conjunction // and, or, comma-like words
	clauseWord  // if, when, that, which: begins a clause
	pronoun
	adverb
	negator
	toWord
	number
)

// A grammar is the word lists that tell parts of speech and noun phrases apart.
type grammar struct {
	closed           map[string]pos  // by form
	inflected        map[string]bool // by form: verbs in all their regular forms
	notParties       map[string]bool // by singular form: nouns that give and get no data, whatever they are said to do: "page"
	verbs            map[string]bool // by stem: true if the word is a noun just as well
	participle       map[string]bool // by form: sent, kept, shown
	adjectives       map[string]bool // by form
	generic          map[string]bool // by form: adjectives that do not belong to a name: "new", "same"
	nominal          map[string]bool // by form: words in -ing and -ed that stand before nouns: "billing"
	notAdverb        map[string]bool // by form: words in -ly that are none
	tails            map[string]bool // by stem: nouns that continue an asset's name: "number", "history"
	holders          map[string]bool // by stem: nouns that only hold an asset: "field", "column"
	roleEnds         []string        // endings of words for people: "er", "ist"
	notRoles         map[string]bool // by stem: words with such endings that are not people: "server", "folder"
	roles            map[string]bool // by singular form: people without such endings
	product          map[string]bool // by stem: words for the product itself: "app", "system"
	dataHeads        map[string]bool // by stem: table headers and lead-ins that announce data: "field", "attribute"
	actorHeads       map[string]bool // by stem: table headers that announce people: "role", "persona"
	stepHeads        []string        // phrases in headings that announce a journey
	castHeads        []string        // phrases in headings that announce people
	dependencyTitles []string        // phrases in headings that announce what the product relies on
	dependencyHeads  map[string]bool // by stem: table headers that announce the same
	things           map[string]bool // by stem: nouns that are no asset, found by pattern: "feature", "time"
	services         map[string]bool // by stem: heads of things relied on: "API", "provider"
	parts            map[string]bool // by stem: what a supplier has that a person has not: "model", "cloud"
	makers           map[string]bool // by singular form: words for companies that stand before their names: "operator"
	machines         map[string]bool // by stem: systems of one's own: "engine", "vault"
	outsourced       map[string]bool // by stem: what is commonly bought: "delivery", "map tiles"
	metaRows         map[string]bool // by stem: "owner", "version": rows about the document itself
	massPlural       map[string]bool // by form: "sales", "goods"
	alone            map[string]bool // by form: singular nouns that are data by themselves: "summary"
	teams            map[string]bool // by form: groups of people: "desk", "department"
	notNames         map[string]bool // by form: capitalised words that are no names: "monday", "settings"
	wrappers         map[string]bool // by stem: in "a copy of the passport" the passport is meant
	measures         map[string]bool // by stem: "the number of users" is no data of its own
	soft             map[string]bool // by stem: nouns that are data only if what describes them is: "sick days"
	handling         map[string]bool // by stem: verbs for what is done with papers: "sign", "approve"
	glossaryHeads    []string        // phrases in headings that announce what words mean
	dataTitles       []string        // phrases in headings that announce data
	notData          map[string]bool // by stem: table headers that announce no data whatever else they say: "feature", "requirement"
}

// lists maps the keys of the grammar's YAML to where their words go.
func (g *grammar) lists() map[string]func(words []string) {
	closed := func(p pos) func([]string) {
		return func(words []string) {
			for _, w := range words {
				g.closed[w] = p
			}
		}
	}
	set := func(m *map[string]bool) func([]string) {
		return func(words []string) {
			if *m == nil {
				*m = map[string]bool{}
			}
			for _, w := range words {
				(*m)[w] = true
			}
		}
	}
	stems := func(m *map[string]bool) func([]string) {
		return func(words []string) { set(m)(stemsOf(words)) }
	}
	singulars := func(m *map[string]bool) func([]string) {
		return func(words []string) {
			for i, w := range words {
				words[i] = singularOf(w)
			}
			set(m)(words)
		}
	}
	g.closed, g.verbs, g.inflected = map[string]pos{}, map[string]bool{}, map[string]bool{}
	return map[string]func([]string){
		"not_parties": set(&g.notParties),
		"determiners": closed(determiner), "prepositions": closed(preposition), "conjunctions": closed(conjunction),
		"clause_words": closed(clauseWord), "pronouns": closed(pronoun), "auxiliaries": closed(auxiliary),
		"modals": closed(modal), "adverbs": closed(adverb), "negators": closed(negator), "to": closed(toWord),
		"numbers": closed(number),
		"verbs": func(words []string) {
			g.inflect(words)
			for _, w := range stemsOf(words) {
				g.verbs[w] = false
			}
		},
		"noun_verbs": func(words []string) {
			g.inflect(words)
			for _, w := range stemsOf(words) {
				g.verbs[w] = true
			}
		},
		"participles": set(&g.participle), "adjectives": set(&g.adjectives), "generic": set(&g.generic),
		"nominal": set(&g.nominal), "not_adverbs": set(&g.notAdverb), "tails": stems(&g.tails),
		"holders": stems(&g.holders), "wrappers": stems(&g.wrappers), "measures": stems(&g.measures), "soft": stems(&g.soft), "handling": stems(&g.handling), "role_endings": func(w []string) { g.roleEnds = w }, "not_roles": stems(&g.notRoles),
		"roles": singulars(&g.roles), "product": stems(&g.product), "data_headers": stems(&g.dataHeads),
		"actor_headers": stems(&g.actorHeads), "things": stems(&g.things), "teams": set(&g.teams), "not_names": set(&g.notNames), "alone": set(&g.alone), "mass_plurals": set(&g.massPlural), "meta_rows": stems(&g.metaRows), "not_data_headers": stems(&g.notData), "services": stems(&g.services), "parts": stems(&g.parts), "machines": stems(&g.machines), "makers": set(&g.makers), "outsourced": stems(&g.outsourced), "dependency_headers": stems(&g.dependencyHeads),
	}
}

// grammar reads the word lists: words with white space between them.
func (r *lexiconReader) grammar(n *yaml.Node) {
	g := &r.lexicon.grammar
	lists := g.lists()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		if phrases := g.phrases(key.Value); phrases != nil && v.Kind == yaml.SequenceNode {
			for _, p := range v.Content {
				*phrases = append(*phrases, p.Value)
			}
			continue
		}
		fill, ok := lists[key.Value]
		if !ok || v.Kind != yaml.ScalarNode {
			r.fault(key, "unknown word list %q", key.Value)
			continue
		}
		fill(strings.Fields(v.Value))
		delete(lists, key.Value)
	}
	for _, missing := range sortedKeys(lists) {
		r.fault(n, "word list %s is missing", missing)
	}
}

// phrases returns where the phrases of a list of headings go, nil if the key names no such list.
func (g *grammar) phrases(key string) *[]string {
	switch key {
	case "step_headings":
		return &g.stepHeads
	case "cast_headings":
		return &g.castHeads
	case "glossary_headings":
		return &g.glossaryHeads
	case "data_headings":
		return &g.dataTitles
	case "dependency_headings":
		return &g.dependencyTitles
	}
	return nil
}

// afterModal reports a word that can only be a verb, known or not: "shall activate", "may also waive".
func afterModal(s *reading.Sentence, tags []pos, i int) bool {
	if i > 1 && (tags[i-1] == adverb || tags[i-1] == negator) {
		return tags[i-2] == modal && adjacent(s, i) && adjacent(s, i-1)
	}
	return i > 0 && tags[i-1] == modal && adjacent(s, i)
}

// gets reports whether a form of "get" is followed by what somebody gets: "the lab gets the scan", not "gets updated".
func gets(s *reading.Sentence, tags []pos, i int) bool {
	switch s.Words[i].Form {
	case "get", "gets", "got":
		return i+1 < len(s.Words) && adjacent(s, i+1) && (tags[i+1] == determiner || tags[i+1] == noun || tags[i+1] == adjective || tags[i+1] == number)
	}
	return false
}

// person reports whether a word looks like somebody: dispatcher, pharmacist, parents.
func (g *grammar) person(w *reading.Word) bool {
	if strings.HasSuffix(w.Form, "ing") || strings.HasSuffix(w.Form, "ed") {
		return false
	}
	if g.role(w) {
		return true
	}
	if g.notRoles[w.Stem] {
		return false
	}
	form := singularOf(w.Form)
	if strings.HasSuffix(form, "meter") || strings.HasSuffix(form, "over") {
		return false
	}
	for _, end := range g.roleEnds {
		if len(form) > len(end)+3 && strings.HasSuffix(form, end) {
			return true
		}
	}
	return false
}

// role reports whether a word is in the list of people: by its form, since a "coaching" is no coach and has the same stem.
func (g *grammar) role(w *reading.Word) bool { return g.roles[singularOf(w.Form)] }

// doer reports whether a word for a person is made from a verb, whose stem it shares: "manager", "reviewers".
func (g *grammar) doer(form string) bool {
	form = singularOf(form)
	return strings.HasSuffix(form, "er") || strings.HasSuffix(form, "or") || strings.HasSuffix(form, "ant")
}

// singularOf takes a plural ending off.
func singularOf(form string) string {
	switch {
	case form == "people":
		return "person"
	case form == "children":
		return "child"
	case strings.HasSuffix(form, "men") && len(form) > 4:
		return form[:len(form)-2] + "an"
	case strings.HasSuffix(form, "ies") && len(form) > 4:
		return form[:len(form)-3] + "y"
	case strings.HasSuffix(form, "sses"), strings.HasSuffix(form, "shes"), strings.HasSuffix(form, "ches"), strings.HasSuffix(form, "xes"):
		return form[:len(form)-2]
	case strings.HasSuffix(form, "s") && !strings.HasSuffix(form, "ss") && !strings.HasSuffix(form, "us") && !strings.HasSuffix(form, "is") && len(form) > 3:
		return form[:len(form)-1]
	}
	return form
}

// adjacent reports whether nothing but white space, a hyphen or an apostrophe stands between the word i and the one before.
func adjacent(s *reading.Sentence, i int) bool {
	if i <= 0 || i >= len(s.Words) {
		return false
	}
	for _, r := range s.Text[s.Words[i-1].End:s.Words[i].Start] {
		switch r {
		case ' ', '-', '‑', '\'', '’', '\u00a0', '_':
		default:
			return false
		}
	}
	return true
}

// possessive reports whether the word i is written as one: "patient's", "users'".
func possessive(s *reading.Sentence, i int) bool {
	if i < 0 || i >= len(s.Words) {
		return false
	}
	w := &s.Words[i]
	text := strings.ToLower(s.Text[w.Start:w.End])
	if strings.HasSuffix(text, "'s") || strings.HasSuffix(text, "’s") {
		switch w.Form {
		case "it", "that", "there", "what", "who", "here", "let", "he", "she":
			return false
		}
		return true
	}
	rest := s.Text[w.End:]
	return strings.HasSuffix(text, "s") && (strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, "’"))
}
