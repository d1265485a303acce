package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// projectFile is the name of a project's settings.
const projectFile = ".whatif.yaml"

// maxSettings is how many bytes a settings file may have.
const maxSettings = 64 << 10

// A settingsFile is one file of settings, read but not checked.
type settingsFile struct {
	path    string
	project bool
	entries []settingsEntry
}

// A settingsEntry is one line "key: value" of a file.
type settingsEntry struct {
	key    string
	line   int
	values []string
}

// settingsFiles reads the user's file and the project's, as far as they are there, in this order.
func (a *app) settingsFiles() ([]settingsFile, error) {
	var files []settingsFile
	for _, f := range []settingsFile{{path: a.userFile()}, {path: a.findProject(), project: true}} {
		if f.path == "" {
			continue
		}
		data, err := readSettings(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading settings: %w", err)
		}
		if f.entries, err = parseSettings(f.path, data); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// userFile returns where the user's own settings are, "" if there is no such place.
func (a *app) userFile() string {
	dir := a.env["XDG_CONFIG_HOME"]
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = userConfigDir(a.env); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "whatif", "config.yaml")
}

// findProject looks for a project's file in the working directory and above, up to the repository's root or below the home
// directory, whichever comes first. Outside of both only the working directory counts, so that a file which somebody left in
// a shared directory such as /tmp is not taken.
func (a *app) findProject() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	if inside, top := projectTop(dir, homeDir(a.env)); inside {
		for d := dir; ; d = filepath.Dir(d) {
			if file := filepath.Join(d, projectFile); isFile(file) {
				return file
			}
			if d == top {
				return ""
			}
		}
	}
	if file := filepath.Join(dir, projectFile); isFile(file) {
		return file
	}
	return ""
}

// projectTop returns the highest directory in which a project's file counts, and whether there is one above dir.
func projectTop(dir, home string) (bool, string) {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return true, d
		}
		parent := filepath.Dir(d)
		if parent == d {
			return false, ""
		}
		if home != "" && parent == filepath.Clean(home) {
			return true, d
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func readSettings(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	if err == nil && len(data) > maxSettings {
		err = fmt.Errorf("%s is larger than %s", path, formatSize(maxSettings))
	}
	return data, err
}

// parseSettings reads "key: value" and "key: [value, …]". Errors name the line.
func parseSettings(path string, data []byte) ([]settingsEntry, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: expected lines of the form \"key: value\"", path, top.Line)
	}
	var entries []settingsEntry
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		values, ok := scalars(value)
		if !ok {
			return nil, fmt.Errorf("%s:%d: %s: expected a value or a list of values", path, value.Line, key.Value)
		}
		if slices.ContainsFunc(entries, func(e settingsEntry) bool { return e.key == key.Value }) {
			return nil, fmt.Errorf("%s:%d: %s is there twice", path, key.Line, key.Value)
		}
		entries = append(entries, settingsEntry{key.Value, key.Line, values})
	}
	return entries, nil
}

func scalars(n *yaml.Node) ([]string, bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, true
		}
		return []string{n.Value}, true
	case yaml.SequenceNode:
		var values []string
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, false
			}
			values = append(values, item.Value)
		}
		return values, true
	}
	return nil, false
}

// dangerous reports keys that a project's file could do harm with, if there were such settings.
func dangerous(key string) bool {
	parts := []string{"key", "token", "secret", "password", "endpoint", "url", "host", "proxy", "header", "cmd", "command", "exec"}
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(strings.ToLower(key), p) })
}

