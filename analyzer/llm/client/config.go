package client

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// A Config says which model is asked, and how. Presets fill in what a provider wants.
type Config struct {
	BaseURL string // "https://api.example.com/v1"
	Model   string // name, or the deployment's with Azure; "" can only list models
	APIKey  string // "" where none is needed

	Azure        bool   // deployments in the path, api-key header
	APIVersion   string // of Azure
	Organization string
	Project      string
	Headers      map[string]string // extra ones

	Proxy string         // URL of a proxy; "" is what the environment says, "none" is none
	Roots *x509.CertPool // nil: the system's

	Seed        *int
	Temperature *float64 // nil: not sent
	Effort      string   // reasoning_effort; "" is not sent
	// MaxField is the name under which the limit of tokens is sent: max_tokens or max_completion_tokens. "" decides by endpoint.
	MaxField string
	// Extra are more fields of the body, such as OpenRouter's provider. A nil value takes a field out that is sent otherwise,
	// such as stream_options.
	Extra map[string]any

	NoStream bool          // ask for whole replies
	Timeout  time.Duration // for one attempt; 0: 5 minutes
	// Stall is the longest silence within a streamed reply; 0: 60 s. Before its first words four times as much is allowed: servers
	// queue requests and models think.
	Stall time.Duration
}

// The two names of the limit of a reply's tokens. OpenAI and Azure take the second, and newer models only that.
const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
)

// ownFields of the body are what a request is; Extra can't replace them.
var ownFields = []string{"model", "messages", "stream", "response_format", "tools", "tool_choice", "n"}

// A Client is a model at an endpoint. Many goroutines may use it.
type Client struct {
	cfg     Config
	base    *url.URL
	http    *http.Client
	secrets []string // what no message may hold
}

// New checks cfg and returns its client. Nothing is sent. Close gives its idle connections back.
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg)
	if err != nil {
		return nil, err
	}
	cfg.APIKey = strings.TrimSpace(cfg.APIKey)
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Headers, cfg.Extra = maps.Clone(cfg.Headers), maps.Clone(cfg.Extra)
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Minute
	}
	if cfg.Stall == 0 {
		cfg.Stall = time.Minute
	}
	transport, err := newTransport(cfg)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, base: base, secrets: secrets(cfg, base)}
	c.http = &http.Client{Transport: transport, CheckRedirect: c.redirect}
	return c, nil
}

// Close closes idle connections. The client stays usable.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Host returns the endpoint's host, with its port if it has one, for people.
func (c *Client) Host() string { return c.base.Host }

