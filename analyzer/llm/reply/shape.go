package reply

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// A kind is what a value is, as JSON has it.
type kind int

const (
	textKind kind = iota
	intKind
	realKind
	boolKind
	listKind
	objectKind
)

// A shape is a Go type as a model is told of it.
type shape struct {
	kind   kind
	enum   []string // of text: all that is allowed
	mark   string   // of an integer: the letter that an id may carry
	elem   *shape   // of a list
	fields []field  // of an object, in the struct's order
	goType reflect.Type
	names  map[string]int // of an object: the field of a name as it is, and as [fold] makes it
	folded map[string]int
}

// A field is one property of an object.
type field struct {
	name  string
	about string
	also  []string // other names that models give it
	free  bool     // may be left out without a fault
	index int      // in the struct
	shape *shape
}

// shapes remembers the shape of each struct type.
var shapes sync.Map // reflect.Type to *shape

// shapeOf returns the shape of v, a struct or a pointer to one. A type that has none is a mistake in the program, so it panics,
// as regexp.MustCompile does.
func shapeOf(v any) *shape {
	t := reflect.TypeOf(v)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("reply: %T is no struct", v))
	}
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := build(t, "", nil)
	shapes.Store(t, s)
	return s
}

// build makes the shape of a type. The tag is that of the field that has it; above are the structs around it.
func build(t reflect.Type, tag reflect.StructTag, above []reflect.Type) *shape {
	s := &shape{goType: t}
	switch t.Kind() {
	case reflect.String:
		s.kind = textKind
		s.enum = list(tag.Get("enum"))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.kind = intKind
		s.mark = tag.Get("mark")
	case reflect.Float64, reflect.Float32:
		s.kind = realKind
	case reflect.Bool:
		s.kind = boolKind
	case reflect.Slice:
		s.kind = listKind
		s.elem = build(t.Elem(), tag, above)
	case reflect.Struct:
		for _, a := range above {
			if a == t {
				panic(fmt.Sprintf("reply: %v holds itself", t))
			}
		}
		s.kind = objectKind
		s.fields = fieldsOf(t, append(above[:len(above):len(above)], t))
		s.index()
	default:
		panic(fmt.Sprintf("reply: no schema for %v", t))
	}
	return s
}

func fieldsOf(t reflect.Type, above []reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			panic(fmt.Sprintf("reply: field %s of %v has no json name", f.Name, t))
		}
		fields = append(fields, field{name: name, about: f.Tag.Get("about"), also: list(f.Tag.Get("also")),
			free: opts == "omitempty" || opts == "omitzero", index: i, shape: build(f.Type, f.Tag, above)})
	}
	if len(fields) == 0 {
		panic(fmt.Sprintf("reply: %v has no fields", t))
	}
	return fields
}

// index makes the maps of the fields' names. A name goes before what others are also called, and those in the struct's order.
func (s *shape) index() {
	s.names, s.folded = map[string]int{}, map[string]int{}
	for i, f := range s.fields {
		s.names[f.name] = i
	}
	for _, also := range []bool{false, true} {
		for i, f := range s.fields {
			names := []string{f.name}
			if also {
				names = f.also
			}
			for _, name := range names {
				if _, taken := s.folded[fold(name)]; !taken {
					s.folded[fold(name)] = i
				}
			}
		}
	}
}

// list cuts a tag's value at its commas.
func list(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}

// Size measures the schema of v: how many objects lie within each other at the deepest, and how many properties there are in all.
// Azure's strict mode takes 5 and 100; smaller models keep to the form better below 4 and 60.
func Size(v any) (levels, properties int) { return shapeOf(v).size() }

func (s *shape) size() (levels, properties int) {
	switch s.kind {
	case listKind:
		return s.elem.size()
	case objectKind:
		for _, f := range s.fields {
			l, p := f.shape.size()
			levels, properties = max(levels, l), properties+p+1
		}
		levels++
	}
	return levels, properties
}
