package fakellm

import (
	_ "embed" // the reader's words
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed demo.yaml
var demoYAML []byte

// demoWords are the reader's words.
var demoWords = sync.OnceValue(func() *demoList {
	list := &demoList{}
	if err := yaml.Unmarshal(demoYAML, list); err != nil {
		panic("fakellm: demo.yaml: " + err.Error()) // a mistake in the program
	}
	return list
})

type demoList struct {
	Lists []struct {
		In    []string `yaml:"in"`
		Words []string `yaml:"words"`
	} `yaml:"lists"`
	Words []string `yaml:"words"`
	Short []string `yaml:"short"`
	Weak  []string `yaml:"weak"`
}

// words returns the words for a list of this name.
func (d *demoList) words(name string) []string {
	for _, l := range d.Lists {
		if slices.ContainsFunc(l.In, func(in string) bool { return strings.Contains(name, in) }) {
			return l.Words
		}
	}
	return d.Words
}

// A sentence is one of the prompt's, with its number.
type sentence struct {
	number int
	text   string
	at     int // the word that made it interesting
}

// numbered are lines such as "12| Anyone with the link can open it."
var numbered = regexp.MustCompile(`(?m)^[ \t]*(\d{1,7})\|[ \t]*(\S.*?)\s*$`)

// sentencesIn finds the numbered sentences of a prompt.
func sentencesIn(user string) []sentence {
	var list []sentence
	for _, m := range numbered.FindAllStringSubmatch(user, -1) {
		n, _ := strconv.Atoi(m[1]) // at most seven digits
		list = append(list, sentence{number: n, text: m[2]})
	}
	return list
}

// demoItems is the most that the reader says of one kind.
const demoItems = 3

// pick returns the first sentences that have one of the words, each for another word.
func pick(list []sentence, words []string) []sentence {
	var picked []sentence
	used := map[string]bool{}
	for _, s := range list {
		for i, w := range strings.Fields(s.text) {
			w = strings.ToLower(strings.Trim(w, punctuation))
			k := slices.IndexFunc(words, func(word string) bool { return !used[word] && strings.HasPrefix(w, word) })
			if k < 0 {
				continue
			}
			used[words[k]] = true
			s.at = i
			picked = append(picked, s)
			break
		}
		if len(picked) == demoItems {
			break
		}
	}
	return picked
}

const punctuation = `.,;:!?()[]{}"'` + "`*_|“”‘’"

// words returns up to n of the sentence's words in a row, as they stand there: the first ones, or where those do not reach to the
// word that made it interesting, that one with what is around it.
func (s sentence) words(n int) string {
	words := strings.Fields(s.text)
	from := 0
	if s.at >= n {
		from = min(s.at-1, len(words)-n)
	}
	return strings.Trim(strings.Join(words[from:min(from+n, len(words))], " "), punctuation)
}

// short returns the word that made the sentence interesting, with the one before it if that says something.
func (s sentence) short() string {
	words := strings.Fields(s.text)
	word := strings.Trim(words[s.at], punctuation)
	if s.at == 0 || slices.Contains(demoWords().Weak, strings.ToLower(words[s.at-1])) || strings.Trim(words[s.at-1], punctuation) != words[s.at-1] {
		return word
	}
	return words[s.at-1] + " " + word
}

// demo answers in the schema's form with what the toy reader finds. It understands nothing: it cites sentences that hold
// certain words, and says their own words.
func demo(schema *value, user string) string {
	f := &filler{root: schema, sentences: sentencesIn(user), claims: claimsIn(user)}
	return f.fill(schema, "", nil, 0).json()
}

// empty answers in the schema's form with as little as it takes.
func empty(schema *value) string {
	f := &filler{root: schema}
	return f.fill(schema, "", nil, 0).json()
}

// formOf returns the schema that a request's reply should have: the one that came with it, else the one in the system message under
// the name that the user's message says (form "judge"), else one quoted in the user's message or the system's.
func (a *ask) formOf() *value {
	if a.schema != nil {
		return a.schema
	}
	quotes := []string{a.user(), a.system()}
	if names := formNames.FindAllString(a.user(), -1); names != nil {
		if _, under, ok := strings.Cut(a.system(), "F"+names[len(names)-1][1:]); ok {
			quotes = []string{under}
		}
	}
	for _, text := range quotes {
		if s := quotedSchema(text); s != nil {
			return s
		}
	}
	return &value{kind: '{'} // which any empty object fulfils
}

// formNames are where a message says which form is to be filled in.
var formNames = regexp.MustCompile(`form "\w{1,40}"`)
