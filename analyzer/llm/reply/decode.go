package reply

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Bounds of what is taken from a reply.
const (
	mostItems  = 200  // of a list
	mostRunes  = 2000 // of a text
	mostNumber = 1e9  // of an integer; nothing that a document counts is above it
	mostRange  = 20   // numbers that "12-14" may stand for: who cites more than that has not looked
	mostFaults = 50
)

// Decode reads a model's text into the struct that into points to, whose form is as told at [Schema].
//
// The JSON may stand anywhere in the text, in whatever wrapping and however it was written; of several the one that fits best
// counts. Names and the values of enums match without regard to case and punctuation, numbers may be words ("S12", "sentences 3
// and 5", "12-14"), one value may stand for a list of one and the other way round. Unknown properties are passed over. In texts,
// control and invisible characters and white space at the ends are taken out. Numbers below zero are not taken. Items of a list
// that say the same count once.
//
// It fails, and leaves into alone, when the text holds nothing of the form; the error says why in words that a model can act on.
// The report is of use then too. Decode panics if into is no pointer to a struct that has a schema.
func Decode(text string, into any) (Report, error) {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic(fmt.Sprintf("reply: %T is no pointer to a struct", into))
	}
	root := shapeOf(into)
	best := read(root, strings.ToValidUTF8(text, "\uFFFD"))
	report := Report{Cut: best.ended, Faults: best.faults.list()}
	if best.value.IsValid() {
		for _, f := range root.fields {
			target.Elem().Field(f.index).Set(best.value.Field(f.index))
		}
		return report, nil
	}
	return report, best.err(root)
}

// read returns the best reading of a text: of what the model said in the end or, if that holds nothing, of what it thought.
func read(root *shape, text string) attempt {
	said := text
	if start := strings.TrimSpace(text); !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "```") { // else tags stand in texts
		said = withoutThinking(text)
	}
	best := choose(root, findAll(said))
	if best.value.IsValid() || said == text {
		return best
	}
	thought := choose(root, findAll(thinking.ReplaceAllString(text, "\n")))
	if !thought.value.IsValid() {
		return best
	}
	thought.faults.add(nil, "the JSON stands inside the thinking: say it after the end of it")
	return thought
}

// An attempt is one reading of a reply.
type attempt struct {
	value  reflect.Value // the struct; not valid if nothing fits
	faults *faults
	ended  bool // the text ended within it
	found  bool // there was JSON

	bare   bool // a list or an item stood in the place of the object
	fields int  // of the root that were understood
	leaves int  // values that were understood
}

// better reports whether a, which stands later in the text, is to be taken rather than b.
func (a attempt) better(b attempt) bool {
	switch {
	case !a.value.IsValid() || !b.value.IsValid():
		return a.value.IsValid()
	case a.bare != b.bare:
		return b.bare
	case a.fields != b.fields:
		return a.fields > b.fields
	case a.ended != b.ended:
		return b.ended
	}
	return a.leaves >= b.leaves
}

func (a attempt) err(root *shape) error {
	var names []string
	for _, f := range root.fields {
		names = append(names, `"`+f.name+`"`)
	}
	wanted := "the object with " + strings.Join(names, ", ")
	switch list := a.faults.list(); {
	case a.found && a.ended:
		return fmt.Errorf("the reply ends before anything in it is whole: answer with less, as %s", wanted)
	case a.found && len(list) > 0:
		return fmt.Errorf("the JSON has nothing of the wanted form (%s): answer with %s and nothing else", list[0], wanted)
	case a.found:
		return fmt.Errorf("the JSON has none of the wanted properties: answer with %s and nothing else", wanted)
	}
	return errors.New("the reply holds no JSON object: answer with " + wanted + " and nothing else")
}

// choose reads the found values and returns the best reading.
func choose(root *shape, all []found) attempt {
	best := attempt{faults: &faults{}, found: len(all) > 0}
	for _, f := range all {
		best.ended = best.ended || f.ended
	}
	for _, f := range all {
		s := search{root: root, best: attempt{faults: &faults{}}}
		s.object(&f.node, 0)
		s.best.ended, s.best.found = f.ended, true
		if s.best.better(best) {
			best = s.best
		} else if !best.value.IsValid() && len(best.faults.said) == 0 {
			best.faults = s.best.faults
		}
	}
	if !best.value.IsValid() {
		if f := theList(root); f != nil && len(all) > 0 { // what may be items, or the list without its object
			rows := node{kind: listNode}
			for _, v := range all {
				rows.items = append(rows.items, v.node)
				rows.cut = rows.cut || v.cut
			}
			if a := readList(root, f, &rows); a.value.IsValid() {
				a.ended, a.found = best.ended, true
				return a
			}
		}
	}
	return best
}

// wrappings is how many objects or lists are looked through for the one that is wanted.
const wrappings = 3

// A search finds the wanted object within another: {"result": {…}}, [{…}], the schema with the answer as its properties.
type search struct {
	root *shape
	best attempt
}

func (s *search) object(n *node, depth int) {
	if n.kind == textNode && depth > 0 && strings.HasPrefix(strings.TrimSpace(n.text), "{") {
		if inner := findAll(n.text); len(inner) == 1 {
			s.object(&inner[0].node, wrappings) // JSON within JSON, no deeper
		}
		return
	}
	if n.kind != objectNode && n.kind != listNode {
		return
	}
	if n.kind == objectNode {
		a := readObject(s.root, n)
		if !s.best.value.IsValid() && (a.value.IsValid() || len(s.best.faults.said) == 0) || a.better(s.best) && a.fields > s.best.fields {
			s.best = a
		}
	}
	if depth == wrappings {
		return
	}
	for i := range n.items[:min(len(n.items), 50)] {
		s.object(&n.items[i], depth+1)
	}
	if f := theList(s.root); f != nil && n.kind == listNode && !s.best.value.IsValid() {
		if a := readList(s.root, f, n); a.value.IsValid() {
			s.best = a
		}
	}
}

// theList returns the one list of an object that has no other, for answers that leave out the object.
func theList(root *shape) *field {
	var one *field
	for i := range root.fields {
		if root.fields[i].shape.kind != listKind {
			continue
		}
		if one != nil {
			return nil
		}
		one = &root.fields[i]
	}
	return one
}

// readObject reads an object as the root.
func readObject(root *shape, n *node) attempt {
	r := reader{faults: &faults{}}
	v := reflect.New(root.goType).Elem()
	understood, _ := r.object(root, n, v, nil)
	a := attempt{faults: r.faults, fields: understood, leaves: r.leaves}
	if !slices.ContainsFunc(root.values(n), func(val *node) bool { return val != nil }) {
		a.faults = &faults{} // that all is missing says nothing
	}
	if understood > 0 {
		a.value = v
	}
	return a
}

// readList reads a list as the root's only one.
func readList(root *shape, f *field, n *node) attempt {
	wrapped := node{kind: objectNode, keys: []string{f.name}, items: []node{*n}, cut: n.cut}
	a := readObject(root, &wrapped)
	a.bare = true
	return a
}
