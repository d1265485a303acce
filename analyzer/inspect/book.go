package inspect

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// A book is what prompts/inspect.yaml says, ready for use.
type book struct {
	secrets      []shape
	samples      map[string]bool
	placeholders []string
	stock        map[string]bool
	signals      []signal
	patterns     []pattern // of all signals
	quotedAs     []string

	literals  literals
	ofGroup   [][]int32 // patterns and, counted on from len(patterns), shapes that have the group among theirs, by group
	disguised int       // the group of words that give away a disguise
}

// A shape is what one kind of secret looks like.
type shape struct {
	Kind, Name string
	Begins     []string
	Shape      string
	Entropy    float64
	Check      string
	Sure       bool
	Source     string

	expr func() *regexp.Regexp // compiled when first asked for
}

// A signal is one thing that gives steering text away.
type signal struct {
	ID, Says string
	Weight   int
	Told     []string
	Phrases  []string
	Tight    []string
	Raw      []struct {
		Words, Also []string
		Shape       string
	}
}

// A pattern is one expression of a signal.
type pattern struct {
	signal   int
	expr     func() *regexp.Regexp // compiled when first asked for
	told     bool                  // weighs only where somebody is told
	raw      bool
	required []int32 // groups of words, each of which must be there
}

// theBook returns the built-in book. What is embedded is tested, so it is always good.
var theBook = sync.OnceValue(func() *book {
	b, err := loadBook("inspect.yaml", false)
	if err != nil {
		panic(err)
	}
	return b
})

// lazy returns an expression that is compiled when it is first asked for: what no document asks for, no run pays for.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// loadBook reads a file of prompts. Where it is strict, every expression is tried.
func loadBook(name string, strict bool) (*book, error) {
	data, err := prompts.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("loading what is inspected: %w", err)
	}
	b, err := parseBook(data, strict)
	if err != nil {
		return nil, fmt.Errorf("prompts/%s: %w", name, err)
	}
	return b, nil
}

func parseBook(data []byte, strict bool) (*book, error) {
	var file struct {
		Secrets      []shape
		Samples      []string
		Placeholders []string
		Stock        []string
		Words        map[string]string
		Signals      []signal
		QuotedAs     []string `yaml:"quoted_as"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	b := &book{secrets: file.Secrets, samples: setOf(file.Samples), placeholders: file.Placeholders, stock: setOf(file.Stock),
		signals: file.Signals, quotedAs: file.QuotedAs}
	c := bookCompiler{book: b, words: file.Words, groups: map[string]int32{}, strict: strict}
	for i := range b.signals {
		if err := c.signal(i); err != nil {
			return nil, fmt.Errorf("signal %s: %w", b.signals[i].ID, err)
		}
	}
	for i := range b.secrets {
		if err := c.shape(i); err != nil {
			return nil, fmt.Errorf("secret %s: %w", b.secrets[i].Kind, err)
		}
	}
	b.disguised = int(c.group(disguises(), true))
	for len(b.ofGroup) < b.literals.groups {
		b.ofGroup = append(b.ofGroup, nil)
	}
	return b, nil
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

// A bookCompiler compiles patterns into its book.
type bookCompiler struct {
	book   *book
	words  map[string]string
	groups map[string]int32 // by their words
	strict bool             // looks at expressions that nobody may ever ask for
}

// group returns the number of a group of words, one of which must stand in a text.
func (c *bookCompiler) group(words []string, within bool) int32 {
	key := fmt.Sprint(within, "\x00", strings.Join(words, "\x00"))
	if n, ok := c.groups[key]; ok {
		return n
	}
	n := int32(len(c.groups))
	c.groups[key] = n
	for _, w := range words {
		c.book.literals.add(w, int(n), within || w[0] >= utf8.RuneSelf)
	}
	c.book.ofGroup = append(c.book.ofGroup, nil)
	return n
}

func (c *bookCompiler) signal(n int) error {
	s := &c.book.signals[n]
	if s.ID == "" || s.Says == "" || s.Weight < 1 || s.Weight > 3 {
		return fmt.Errorf("it needs an id, what it says, and a weight from 1 to 3")
	}
	for _, list := range []struct {
		phrases     []string
		told, tight bool
	}{{s.Told, true, false}, {s.Phrases, false, false}, {s.Tight, false, true}} {
		p := phraseParser{words: c.words, tight: list.tight}
		for _, phrase := range list.phrases {
			expr, required, err := p.parse(phrase)
			if err != nil {
				return err
			}
			if err := c.pattern(pattern{signal: n, told: list.told}, expr, required, list.tight); err != nil {
				return err
			}
		}
	}
	for _, raw := range s.Raw {
		required, err := searched(raw.Words, raw.Also)
		if err != nil {
			return err
		}
		if err := c.pattern(pattern{signal: n, raw: true}, foldPattern(raw.Shape), required, true); err != nil {
			return err
		}
	}
	return nil
}

// searched folds the lists of words of which a raw pattern needs one each.
func searched(lists ...[]string) ([][]string, error) {
	var out [][]string
	for _, list := range lists {
		var words []string
		for _, w := range list {
			folded := fold(w)
			if len(folded) < 2 {
				return nil, fmt.Errorf("the word %q is too short to be searched for", w)
			}
			words = append(words, folded)
		}
		if len(words) > 0 {
			out = append(out, words)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("a raw pattern needs words")
	}
	return out, nil
}

func (c *bookCompiler) pattern(p pattern, expr string, required [][]string, within bool) error {
	if err := c.try(expr); err != nil {
		return err
	}
	p.expr = lazy(expr)
	for _, words := range required {
		g := c.group(words, within)
		p.required = append(p.required, g)
		c.book.ofGroup[g] = append(c.book.ofGroup[g], int32(len(c.book.patterns)))
	}
	c.book.patterns = append(c.book.patterns, p)
	return nil
}

// shape compiles a kind of secret. Shapes are numbered on from the patterns.
func (c *bookCompiler) shape(n int) error {
	s := &c.book.secrets[n]
	if err := c.try(s.Shape); err != nil {
		return err
	}
	s.expr = lazy(s.Shape)
	_, known := checks[s.Check]
	if s.Kind == "" || s.Name == "" || s.Source == "" || len(s.Begins) == 0 || !known {
		return fmt.Errorf("it needs a kind, a name, a source, words to search for and a check that is known: %q", cmp.Or(s.Check, "none"))
	}
	words := make([]string, len(s.Begins))
	for i, w := range s.Begins {
		words[i] = fold(w)
	}
	g := c.group(words, true)
	c.book.ofGroup[g] = append(c.book.ofGroup[g], int32(len(c.book.patterns)+n))
	return nil
}

// try parses an expression, for a strict compiler.
func (c *bookCompiler) try(expr string) error {
	if !c.strict {
		return nil
	}
	_, err := syntax.Parse(expr, syntax.Perl)
	return err
}
