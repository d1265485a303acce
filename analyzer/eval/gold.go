package eval

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"whatif/analyzer/threatmodel"
)

// Ending is how the name of a file with labels ends: prd.gold.yaml lies beside prd.md.
const Ending = ".gold.yaml"

// Gold is what a person found in one document by reading it.
type Gold struct {
	Document     string      `yaml:"document"` // name of the file, in the same directory
	Split        string      `yaml:"split"`    // a name for the group it is reported with: dev, test; "all" if not given
	Harmless     bool        `yaml:"harmless"` // nothing in it deserves a finding
	Assets       []Asset     `yaml:"assets"`
	Actors       []Actor     `yaml:"actors"`
	Dependencies []Actor     `yaml:"dependencies"`
	DataFlows    []DataFlow  `yaml:"data_flows"`
	Safeguards   []Safeguard `yaml:"safeguards"`
	Journey      []Step      `yaml:"journey"`
	AbuseCases   []AbuseCase `yaml:"abuse_cases"`
	Questions    []Question  `yaml:"questions"`
}

// An Asset is a label for data or another thing of value.
type Asset struct {
	Name        string            `yaml:"name"`
	Also        []string          `yaml:"also"`     // other names of the same
	Category    []string          `yaml:"category"` // those that are acceptable
	Sensitivity threatmodel.Level `yaml:"sensitivity"`
	Lines       Lines             `yaml:"lines"`
	Optional    bool              `yaml:"optional"` // right if found, no miss if not
}

// An Actor is a label for somebody who takes part, or for something that is relied on.
type Actor struct {
	Name     string   `yaml:"name"`
	Also     []string `yaml:"also"`
	Kind     string   `yaml:"kind"`
	Lines    Lines    `yaml:"lines"`
	Optional bool     `yaml:"optional"`
}

// A DataFlow is a label for data on its way.
type DataFlow struct {
	Source      string   `yaml:"source"`
	Destination string   `yaml:"destination"`
	Data        []string `yaml:"data"`
	Lines       Lines    `yaml:"lines"`
	Optional    bool     `yaml:"optional"`
}

// A Safeguard is a label for a protection that the text states.
type Safeguard struct {
	Text     string `yaml:"text"`
	Lines    Lines  `yaml:"lines"`
	Optional bool   `yaml:"optional"`
}

// A Step is a label for a step of the journey.
type Step struct {
	Actor    string `yaml:"actor"`
	Text     string `yaml:"text"`
	Lines    Lines  `yaml:"lines"`
	Optional bool   `yaml:"optional"`
}

// An AbuseCase is a label for a way in which the product could be misused.
type AbuseCase struct {
	Gist     string   `yaml:"gist"`     // one sentence: who does what by which weakness, to what harm
	Category []string `yaml:"category"` // those that are acceptable
	Lines    Lines    `yaml:"lines"`    // the sentences that give it away
	Must     bool     `yaml:"must"`     // to be found; else fair if found
}

// A Question is a label for a question of the framework.
type Question struct {
	Key    string                     `yaml:"key"`
	Status threatmodel.QuestionStatus `yaml:"status"`
	Lines  Lines                      `yaml:"lines"`
}

// Lines are places in a document: numbers and ranges, 1-based, both ends in.
type Lines []Range

// A Range is a run of lines, 1-based, both ends in.
type Range struct{ First, Last int }

// UnmarshalYAML reads a list of numbers and of texts such as "12-14"; a single one needs no list.
func (l *Lines) UnmarshalYAML(n *yaml.Node) error {
	entries := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		entries = n.Content
	}
	for _, e := range entries {
		r, err := parseRange(e.Value)
		if err != nil {
			return fmt.Errorf("line %d: lines: %w", e.Line, err)
		}
		*l = append(*l, r)
	}
	return nil
}

func parseRange(s string) (Range, error) {
	from, to, isRange := strings.Cut(s, "-")
	first, err := strconv.Atoi(strings.TrimSpace(from))
	last := first
	if err == nil && isRange {
		last, err = strconv.Atoi(strings.TrimSpace(to))
	}
	if err != nil || first < 1 || last < first {
		return Range{}, fmt.Errorf("%q is neither a line nor a range such as 12-14", s)
	}
	return Range{first, last}, nil
}

// String prints the lines as they are written in a file: "12, 40-42".
func (l Lines) String() string {
	parts := make([]string, len(l))
	for i, r := range l {
		parts[i] = strconv.Itoa(r.First)
		if r.Last != r.First {
			parts[i] += "-" + strconv.Itoa(r.Last)
		}
	}
	return strings.Join(parts, ", ")
}

// overlap reports whether the two share a line.
func (l Lines) overlap(m Lines) bool {
	return slices.ContainsFunc(l, func(a Range) bool {
		return slices.ContainsFunc(m, func(b Range) bool { return a.First <= b.Last && b.First <= a.Last })
	})
}

