package classify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A bookFile is a book as it is written.
type bookFile struct {
	Base      float64
	Lean      float64
	Smooth    int
	Languages []string
	Kinds     []kind
	Words     map[string][]string
	Features  []featureFile
}

type featureFile struct {
	Name, About string
	In          []string
	OfAll       bool `yaml:"of_all"`
	All, Not    []string
	Beside      []string
	Shape       []string
	Unshaped    []string
	Full        float64
	Many        float64
	Least       int
	Says        map[string]float64
}

// Parse reads a book from YAML; name is for its faults, of which all are told, each as "file:line: what is wrong".
func Parse(name string, data []byte) (*Book, error) {
	r := reader{name: name, book: &Book{words: newLexicon()}}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&r.file); errors.Is(err, io.EOF) {
		r.fault(nil, "the file is empty")
	} else if err != nil {
		r.syntax(err)
	} else if err := yaml.Unmarshal(data, &r.root); err != nil {
		r.syntax(err)
	} else {
		r.read()
	}
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b fault) int { return a.line - b.line })
		var all []error
		for _, f := range r.faults {
			all = append(all, fmt.Errorf("%s:%d: %s", name, f.line, f.text))
		}
		return nil, errors.Join(all...)
	}
	r.book.index()
	return r.book, nil
}

// index lists the features by what gives them away.
func (b *Book) index() {
	b.ofGroup = make([][]int32, len(b.words.groups))
	for i := range b.features {
		if all := b.features[i].all; len(all) > 0 {
			b.ofGroup[all[0]] = append(b.ofGroup[all[0]], int32(i))
		} else {
			b.ofShape = append(b.ofShape, int32(i))
		}
	}
}

// A reader makes a book of a file. It goes on after a fault, so that all of them are found.
type reader struct {
	name   string
	file   bookFile
	root   yaml.Node // the same file, for the lines
	book   *Book
	faults []fault
}

type fault struct {
	line int
	text string
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	line := 1
	if n != nil {
		line = n.Line
	}
	r.faults = append(r.faults, fault{line, fmt.Sprintf(format, args...)})
}

var yamlFault = regexp.MustCompile(`line (\d+): (.*)`)

// syntax records what the YAML parser says, at the lines that it says.
func (r *reader) syntax(err error) {
	found := yamlFault.FindAllStringSubmatch(err.Error(), -1)
	for _, m := range found {
		line, _ := strconv.Atoi(m[1])
		r.faults = append(r.faults, fault{max(1, line), m[2]})
	}
	if len(found) == 0 {
		r.fault(nil, "%v", err)
	}
}

// at returns the node at a path of names and places in the file, or the nearest one above it.
func (r *reader) at(path ...any) *yaml.Node {
	n := &r.root
	if len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, p := range path {
		next := n
		switch p := p.(type) {
		case int:
			if p < len(n.Content) {
				next = n.Content[p]
			}
		case string:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Kind == yaml.MappingNode && n.Content[i].Value == p {
					next = n.Content[i+1]
				}
			}
		}
		n = next
	}
	return n
}

func (r *reader) read() {
	r.book.base, r.book.lean, r.book.smooth, r.book.languages = r.file.Base, r.file.Lean, r.file.Smooth, r.file.Languages
	if r.file.Smooth < 1 {
		r.fault(r.at("smooth"), "smooth must be 1 or more")
	}
	r.kinds()
	r.words()
	seen := map[string]bool{}
	for i := range r.file.Features {
		f := &r.file.Features[i]
		if f.Name == "" || f.About == "" {
			r.fault(r.at("features", i), "a feature needs a name, and about: what is counted, in plain words")
		} else if seen[f.Name] {
			r.fault(r.at("features", i, "name"), "the feature %q is there twice", f.Name)
		}
		seen[f.Name] = true
		r.feature(i)
	}
	r.beside()
	if len(r.file.Features) == 0 {
		r.fault(r.at("features"), "it has no features")
	}
}

