package template

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/framework"
	"whatif/prompts"
)

// A sheet is the form, before it is laid out.
type sheet struct {
	Title    string    `yaml:"title"`
	Lead     string    `yaml:"lead"`
	How      []string  `yaml:"how"`
	Fields   []string  `yaml:"fields"`
	Sections []section `yaml:"sections"`

	Feature   string                   `yaml:"-"`
	Framework string                   `yaml:"-"` // its ID
	Steps     []framework.StepQuestion `yaml:"-"`
	Groups    []group                  `yaml:"-"`
}

// A section is a numbered part of the form. Its kind says how it is laid out.
type section struct {
	Num     int      `yaml:"-"`
	Title   string   `yaml:"title"`
	Hint    string   `yaml:"hint"`
	Kind    string   `yaml:"kind"` // lines, table, sketch, journey, questions, sign_off
	Rows    int      `yaml:"rows"`
	Columns []column `yaml:"columns"`
	Example []string `yaml:"example"` // one row, filled in
	Fields  []string `yaml:"fields"`
}

// A column of a table; Width is in percent.
type column struct {
	Name  string `yaml:"name"`
	Width int    `yaml:"width"`
}

// A group is the questions of a theme or a pack.
type group struct {
	Title, Intro string
	Questions    []framework.Question
}

// newSheet reads the form and puts the framework's questions in.
func newSheet(fw *framework.Framework, packs []framework.Pack, feature string) (*sheet, error) {
	data, err := prompts.FS.ReadFile("template/sheet.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading template: %w", err)
	}
	s := &sheet{Feature: feature, Framework: fw.ID(), Steps: fw.Steps}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("template/sheet.yaml: %w", err)
	}
	for i := range s.Sections {
		s.Sections[i].Num = i + 1
	}
	for _, t := range fw.Themes {
		if qs := fw.InTheme(t.Key); len(qs) > 0 {
			s.Groups = append(s.Groups, group{Title: t.Title, Intro: t.Intro, Questions: qs})
		}
	}
	for _, p := range packs {
		s.Groups = append(s.Groups, group{Title: p.Title, Intro: "Only where the feature has this.", Questions: fw.InPack(p.Key)})
	}
	return s, nil
}

// Heading is the section's title with its number.
func (s section) Heading() string { return strconv.Itoa(s.Num) + ". " + s.Title }

// Wide is the index of the first column that has room for a remark.
func (s section) Wide() int {
	const room = 12
	return max(0, slices.IndexFunc(s.Columns, func(c column) bool { return c.Width >= room }))
}

// Blank returns the numbers of the empty rows, for templates to range over.
func (s section) Blank() []int {
	rows := make([]int, s.Rows)
	for i := range rows {
		rows[i] = i + 1
	}
	return rows
}

// who is whom to ask, in words.
func who(ask string) string {
	if ask == "appsec" {
		return "AppSec"
	}
	return "product manager"
}
