package client

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func fault(t *testing.T, c *Client, want Fault, in string) {
	t.Helper()
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.Fault != want || !strings.Contains(e.Message, in) {
		t.Errorf("got %s: %s, want %s with %q", e.Fault, e.Message, want, in)
	}
	var whole *url.Error
	if errors.As(err, &whole) {
		t.Errorf("behind the error is %v, whose address may hold a key", whole)
	}
}

func TestNothingListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	fault(t, dial(t, "http://"+l.Addr().String()+"/v1"), Unreachable, "start the server")
}

func TestReset(t *testing.T) {
	hijack := func(first string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			_, _ = buf.WriteString(first)
			_ = buf.Flush()
			_ = conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}
	fault(t, serve(t, hijack("")), Network, "")
	fault(t, serve(t, hijack("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"+delta("he")+"\n\n")), Network, "")
	fault(t, serve(t, hijack("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"choices\":")), Network, "")
}

func TestNoSuchHost(t *testing.T) {
	fault(t, dial(t, "http://nosuch.invalid/v1"), Unreachable, "nosuch.invalid")
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(says(200, hello))
	server.Config.ErrorLog = nil
	defer server.Close()
	fault(t, dial(t, server.URL), Unreachable, "--ca-file")

	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	if got, err := ask(t, dial(t, server.URL, func(c *Config) { c.Roots = roots }), nil); err != nil || got.Text != "hello" {
		t.Errorf("with the server's own authority: %v", err)
	}
	fault(t, dial(t, strings.Replace(server.URL, "https", "http", 1)), Unreachable, "with https://")

	plain := httptest.NewServer(says(200, hello))
	defer plain.Close()
	fault(t, dial(t, strings.Replace(plain.URL, "http", "https", 1)), Unreachable, "with http://")
}

func TestHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("protocol %s", r.Proto)
		}
		streamed(delta("hello"), stopEvent, doneEvent)(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	if got, err := ask(t, dial(t, server.URL, func(c *Config) { c.Roots = roots }), nil); err != nil || got.Text != "hello" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRedirects(t *testing.T) {
	var reached []string
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = append(reached, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	to := func(address string, status int) *Client {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.URL.Path == "/there" {
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("Authorization") != "Bearer "+testKey || len(body) < 50 {
					t.Errorf("%s lost: %v, %d bytes", r.Method, r.Header, len(body))
				}
				says(200, hello)(w, r)
				return
			}
			w.Header().Set("Location", address)
			w.WriteHeader(status)
		})
	}
	fault(t, to(elsewhere.URL+"/v1", 307), Unreachable, elsewhere.URL)
	fault(t, to(elsewhere.URL+"/v1", 302), Unreachable, "make it the base URL")
	fault(t, to("/there", 301), Unreachable, "/there") // it would become a GET without the request's body
	asked.Store(0)
	fault(t, to("/v1/chat/completions", 307), Unreachable, "")
	if n := asked.Load(); n > 10 {
		t.Errorf("went round %d times", n)
	}
	if len(reached) > 0 {
		t.Errorf("another host was asked, with %q", reached)
	}
	if got, err := ask(t, to("/there", 308), nil); err != nil || got.Text != "hello" {
		t.Errorf("a move on the same host: %+v, %v", got, err)
	}
}

func TestProxy(t *testing.T) {
	var via string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		via = r.Method + " " + r.URL.String() + r.URL.Host
		switch {
		case r.Method == http.MethodConnect && r.Host == "locked.example:443":
			w.WriteHeader(http.StatusProxyAuthRequired)
		case r.Method == http.MethodConnect:
			w.WriteHeader(http.StatusForbidden)
		case r.Header.Get("Proxy-Authorization") == "":
			w.WriteHeader(http.StatusProxyAuthRequired)
		default:
			says(200, hello)(w, r)
		}
	}))
	defer proxy.Close()
	through := func(base, proxy string) *Client { return dial(t, base, func(c *Config) { c.Proxy = proxy }) }
	fault(t, through("https://api.example/v1", proxy.URL), Unreachable, "403 Forbidden")
	fault(t, through("https://locked.example/v1", proxy.URL), Unreachable, "user and password")
	fault(t, through("http://api.example/v1", proxy.URL), Unreachable, "user and password")

	u, _ := url.Parse(proxy.URL)
	u.User = url.UserPassword("user", "hunter2")
	if got, err := ask(t, through("http://api.example/v1", u.String()), nil); err != nil || got.Text != "hello" || !strings.Contains(via, "http://api.example/v1/chat/completions") {
		t.Errorf("got %+v, %v, by %s", got, err, via)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := through("https://api.example/v1", "http://user:hunter2@"+l.Addr().String())
	fault(t, c, Unreachable, "proxy's address")
	_, err = ask(t, c, nil)
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the proxy's password is in %q", err)
	}
}
