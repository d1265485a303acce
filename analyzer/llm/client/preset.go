package client

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"whatif/prompts"
)

// A Preset fills in a Config for a provider.
type Preset struct {
	Name        string         `yaml:"name"`
	About       string         `yaml:"about"`
	BaseURL     string         `yaml:"base_url"`
	KeyVariable string         `yaml:"key_variable"` // environment variable that the provider's own tools read: "GROQ_API_KEY"
	Local       bool           `yaml:"local"`
	Azure       bool           `yaml:"azure"`
	APIVersion  string         `yaml:"api_version"`
	MaxField    string         `yaml:"max_field"`
	Extra       map[string]any `yaml:"extra"`
}

// Presets lists the known providers, in the order of prompts/providers.yaml.
func Presets() []Preset {
	list := slices.Clone(providers().Providers)
	for i := range list {
		list[i].Extra = maps.Clone(list[i].Extra)
	}
	return list
}

// PresetNamed returns the provider of that name. The error lists the names there are.
func PresetNamed(name string) (Preset, error) {
	var names []string
	for _, p := range Presets() {
		if strings.EqualFold(p.Name, strings.TrimSpace(name)) {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("no provider is called %q: known are %s; for another one set its base URL", clean(name, 50), strings.Join(names, ", "))
}

// Apply fills in the fields of cfg that are empty with the preset's. A preset says nothing of an endpoint that is not its own: with
// another base URL its limit's name and extra fields still count, since they are how such servers are spoken to.
func (p Preset) Apply(cfg *Config) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = p.BaseURL
	}
	if cfg.APIVersion == "" {
		cfg.APIVersion = p.APIVersion
	}
	if cfg.MaxField == "" {
		cfg.MaxField = p.MaxField
	}
	cfg.Azure = cfg.Azure || p.Azure
	if len(p.Extra) > 0 {
		extra := maps.Clone(p.Extra)
		maps.Copy(extra, cfg.Extra)
		cfg.Extra = extra
	}
}

// A providersFile is prompts/providers.yaml.
type providersFile struct {
	AsOf         string      `yaml:"as_of"`
	Providers    []Preset    `yaml:"providers"`
	Errors       []errorRule `yaml:"errors"`
	ContextSizes patterns    `yaml:"context_sizes"`
}

// An errorRule knows how servers word one kind of error.
type errorRule struct {
	Fault  Fault    `yaml:"fault"`
	Todo   string   `yaml:"todo"`
	Says   patterns `yaml:"says"`
	Unless patterns `yaml:"unless"`
	On5xx  bool     `yaml:"on_5xx"`
	On200  bool     `yaml:"on_200"`
	Formed bool     `yaml:"formed"`
}

// patterns are regular expressions without regard to case.
type patterns []*regexp.Regexp

func (p *patterns) UnmarshalYAML(n *yaml.Node) error {
	var list []yaml.Node
	if err := n.Decode(&list); err != nil {
		return err
	}
	for _, item := range list {
		re, err := regexp.Compile("(?i)" + item.Value)
		if err != nil {
			return fmt.Errorf("line %d: %w", item.Line, err)
		}
		*p = append(*p, re)
	}
	return nil
}

func (p patterns) match(s string) bool {
	return slices.ContainsFunc(p, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}

// providers returns the embedded file. That it loads is tested; a program in which it does not is not shipped.
var providers = sync.OnceValue(func() *providersFile {
	const name = "providers.yaml"
	data, err := prompts.FS.ReadFile(name)
	if err != nil {
		panic(err)
	}
	f, err := parseProviders(name, data)
	if err != nil {
		panic(err)
	}
	return f
})

// parseProviders reads a file of providers. Errors name the file and the line.
func parseProviders(name string, data []byte) (*providersFile, error) {
	var f providersFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	seen := map[string]bool{}
	for _, p := range f.Providers {
		if p.Name == "" || p.About == "" || seen[p.Name] {
			return nil, fmt.Errorf("reading %s: provider %q: each needs a name of its own and a line about it", name, p.Name)
		}
		seen[p.Name] = true
	}
	for i, r := range f.Errors {
		if _, known := remedies[r.Fault]; !known || len(r.Says) == 0 {
			return nil, fmt.Errorf("reading %s: rule %d for errors: it needs a known fault, not %q, and words that it says", name, i+1, r.Fault)
		}
	}
	return &f, nil
}

// match returns the first rule that fits a problem, or nil.
func (f *providersFile) match(p problem, status int, formed bool) *errorRule {
	said := p.codes + clean(p.message, 4000)
	for i := range f.Errors {
		r := &f.Errors[i]
		if status >= 500 && !r.On5xx || status >= 300 && r.On200 || r.Formed && !formed {
			continue
		}
		if r.Says.match(said) && !r.Unless.match(said) {
			return r
		}
	}
	return nil
}

// contextSize returns how many tokens the server takes, if it said.
func (p problem) contextSize() int {
	if p.context > 0 {
		return p.context
	}
	for _, re := range providers().ContextSizes {
		if m := re.FindStringSubmatch(p.message); m != nil {
			if n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", "")); err == nil && n > 0 && n < 1e9 {
				return n
			}
		}
	}
	return 0
}
