package llm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// templateNames are the templates, in the order in which they are used.
var templateNames = []string{"system.tmpl", "part.tmpl", "facts.tmpl", "again.tmpl", "what_if.tmpl", "judge.tmpl", "questions.tmpl", "single.tmpl"}

// dataNames are the files of data that go with them.
var dataNames = []string{"controls.yaml", "kinds.yaml"}

// maxPrompt is how many bytes a file of prompts may have.
const maxPrompt = 256 << 10

// Prompts are the templates of what is said to the model, and the data that goes with them.
type Prompts struct {
	sources   map[string]string
	templates map[string]*template.Template
	controls  controls
	kinds     map[string]kind
}

// controls are claims whose right verdict is known; see judge.
type controls struct {
	Sound, Unsound []control
}

type control struct {
	Title     string
	WhatIf    string `yaml:"what_if"`
	Sentences []string
}

// A kind is what follows from the kind of a danger.
type kind struct {
	Question        string
	STRIDE, LINDDUN []string
}

// BuiltinPrompts returns the embedded templates.
func BuiltinPrompts() (*Prompts, error) {
	return newPrompts(func(name string) ([]byte, string, error) {
		data, err := fs.ReadFile(prompts.FS, "llm/"+name)
		return data, "prompts/llm/" + name, err
	})
}

// LoadPrompts returns the embedded templates with those of a directory in their place, by file name. Errors name file and line.
func LoadPrompts(dir string) (*Prompts, error) {
	if entries, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("reading prompts: %w", err)
	} else if name := stranger(entries); name != "" {
		return nil, fmt.Errorf("%s: there is no prompt of that name; there are %s", filepath.Join(dir, name), strings.Join(append(templateNames[:len(templateNames):len(templateNames)], dataNames...), ", "))
	}
	return newPrompts(func(name string) ([]byte, string, error) {
		path := filepath.Join(dir, name)
		data, err := readBounded(path)
		if errors.Is(err, fs.ErrNotExist) {
			data, err = fs.ReadFile(prompts.FS, "llm/"+name)
		}
		return data, path, err
	})
}

// stranger returns the first file that looks like a prompt and replaces none: most likely its name was misspelt.
func stranger(entries []fs.DirEntry) string {
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if known := strings.Join(templateNames, " ") + " " + strings.Join(dataNames, " "); (ext == ".tmpl" || ext == ".yaml") && !strings.Contains(known, e.Name()) {
			return e.Name()
		}
	}
	return ""
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxPrompt {
		return nil, fmt.Errorf("%s is no file of at most %d KiB", path, maxPrompt>>10)
	}
	return os.ReadFile(path)
}

// newPrompts parses all prompts and tries each template once, so that a mistake shows before anything is sent.
func newPrompts(read func(name string) (data []byte, path string, err error)) (*Prompts, error) {
	p := &Prompts{sources: map[string]string{}, templates: map[string]*template.Template{}}
	for _, name := range append(templateNames[:len(templateNames):len(templateNames)], dataNames...) {
		data, path, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("reading prompts: %w", err)
		}
		p.sources[name] = string(data)
		if filepath.Ext(name) == ".yaml" {
			err = p.readData(name, data)
		} else {
			err = p.parse(name, string(data))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return p, nil
}

func (p *Prompts) readData(name string, data []byte) error {
	into := any(&p.controls)
	if name == "kinds.yaml" {
		into = &p.kinds
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if name == "controls.yaml" && (len(p.controls.Sound) == 0 || len(p.controls.Unsound) == 0) {
		return errors.New("it needs at least one sound and one unsound claim: without them no verdict can be trusted")
	}
	return nil
}

var templateFuncs = template.FuncMap{
	"join": strings.Join,
	"add":  func(a, b int) int { return a + b },
}

func (p *Prompts) parse(name, text string) error {
	t, err := template.New(name).Funcs(templateFuncs).Option("missingkey=error").Parse(text)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	p.templates[name] = t
	for _, sample := range samples[name] {
		if _, err := p.write(name, sample.block, sample.data); err != nil {
			return err
		}
	}
	return nil
}

// write fills in a template, or one of its blocks.
func (p *Prompts) write(name, block string, data any) (string, error) {
	var b strings.Builder
	t := p.templates[name]
	if block != "" {
		if t = t.Lookup(block); t == nil {
			return "", fmt.Errorf("it defines no %q", block)
		}
	}
	if err := t.Execute(&b, data); err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	return b.String(), nil
}

// Names lists the files, in the order in which they are used.
func (p *Prompts) Names() []string {
	return append(templateNames[:len(templateNames):len(templateNames)], dataNames...)
}

// Source returns the text of a file, and whether there is one of that name.
func (p *Prompts) Source(name string) (string, bool) {
	s, ok := p.sources[name]
	return s, ok
}

// Sum returns the SHA-256 of all prompts, in hex.
func (p *Prompts) Sum() string {
	hash := sha256.New()
	for _, name := range p.Names() {
		fmt.Fprintf(hash, "%s\x00%d\x00%s", name, len(p.sources[name]), p.sources[name])
	}
	return hex.EncodeToString(hash.Sum(nil))
}
