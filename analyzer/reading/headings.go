package reading

import (
	"strings"
	"unicode/utf8"

	"whatif/analyzer/document"
)

// sections returns the stance of each section: its heading's own, or else what it has from the headings above it. The heading
// that is the document's title says nothing.
func (c *cues) sections(t *Text) []kind {
	secs := t.Doc.Sections
	under := make([]kind, len(secs))
	title := titleSection(t.Doc)
	var above []int // sections that the current one lies in
	for i := 1; i < len(secs); i++ {
		for len(above) > 0 && secs[above[len(above)-1]].Level >= secs[i].Level {
			above = above[:len(above)-1]
		}
		if len(above) > 0 {
			under[i] = under[above[len(above)-1]]
		}
		above = append(above, i)
		if i == title {
			continue
		}
		own := c.title(secs[i].Title, Words(secs[i].Title))
		if own != 0 {
			under[i] = own &^ plain
		}
	}
	return under
}

// titleSection returns the index of the section whose heading is the document's title: the first one, if everything else lies
// under it or it is called like the document. 0 if there is none.
func titleSection(doc *document.Document) int {
	if len(doc.Sections) < 2 {
		return 0
	}
	first := doc.Sections[1]
	if first.Title == doc.Title {
		return 1
	}
	for _, sec := range doc.Sections[2:] {
		if sec.Level <= first.Level {
			return 0
		}
	}
	if len(doc.Sections) == 2 {
		return 0
	}
	return 1
}

// label returns the stance of what a sentence begins with ("Out of scope: …", "Open question – …"), and of a table row's cells
// that say nothing else ("Phase 2", "TBD").
func (c *cues) label(s *Sentence) (k kind) {
	if s.Kind == document.Heading {
		return 0
	}
	if s.Kind == document.TableRow {
		for _, cell := range s.Cells {
			words := Words(cell.Text)
			if len(words) > 0 && len(words) <= 4 {
				k |= c.title(cell.Text, words) &^ (aside | plain)
				if strings.Contains(strings.ToLower(cell.Header), "direction") {
					k &^= outOfScope // data goes out
				}
			}
			if len(words) > 0 && strings.TrimSpace(cell.Header) != "" {
				k |= c.title(cell.Header, Words(cell.Header)) & open
			}
		}
		return k
	}
	for i := 1; i <= len(s.Words) && i <= 7; i++ {
		rest := s.Text[s.Words[i-1].End:]
		if i < len(s.Words) {
			rest = s.Text[s.Words[i-1].End:s.Words[i].Start]
		}
		if strings.ContainsAny(rest, ":—–") || strings.Contains(rest, " - ") {
			return c.title(s.Text[:s.Words[i-1].End], s.Words[:i]) &^ plain
		}
	}
	return 0
}

// title returns what a heading stands for. One part of it is enough to leave what is under it open, planned or out of scope,
// unless another part is a plain one ("Goals and non-goals"); an aside it is only when all its parts say so.
func (c *cues) title(text string, words []Word) (k kind) {
	words = words[numbering(text, words):]
	asides, parts := 0, 0
	for from := 0; from < len(words); {
		to := partEnd(text, words, from)
		p := c.part(words[from:to])
		parts++
		if p&aside != 0 {
			asides++
		}
		k |= p
		from = to
	}
	first := 0
	if parts > 0 {
		first = partEnd(text, words, 0)
	}
	if asides < parts && (parts == 0 || c.part(words[:first])&aside == 0 || !strings.Contains(partGap(text, words, first), ":")) {
		k &^= aside
	}
	if k&plain != 0 {
		return plain
	}
	return k
}

// numbering returns how many words at the start only number the heading: "3.2", "Section 4:", "IV.", "b)".
func numbering(text string, words []Word) int {
	i := 0
	if len(words) > 1 && digits(words[1].Form) {
		switch words[0].Form {
		case "section", "chapter", "part", "no", "nr":
			i = 2
		}
	}
	for ; i < len(words)-1; i++ {
		w := words[i]
		after, _ := utf8.DecodeRuneInString(text[w.End:])
		if digits(w.Form) && !(i == 0 && after == ' ' && words[i+1].Form == "phase") {
			continue
		}
		if (len(w.Form) == 1 || strings.Trim(w.Form, "ivx") == "") && (after == '.' || after == ')') {
			continue
		}
		break
	}
	return i
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// partEnd returns the index after the part of a heading that begins at from.
func partEnd(text string, words []Word, from int) int {
	for i := from + 1; i < len(words); i++ {
		if f := words[i].Form; (f == "and" || f == "or" || f == "vs") && i+1 < len(words) {
			return i
		}
		if cutsHeading(partGap(text, words, i)) {
			return i
		}
	}
	return len(words)
}

// partGap returns what stands before the word at index i, and after the one before that.
func partGap(text string, words []Word, i int) string {
	if i < 1 || i >= len(words) {
		return ""
	}
	return text[words[i-1].End:words[i].Start]
}

func cutsHeading(gap string) bool {
	return strings.ContainsAny(gap, ",:;/&+|()[]—–•·.") || strings.Contains(gap, " - ")
}

// part returns what one part of a heading stands for.
func (c *cues) part(words []Word) (k kind) {
	for len(words) > 0 && skipped(words[0].Form) {
		words = words[1:]
	}
	for i := range words {
		for _, cue := range c.headings[words[i].Stem] {
			if !stemsAt(words, i, cue.stems) {
				continue
			}
			end := i + len(cue.stems)
			switch {
			case i == 0 && end == len(words),
				cue.place == opening && i == 0,
				cue.place == ending && (end == len(words) || follows(words[end].Form)):
				k |= cue.kind
			}
		}
	}
	return k
}

// skipped reports a word that a part of a heading may begin with and that says nothing.
func skipped(form string) bool {
	switch form {
	case "and", "or", "vs", "the", "a", "our", "some", "other", "any", "project", "product":
		return true
	}
	return false
}

// follows reports a word that may go on after the words that give a heading its stance.
func follows(form string) bool {
	switch form {
	case "of", "for", "in", "to", "on", "at", "by", "with", "from", "the", "this", "we", "v1", "mvp", "now":
		return true
	}
	return false
}
