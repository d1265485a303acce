package queue

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"

	"whatif/analyzer/llm/client"
	"whatif/analyzer/scan"
)

type modelFunc func() *client.Reply

func (f modelFunc) Complete(context.Context, *client.Request) (*client.Reply, error) { return f(), nil }

// A password stands in no error, whatever is wrong with the address.
func TestNoPasswordInErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "queue.example.com", "http://me:s3cr3t@queue.example.com", "nats://me:s3cr3t@", "nats://me:s3cr3t@host:port", "nats://me:s3cr3t@ho st",
		"nats://me:s3cr3t@queue.example.com/path", "nats://me:s3cr3t@127.0.0.1:1", "nats://s3cr3t@127.0.0.1:1", "nats://a,nats://me:s3cr3t@%zz",
		"tls://me:s3cr3t@127.0.0.1:1",
	} {
		c, err := Dial(t.Context(), DialOptions{URL: text})
		if err == nil {
			c.Close()
			t.Errorf("%q is taken", text)
		} else if strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "me:") {
			t.Errorf("the error for %q tells: %v", text, err)
		}
	}
}

func TestUnencrypted(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	c, err := Dial(t.Context(), DialOptions{URL: s.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Unencrypted() {
		t.Error("a connection within this machine is taken for one that others can read")
	}
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "10.0.0.1": false, "localhost.example.com": false} {
		if loopback(host) != want {
			t.Errorf("loopback(%q) is %v", host, !want)
		}
	}
}

// A user and a password, or a token, stand in the address; the wrong one is told.
func TestPassword(t *testing.T) {
	t.Parallel()
	for _, opt := range []*natsd.Options{{Username: "me", Password: "s3cr3t"}, {Authorization: "s3cr3t"}} {
		opt.Host, opt.Port, opt.NoSigs, opt.NoLog, opt.JetStream, opt.StoreDir = "127.0.0.1", -1, true, true, true, t.TempDir()
		s, err := natsd.NewServer(opt)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		defer stopServer(s)
		if !s.ReadyForConnections(10 * time.Second) {
			t.Fatal("the server does not begin")
		}
		user := "s3cr3t"
		if opt.Username != "" {
			user = "me:s3cr3t"
		}
		c, err := Dial(t.Context(), DialOptions{URL: strings.Replace(s.ClientURL(), "nats://", "nats://"+user+"@", 1)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), c, Options{}); err != nil {
			t.Error(err)
		}
		if strings.Contains(c.Host(), "s3cr3t") {
			t.Error("the host tells the password")
		}
		c.Close()
		if _, err := Dial(t.Context(), DialOptions{URL: strings.Replace(s.ClientURL(), "nats://", "nats://me:wr0ng@", 1)}); err == nil ||
			strings.Contains(err.Error(), "wr0ng") || !strings.Contains(err.Error(), "does not let this user in") {
			t.Errorf("got %v", err)
		}
	}
}

func TestServerWithoutJetStream(t *testing.T) {
	t.Parallel()
	s, err := natsd.NewServer(&natsd.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer stopServer(s)
	s.ReadyForConnections(10 * time.Second)
	c, err := Dial(t.Context(), DialOptions{URL: s.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := Open(t.Context(), c, Options{}); err == nil || !strings.Contains(err.Error(), "nats-server -js") {
		t.Errorf("got %v", err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"whatif": true, "team-a_1": true, "": false, "a.b": false, "a*": false, "a b": false, strings.Repeat("a", 33): false} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, opt := range []DialOptions{{Creds: "nowhere.creds"}, {CA: "nowhere.pem"}, {CA: bad}, {Creds: bad}} {
		opt.URL = "nats://127.0.0.1:1"
		if _, err := Dial(t.Context(), opt); err == nil {
			t.Errorf("%+v is taken", opt)
		} else {
			t.Log(err)
		}
	}
}

// One, two and four workers, each with a document at a time that takes 200 ms: how near to one, two and four times as fast?
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		b.Run(map[int]string{1: "1", 2: "2", 4: "4"}[n], func(b *testing.B) {
			s := startServer(b, b.TempDir(), -1)
			opt := ServeOptions{Workers: 1, Maker: func(Run) (scan.Maker, error) {
				return maker(func(ctx context.Context, t scan.Task) (*scan.Made, error) {
					time.Sleep(200 * time.Millisecond)
					return draft(ctx, t)
				}), nil
			}}
			for range n {
				begin(b, dial(b, s, nil), opt)
			}
			all := names("d", 40)
			for b.Loop() {
				l := line(b, dial(b, s, nil), LineOptions{})
				began := time.Now()
				got := work(b.Context(), l, all)
				if got.err != nil || len(got.made) != len(all) {
					b.Fatal(len(got.made), got.err)
				}
				ideal := time.Duration(len(all)/n) * 200 * time.Millisecond
				b.ReportMetric(ideal.Seconds()/time.Since(began).Seconds(), "of-linear")
				if err := l.Close(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
