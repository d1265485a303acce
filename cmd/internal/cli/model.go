package cli

import (
	"bufio"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/redact"
	"whatif/analyzer/llm/tokens"
	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
	"whatif/analyzer/store"
)

// A model is the model that the settings name, ready to be asked.
type model struct {
	name   string
	client *client.Client
	config client.Config // of the client; it holds the key
	preset client.Preset // of its provider; the zero value if that is not known
	known  tokens.Model
	prices *tokens.Table
	priced bool   // by the user's own file: then it has its price on this machine too
	keyed  bool   // a key or a header that may hold one goes with each request
	advice string // how to give it a key
}

// engineKind returns the engine that the settings ask for: rules, llm or hybrid.
func (s *settings) engineKind() (string, error) {
	kind, named := s.text("engine"), s.text("model") != ""
	switch {
	case kind == "auto" && named:
		return "hybrid", nil
	case kind == "auto":
		for _, key := range []string{"base-url", "provider"} {
			if from := s.origin[key]; from != "default" && !strings.HasPrefix(from, "OPENAI_") {
				s.notes = append(s.notes, fmt.Sprintf("%s is set, and no model is named, so none is asked; --model or WHATIF_MODEL names one", key))
			}
		}
		return "rules", nil
	case kind != "rules" && !named:
		return "", noModel(fmt.Sprintf("the engine %s asks a model, and none is named", kind))
	}
	return kind, nil
}

// noModel is the error of somebody who wants a model and named none.
func noModel(problem string) error {
	return hint(errors.New(problem), "name it with --model or WHATIF_MODEL; `whatif models` shows what there is, `whatif help model` how to set it up")
}

// model returns the model that the settings name. Nothing is sent. Without withKey the key is not looked for: what only shows
// requests needs none.
func (a *app) model(ctx context.Context, s *settings, withKey bool) (*model, error) {
	m, cfg, err := a.endpoint(s)
	if err != nil {
		return nil, err
	}
	if withKey {
		if cfg.APIKey, err = a.key(ctx, s, m.preset); err != nil {
			return nil, err
		}
	}
	m.keyed = cfg.APIKey != "" || len(cfg.Headers) > 0
	m.config = cfg
	if m.client, err = client.New(cfg); err != nil {
		return nil, err
	}
	if withKey {
		err = m.checkKey(s, cfg)
	}
	return m, err
}

// endpoint reads what the settings say of a model, without its key.
func (a *app) endpoint(s *settings) (*model, client.Config, error) {
	cfg, err := s.clientConfig()
	if err != nil {
		return nil, cfg, err
	}
	m := &model{name: cfg.Model, preset: presetOf(s.text("provider"), cfg.BaseURL)}
	m.preset.Apply(&cfg)
	m.advice = a.keyAdvice(s, m.preset)
	if cfg.BaseURL == "" {
		return nil, cfg, hint(fmt.Errorf("the provider %s has no address of its own", cmp.Or(m.preset.Name, "openai")), "name yours with --base-url or WHATIF_BASE_URL")
	}
	if m.prices, err = loadPrices(s.text("prices")); err != nil {
		return nil, cfg, err
	}
	m.known = m.prices.Model(cfg.Model)
	m.priced = s.text("prices") != "" && m.known.Priced
	if m.known.Reasoning {
		cfg.Temperature = nil
	}
	return m, cfg, nil
}

func loadPrices(path string) (*tokens.Table, error) {
	if path == "" {
		return tokens.Builtin()
	}
	return tokens.Load(path)
}

// presetOf returns the preset with the name, else the one whose address is meant. Without either it is OpenAI's.
func presetOf(name, baseURL string) client.Preset {
	if name == "" && baseURL == "" {
		name = "openai"
	}
	for _, p := range client.Presets() {
		if p.Name == name || name == "" && p.BaseURL != "" && sameOrigin(p.BaseURL, baseURL) {
			return p
		}
	}
	return client.Preset{}
}

// clientConfig returns the settings as the client takes them. All values were checked when they were set.
func (s *settings) clientConfig() (client.Config, error) {
	cfg := client.Config{
		BaseURL: s.text("base-url"), Model: s.text("model"), Azure: s.text("provider") == "azure", APIVersion: s.text("api-version"),
		Organization: s.text("organization"), Project: s.text("openai-project"), Proxy: s.text("proxy"),
		Effort: s.text("reasoning-effort"), MaxField: s.text("max-field"), NoStream: s.values.GetBool("no-stream"),
		Timeout: s.values.GetDuration("timeout"), Stall: s.values.GetDuration("stall"),
	}
	if text := s.text("seed"); text != "" {
		n, _ := strconv.Atoi(text)
		cfg.Seed = &n
	}
	if text := s.text("temperature"); text != "" {
		t, _ := strconv.ParseFloat(text, 64)
		cfg.Temperature = &t
	}
	for _, h := range s.values.GetStringSlice("header") {
		if cfg.Headers == nil {
			cfg.Headers = map[string]string{}
		}
		name, value, _ := strings.Cut(h, ": ")
		cfg.Headers[name] = value
	}
	var err error
	cfg.Roots, err = loadRoots(s.text("ca-file"))
	return cfg, err
}

