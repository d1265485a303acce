package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// DialOptions say where the server is, and how it is to be trusted and told who asks.
type DialOptions struct {
	URL   string // nats:// or tls://, more of one cluster after commas; a user and a password, or a token, may stand in it
	Creds string // file with NATS credentials; "": none
	CA    string // file with certificates (PEM) to trust besides the system's; "": none
	Name  string // of this client, as the server lists it
	// Tell is called when the server stops to answer, when it is back, and when it refuses something. Nil: nobody is told.
	Tell func(text string)
}

// A Conn is a connection to a NATS server, or to a cluster. Once it was made, it is made again without end when it breaks.
type Conn struct {
	nc    *nats.Conn
	hosts []string
	plain bool // what goes over it can be read on its way
	tell  func(string)

	mu      sync.Mutex
	away    bool // and somebody was told
	closing bool
	refused map[string]bool
	link    context.Context // ends when the connection breaks
	cutLink context.CancelFunc
	back    []chan struct{} // who waits for the connection to come back
}

// CheckURL reports what is wrong with a server's address. Its errors do not repeat it, for it may hold a password.
func CheckURL(text string) error {
	_, err := parseURLs(text)
	return err
}

func parseURLs(text string) ([]*url.URL, error) {
	var all []*url.URL
	for part := range strings.SplitSeq(text, ",") {
		u, err := url.Parse(strings.TrimSpace(part))
		if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Hostname() == "" {
			return nil, errors.New("it is not the address of a NATS server; write it as nats://queue.example.com:4222, or tls://…, more of one cluster after commas")
		}
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, errors.New("it holds more than an address; leave out what follows the host and the port")
		}
		all = append(all, u)
	}
	return all, nil
}

// Dial connects to the server. It does not wait for one that is away.
func Dial(ctx context.Context, opt DialOptions) (*Conn, error) {
	urls, err := parseURLs(opt.URL)
	if err != nil {
		return nil, fmt.Errorf("connecting to the queue: %w", err)
	}
	c := &Conn{tell: opt.Tell, refused: map[string]bool{}}
	c.link, c.cutLink = context.WithCancel(context.Background())
	if c.tell == nil {
		c.tell = func(string) {}
	}
	servers := make([]string, len(urls))
	for i, u := range urls {
		servers[i] = u.String()
		c.hosts = append(c.hosts, u.Host)
		c.plain = c.plain || u.Scheme == "nats" && opt.CA == "" && !loopback(u.Hostname())
	}
	options, err := c.options(opt)
	if err != nil {
		return nil, err
	}
	dial := nats.GetDefaultOptions()
	dial.Servers = servers
	for _, o := range options {
		if err := o(&dial); err != nil {
			return nil, fmt.Errorf("connecting to the queue at %s: %w", c.Host(), dialError(err))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.nc, err = dial.Connect(); err != nil {
		return nil, fmt.Errorf("connecting to the queue at %s: %w", c.Host(), dialError(err))
	}
	c.plain = c.plain && !c.nc.TLSRequired() // the server may demand encryption by itself
	return c, nil
}

func (c *Conn) options(opt DialOptions) ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name(opt.Name), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(), nats.ReconnectWait(500 * time.Millisecond), nats.Timeout(requestTime),
		nats.ReconnectBufSize(-1), // what can't be sent is sent again by who asked for it
		nats.DisconnectErrHandler(func(*nats.Conn, error) { c.gone() }),
		nats.ReconnectHandler(func(*nats.Conn) { c.here() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { c.refuse(err) }),
	}
	for _, f := range []struct {
		path, what string
		option     func(string) nats.Option
	}{
		{opt.Creds, "credentials", func(p string) nats.Option { return nats.UserCredentials(p) }},
		{opt.CA, "certificates", func(p string) nats.Option { return nats.RootCAs(p) }},
	} {
		if f.path == "" {
			continue
		}
		if _, err := os.Stat(f.path); err != nil {
			return nil, fmt.Errorf("reading the queue's %s: %w", f.what, err)
		}
		options = append(options, f.option(f.path))
	}
	return options, nil
}

// dialError words an error without the address, which may hold a password.
func dialError(err error) error {
	var bad *url.Error
	switch {
	case errors.As(err, &bad):
		return errors.New("its address can't be read")
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout):
		return errors.New("no server answers there")
	case errors.Is(err, nats.ErrAuthorization):
		return errors.New("the server does not let this user in")
	case errors.Is(err, nats.ErrSecureConnRequired):
		return errors.New("the server wants an encrypted connection: write tls:// in front of its address")
	}
	return err
}

// loopback reports a host that is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Host returns where the connection leads, for people: no user and no password.
func (c *Conn) Host() string { return strings.Join(c.hosts, ", ") }

// Unencrypted reports whether documents and drafts can be read by who sees the network.
func (c *Conn) Unencrypted() bool { return c.plain }

// Close ends the connection.
func (c *Conn) Close() {
	c.mu.Lock()
	c.closing = true
	c.cutLink()
	c.mu.Unlock()
	c.nc.Close()
}

// gone notes that the connection broke.
func (c *Conn) gone() {
	c.mu.Lock()
	told := c.away || c.closing
	c.away = true
	c.cutLink()
	c.mu.Unlock()
	if !told {
		c.tell("the queue at " + c.Host() + " does not answer; waiting for it")
	}
}

// here notes that the connection is there again.
func (c *Conn) here() {
	c.mu.Lock()
	told := c.away
	c.away = false
	c.link, c.cutLink = context.WithCancel(context.Background())
	for _, w := range c.back {
		select {
		case w <- struct{}{}:
		default:
		}
	}
	c.mu.Unlock()
	if told {
		c.tell("the queue at " + c.Host() + " is back")
	}
}

// whileLinked returns a context that ends when the connection breaks.
func (c *Conn) whileLinked() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link
}

// onReturn returns a channel that gets a value when the connection came back.
func (c *Conn) onReturn() (came chan struct{}, stop func()) {
	came = make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.back = append(c.back, came)
	return came, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for i, w := range c.back {
			if w == came {
				c.back = append(c.back[:i:i], c.back[i+1:]...)
				return
			}
		}
	}
}

// refuse tells what the server refuses, each thing once. Requests that it refuses get no answer.
func (c *Conn) refuse(err error) {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return
	}
	text := "the queue's server refuses: " + strings.TrimPrefix(err.Error(), "nats: ")
	c.mu.Lock()
	told := c.refused[text] || len(c.refused) > 20
	c.refused[text] = true
	c.mu.Unlock()
	if !told {
		c.tell(text)
	}
}