func (r *reader) kinds() {
	r.book.kinds = r.file.Kinds
	for i, k := range r.file.Kinds {
		if k.Name == "" || k.Says == "" || k.Name == Other {
			r.fault(r.at("kinds", i), "a kind needs a name, which is not %q, and says: what people call it", Other)
		}
	}
	if len(r.file.Kinds) == 0 || r.file.Kinds[kindPRD].Name != PRD {
		r.fault(r.at("kinds"), "the first kind must be %q", PRD)
	}
}

// words reads the groups in order of their names, so that the same file gives the same book.
func (r *reader) words() {
	for n, name := range slices.Sorted(maps.Keys(r.file.Words)) {
		r.book.words.groups[name] = int32(n)
		for i, phrase := range r.file.Words[name] {
			if !r.book.words.add(int32(n), phrase) {
				r.fault(r.at("words", name, i), "%q is no phrase: words of letters and digits; the last one may end in * after %d bytes or more", phrase, prefixLen)
			}
		}
		if len(r.file.Words[name]) == 0 {
			r.fault(r.at("words", name), "the group %q has no words", name)
		}
	}
}

func (r *reader) feature(i int) {
	from, f := &r.file.Features[i], feature{}
	f.Name, f.About, f.ofAll, f.full, f.many, f.least = from.Name, from.About, from.OfAll, from.Full, from.Many, from.Least
	for _, name := range from.In {
		f.in |= lookUp(r, i, "in", scopeNames, name)
	}
	for _, name := range from.Shape {
		f.shapes |= lookUp(r, i, "shape", shapeNames, name)
	}
	for _, name := range from.Unshaped {
		f.notShapes |= lookUp(r, i, "unshaped", shapeNames, name)
	}
	for _, name := range from.All {
		f.all = append(f.all, lookUp(r, i, "all", r.book.words.groups, name))
	}
	for _, name := range from.Not {
		f.not = append(f.not, lookUp(r, i, "not", r.book.words.groups, name))
	}
	for _, name := range slices.Sorted(maps.Keys(from.Says)) {
		k := slices.IndexFunc(r.book.kinds, func(k kind) bool { return k.Name == name })
		if k < 0 {
			r.fault(r.at("features", i, "says"), "%q is none of the kinds", name)
		}
		f.says = append(f.says, saying{k, from.Says[name]})
	}
	r.whole(i, &f)
	r.book.features = append(r.book.features, f)
}

// beside resolves the names of features, once all are known.
func (r *reader) beside() {
	places := map[string]int32{}
	for i := range r.book.features {
		places[r.book.features[i].Name] = int32(i)
	}
	for i := range r.file.Features {
		for _, name := range r.file.Features[i].Beside {
			other := lookUp(r, i, "beside", places, name)
			r.book.features[i].beside = append(r.book.features[i].beside, other)
		}
	}
}

// whole checks that a feature has all that it needs.
func (r *reader) whole(i int, f *feature) {
	n := r.at("features", i)
	switch counted := f.in&(inText|inBegin|inHeading|inCode) != 0; {
	case f.in == 0:
		r.fault(n, "the feature %q needs in: where it is looked for", f.Name)
	case len(f.says) == 0:
		r.fault(n, "the feature %q needs says: the kinds it speaks for and its weight", f.Name)
	case len(f.all) == 0 && f.shapes == 0 && f.in != inCode:
		r.fault(n, "the feature %q needs all: groups of words, or shape", f.Name)
	case counted && (f.full <= 0 || f.full > 1):
		r.fault(n, "the feature %q needs full: the share of sentences, above 0 and up to 1, at which it has its whole weight", f.Name)
	case f.many < 0 || f.least < 0:
		r.fault(n, "many and least of the feature %q must not be negative", f.Name)
	}
}

// lookUp returns what a name in a feature's field stands for.
func lookUp[T any](r *reader, i int, field string, names map[string]T, name string) T {
	value, ok := names[name]
	if !ok {
		r.fault(r.at("features", i, field), "%s: %q is none of %s", field, name, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
	}
	return value
}
