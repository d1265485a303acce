package framework

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"whatif/prompts"
)

// Builtin returns the built-in framework. It is read once and shared: do not change it.
func Builtin() (*Framework, error) { return builtin() }

var builtin = sync.OnceValues(func() (*Framework, error) {
	packs, err := fs.Glob(prompts.FS, "packs/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing packs: %w", err)
	}
	r := newReader(nil)
	for _, name := range append([]string{"framework.yaml"}, packs...) {
		data, err := fs.ReadFile(prompts.FS, name)
		if err != nil {
			return nil, fmt.Errorf("reading built-in framework: %w", err)
		}
		r.read(name, data, name == "framework.yaml")
	}
	return r.framework()
})

// Load reads a framework from a YAML file of a user. Unless the file says "extends: none" it adds to the built-in framework:
// a question, pack, theme or step with a key that is there already changes the fields that it gives, and "without" leaves
// questions and packs out. What is wrong with the file comes as a [*FileError] with all faults and their lines.
func Load(path string) (*Framework, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading framework: %w", err)
	}
	return parse(path, data)
}

// maxFile is how many bytes a framework file may have.
const maxFile = 1 << 20

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes, the limit for a framework", path, maxFile)
	}
	return data, nil
}

// parse reads a user's file; name is for its faults.
func parse(name string, data []byte) (*Framework, error) {
	base, err := Builtin()
	if err != nil {
		return nil, err
	}
	r := newReader(base)
	r.read(name, data, true)
	return r.framework()
}

// framework puts together what was read: core questions in order of their themes, then pack by pack.
func (r *reader) framework() (*Framework, error) {
	if len(r.problems) == 0 && len(r.questions) == 0 {
		r.problem(1, "it has no questions")
	}
	if len(r.problems) > 0 {
		return nil, &FileError{Problems: r.problems, More: r.more}
	}
	f := &Framework{Name: r.name, Version: r.version, Themes: r.themes, Packs: r.packs, Steps: r.steps}
	for _, t := range r.themes {
		f.Questions = append(f.Questions, r.of(func(q *Question) bool { return q.Pack == "" && q.Theme == t.Key })...)
	}
	for _, p := range r.packs {
		f.Questions = append(f.Questions, r.of(func(q *Question) bool { return q.Pack == p.Key })...)
	}
	return f, nil
}

func (r *reader) of(wanted func(*Question) bool) []Question {
	return slices.DeleteFunc(slices.Clone(r.questions), func(q Question) bool { return !wanted(&q) })
}

// A FileError says all that is wrong with a framework file.
type FileError struct {
	Problems []Problem // in order of their lines
	More     int       // how many more there are
}

// A Problem is one fault, at a line of a file; both are for people.
type Problem struct {
	File string
	Line int
	Text string
}

// Error lists the problems, one a line, each as "file:line: what is wrong".
func (e *FileError) Error() string {
	var lines []error
	for _, p := range e.Problems {
		lines = append(lines, fmt.Errorf("%s:%d: %s", p.File, p.Line, p.Text))
	}
	if e.More > 0 {
		lines = append(lines, fmt.Errorf("… and %d more", e.More))
	}
	return errors.Join(lines...).Error()
}

// Hint says where to see how a framework is written.
func (e *FileError) Hint() string {
	return "`whatif questions --explain data.retention` shows a complete question; each needs key, text, why, good, example, ask, weight and signs (or parts)"
}