// Local reports an endpoint on this machine: it costs nothing.
func (c *Client) Local() bool {
	host := c.base.Hostname()
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Identity returns what of the configuration shapes a reply, for cache keys: address, model, settings; never the key, a header's
// value, or the address's user and query, which may hold one.
func (c *Client) Identity() string {
	id := struct {
		Address     string         `json:"address"`
		Model       string         `json:"model"`
		Azure       bool           `json:"azure,omitempty"`
		APIVersion  string         `json:"api_version,omitempty"`
		Seed        *int           `json:"seed,omitempty"`
		Temperature *float64       `json:"temperature,omitempty"`
		Effort      string         `json:"effort,omitempty"`
		Extra       map[string]any `json:"extra,omitempty"`
	}{c.base.Scheme + "://" + c.base.Host + c.base.EscapedPath(), c.cfg.Model, c.cfg.Azure, c.cfg.APIVersion, c.cfg.Seed, c.cfg.Temperature,
		c.cfg.Effort, c.cfg.Extra}
	data, err := json.Marshal(id) // New has seen that Extra can be marshalled; the keys of a map come sorted
	if err != nil {
		return c.base.Host + " " + c.cfg.Model
	}
	return string(data)
}

// parseBase checks the address and takes off what people paste with it: a slash or the endpoint itself.
func parseBase(cfg Config) (*url.URL, error) {
	example := "https://api.example.com/v1"
	if cfg.Azure {
		example = "https://RESOURCE.openai.azure.com"
	}
	if strings.TrimSpace(cfg.BaseURL) == "" {
		return nil, fmt.Errorf("the model's base URL is missing: set one such as %s", example)
	}
	base, err := url.Parse(strings.TrimSpace(cfg.BaseURL))
	if err != nil { // its text quotes the address, which may hold a password
		return nil, fmt.Errorf("the model's base URL can't be read: write it like %s", example)
	}
	base.Scheme = strings.ToLower(base.Scheme)
	if base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" {
		return nil, fmt.Errorf("the model's base URL has no http:// or https:// and host: write it like %s", example)
	}
	base.Fragment = ""
	path := strings.TrimRight(base.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/chat/completions"), "/")
	if cfg.Azure { // go-openai puts "openai" before the deployment
		path = strings.TrimRight(strings.TrimSuffix(path, "/openai"), "/")
	}
	base.Path, base.RawPath = path, ""
	return base, nil
}

func (cfg Config) check() error {
	if !httpguts.ValidHeaderFieldValue(cfg.APIKey) {
		return errors.New("the API key holds a control character or a line break: set it again")
	}
	for _, v := range []string{cfg.Organization, cfg.Project} {
		if !httpguts.ValidHeaderFieldValue(v) {
			return errors.New("organization and project are sent as headers: take out control characters")
		}
	}
	for name, value := range cfg.Headers {
		if !httpguts.ValidHeaderFieldName(name) {
			return fmt.Errorf("extra header %q: a name is letters, digits and hyphens", name)
		}
		if !httpguts.ValidHeaderFieldValue(value) {
			return fmt.Errorf("extra header %s: its value holds a control character or a line break", name)
		}
	}
	if cfg.Azure && cfg.APIVersion == "" && !cfg.azureV1() {
		return errors.New("azure needs an API version: set one such as 2024-10-21")
	}
	if cfg.MaxField != "" && cfg.MaxField != maxTokens && cfg.MaxField != maxCompletionTokens {
		return fmt.Errorf("the limit of tokens is sent as %s or %s, not as %q", maxTokens, maxCompletionTokens, cfg.MaxField)
	}
	if t := cfg.Temperature; t != nil && !(*t >= 0 && *t <= 2) {
		return fmt.Errorf("temperature %v: it lies between 0 and 2", *t)
	}
	if cfg.Timeout < 0 || cfg.Stall < 0 {
		return errors.New("time-outs can't be negative")
	}
	return cfg.checkExtra()
}

func (cfg Config) checkExtra() error {
	for _, name := range ownFields {
		if _, ok := cfg.Extra[name]; ok {
			return fmt.Errorf("extra field %s: whatif sets it itself, take it out", name)
		}
	}
	if _, err := json.Marshal(cfg.Extra); err != nil {
		return fmt.Errorf("extra fields of the body can't be written as JSON: %w", err)
	}
	return nil
}

// azureV1 reports Azure's newer address, which speaks OpenAI's own interface: the deployment is the model's name in the body.
func (cfg Config) azureV1() bool {
	return cfg.Azure && strings.Contains(cfg.BaseURL+"/", "/openai/v1/")
}

// limitField returns the name of the limit of tokens.
func (c *Client) limitField() string {
	switch {
	case c.cfg.MaxField != "":
		return c.cfg.MaxField
	case c.cfg.Azure, c.base.Hostname() == "api.openai.com":
		return maxCompletionTokens
	}
	return maxTokens
}

// secrets collects what must not get into a message: the key, extra headers, and what addresses hold besides their host and path.
func secrets(cfg Config, base *url.URL) []string {
	list := []string{cfg.APIKey}
	for _, v := range cfg.Headers {
		list = append(list, v)
		_, token, _ := strings.Cut(v, " ") // "Bearer …"
		list = append(list, token)
	}
	for _, values := range base.Query() {
		list = append(list, values...)
	}
	users := []*url.Userinfo{base.User}
	if p, err := url.Parse(cfg.Proxy); err == nil {
		users = append(users, p.User)
	}
	for _, u := range users {
		if password, ok := u.Password(); ok {
			list = append(list, password)
		}
	}
	list = slices.DeleteFunc(list, func(s string) bool { return len(s) < 4 }) // shorter ones would blank ordinary words
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })   // the longest first: one may lie within another
	return list
}
