package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"whatif/analyzer/document"
	"whatif/analyzer/render"
)

// A setting can be given as a flag, in the environment, in a project's file and in the user's own, under one name.
type setting struct {
	key   string // of the flag and in files; WHATIF_MIN_PRIORITY in the environment
	about string
	value string                            // the default
	check func(text string) (string, error) // returns the value as it is written best
	// What a project's file may do. Such a file comes with somebody else's repository and is not trusted.
	project  projectRight
	only     string // the one value that a project's file may choose
	list     bool   // more than one value
	lines    bool   // of a list: its variable has one value a line, since values may hold any other separator
	secret   bool   // never shown
	fallback string // variable of other tools that says the same
}

// A projectRight says how far a project's file may set something.
type projectRight int

const (
	never  projectRight = iota
	freely              // the worst it can do is seen in the report
	inside              // names files to read: only such as lie within the project
	lower               // a limit: down, never up
	one                 // one value, the one that keeps more to this machine
)

// allSettings lists the settings in the order in which help and "whatif config" show them. Nobody changes the list.
var allSettings = sync.OnceValue(func() []setting {
	limits := document.DefaultLimits
	all := []setting{
		{key: "format", about: "format of what is printed: " + strings.Join(formatNames(), ", "), value: "md", check: checkFormat, project: freely},
		{key: "output", about: "where reports go; none is standard output", check: anyText, list: true},
		{key: "min-priority", about: "lowest priority of the findings shown: high, medium, low", value: "low", check: checkPriority, project: freely},
		{key: "framework", about: "file with questions of your own; none is the built-in framework", check: anyText, project: inside},
		{key: "rules", about: "rule files, or directories of them, to add to the built-in what-if rules", check: anyText, project: inside, list: true},
		{key: "fail-on", about: "lowest priority of a new finding that fails a check: high, medium, low, none", value: "high", check: checkFailOn, project: freely},
		{key: "require", about: "keys of questions that must be answered to pass a check, such as data.retention,actors.identity", check: eitherWay, project: freely},
		{key: "quiet", about: "no summary and no advice", value: "false", check: checkBool},
		{key: "max-bytes", about: "largest document", value: formatSize(limits.Bytes), check: checkSize, project: lower},
		{key: "max-extracted", about: "most text that a document may unpack to", value: formatSize(limits.Extracted), check: checkSize, project: lower},
		{key: "max-nesting", about: "deepest nesting of lists, quotes and elements", value: strconv.Itoa(limits.Nesting), check: checkCount, project: lower},
		{key: "max-time", about: "longest time for reading one document", value: limits.Time.String(), check: checkTime, project: lower},
	}
	return slices.Concat(all, modelSettings(), queueSettings())
})

// settings are the values that hold for one run, and where each came from.
type settings struct {
	values *viper.Viper
	origin map[string]string // by key: "default", "--format", "WHATIF_FORMAT", "/home/me/.config/whatif/config.yaml:3"
	notes  []string          // what a project's file asked for and did not get
	files  []settingsFile
}

// settings reads all layers: defaults, the user's file, the project's, the environment, flags. Later ones win.
func (a *app) settings(flags *pflag.FlagSet) (*settings, error) { return a.settingsBut(flags) }

// settingsBut reads all layers, except for the flags of the names except, which mean something else to their command.
func (a *app) settingsBut(flags *pflag.FlagSet, except ...string) (*settings, error) {
	s := &settings{values: viper.New(), origin: map[string]string{}}
	for _, def := range allSettings() {
		s.values.SetDefault(def.key, def.value)
		if def.list {
			s.values.SetDefault(def.key, []string{})
		}
		s.origin[def.key] = "default"
	}
	files, err := a.settingsFiles()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := s.addFile(f); err != nil {
			return nil, err
		}
	}
	if err := s.addEnvironment(a.env); err != nil {
		return nil, err
	}
	if err := s.addFlags(flags, except); err != nil {
		return nil, err
	}
	return s, s.addFallbacks(a.env)
}

// set puts values, checked, over what is there.
func (s *settings) set(def setting, values []string, origin string) error {
	checked := make([]string, len(values))
	for i, v := range values {
		c, err := def.check(v)
		if err != nil {
			return fmt.Errorf("%s: %w", named(origin, def.key), err)
		}
		checked[i] = c
	}
	layer := map[string]any{def.key: strings.Join(checked, ",")}
	if def.list {
		layer[def.key] = checked
	}
	if err := s.values.MergeConfigMap(layer); err != nil {
		return fmt.Errorf("%s: %w", named(origin, def.key), err)
	}
	s.origin[def.key] = origin
	return nil
}

