package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// newTransport makes the way to the endpoint: proxy, certificates, and time-outs for what comes before a reply.
func newTransport(cfg Config) (*http.Transport, error) {
	proxy, err := proxyOf(cfg.Proxy)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 15 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 128, // as many as may be in flight, or each request would pay for a handshake
		IdleConnTimeout:     90 * time.Second,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &proxyRefused{resp.StatusCode}
			}
			return nil
		},
	}
	if cfg.Roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: cfg.Roots}
	}
	return t, nil
}

func proxyOf(setting string) (func(*http.Request) (*url.URL, error), error) {
	switch setting {
	case "":
		return http.ProxyFromEnvironment, nil
	case "none":
		return nil, nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Host == "" { // the setting may hold a password: it is not quoted
		return nil, errors.New("the proxy's address can't be read: write it like http://proxy.example:3128, or none")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return http.ProxyURL(u), nil
	}
	return nil, fmt.Errorf("the proxy's address begins with %q: http, https and socks5 are known", u.Scheme)
}

// A proxyRefused is a proxy that answered CONNECT with something else than 200.
type proxyRefused struct{ status int }

func (e *proxyRefused) Error() string {
	return fmt.Sprintf("the proxy answers %d %s", e.status, http.StatusText(e.status))
}

// A redirected is a redirection that is not followed.
type redirected struct{ to string }

func (e *redirected) Error() string { return "sends to " + e.to }

// redirect follows only within the endpoint, and only where the request stays what it is: key and document must not go elsewhere.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	to := req.URL
	upgrade := c.base.Scheme == "http" && to.Scheme == "https" && c.base.Hostname() == to.Hostname()
	same := c.base.Scheme == to.Scheme && c.base.Host == to.Host
	if !same && !upgrade || req.Method != via[0].Method || len(via) > 5 {
		return &redirected{to.Scheme + "://" + to.Host + to.Path}
	}
	return nil
}
