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
	if len(f.Decisions) == 0 {
		_, err := io.WriteString(w, "decisions: []\n")
		return err
	}
	if _, err := io.WriteString(w, "decisions:\n"); err != nil {
		return err
	}
	sorted := slices.SortedFunc(slices.Values(f.Decisions), func(a, b Decision) int { return cmp.Compare(a.ID, b.ID) })
	for i := range sorted {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := block(w, sorted[i].node(), "- ", "  "); err != nil {
			return err
		}
	}
	return nil
}

// node returns the decision as YAML, what is empty left out.
func (d *Decision) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range [][2]string{{"id", d.ID}, {"title", d.Title}, {"state", string(d.State)}, {"reason", string(d.Reason)}, {"by", d.By},
		{"at", d.At}, {"until", d.Until}, {"note", d.Note}, {"evidence", d.Evidence}} {
		put(n, field[0], field[1], "!!str")
	}
	n.Content = append(n.Content, d.unknown...)
	return n
}

func put(n *yaml.Node, key, value, tag string) {
	if value == "" {
		return
	}
	v := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: strings.ToValidUTF8(value, "\ufffd")}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, v)
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