// named returns an origin with the key that was set there. A flag and a variable name it already.
func named(origin, key string) string {
	if origin == "--"+key || origin == envName(key) {
		return origin
	}
	return origin + ": " + key
}

func (s *settings) addEnvironment(env map[string]string) error {
	if err := checkVariables(env); err != nil {
		return err
	}
	for _, def := range allSettings() {
		name := envName(def.key)
		value, ok := env[name]
		if !ok || value == "" {
			continue
		}
		values := []string{value}
		if def.lines {
			values = nonEmptyLines(value)
		} else if def.list {
			if err := checkSeparators(name, value); err != nil {
				return err
			}
			values = filepath.SplitList(value)
		}
		if err := s.set(def, values, name); err != nil {
			return err
		}
	}
	return nil
}

func nonEmptyLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *settings) addFlags(flags *pflag.FlagSet, except []string) error {
	for _, def := range allSettings() {
		f := flags.Lookup(def.key)
		if f == nil || !f.Changed || slices.Contains(except, def.key) {
			continue
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if err := s.set(def, values, "--"+def.key); err != nil {
			return err
		}
	}
	return nil
}

// envName returns the variable for a key: "WHATIF_MIN_PRIORITY" for "min-priority".
func envName(key string) string {
	return "WHATIF_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// limits returns the limits for reading a document. All values were checked when they were set.
func (s *settings) limits() document.Limits {
	bytes, _ := parseSize(s.values.GetString("max-bytes"))
	extracted, _ := parseSize(s.values.GetString("max-extracted"))
	return document.Limits{Bytes: bytes, Extracted: extracted, Nesting: s.values.GetInt("max-nesting"), Time: s.values.GetDuration("max-time")}
}

func (s *settings) text(key string) string { return s.values.GetString(key) }

// settingFlags defines the flags for some settings. Their defaults are shown by help and never read: the layers decide.
func settingFlags(flags *pflag.FlagSet, keys ...string) {
	for _, def := range allSettings() {
		if !slices.Contains(keys, def.key) {
			continue
		}
		short := map[string]string{"output": "o", "quiet": "q", "format": "f"}[def.key]
		switch {
		case def.list:
			flags.StringArrayP(def.key, short, nil, def.about)
		case def.value == "true" || def.value == "false":
			flags.BoolP(def.key, short, def.value == "true", def.about)
		default:
			flags.StringP(def.key, short, def.value, def.about)
		}
	}
}

var limitKeys = []string{"max-bytes", "max-extracted", "max-nesting", "max-time"}

func anyText(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("it is empty")
	}
	return text, nil
}

// eitherWay takes any text, none too: the command that uses it looks at it.
func eitherWay(text string) (string, error) { return text, nil }

func checkFormat(text string) (string, error) {
	f, ok := render.ForName(text)
	if !ok {
		return "", fmt.Errorf("%q is no format; there are %s", text, strings.Join(formatNames(), ", "))
	}
	return f.Name, nil
}

func checkPriority(text string) (string, error) {
	if p := strings.ToLower(text); p == "high" || p == "medium" || p == "low" {
		return p, nil
	}
	return "", fmt.Errorf("%q is no priority; there are high, medium, low", text)
}

func checkFailOn(text string) (string, error) {
	if strings.EqualFold(text, "none") {
		return "none", nil
	}
	if p, err := checkPriority(text); err == nil {
		return p, nil
	}
	return "", fmt.Errorf("%q is no priority; there are high, medium, low and none", text)
}

func checkBool(text string) (string, error) {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return "", fmt.Errorf("%q is neither true nor false", text)
	}
	return strconv.FormatBool(b), nil
}

func checkSize(text string) (string, error) {
	n, err := parseSize(text)
	return formatSize(n), err
}

func checkCount(text string) (string, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return "", fmt.Errorf("%q is not a number from 1 up", text)
	}
	return strconv.Itoa(n), nil
}

func checkTime(text string) (string, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Millisecond {
		return "", fmt.Errorf("%q is not a time from 1ms up; write it as 30s or 2m", text)
	}
	return d.String(), nil
}

func formatNames() []string {
	var names []string
	for _, f := range render.Formats {
		names = append(names, f.Name)
	}
	return names
}
