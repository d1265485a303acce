package reply

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// text fills a string.
func (r *reader) text(n *node, v reflect.Value, at *place) bool {
	text, ok := n.words()
	if !ok {
		r.faults.add(at, "%s is no text", n.show())
		return false
	}
	text, whole := clean(text, mostRunes)
	if !whole {
		r.faults.add(at, "the text is longer than %d characters and was cut", mostRunes)
	}
	v.SetString(text)
	return true
}

// words returns a value as text, the items of a list one after the other.
func (n *node) words() (string, bool) {
	switch n.kind {
	case textNode, numberNode:
		return n.text, true
	case boolNode:
		return strconv.FormatBool(n.yes), true
	case listNode:
		var parts []string
		for i := range n.items {
			if k := n.items[i].kind; k == listNode || k == objectNode {
				return "", false
			}
			if part, ok := n.items[i].words(); ok {
				parts = append(parts, part)
			}
		}
		return join(parts), true
	}
	return "", false
}

// enum fills a string that may only be one of some.
func (r *reader) enum(s *shape, n *node, v reflect.Value, at *place) bool {
	text, ok := n.words()
	if n.kind == boolNode { // yes and no are true and false to some
		text = map[bool]string{true: "yes", false: "no"}[n.yes]
		if _, found := match(text, s.enum); !found {
			text = strconv.FormatBool(n.yes)
		}
	}
	value, found := match(text, s.enum)
	switch {
	case ok && found:
	case ok && strings.ContainsAny(text, ",/"): // several
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '/' }) {
			if value, found = match(part, s.enum); found {
				r.faults.add(at, "one of %s is wanted: %q was taken from %s", strings.Join(s.enum, ", "), value, quote(text))
				break
			}
		}
	}
	if !found {
		r.faults.add(at, "%s is none of %s", n.show(), strings.Join(s.enum, ", "))
		return false
	}
	v.SetString(value)
	return true
}

// yes fills a bool.
func (r *reader) yes(n *node, v reflect.Value, at *place) bool {
	switch {
	case n.kind == boolNode:
		v.SetBool(n.yes)
		return true
	case n.kind == textNode, n.kind == numberNode:
		switch fold(n.text) {
		case "true", "yes", "y", "t", "1", "on", "10": // 1.0
			v.SetBool(true)
			return true
		case "false", "no", "n", "f", "0", "off", "00", "none", "":
			v.SetBool(false)
			return true
		}
	}
	r.faults.add(at, "%s is neither true nor false", n.show())
	return false
}

// real fills a float.
func (r *reader) real(n *node, v reflect.Value, at *place) bool {
	text := strings.TrimSpace(n.text)
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1) // as much of the world writes it
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case n.kind != numberNode && n.kind != textNode, err != nil, math.IsNaN(x), math.IsInf(x, 0):
		r.faults.add(at, "%s is no number", n.show())
		return false
	case x < 0 || x > mostNumber:
		r.faults.add(at, "%s is out of all bounds", n.show())
		return false
	}
	v.SetFloat(x)
	return true
}

// thousands are figures in groups of three.
var thousands = regexp.MustCompile(`^\s*[0-9]{1,3}(,[0-9]{3})+\s*$`)

// int fills an integer.
func (r *reader) int(s *shape, n *node, v reflect.Value, at *place) bool {
	if n.kind == textNode && thousands.MatchString(n.text) {
		n = &node{kind: numberNode, text: strings.ReplaceAll(n.text, ",", "")}
	}
	nums := r.numbers(s, n, at)
	if len(nums) == 0 {
		return false
	}
	if len(nums) > 1 {
		r.faults.add(at, "one number is wanted, not %d: the first was taken", len(nums))
	}
	v.SetInt(nums[0])
	return true
}

// ints fills a list of integers with what its items stand for, each once: an item may be "3, 5" or "12-14".
func (r *reader) ints(s *shape, items []node, out reflect.Value, at *place) reflect.Value {
	seen := map[int64]bool{}
	for i := range items {
		n, here := &items[i], &place{above: at, item: i + 1}
		if n.kind == objectNode && len(n.items) == 1 { // {"s": 12}
			n = &n.items[0]
		}
		if n.kind == absent || n.kind == textNode && nothing(n.text) {
			if n.kind == absent && !n.cut {
				r.faults.add(here, "no value")
			}
			continue
		}
		for _, num := range r.numbers(s, n, here) {
			if seen[num] {
				continue
			}
			if out.Len() == mostItems {
				r.faults.add(at, "there are more than %d numbers: the rest were not read", mostItems)
				return out
			}
			seen[num] = true
			e := reflect.New(s.goType).Elem()
			e.SetInt(num)
			out = reflect.Append(out, e)
			r.leaves++
		}
	}
	return out
}

// numbers returns the numbers that a node stands for, those out of bounds left out.
func (r *reader) numbers(s *shape, n *node, at *place) []int64 {
	var nums []int64
	var fault string
	switch n.kind {
	case numberNode:
		x, err := strconv.ParseFloat(n.text, 64)
		if err != nil || x != math.Trunc(x) {
			r.faults.add(at, "%s is no whole number", n.show())
			return nil
		}
		nums = []int64{int64(max(min(x, 2*mostNumber), -1))}
	case textNode:
		nums, fault = numbersIn(n.text, s.mark)
	default:
		fault = "is no number"
	}
	if fault != "" {
		r.faults.add(at, "%s %s", n.show(), fault)
	}
	kept := nums[:0]
	zero := reflect.Zero(s.goType)
	for _, num := range nums {
		if num < 0 || num > mostNumber || zero.OverflowInt(num) {
			r.faults.add(at, "%s is out of all bounds", n.show())
			continue
		}
		kept = append(kept, num)
	}
	return kept
}

// show tells a value in short.
func (n *node) show() string {
	switch n.kind {
	case textNode:
		return quote(n.text)
	case numberNode, boolNode:
		text, _ := n.words()
		text, _ = clean(text, 40)
		return text
	case listNode:
		return "a list"
	case objectNode:
		return "an object"
	}
	return "nothing"
}
