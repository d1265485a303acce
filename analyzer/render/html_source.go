package render

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// A ref leads from a sentence to a finding that cites it.
type ref struct {
	N        int
	Anchor   string
	Title    string
	Priority threatmodel.Level
}

// refs returns the findings that cite each sentence, by the sentence's number.
func (v *view) refs() map[int][]ref {
	out := map[int][]ref{}
	for i := range v.AbuseCases {
		c := &v.AbuseCases[i]
		seen := map[int]bool{}
		for _, q := range c.Citations {
			if !seen[q.Sentence] {
				seen[q.Sentence] = true
				out[q.Sentence] = append(out[q.Sentence], ref{i + 1, anchor(c.ID, i+1), fold(c.Title), c.Priority})
			}
		}
	}
	return out
}

// A docGroup is a stretch of the document that is printed as one element: a heading, a paragraph, a list, a table, code.
type docGroup struct {
	Kind  document.Kind
	Level int // of a heading as printed, 3 to 6
	Page  int // that begins here, else 0
	Head  []string
	Items []docItem

	under []string // of a table whose header row is its first item: the header words of the rows below
}

// isHeader reports that the group is one row that the rows under these header words belong to.
func (g *docGroup) isHeader(head []string) bool {
	return g.Kind == document.TableRow && g.Head == nil && len(g.Items) == 1 && head != nil &&
		slices.Equal(g.Items[0].Sentences[0].Cells, head)
}

// A docItem is one paragraph, list item, row or line.
type docItem struct {
	Depth     int
	Marker    string // the number of an ordered list's item as it reads, "3."; "" for a bullet
	Header    bool   // a table's own header row
	Sentences []docSentence
}

// A docSentence is one sentence with the findings that cite it.
type docSentence struct {
	Num   int
	Text  string
	Cells []string
	Refs  []ref
}

// sentences returns the item's sentences, each with links to the findings that cite it.
func (item docItem) sentences() template.HTML {
	var b strings.Builder
	for i := range item.Sentences {
		s := &item.Sentences[i]
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, `<span class="%s" id="s%d" tabindex="-1">%s</span>%s`, s.Class(), s.Num, escapeHTML(s.Text), s.Links())
	}
	return template.HTML(b.String())
}

// Class returns the classes of the sentence's element.
func (s *docSentence) Class() string {
	if len(s.Refs) == 0 {
		return "s"
	}
	return "s cited " + class(s.Refs[0].Priority)
}

// Links returns links to the findings that cite the sentence, at most five.
func (s *docSentence) Links() template.HTML {
	var b strings.Builder
	for _, r := range s.Refs[:min(len(s.Refs), 5)] {
		title := escapeHTML(r.Title)
		fmt.Fprintf(&b, `<a class="ref %s" href="#%s" title="%s" aria-label="Finding %d: %s">%d</a>`, class(r.Priority), r.Anchor, title, r.N, title, r.N)
	}
	return template.HTML(b.String())
}

// docGroups lays the document out for the page.
func docGroups(doc *document.Document, refs map[int][]ref) []docGroup {
	var out []docGroup
	var numbers listNumbers
	block, page := -1, 0
	for i := range doc.Sentences {
		s := &doc.Sentences[i]
		kind := s.Kind
		if kind == document.UserStory {
			kind = document.Prose
			if s.Depth > 0 {
				kind = document.ListItem
			}
		}
		sentence := docSentence{Num: s.Num, Text: visible(s.Text), Cells: cellTexts(s), Refs: refs[s.Num]}
		same := s.Block == block && s.Block != 0 && len(out) > 0 && out[len(out)-1].Kind == kind && kind != document.TableRow && kind != document.Code
		if same {
			items := out[len(out)-1].Items
			items[len(items)-1].Sentences = append(items[len(items)-1].Sentences, sentence)
			continue
		}
		item := docItem{Depth: min(max(s.Depth, 1), 6), Sentences: []docSentence{sentence}}
		item.Marker = numbers.next(doc, s)
		head := headers(s)
		if n := len(out); n > 0 && kind == document.TableRow && out[n-1].isHeader(head) {
			out[n-1].Items[0].Header, out[n-1].under = true, head
		}
		if joins(out, kind, head) && s.Page == page {
			last := &out[len(out)-1]
			last.Items = append(last.Items, item)
		} else {
			g := docGroup{Kind: kind, Head: head, Items: []docItem{item}}
			if kind == document.Heading {
				g.Level = min(max(doc.Sections[s.Section].Level, 1)+2, 6)
			}
			if s.Page != page {
				page, g.Page = s.Page, s.Page
			}
			out = append(out, g)
		}
		block = s.Block
	}
	return out
}

// joins reports whether an item of the kind goes on with the last group rather than opening one.
func joins(out []docGroup, kind document.Kind, head []string) bool {
	if len(out) == 0 || out[len(out)-1].Kind != kind {
		return false
	}
	switch kind {
	case document.ListItem, document.Code:
		return true
	case document.TableRow:
		last := &out[len(out)-1]
		return slices.Equal(last.Head, head) || (last.under != nil && slices.Equal(last.under, head))
	}
	return false
}

func cellTexts(s *document.Sentence) []string {
	var out []string
	for _, c := range s.Cells {
		out = append(out, visible(c.Text))
	}
	return out
}

// headers returns the header words of a row, nil if it has none but the row's own label.
func headers(s *document.Sentence) []string {
	cells := cellTexts(s)
	var out []string
	found := false
	for _, c := range s.Cells {
		head := visible(c.Header)
		out = append(out, head)
		found = found || (head != "" && !slices.Contains(cells, head))
	}
	if !found {
		return nil
	}
	return out
}
