package reply

import (
	"encoding/json"
	"reflect"
	"strings"
)

// A reader fills Go values with what nodes say.
type reader struct {
	faults *faults
	leaves int // values that were understood
}

// object fills a struct and returns how many of its fields were understood, and whether all that are needed were there to the
// end. What is missing from an object that the text ended in is no fault of it.
func (r *reader) object(s *shape, n *node, v reflect.Value, at *place) (understood int, whole bool) {
	whole = true
	values := s.values(n)
	for i := range s.fields {
		f, val := &s.fields[i], values[i]
		if val == nil || val.kind == absent || val.isSchema() {
			whole = whole && f.free
			if !f.free && !n.cut {
				r.faults.add(at, "%q is missing", f.name)
			}
			continue
		}
		if r.value(f.shape, val, v.Field(f.index), &place{above: at, name: f.name}) {
			understood++
		}
		whole = whole && (f.free || !val.cut)
	}
	return understood, whole
}

// values returns the value of each field, nil for those that the node does not have. A name as it should be goes before one that
// is alike; of equals the later counts, and lists are put together.
func (s *shape) values(n *node) []*node {
	values := make([]*node, len(s.fields))
	exact, joined := make([]bool, len(s.fields)), make([]bool, len(s.fields))
	for k := range n.keys {
		val := &n.items[k]
		i, same := s.names[n.keys[k]]
		if !same {
			var alike bool
			if i, alike = s.folded[fold(n.keys[k])]; !alike {
				continue
			}
		}
		switch old := values[i]; {
		case old == nil || old.kind == absent:
			values[i], exact[i], joined[i] = val, same, false
		case val.kind == absent || exact[i] && !same:
		case s.fields[i].shape.kind == listKind && old.kind == listNode && val.kind == listNode && exact[i] == same:
			if !joined[i] {
				both := *old
				both.items = append([]node(nil), old.items...)
				values[i], joined[i] = &both, true
			}
			values[i].items = append(values[i].items, val.items...)
			values[i].cut = values[i].cut || val.cut
		default:
			values[i], exact[i], joined[i] = val, same, false
		}
	}
	return values
}

// value fills any value and reports whether it was understood.
func (r *reader) value(s *shape, n *node, v reflect.Value, at *place) bool {
	if s.kind == listKind {
		return r.list(s, n, v, at)
	}
	if n.kind == listNode && len(n.items) > 0 && (s.kind != textKind || len(s.enum) > 0) {
		if len(n.items) > 1 {
			r.faults.add(at, "one value is wanted, not %d: the first was taken", len(n.items))
		}
		n = &n.items[0]
	}
	if s.kind == objectKind {
		return r.nested(s, n, v, at)
	}
	if n.kind == objectNode && len(n.items) == 1 { // {"value": 3}
		n = &n.items[0]
	}
	ok := false
	switch {
	case n.kind == absent:
		r.faults.add(at, "no value")
	case s.kind == textKind && len(s.enum) > 0:
		ok = r.enum(s, n, v, at)
	case s.kind == textKind:
		ok = r.text(n, v, at)
	case s.kind == boolKind:
		ok = r.yes(n, v, at)
	case s.kind == realKind:
		ok = r.real(n, v, at)
	default:
		ok = r.int(s, n, v, at)
	}
	if ok {
		r.leaves++
	}
	return ok
}

// nested fills the struct of a property.
func (r *reader) nested(s *shape, n *node, v reflect.Value, at *place) bool {
	n = unquoted(n)
	if n.kind != objectNode {
		r.faults.add(at, "%s is no object", n.show())
		return false
	}
	understood, whole := r.object(s, n, v, at)
	return understood > 0 || whole
}

// unquoted returns the object that a text holds, or the node as it is.
func unquoted(n *node) *node {
	if n.kind == textNode && strings.HasPrefix(strings.TrimSpace(n.text), "{") {
		if inner := findWithin(n.text, 0); len(inner) == 1 && inner[0].kind == objectNode {
			return &inner[0].node
		}
	}
	return n
}