// loadRoots returns the system's certificates with those of a file, nil for the system's alone.
func loadRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, hint(fmt.Errorf("reading certificates: %s holds none", path), "it must be a file of the kind PEM, with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// checkKey refuses to ask without the key that the provider wants, and to send one that others could read on its way.
func (m *model) checkKey(s *settings, cfg client.Config) error {
	if m.client.Local() {
		return nil
	}
	if !m.keyed && m.preset.KeyVariable != "" {
		return hint(fmt.Errorf("there is no key for %s", m.client.Host()), "%s", m.advice)
	}
	if u, err := url.Parse(cfg.BaseURL); m.keyed && err == nil && u.Scheme == "http" && !s.values.GetBool("allow-http") {
		return hint(fmt.Errorf("the key would go to %s without encryption", m.client.Host()), "use its https address; --allow-http where the network is trusted")
	}
	return nil
}

// price returns what a usage costs, and whether that is known. A model on this machine costs nothing.
func (m *model) price(u client.Usage) (float64, bool) {
	if m.client.Local() && !m.priced {
		return 0, true
	}
	return m.known.Price.Cost(u.Prompt, u.Cached, u.Completion), m.known.Priced
}

// callerOptions returns the bounds of a run, and the counter of its tokens.
func (m *model) callerOptions(s *settings) caller.Options {
	return caller.Options{
		Identity: m.client.Identity(), InFlight: s.values.GetInt("in-flight"),
		Warm:        !m.client.Local(), // what a provider has read once it sells for less
		MaxRequests: int(s.limit("max-requests")), MaxTokens: int(s.limit("max-tokens")), MaxCost: s.limit("max-cost"),
		Price: m.price, Count: tokens.NewCounter(m.known.Encoding).Count,
	}
}

// output returns the most tokens of a reply, 0 for the engine's own choice. A model that thinks first needs room for it.
func (m *model) output(s *settings) int {
	const usual, thinking = 4096, 16_384
	n := s.values.GetInt("max-output")
	switch {
	case n > 0:
		return n
	case m.known.Reasoning && m.known.Output > 0:
		return min(m.known.Output, thinking)
	case m.known.Reasoning:
		return thinking
	case m.known.Output > 0:
		return min(m.known.Output, usual)
	}
	return 0
}

// engine returns the engine that asks the model through asker; with book, hand in hand with the built-in one.
func (m *model) engine(s *settings, asker llm.Asker, count func(string) int, kind string, book *rules.Book) (*llm.Engine, error) {
	prompts, err := loadPrompts(s.text("prompts"))
	if err != nil {
		return nil, err
	}
	hide, err := s.redactOptions()
	if err != nil {
		return nil, err
	}
	var builtin proposal.Engine
	if kind == "hybrid" {
		builtin = &rules.Engine{Rules: book}
	}
	return llm.New(llm.Options{
		Asker: asker, Model: m.name, Prompts: prompts, Count: count,
		Context: cmp.Or(s.values.GetInt("context"), m.known.Context), Output: m.output(s), Chunk: s.values.GetInt("chunk"),
		Rules: builtin, Single: s.values.GetBool("single"), Glean: s.values.GetBool("glean"), NoJudge: !s.values.GetBool("judge"), Redact: hide,
	})
}

func loadPrompts(dir string) (*llm.Prompts, error) {
	if dir == "" {
		return llm.BuiltinPrompts()
	}
	return llm.LoadPrompts(dir)
}

// maxNames is how many bytes a file of names may have.
const maxNames = 4 << 20

func (s *settings) redactOptions() (redact.Options, error) {
	opt := redact.Options{Personal: s.values.GetBool("redact")}
	for _, p := range s.values.GetStringSlice("redact-pattern") {
		opt.Patterns = append(opt.Patterns, regexp.MustCompile(p)) // checked when it was set
	}
	path := s.text("redact-names")
	if path == "" {
		return opt, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return opt, fmt.Errorf("reading names to redact: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxNames {
		return opt, fmt.Errorf("reading names to redact: %s is larger than %s", path, formatSize(maxNames))
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")); name != "" && !strings.HasPrefix(name, "#") {
			opt.Names = append(opt.Names, name)
		}
	}
	if err := lines.Err(); err != nil {
		return opt, fmt.Errorf("reading names to redact: %s: %w", path, err)
	}
	return opt, nil
}

// replies opens the store of replies. It is nil, which keeps nothing, where the settings want none.
func (a *app) replies(s *settings) (*store.Store, error) {
	if s.values.GetBool("no-cache") {
		return nil, nil
	}
	return a.replyStore(s)
}

func (a *app) replyStore(s *settings) (*store.Store, error) {
	dir := s.text("cache-dir")
	if dir == "" {
		var err error
		if dir, err = userCacheDir(a.env); err != nil {
			return nil, hint(fmt.Errorf("keeping replies: %w", err), "name a directory with --cache-dir, or use --no-cache")
		}
		dir = filepath.Join(dir, "whatif", "replies")
	}
	most, _ := parseSize(s.text("cache-size"))
	return store.Open(dir, most)
}

// userCacheDir is os.UserCacheDir for a given environment.
func userCacheDir(env map[string]string) (string, error) {
	home := homeDir(env)
	switch {
	case filepath.IsAbs(env["XDG_CACHE_HOME"]):
		return env["XDG_CACHE_HOME"], nil
	case runtime.GOOS == "windows" && env["LOCALAPPDATA"] != "":
		return env["LOCALAPPDATA"], nil
	case home == "":
		return "", errors.New("the environment names no home directory")
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Caches"), nil
	}
	return filepath.Join(home, ".cache"), nil
}
