package fakellm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Most bytes that a script and a file with a reply may have, and rules that a server may have.
const (
	maxFile  = 8 << 20
	maxRules = 10_000
)

// Load reads the script at path. Files that it names are relative to its directory.
func Load(path string) (Script, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return Script{}, fmt.Errorf("reading a script: %w", err)
	}
	defer root.Close()
	data, err := readFile(root, filepath.Base(path))
	if err != nil {
		return Script{}, fmt.Errorf("reading a script: %w", err)
	}
	script, err := Parse(data, filepath.Dir(path))
	if err != nil {
		return Script{}, fmt.Errorf("%s: %w", path, err)
	}
	return script, nil
}

// Parse reads a script. Files that it names lie in dir or below; "" is the current directory. Errors name the line.
func Parse(data []byte, dir string) (Script, error) {
	var script Script
	if err := decode(data, &script); err != nil {
		return Script{}, err
	}
	if err := loadFiles(&script, dir); err != nil {
		return Script{}, err
	}
	checked := script // compile fills in defaults, which are no part of what the script says
	_, err := compile(&checked)
	return script, err
}

// LoadReplies reads the rules in dir: each *.yaml file holds one, in order of their names.
func LoadReplies(dir string) ([]Rule, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading replies: %w", err)
	}
	defer root.Close()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading replies: %w", err)
	}
	var rules []Rule
	for _, e := range entries { // sorted by name
		if e.IsDir() || filepath.Ext(e.Name()) != ".yaml" {
			continue
		}
		more, err := loadReply(root, e.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, e.Name()), err)
		}
		rules = append(rules, more...)
		if len(rules) > maxRules {
			return nil, fmt.Errorf("reading replies: %s has more than %d rules", dir, maxRules)
		}
	}
	return rules, nil
}

// A replyFile is one rule, or a list of rules.
type replyFile []Rule

func (f *replyFile) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]Rule)(f))
	}
	*f = make(replyFile, 1)
	return n.Decode(&(*f)[0])
}

func loadReply(root *os.Root, name string) ([]Rule, error) {
	data, err := readFile(root, name)
	if err != nil {
		return nil, err
	}
	var rules replyFile
	if err := decode(data, &rules); err != nil {
		return nil, err
	}
	for i := range rules {
		rule := &rules[i]
		if rule.Name == "" {
			rule.Name = name
		}
		if rule.File != "" {
			if err := rule.load(root); err != nil {
				return nil, err
			}
		}
		if _, err := compileRule(*rule, 0); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// loadFiles reads what the script names: replies' texts and the directory of rules.
func loadFiles(script *Script, dir string) error {
	if dir == "" {
		dir = "."
	}
	for i := range script.Rules {
		rule := &script.Rules[i]
		if rule.File == "" {
			continue
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return rule.fault("file: %w", err)
		}
		err = rule.load(root)
		_ = root.Close()
		if err != nil {
			return err
		}
	}
	if script.Replies == "" {
		return nil
	}
	if !filepath.IsLocal(script.Replies) {
		return fmt.Errorf("replies: %q does not lie beside the script", script.Replies)
	}
	rules, err := LoadReplies(filepath.Join(dir, script.Replies))
	script.Rules = append(script.Rules, rules...)
	script.Replies = ""
	return err
}

func (r *Rule) load(root *os.Root) error {
	data, err := readFile(root, r.File)
	if err != nil {
		return r.fault("file: %w", err)
	}
	r.text = string(data)
	return nil
}

// readFile reads an ordinary file of at most maxFile bytes. A root keeps names from leading out of it.
func readFile(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no ordinary file", name)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MB, the limit", name, maxFile>>20)
	}
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// decode reads the one YAML document in data.
func decode(data []byte, into any) error {
	if len(data) > maxFile {
		return fmt.Errorf("larger than %d MB, the limit", maxFile>>20)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return readable(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document in the file; keep the first, and drop what follows ---")
	}
	return nil
}

// readable puts the YAML library's faults on one line and tells them without the names of our types.
func readable(err error) error {
	faults := (*yaml.TypeError)(nil)
	if !errors.As(err, &faults) {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return errors.New(strings.NewReplacer("fakellm.", "", "!!", "", "time.Duration", "a duration such as 200ms").Replace(strings.Join(slices.Compact(faults.Errors), "; ")))
}