// Read reads the labels in the file at path. An error names the file and, where there is one, the line.
func Read(path string) (*Gold, error) {
	data, err := readFile(path, maxLabels)
	if err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	gold, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("reading labels: %s: %w", path, err)
	}
	return gold, nil
}

// How many bytes a file with labels and an earlier report may have.
const (
	maxLabels = 1 << 20
	maxReport = 256 << 20
)

// readFile reads an ordinary file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no ordinary file", path)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s is larger than %d bytes, the limit", path, limit)
	}
	return os.ReadFile(path)
}

func decode(data []byte) (*Gold, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	gold := &Gold{Split: "all"}
	if err := dec.Decode(gold); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, readable(err)
	}
	if gold.Split == "" {
		gold.Split = "all"
	}
	return gold, gold.check()
}

// goType is how the YAML library names what it decodes into.
var goType = regexp.MustCompile(`(field \S+ not found) in type eval\.\w+`)

// readable puts the YAML library's faults on one line, without the names of our types.
func readable(err error) error {
	if faults := (*yaml.TypeError)(nil); errors.As(err, &faults) {
		return errors.New(goType.ReplaceAllString(strings.Join(faults.Errors, "; "), "$1"))
	}
	return err
}

// check finds labels that nothing could ever match, which would count as misses for ever.
func (g *Gold) check() error {
	if g.Document == "" || filepath.Base(g.Document) != g.Document {
		return fmt.Errorf("document: %q is not the name of a file in the same directory", g.Document)
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	named := func(kind, name string, lines Lines) {
		if len(newPhrase(name).stems) == 0 || len(lines) == 0 {
			bad("%s: %q needs words and lines", kind, name)
		}
	}
	for _, a := range g.Assets {
		named(Assets, a.Name, a.Lines)
		if a.Sensitivity != "" && a.Sensitivity.Rank() == 0 {
			bad("assets: %s: no sensitivity %q", a.Name, a.Sensitivity)
		}
		for _, c := range a.Category {
			if !slices.Contains(threatmodel.AssetCategories, threatmodel.AssetCategory(c)) {
				bad("assets: %s: no category %q", a.Name, c)
			}
		}
	}
	for _, a := range g.Actors {
		named(Actors, a.Name, a.Lines)
		if a.Kind != "" && !slices.Contains(threatmodel.ActorKinds, threatmodel.ActorKind(a.Kind)) {
			bad("actors: %s: no kind %q", a.Name, a.Kind)
		}
	}
	for _, d := range g.Dependencies {
		named(Dependencies, d.Name, d.Lines)
		if d.Kind != "" && !slices.Contains(threatmodel.DependencyKinds, threatmodel.DependencyKind(d.Kind)) {
			bad("dependencies: %s: no kind %q", d.Name, d.Kind)
		}
	}
	for _, f := range g.DataFlows {
		named(DataFlows, f.Source+f.Destination, f.Lines)
	}
	for _, s := range g.Safeguards {
		named(Safeguards, s.Text, s.Lines)
	}
	for _, s := range g.Journey {
		named(Journey, s.Text, s.Lines)
	}
	for _, a := range g.AbuseCases {
		named(AbuseCases, a.Gist, a.Lines)
		if g.Harmless && a.Must {
			bad("abuse_cases: %q must be found in a document that is harmless", a.Gist)
		}
		for _, c := range a.Category {
			if !slices.Contains(threatmodel.AbuseCategories, threatmodel.AbuseCategory(c)) {
				bad("abuse_cases: %q: no category %q", a.Gist, c)
			}
		}
	}
	for _, q := range g.Questions {
		if !slices.Contains(threatmodel.QuestionStatuses, q.Status) {
			bad("questions: %s: no status %q", q.Key, q.Status)
		}
	}
	return errors.Join(errs...)
}

// Find returns the paths of the files with labels in dir and below, sorted. Hidden directories are left out.
func Find(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(d.Name(), Ending):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for labels: %w", err)
	}
	slices.Sort(paths)
	return paths, nil
}

// CheckLines reports the labels that point behind the last line of their document.
func (g *Gold) CheckLines(last int) error {
	var errs []error
	check := func(name string, lines Lines) {
		for _, r := range lines {
			if r.Last > last {
				errs = append(errs, fmt.Errorf("%q is on line %d, and %s has %d", name, r.Last, g.Document, last))
			}
		}
	}
	for _, a := range g.Assets {
		check(a.Name, a.Lines)
	}
	for _, a := range slices.Concat(g.Actors, g.Dependencies) {
		check(a.Name, a.Lines)
	}
	for _, f := range g.DataFlows {
		check(f.Source+" to "+f.Destination, f.Lines)
	}
	for _, s := range g.Safeguards {
		check(s.Text, s.Lines)
	}
	for _, s := range g.Journey {
		check(s.Text, s.Lines)
	}
	for _, a := range g.AbuseCases {
		check(a.Gist, a.Lines)
	}
	for _, q := range g.Questions {
		check(q.Key, q.Lines)
	}
	return errors.Join(errs...)
}
