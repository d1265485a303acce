package review

import (
	"cmp"
	"slices"
	"strings"
)

// text is the merged text: ours, with the lines of theirs where those are taken. word says whose side of conflicts it has; fromBoth is
// both, marked.
func (m *merger) text(word side) (string, bool) {
	text := m.oursText
	if m.document != m.ours.Document || !sameEntries(topEntries(m.ours), topEntries(&File{unknown: m.unknown})) {
		ours := *m.ours
		ours.Document, ours.unknown = m.document, m.unknown
		text = canonical(&ours)
	}
	// What is marked stands in comments until both lists are merged, for it is no YAML.
	hidden := "#"
	for strings.Contains(text+m.theirsText, hidden+"|") {
		hidden += "#"
	}
	hidden += "|"
	text, ok := m.list(text, "decisions", m.decisions, word, hidden)
	if ok {
		text, ok = m.list(text, "answers", m.answers, word, hidden)
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], hidden)
	}
	return strings.Join(lines, "\n"), ok
}

// marked are both sides of a conflict, each line behind a prefix.
func marked(ours, theirs []string, prefix string) []string {
	all := slices.Concat([]string{markOurs}, ours, []string{markMiddle}, theirs, []string{markTheirs})
	for i := range all {
		all[i] = prefix + all[i]
	}
	return all
}

// list puts theirs into a list of our text.
func (m *merger) list(ours, name string, plan map[string]side, word side, hidden string) (string, bool) {
	l, ok := readListing(ours, name)
	other, ok2 := readListing(m.theirsText, name)
	if !ok || !ok2 {
		return "", false
	}
	ids, left := sortedKeys(plan), 0
	var cuts []cut
	for _, id := range slices.Backward(ids) {
		i, j := l.find(id), other.find(id)
		own, its := l.linesOf(i), other.shifted(j, l)
		take := plan[id]
		if take == fromBoth && word != fromBoth {
			take = word
		}
		with := own
		switch take {
		case fromTheirs:
			with = its
		case fromBoth:
			with = marked(own, its, hidden)
		}
		if len(with) > 0 {
			left++
		}
		switch {
		case take == fromOurs || i < 0 && j < 0:
		case i < 0:
			if take == fromTheirs {
				with = append(other.remarks(j, l), with...)
			}
			cuts = append(cuts, l.place(id, with))
		case len(with) == 0:
			cuts = append(cuts, l.remove(i))
		default:
			cuts = append(cuts, cut{l.items[i].first, l.items[i].end, with})
		}
	}
	if len(cuts) == 0 {
		return ours, true
	}
	return l.apply(name, cuts, left), true
}

// apply makes the cuts, after which so many entries are left.
func (l *listing) apply(name string, cuts []cut, left int) string {
	// From the last line to the first, so that lines keep their numbers; what replaces before what is put in at the same place.
	slices.SortStableFunc(cuts, func(a, b cut) int {
		return cmp.Or(cmp.Compare(b.first, a.first), cmp.Compare(b.end, a.end))
	})
	if l.key < 0 {
		at := len(l.lines)
		if l.lines[at-1] == "" {
			at--
		}
		l.lines = slices.Insert(l.lines, at, name+":")
		l.key = at
		for i := range cuts {
			cuts[i].first, cuts[i].end = at+1, at+1
		}
	} else if m := emptyList.FindStringSubmatch(l.lines[l.key]); m != nil {
		l.lines[l.key] = strings.TrimRight(m[1]+m[2], " ")
		if left == 0 {
			l.lines[l.key] = m[1] + " []" + m[2]
		}
	}
	for i := range cuts { // two neighbours that go share the blank line between them
		if i+1 < len(cuts) && cuts[i].with == nil && cuts[i+1].with == nil {
			cuts[i].first = max(cuts[i].first, cuts[i+1].end)
		}
	}
	for _, c := range cuts {
		l.lines = slices.Replace(l.lines, c.first, c.end, c.with...)
	}
	if at := l.key + 1; left > 0 && at < len(l.lines) {
		l.tidy(at)
	}
	return strings.Join(l.lines, "\n")
}

// tidy takes out a blank line that was put in behind what is the last entry now.
func (l *listing) tidy(from int) {
	last := len(l.lines) - 1
	for last > from && l.lines[last] == "" {
		last--
	}
	if last < len(l.lines)-1 {
		l.lines = append(l.lines[:last+1], "")
	}
}

// find returns the index of an entry, -1 where there is none.
func (l *listing) find(id string) int {
	return slices.IndexFunc(l.items, func(it listed) bool { return it.id == id })
}

// linesOf are those of an entry.
func (l *listing) linesOf(i int) []string {
	if i < 0 {
		return nil
	}
	return slices.Clone(l.lines[l.items[i].first:l.items[i].end])
}

// shifted are the lines of an entry as they stand in another listing.
func (l *listing) shifted(i int, in *listing) []string {
	return shift(l.linesOf(i), l.indent, in.indent)
}

// remarks are the comments directly above an entry, as they stand in another listing.
func (l *listing) remarks(i int, in *listing) []string {
	end := l.items[i].first
	first := end
	for first-1 > l.key && strings.HasPrefix(strings.TrimLeft(l.lines[first-1], " "), "#") {
		first--
	}
	return shift(slices.Clone(l.lines[first:end]), l.indent, in.indent)
}

// shift sets lines in by another indentation.
func shift(lines []string, from, to string) []string {
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(line, from); ok && line != "" {
			lines[i] = to + rest
		}
	}
	return lines
}

// place puts lines behind the last entry whose id comes before id.
func (l *listing) place(id string, lines []string) cut {
	at, with := l.key+1, append(slices.Clone(lines), "")
	for _, it := range l.items {
		if it.id < id {
			at, with = it.end, append([]string{""}, lines...)
		}
	}
	return cut{at, at, with}
}
