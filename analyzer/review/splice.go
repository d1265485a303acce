package review

import (
	"bytes"
	"cmp"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// splice changes only the lines of what differs. It reports false where the text is not laid out in the usual way, or would not be
// read as file.
func splice(raw []byte, old, file *File) ([]byte, bool) {
	if len(raw) == 0 || bytes.ContainsRune(raw, '\r') || old.Document != file.Document {
		return nil, false
	}
	text, ok := spliceList(string(raw), "decisions", old.decisionEntries(), file.decisionEntries())
	if ok {
		text, ok = spliceList(text, "answers", old.answerEntries(), file.answerEntries())
	}
	if !ok {
		return nil, false
	}
	got, err := Parse("", []byte(text))
	return []byte(text), err == nil && same(got, file)
}

// same reports that two files say the same.
func same(a, b *File) bool {
	if a.Document != b.Document || !sameEntries(a.decisionEntries(), b.decisionEntries()) {
		return false
	}
	return sameEntries(a.answerEntries(), b.answerEntries())
}

func sameEntries(a, b []entry) bool {
	byID := func(x, y entry) int { return strings.Compare(x.id, y.id) }
	return slices.EqualFunc(slices.SortedFunc(slices.Values(a), byID), slices.SortedFunc(slices.Values(b), byID), func(x, y entry) bool {
		return x.id == y.id && sameNode(x.node, y.node)
	})
}

// sameNode compares what nodes say, not where they stand.
func sameNode(a, b *yaml.Node) bool {
	var x, y any
	return a.Decode(&x) == nil && b.Decode(&y) == nil && reflect.DeepEqual(x, y)
}

// A listing is a list of entries as its lines stand in a text.
type listing struct {
	lines  []string
	key    int // index of the line with the list's name; -1: it is not there
	indent string
	items  []listed
}

// A listed is an entry in a text.
type listed struct {
	id         string
	node       *yaml.Node
	first, end int // its lines, without comments and blank lines that follow it
}

// A cut is lines that are replaced: from first up to, not with, end.
type cut struct {
	first, end int
	with       []string
}

// spliceList changes the list called name in a text from was to is. It reports false where it can't.
func spliceList(text, name string, was, is []entry) (string, bool) {
	if sameEntries(was, is) {
		return text, true
	}
	l, ok := readListing(text, name)
	if !ok || len(l.items) != len(was) {
		return "", false
	}
	if len(l.items) == 0 {
		return l.fill(name, is), true
	}
	if len(is) == 0 {
		return "", false
	}
	var cuts []cut
	for _, e := range slices.Backward(slices.SortedFunc(slices.Values(is), func(a, b entry) int { return cmp.Compare(a.id, b.id) })) {
		i := slices.IndexFunc(l.items, func(it listed) bool { return it.id == e.id })
		switch {
		case i < 0:
			cuts = append(cuts, l.insert(e))
		case !sameNode(l.items[i].node, e.node):
			it := l.items[i]
			cuts = append(cuts, cut{it.first, it.end, l.block(withComments(e.node, it.node))})
		}
	}
	for i, it := range l.items {
		if !slices.ContainsFunc(is, func(e entry) bool { return e.id == it.id }) {
			cuts = append(cuts, l.remove(i))
		}
	}
	// From the last line to the first, so that lines keep their numbers; what replaces before what is put in at the same place.
	slices.SortStableFunc(cuts, func(a, b cut) int {
		return cmp.Or(cmp.Compare(b.first, a.first), cmp.Compare(b.end, a.end))
	})
	for _, c := range cuts {
		l.lines = slices.Replace(l.lines, c.first, c.end, c.with...)
	}
	return strings.Join(l.lines, "\n"), true
}

// emptyList matches the line of a list without entries.
var emptyList = regexp.MustCompile(`^([a-z]+:)\s*(?:\[\s*\])?(\s*|\s+#.*)$`)

// fill puts entries into a list that has none.
func (l *listing) fill(name string, is []entry) string {
	var block []string
	for i, e := range is {
		if i > 0 {
			block = append(block, "")
		}
		block = append(block, l.block(e.node)...)
	}
	if l.key < 0 {
		at := len(l.lines)
		if l.lines[at-1] == "" {
			at--
		}
		return strings.Join(slices.Insert(l.lines, at, append([]string{name + ":"}, block...)...), "\n")
	}
	m := emptyList.FindStringSubmatch(l.lines[l.key])
	l.lines[l.key] = strings.TrimRight(m[1]+m[2], " ")
	return strings.Join(slices.Insert(l.lines, l.key+1, block...), "\n")
}

// insert puts an entry behind the last one whose id comes before its own.
func (l *listing) insert(e entry) cut {
	at, with := l.key+1, append(l.block(e.node), "")
	for _, it := range l.items {
		if it.id < e.id {
			at, with = it.end, append([]string{""}, l.block(e.node)...)
		}
	}
	return cut{at, at, with}
}

// remove takes an entry out, with the blank line before or after it.
func (l *listing) remove(i int) cut {
	first, end := l.items[i].first, l.items[i].end
	blank := func(n int) bool { return n > l.key && n < len(l.lines)-1 && strings.TrimSpace(l.lines[n]) == "" }
	if blank(end) {
		end++
	} else if blank(first - 1) {
		first--
	}
	return cut{first, end, nil}
}

// block returns the lines of an entry.
func (l *listing) block(n *yaml.Node) []string {
	var b strings.Builder
	if block(&b, n, l.indent+"- ", l.indent+"  ") != nil {
		return nil // what comes of it is not read as it should be, and is not used
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// readListing finds the list called name.
func readListing(text, name string) (*listing, bool) {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil, false
	}
	l := &listing{lines: strings.Split(text, "\n"), key: -1}
	top, end := doc.Content[0], len(l.lines)
	var list *yaml.Node
	for i := 0; i+1 < len(top.Content); i += 2 {
		k := top.Content[i]
		if l.key >= 0 {
			end = k.Line - 1
			break
		}
		if k.Value == name {
			l.key, list = k.Line-1, top.Content[i+1]
		}
	}
	if top.Style&yaml.FlowStyle != 0 || l.key < 0 {
		return l, top.Style&yaml.FlowStyle == 0
	}
	if len(list.Content) == 0 {
		return l, emptyList.MatchString(l.lines[l.key])
	}
	return l, l.readItems(list, end)
}

// readItems finds the lines of a list's entries. It reports false where they do not stand in lines of their own.
func (l *listing) readItems(list *yaml.Node, end int) bool {
	for i, n := range list.Content {
		it := listed{node: n, first: n.Line - 1, end: end}
		if i+1 < len(list.Content) {
			it.end = list.Content[i+1].Line - 1
		}
		if n.Kind != yaml.MappingNode || it.first >= it.end || it.end > len(l.lines) {
			return false
		}
		line := l.lines[it.first]
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if !strings.HasPrefix(line[len(indent):], "- ") || i > 0 && indent != l.indent {
			return false
		}
		l.indent = indent
		for it.end > it.first+1 && l.between(l.lines[it.end-1]) {
			it.end--
		}
		for j := 0; j+1 < len(n.Content); j += 2 {
			if n.Content[j].Value == "id" {
				it.id = n.Content[j+1].Value
			}
		}
		l.items = append(l.items, it)
	}
	return true
}

// between reports a line that belongs to no entry: it is blank, or a comment that stands no deeper than the entries.
func (l *listing) between(line string) bool {
	rest := strings.TrimLeft(line, " ")
	return rest == "" || rest[0] == '#' && len(line)-len(rest) <= len(l.indent)
}

// withComments returns n with the comments that old has at the same fields.
func withComments(n, old *yaml.Node) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		for j := 0; j+1 < len(old.Content); j += 2 {
			if k, v := old.Content[j], old.Content[j+1]; k.Value == n.Content[i].Value && n.Content[i] != k {
				if i > 0 { // what stands before the first field stands before the entry
					n.Content[i].HeadComment = k.HeadComment
				}
				n.Content[i].LineComment, n.Content[i+1].LineComment = k.LineComment, v.LineComment
			}
		}
	}
	return n
}
