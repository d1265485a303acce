package client

import (
	"net/http"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	const secret = "hunter2"
	hot := 3.0
	for name, cfg := range map[string]Config{
		"no address":            {},
		"no scheme":             {BaseURL: "api.example/v1"},
		"file":                  {BaseURL: "file:///etc/passwd"},
		"no host":               {BaseURL: "https:///v1"},
		"unreadable address":    {BaseURL: "https://u:hunter2@a b.example/%zz"},
		"key of two lines":      {BaseURL: "https://api.example", APIKey: "hunter2\nhunter2"},
		"header's name":         {BaseURL: "https://api.example", Headers: map[string]string{"a b": "x"}},
		"header's value":        {BaseURL: "https://api.example", Headers: map[string]string{"a": "hunter2\r\nb: c"}},
		"azure without version": {BaseURL: "https://api.example", Azure: true},
		"limit's name":          {BaseURL: "https://api.example", MaxField: "tokens"},
		"temperature":           {BaseURL: "https://api.example", Temperature: &hot},
		"time-out":              {BaseURL: "https://api.example", Timeout: -1},
		"proxy":                 {BaseURL: "https://api.example", Proxy: "proxy.example:3128"},
		"proxy's scheme":        {BaseURL: "https://api.example", Proxy: "ftp://u:hunter2@proxy.example"},
		"unreadable proxy":      {BaseURL: "https://api.example", Proxy: "http://u:hunter2@%zz"},
		"extra messages":        {BaseURL: "https://api.example", Extra: map[string]any{"messages": 1}},
		"extra that is no JSON": {BaseURL: "https://api.example", Extra: map[string]any{"x": map[any]any{1: 2}}},
	} {
		_, err := New(cfg)
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error %q tells a secret", name, err)
		}
	}
}

func TestAddress(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.example/v1":                     "https://api.example/v1/chat/completions",
		" https://api.example/v1/ ":                  "https://api.example/v1/chat/completions",
		"HTTPS://api.example/v1/chat/completions":    "https://api.example/v1/chat/completions",
		"http://127.0.0.1:8080":                      "http://127.0.0.1:8080/chat/completions",
		"https://api.example/v1?sig=secret":          "https://api.example/v1/chat/completions?sig=%E2%80%A6",
		"https://user:secret@api.example/v1#section": "https://api.example/v1/chat/completions",
	} {
		method, got, _, err := dial(t, base).Body(&Request{User: "u"})
		if err != nil || method != http.MethodPost || got != want {
			t.Errorf("%s: %s %s, %v; want %s", base, method, got, err, want)
		}
	}
}

func TestLocal(t *testing.T) {
	for base, want := range map[string]bool{
		"http://127.0.0.1:11434/v1": true, "http://127.8.9.1": true, "http://[::1]:80": true, "http://LOCALHOST:1": true,
		"http://192.168.0.1": false, "https://api.example": false, "https://localhost.example": false, "http://127.0.0.1.example": false,
	} {
		if got := dial(t, base).Local(); got != want {
			t.Errorf("%s: %v", base, got)
		}
	}
}

func TestIdentity(t *testing.T) {
	zero, half, one, two := 0.0, 0.5, 1, 2
	base := func(change func(*Config)) string {
		return dial(t, "https://user:hunter2@api.example/v1?sig=hunter2", func(c *Config) {
			c.Extra = map[string]any{"b": 1, "a": map[string]any{"z": 1, "y": 2}}
			c.Headers = map[string]string{"x": "hunter2"}
			change(c)
		}).Identity()
	}
	same := base(func(*Config) {})
	for _, secret := range []string{"hunter2", testKey, "user"} {
		if strings.Contains(same, secret) {
			t.Errorf("%q is in the identity %s", secret, same)
		}
	}
	for name, change := range map[string]func(*Config){
		"nothing": func(*Config) {},
		"key":     func(c *Config) { c.APIKey = "other" },
		"headers": func(c *Config) { c.Headers = nil },
		"stream":  func(c *Config) { c.NoStream = true },
		"proxy":   func(c *Config) { c.Proxy = "" },
	} {
		if got := base(change); got != same {
			t.Errorf("%s shapes no reply, but the identity changed to %s", name, got)
		}
	}
	seen := map[string]string{same: "nothing"}
	for name, change := range map[string]func(*Config){
		"address":          func(c *Config) { c.BaseURL = "https://api.example/v2" },
		"scheme":           func(c *Config) { c.BaseURL = "http://api.example/v1" },
		"model":            func(c *Config) { c.Model = "n" },
		"azure":            func(c *Config) { c.Azure, c.APIVersion = true, "1" },
		"version":          func(c *Config) { c.Azure, c.APIVersion = true, "2" },
		"temperature":      func(c *Config) { c.Temperature = &zero },
		"more temperature": func(c *Config) { c.Temperature = &half },
		"seed":             func(c *Config) { c.Seed = &one },
		"seed 2":           func(c *Config) { c.Seed = &two },
		"effort":           func(c *Config) { c.Effort = "low" },
		"extra":            func(c *Config) { c.Extra["a"] = 1 },
	} {
		got := base(change)
		if seen[got] != "" {
			t.Errorf("%s and %s have one identity: %s", name, seen[got], got)
		}
		seen[got] = name
	}
}
