package client

import (
	"context"
	"crypto/x509"
	"time"
)

// A Config says which model is asked, and how. Presets fill in what a provider wants.
type Config struct {
	BaseURL string // "https://api.example.com/v1"
	Model   string // name, or the deployment's with Azure
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
	// MaxField is the name under which the limit of tokens is sent: max_tokens or max_completion_tokens. "" decides by endpoint and
	// model.
	MaxField string
	Extra    map[string]any // more fields of the body, such as a provider's require_parameters

	NoStream bool          // ask for whole replies
	Timeout  time.Duration // for one attempt; 0: 5 minutes
	Stall    time.Duration // longest silence within a reply; 0: 60 s
}

// A Client is a model at an endpoint. Many goroutines may use it.
type Client struct {
	cfg Config
}

// New checks cfg and returns its client. Nothing is sent.
func New(cfg Config) (*Client, error) { return &Client{cfg}, nil }

// Complete asks once.
func (c *Client) Complete(ctx context.Context, r *Request) (*Reply, error) {
	return nil, &Error{Fault: Network, Message: "not asked"}
}

// Body returns the method, address and body that Complete would send, to the byte. Nothing is sent.
func (c *Client) Body(r *Request) (method, url string, body []byte, err error) {
	return "", "", nil, nil
}

// Models lists the names of the models that the endpoint has, sorted.
func (c *Client) Models(ctx context.Context) ([]string, error) { return nil, nil }

// Host returns the endpoint's host, for people.
func (c *Client) Host() string { return "" }

// Local reports an endpoint on this machine: it costs nothing.
func (c *Client) Local() bool { return false }

// Identity returns what of the configuration shapes a reply, for cache keys: address, model, settings; never the key.
func (c *Client) Identity() string { return c.cfg.BaseURL + " " + c.cfg.Model }

// A Preset fills in a Config for a provider.
type Preset struct {
	Name, About string
	BaseURL     string
	KeyVariable string // environment variable that the provider's own tools read: "GROQ_API_KEY"
	Local       bool
}

// Presets lists the known providers.
func Presets() []Preset { return nil }

// Apply fills in the fields of cfg that are empty with the preset's.
func (p Preset) Apply(cfg *Config) {}

// Found lists the presets of servers that answer on this machine, asking each known local address once, briefly.
func Found(ctx context.Context) []Preset { return nil }