// list fills a slice. It was understood if an item was, or if it is empty and meant to be.
func (r *reader) list(s *shape, n *node, v reflect.Value, at *place) bool {
	items := s.elem.itemsOf(n)
	out := reflect.MakeSlice(s.goType, 0, min(len(items), mostItems))
	if s.elem.kind == intKind {
		out = r.ints(s.elem, items, out, at)
	} else {
		out = r.items(s.elem, items, out, at)
	}
	v.Set(out)
	return out.Len() > 0 || len(items) == 0 && !n.cut
}

// items appends the items that were understood, of equal ones the first.
func (r *reader) items(s *shape, items []node, out reflect.Value, at *place) reflect.Value {
	seen, twice := map[string]bool{}, 0
	for i := range items {
		if out.Len() == mostItems {
			r.faults.add(at, "there are %d items: only %d were read", len(items), mostItems)
			break
		}
		e := reflect.New(s.goType).Elem()
		if !r.item(s, &items[i], e, &place{above: at, item: i + 1}) {
			continue
		}
		key, _ := json.Marshal(e.Interface()) // strings, numbers and structs of them always can be
		if seen[string(key)] {
			twice++
			continue
		}
		seen[string(key)] = true
		out = reflect.Append(out, e)
	}
	if twice > 0 {
		r.faults.add(at, "%d items say what others say, and count once", twice)
	}
	return out
}

// item fills one item of a list and reports whether it is to be kept. One that the text ended in is kept only if it is whole.
func (r *reader) item(s *shape, n *node, v reflect.Value, at *place) bool {
	mark := *r.faults
	if s.kind != objectKind {
		if n.kind == absent {
			return r.refuse(n, mark, at, "no value")
		}
		return r.value(s, n, v, at) && !n.cut
	}
	if n = unquoted(n); n.kind != objectNode {
		return r.refuse(n, mark, at, n.show()+" is no object")
	}
	switch understood, whole := r.object(s, n, v, at); {
	case n.cut && !whole, understood == 0:
		return r.refuse(n, mark, at, "nothing of it was understood")
	}
	return true
}

// refuse says why an item is left out, unless the text ended in it, instead of all that was said of it since mark.
func (r *reader) refuse(n *node, mark faults, at *place, why string) bool {
	r.faults.reset(mark)
	if !n.cut {
		r.faults.add(at, "%s", why)
	}
	return false
}

// itemsOf returns what a node holds as items of this shape: one value is a list of one.
func (s *shape) itemsOf(n *node) []node {
	switch {
	case n.kind == listNode && s.kind != listKind:
		return flat(n.items)
	case n.kind == listNode:
		return n.items
	case n.kind == textNode && s.kind == textKind:
		return split(n.text, len(s.enum) > 0)
	case n.kind == objectNode && s.kind == objectKind:
		return s.itemsWithin(n)
	case n.kind == objectNode && len(n.items) == 1 && n.items[0].kind == listNode: // {"item": [1, 2]}
		return flat(n.items[0].items)
	}
	return []node{*n}
}

// flat takes lists of lists as one.
func flat(items []node) []node {
	var out []node
	for i := range items {
		if items[i].kind == listNode {
			if out == nil {
				out = append(make([]node, 0, len(items)), items[:i]...)
			}
			out = append(out, items[i].items...)
		} else if out != nil {
			out = append(out, items[i])
		}
	}
	if out == nil {
		return items
	}
	return out
}

// itemsWithin returns the item that an object is, or those that it holds: {"1": {…}, "2": {…}}, {"item": […]}.
func (s *shape) itemsWithin(n *node) []node {
	for _, key := range n.keys {
		if _, ok := s.folded[fold(key)]; ok {
			return []node{*n}
		}
	}
	if len(n.items) == 1 && n.items[0].kind == listNode {
		return flat(n.items[0].items)
	}
	for i := range n.items {
		if n.items[i].kind != objectNode && n.items[i].kind != absent {
			return []node{*n}
		}
	}
	return n.items
}