// addFile checks the entries of a file and puts them over what is there.
func (s *settings) addFile(f settingsFile) error {
	s.files = append(s.files, f)
	for _, e := range f.entries {
		origin := fmt.Sprintf("%s:%d", f.path, e.line)
		def, err := findSetting(e.key, f.project)
		if err != nil {
			return fmt.Errorf("%s: %w", origin, err)
		}
		if len(e.values) == 0 {
			continue // "key:" without a value leaves what holds already
		}
		if len(e.values) > 1 && !def.list {
			return fmt.Errorf("%s: %s takes one value", origin, e.key)
		}
		if f.project {
			if e.values, err = s.restrain(def, e.values, filepath.Dir(f.path)); err != nil {
				return fmt.Errorf("%s: %s: %w", origin, e.key, err)
			}
			if e.values == nil {
				s.notes = append(s.notes, fmt.Sprintf("%s: %s stays at %s, since a project's file may only %s", origin, e.key, s.text(e.key), def.right()))
				continue
			}
		}
		if err := s.set(def, e.values, origin); err != nil {
			return err
		}
	}
	return nil
}

func findSetting(key string, project bool) (setting, error) {
	all := allSettings()
	i := slices.IndexFunc(all, func(d setting) bool { return d.key == key })
	if i >= 0 && (!project || all[i].project != never) {
		return all[i], nil
	}
	if project && key == "output" {
		return setting{}, hint(errors.New("a project's file may not set output: it could overwrite any file of the project"),
			"name the report with -o or in WHATIF_OUTPUT; or set output in your own settings, `whatif help settings` says where")
	}
	if project && (i >= 0 || dangerous(key)) {
		return setting{}, hint(fmt.Errorf("a project's file may not set %s", key),
			"put it into your own settings or the environment; `whatif help settings` says where")
	}
	if key == "api-key" || key == "api_key" {
		return setting{}, hint(errors.New("a key is not kept in a file of settings"), "put it into WHATIF_API_KEY, or name a command that prints it: api-key-cmd")
	}
	var keys []string
	for _, d := range all {
		keys = append(keys, d.key)
	}
	err := fmt.Errorf("unknown setting %q", key)
	if name, ok := nearest(key, keys); ok {
		return setting{}, hint(err, "did you mean %s?", name)
	}
	return setting{}, hint(err, "`whatif config` lists the settings")
}

// right says what a project's file may do with a setting that it may not do much with.
func (def setting) right() string {
	if def.project == one {
		return "set it to " + def.only
	}
	return "lower it"
}

// restrain holds what a project's file asks for to its rights. It returns nil when it asks for more.
func (s *settings) restrain(def setting, values []string, dir string) ([]string, error) {
	switch def.project {
	case inside:
		var paths []string
		for _, v := range values {
			path, err := within(dir, v)
			if err != nil {
				return nil, err
			}
			paths = append(paths, path)
		}
		return paths, nil
	case lower:
		asked, err := def.check(values[0])
		if err != nil {
			return nil, err
		}
		if amount(asked) > amount(s.text(def.key)) {
			return nil, nil
		}
	case one:
		asked, err := def.check(values[0])
		if err != nil {
			return nil, err
		}
		if asked != def.only {
			return nil, nil
		}
	}
	return values, nil
}

// within returns the path under dir that a project's file names, or an error if it leads out of dir, through symbolic links
// too, or into a hidden directory such as .git.
func within(dir, name string) (string, error) {
	out := fmt.Errorf("%q is not within the project", name)
	if !filepath.IsLocal(name) {
		return "", out
	}
	for part := range strings.SplitSeq(filepath.ToSlash(filepath.Clean(name)), "/") {
		if len(part) > 1 && part[0] == '.' {
			return "", fmt.Errorf("%q is in a hidden directory or a hidden file", name)
		}
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	for p := path; ; p = filepath.Dir(p) {
		real, err := filepath.EvalSymlinks(p)
		if errors.Is(err, fs.ErrNotExist) && p != dir {
			if _, linkErr := os.Lstat(p); linkErr == nil {
				return "", out // a link to nowhere: a file could be made where it points
			}
			continue
		}
		if err != nil {
			return "", err
		}
		if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
			return "", out
		}
		break
	}
	if os.IsPathSeparator(name[len(name)-1]) {
		path += string(filepath.Separator)
	}
	return path, nil
}
