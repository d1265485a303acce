package inspect

import (
	"cmp"
	"slices"
	"strings"

	"whatif/analyzer/document"
)

// Find returns the secrets in a text that stands alone, in order; their Sentence is 0. A private key over several lines is found
// by its lines.
func Find(text string) []Secret {
	l := newLooker(theBook())
	l.read(fold(text))
	return slices.DeleteFunc(merge(append(l.secrets(text, nil), keyLines(text)...)), func(s Secret) bool { return s.End <= s.Start })
}

// secrets adds the secrets in text, of which the folded words were just read.
func (l *looker) secrets(text string, out []Secret) []Secret {
	for _, n := range l.shapes {
		s := &l.book.secrets[n]
		for _, at := range s.expr().FindAllStringSubmatchIndex(text, -1) {
			from, to := trimSecret(text, valueOf(at))
			if from < to && l.book.works(s, text[from:to]) {
				out = append(out, Secret{Start: from, End: to, Kind: s.Kind, name: s.Name, sure: s.Sure})
			}
		}
	}
	return out
}

// cells looks at the cells of a table row beside the words that say what they hold, "Password": the header's, or those of the cell
// before. A cell alone does not show that it is a secret.
func (l *looker) cells(s *document.Sentence, secrets []Secret) []Secret {
	at, before := 0, ""
	for _, c := range s.Cells {
		start := strings.Index(s.Text[at:], c.Text)
		if c.Text == "" || start < 0 {
			continue
		}
		start += at
		for _, label := range []string{c.Header, before} {
			beside := label + ": " + c.Text
			if label == "" || label == c.Text || !l.read(fold(beside)) {
				continue
			}
			for _, hit := range l.secrets(beside, nil) {
				if from := hit.Start - len(beside) + len(c.Text); from >= 0 {
					hit.Sentence, hit.Start, hit.End = s.Num, start+from, start+hit.End-len(beside)+len(c.Text)
					secrets = append(secrets, hit)
				}
			}
		}
		at, before = start+len(c.Text), c.Text
	}
	return secrets
}

// valueOf returns where the value lies: the group that took part, or all of the match.
func valueOf(at []int) [2]int {
	for i := 2; i+1 < len(at); i += 2 {
		if at[i] >= 0 {
			return [2]int{at[i], at[i+1]}
		}
	}
	return [2]int{at[0], at[1]}
}

// trimSecret leaves out the marks of the sentence that a value stands in.
func trimSecret(text string, at [2]int) (from, to int) {
	from, to = at[0], at[1]
	for to > from && slices.Contains([]byte(`.,;:!?)]}"'*_`+"`"), text[to-1]) && !closes(text[from:to]) {
		to--
	}
	return from, to
}

// closes reports a value whose last mark may be its own: a password such as "Tr0ub4dor!".
func closes(value string) bool {
	last := value[len(value)-1]
	return last == '!' || last == '_'
}

// merge sorts the secrets of one text and leaves out those within another, the surer one first.
func merge(all []Secret) []Secret {
	slices.SortStableFunc(all, func(x, y Secret) int {
		return cmp.Or(cmp.Compare(x.Sentence, y.Sentence), cmp.Compare(x.Start, y.Start), cmp.Compare(rank(y), rank(x)), cmp.Compare(y.End, x.End))
	})
	out := all[:0]
	for _, s := range all {
		last := len(out) - 1
		if last < 0 || out[last].Sentence != s.Sentence || out[last].End <= s.Start {
			out = append(out, s)
			continue
		}
		if rank(s) > rank(out[last]) {
			out[last].Kind, out[last].name, out[last].sure = s.Kind, s.name, s.sure
		}
		out[last].End = max(out[last].End, s.End)
	}
	return out
}

func rank(s Secret) int {
	if s.sure {
		return 1
	}
	return 0
}
