// Package template writes the blank simplified threat model, for teams to fill in.
//
// In comes a framework; out comes a form with its questions as Markdown, HTML or DOCX. What the form asks for is data, in
// prompts/template/sheet.yaml; this package only lays it out. The same framework and options give the same bytes.
package template

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"whatif/analyzer/framework"
)

// Options say what the form holds. The zero value is the core questions and no name.
type Options struct {
	Feature string   // name of the feature, for the title; "" leaves room for it
	Packs   []string // keys of packs whose questions are asked too; "all" stands for every pack
}

// Formats are those that [Write] knows.
func Formats() []string { return []string{"md", "html", "docx"} }

// Write writes the blank form in the format. It returns an [*OptionError] for an unknown format or pack.
func Write(w io.Writer, format string, fw *framework.Framework, opt Options) error {
	write, ok := map[string]func(io.Writer, *sheet) error{"md": markdown, "html": page, "docx": word}[format]
	if !ok {
		return &OptionError{What: "format", Value: format, Known: Formats()}
	}
	packs, err := choose(fw, opt.Packs)
	if err != nil {
		return err
	}
	s, err := newSheet(fw, packs, opt.Feature)
	if err != nil {
		return err
	}
	if err := write(w, s); err != nil {
		return fmt.Errorf("writing template as %s: %w", format, err)
	}
	return nil
}

// An OptionError says that a format or a pack is not known.
type OptionError struct {
	What, Value string   // "format", "odt"
	Known       []string // what is known
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("unknown %s %q for a template", e.What, e.Value)
}

// Hint lists what is known.
func (e *OptionError) Hint() string { return "known are " + strings.Join(e.Known, ", ") }

// choose returns the packs with the keys, in the framework's order, each once.
func choose(fw *framework.Framework, keys []string) ([]framework.Pack, error) {
	known := []string{"all"}
	for _, p := range fw.Packs {
		known = append(known, p.Key)
	}
	for _, k := range keys {
		if !slices.Contains(known, k) {
			return nil, &OptionError{What: "pack", Value: k, Known: known}
		}
	}
	packs := slices.Clone(fw.Packs)
	return slices.DeleteFunc(packs, func(p framework.Pack) bool {
		return !slices.Contains(keys, p.Key) && !slices.Contains(keys, "all")
	}), nil
}
