package review

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/wholefile"
)

// Write writes the decisions to the file at path: sorted by id, each a block of lines of its own, so that two people who decide about
// different findings change different lines.
func (f *File) Write(path string) error {
	err := wholefile.Write(path, wholefile.Options{Sync: true}, f.write)
	if err != nil {
		return fmt.Errorf("writing decisions: %w", err)
	}
	return nil
}

func (f *File) write(w io.Writer) error {
	head := &yaml.Node{Kind: yaml.MappingNode}
	put(head, "whatif_decisions", strconv.Itoa(Version), "!!int")
	put(head, "document", f.Document, "!!str")
	head.Content = append(head.Content, f.unknown...)
	if err := block(w, head, "", ""); err != nil {
		return err
	}
	sorted := slices.SortedFunc(slices.Values(f.Decisions), func(a, b Decision) int { return cmp.Compare(a.ID, b.ID) })
	nodes := make([]*yaml.Node, len(sorted))
	for i := range sorted {
		nodes[i] = sorted[i].node()
	}
	if err := entries(w, "decisions", nodes); err != nil || len(f.Answers) == 0 {
		return err
	}
	answers := slices.SortedFunc(slices.Values(f.Answers), func(a, b Answer) int { return cmp.Compare(a.ID, b.ID) })
	nodes = make([]*yaml.Node, len(answers))
	for i := range answers {
		nodes[i] = answers[i].node()
	}
	return entries(w, "answers", nodes)
}

// entries writes a list, each entry a block of lines of its own.
func entries(w io.Writer, name string, list []*yaml.Node) error {
	if len(list) == 0 {
		_, err := io.WriteString(w, name+": []\n")
		return err
	}
	if _, err := io.WriteString(w, name+":\n"); err != nil {
		return err
	}
	for i, n := range list {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := block(w, n, "- ", "  "); err != nil {
			return err
		}
	}
	return nil
}

// node returns the decision as YAML, what is empty left out.
func (d *Decision) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range [][2]string{{"id", d.ID}, {"title", d.Title}, {"state", string(d.State)}, {"reason", string(d.Reason)}, {"by", d.By},
		{"at", d.At}, {"until", d.Until}, {"owner", d.Owner}, {"ask", string(d.Ask)}, {"note", d.Note}, {"answer", d.Answer}, {"ticket", d.Ticket},
		{"evidence", d.Evidence}} {
		put(n, field[0], field[1], "!!str")
	}
	about := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range [][2]string{{"rule", d.About.Rule}, {"category", string(d.About.Category)}, {"question", d.About.Question}, {"what_if", d.About.WhatIf}} {
		put(about, field[0], field[1], "!!str")
	}
	putList(about, "quotes", d.About.Quotes)
	if about.Content = append(about.Content, d.About.unknown...); len(about.Content) > 0 {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "about"}, about)
	}
	e := &yaml.Node{Kind: yaml.MappingNode}
	put(e, "title", d.Edit.Title, "!!str")
	put(e, "priority", string(d.Edit.Priority), "!!str")
	put(e, "requirement", d.Edit.Requirement, "!!str")
	if e.Content = append(e.Content, d.Edit.unknown...); len(e.Content) > 0 {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "edited"}, e)
	}
	n.Content = append(n.Content, d.unknown...)
	return n
}

// node returns the answer as YAML.
func (a *Answer) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range [][2]string{{"id", a.ID}, {"question", a.Question}, {"answer", a.Answer}, {"by", a.By}, {"at", a.At}} {
		put(n, field[0], field[1], "!!str")
	}
	n.Content = append(n.Content, a.unknown...)
	return n
}

func put(n *yaml.Node, key, value, tag string) {
	if value == "" {
		return
	}
	v := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: strings.ToValidUTF8(value, "\ufffd")}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, v)
}

func putList(n *yaml.Node, key string, values []string) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, v := range values {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(v, "\ufffd")})
	}
	if len(values) > 0 {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, list)
	}
}

// style quotes text of several lines whose blanks would be lost, or would run into what follows. Other texts are written as YAML does.
func style(n *yaml.Node) {
	odd := func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }
	if n.Kind == yaml.ScalarNode && strings.ContainsFunc(n.Value, unicode.IsControl) && (strings.TrimSpace(n.Value) != n.Value || strings.ContainsFunc(n.Value, odd)) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		style(c)
	}
}

// block writes a mapping, its first line after first and the others after rest.
func block(w io.Writer, n *yaml.Node, first, rest string) error {
	if len(n.Content) == 0 {
		return nil
	}
	style(n)
	var raw, b strings.Builder
	e := yaml.NewEncoder(&raw)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(n), e.Close()); err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(raw.String(), "\n"), "\n") {
		switch {
		case i == 0:
			b.WriteString(first)
		case line != "":
			b.WriteString(rest)
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
