package reading

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// A kind is a set of stances that a heading, a label or a phrase stands for.
type kind uint8

const (
	open kind = 1 << iota
	planned
	outOfScope
	aside
	plain // ends what a heading above says
)

// cues is the lexicon of stance, ready to be matched.
type cues struct {
	headings map[string][]headingCue // by first stem
	phrases  map[string][]phraseCue  // by first stem
	openers  map[string]bool         // by form: words that begin a question
	roles    map[string]role         // by form
	groups   map[string][]groupCue   // by first form: roles of more than one word
	deniers  map[string]bool         // by form: words that denials begin with
	endings  []string                // of words of denial: "n't"
}

// A headingCue is words that give a heading its stance.
type headingCue struct {
	stems []string
	place place
	kind  kind
}

// A place says where in a part of a heading its words must stand.
type place uint8

const (
	whole place = iota
	ending
	opening
)

// A phraseCue is words that give a sentence its stance.
type phraseCue struct {
	stems   []string
	atStart bool
	kind    kind
}

// builtin returns the embedded lexicon of stance. That it loads is tested; a program in which it does not is not shipped.
var builtin = sync.OnceValue(func() *cues {
	data, err := prompts.FS.ReadFile("lexicon/stance.yaml")
	if err != nil {
		panic(err)
	}
	c, err := parseCues("lexicon/stance.yaml", data)
	if err != nil {
		panic(err)
	}
	return c
})

// A stanceFile is lexicon/stance.yaml.
type stanceFile struct {
	Headings        map[string]headingLists `yaml:"headings"`
	Sentences       map[string][]phrase     `yaml:"sentences"`
	QuestionOpeners []phrase                `yaml:"question_openers"`
	Denial          map[string][]phrase     `yaml:"denial"`
}

type headingLists struct {
	Whole   []phrase `yaml:"whole"`
	Ending  []phrase `yaml:"ending"`
	Opening []phrase `yaml:"opening"`
}

// A phrase is one entry of a list; one without words is refused with its line.
type phrase struct {
	text string
	line int
}

// UnmarshalYAML keeps the line for messages.
func (p *phrase) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || (len(Words(n.Value)) == 0 && !strings.HasPrefix(n.Value, "n'")) {
		return fmt.Errorf("line %d: a cue must be words", n.Line)
	}
	p.text, p.line = n.Value, n.Line
	return nil
}

var kinds = map[string]kind{"open": open, "planned": planned, "out_of_scope": outOfScope, "aside": aside, "plain": plain}

// parseCues reads a lexicon of stance. Errors name the file and the line.
func parseCues(name string, data []byte) (*cues, error) {
	var file stanceFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	c := &cues{headings: map[string][]headingCue{}, phrases: map[string][]phraseCue{}, openers: map[string]bool{},
		roles: map[string]role{}, groups: map[string][]groupCue{}, deniers: map[string]bool{}}
	for key, lists := range file.Headings {
		k, ok := kinds[key]
		if !ok {
			return nil, fmt.Errorf("reading %s: no kind of heading is called %q", name, key)
		}
		c.addHeadings(k, whole, lists.Whole)
		c.addHeadings(k, ending, lists.Ending)
		c.addHeadings(k, opening, lists.Opening)
	}
	for key, list := range file.Sentences {
		k, ok := kinds[key]
		if !ok {
			return nil, fmt.Errorf("reading %s: no stance is called %q", name, key)
		}
		c.addPhrases(k, list)
	}
	for _, p := range file.QuestionOpeners {
		c.openers[Words(p.text)[0].Form] = true
	}
	for key, list := range file.Denial {
		if err := c.addRoles(key, list); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return c, nil
}

func (c *cues) addHeadings(k kind, at place, list []phrase) {
	for _, p := range list {
		stems := Stems(p.text)
		c.headings[stems[0]] = append(c.headings[stems[0]], headingCue{stems, at, k})
	}
}

func (c *cues) addPhrases(k kind, list []phrase) {
	for _, p := range list {
		stems := Stems(p.text)
		c.phrases[stems[0]] = append(c.phrases[stems[0]], phraseCue{stems, strings.HasPrefix(p.text, "^"), k})
	}
}

// say gives s the stance of the phrases that it has and of its question mark. Words of the document's own title say nothing.
func (c *cues) say(s *Sentence, title []Word) {
	for i := range s.Words {
		for _, cue := range c.phrases[s.Words[i].Stem] {
			if (i == 0 || !cue.atStart) && stemsAt(s.Words, i, cue.stems) && !within(title, bare(cue.stems)) {
				s.Stance.take(cue.kind)
			}
		}
	}
	if c.asks(s) {
		s.Stance.Open = true
	}
}

// asks reports whether s is a question to the reader.
func (c *cues) asks(s *Sentence) bool {
	text := strings.TrimRight(s.Text, " \"'”’)]*_")
	if strings.Contains(text, "??") || strings.HasSuffix(text, "[?]") {
		return true
	}
	if !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, "？") || len(s.Words) == 0 {
		return false
	}
	if c.openers[s.Words[0].Form] {
		return true
	}
	for i := 1; i < len(s.Words); i++ { // "Sharing: who may open the link?"
		if c.openers[s.Words[i].Form] && strings.ContainsAny(between(s, i), ":,;—–-.(") {
			return true
		}
	}
	return false
}

// between returns what stands between the word at index i and the one before it.
func between(s *Sentence, i int) string {
	if i == 0 {
		return s.Text[:s.Words[0].Start]
	}
	return s.Text[s.Words[i-1].End:s.Words[i].Start]
}

// bare leaves out the preposition that a cue begins with: "v2" of "in v2".
func bare(stems []string) []string {
	if len(stems) > 1 {
		switch stems[0] {
		case "in", "for", "to", "until":
			return stems[1:]
		}
	}
	return stems
}

// within reports whether the stems stand together somewhere in words.
func within(words []Word, stems []string) bool {
	for i := range words {
		if stemsAt(words, i, stems) {
			return true
		}
	}
	return false
}

// stemsAt reports whether the stems stand at index i of words, one right after the other.
func stemsAt(words []Word, i int, stems []string) bool {
	if len(words)-i < len(stems) {
		return false
	}
	for k, stem := range stems {
		if words[i+k].Stem != stem {
			return false
		}
	}
	return true
}
