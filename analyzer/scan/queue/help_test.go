package queue

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
)

// snippet returns a server's file from the help, with its paths below dir.
func snippet(t *testing.T, name, dir string) string {
	t.Helper()
	help, err := os.ReadFile("../../../cmd/internal/cli/help/scaling.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(help), "<!-- "+name+" -->\n")
	text, _, end := strings.Cut(rest, "<!-- end -->")
	if !ok || !end {
		t.Fatalf("the help has no file %q", name)
	}
	path := filepath.Join(dir, name+".conf")
	if err := os.WriteFile(path, []byte(strings.NewReplacer("/etc/nats", dir, "/var/lib/nats", dir).Replace(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// certify writes a certificate for this machine, its key, and itself as the authority.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "queue"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	cert, err := x509.CreateCertificate(rand.Reader, &about, &about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"server.pem": {Type: "CERTIFICATE", Bytes: cert}, "ca.pem": {Type: "CERTIFICATE", Bytes: cert}, "server.key": {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The server takes the files of the help, and a scan with workers runs with what they permit, encrypted.
func TestHelp(t *testing.T) {
	dir := t.TempDir()
	certify(t, dir)
	for _, name := range []string{"one", "three"} {
		opt, err := natsd.ProcessConfigFile(snippet(t, name, dir))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "three" && (opt.Cluster.Name != "queue" || len(opt.Routes) != 3 || opt.Cluster.TLSConfig == nil) {
			t.Errorf("%s is understood as %+v", name, opt.Cluster)
		}
		if name == "one" {
			runHelp(t, dir, opt)
		}
	}
}

func runHelp(t *testing.T, dir string, opt *natsd.Options) {
	opt.Host, opt.Port, opt.NoSigs, opt.NoLog = "127.0.0.1", -1, true, true
	s, err := natsd.NewServer(opt)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopServer(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not begin")
	}
	user := opt.Users[0]
	url := "tls://" + user.Username + ":" + strings.NewReplacer(" ", "%20", ",", "%2C").Replace(user.Password) + "@" + s.Addr().String()
	d := new(diary)
	open := func() *Queue {
		c, err := Dial(t.Context(), DialOptions{URL: url, CA: filepath.Join(dir, "ca.pem"), Tell: d.tell})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		q, err := Open(t.Context(), c, Options{liveTTL: time.Second})
		if err != nil {
			t.Fatal(err, d.lines)
		}
		return q
	}
	begin(t, open(), quick(maker(draft)))
	l := line(t, open(), LineOptions{Run: RunSettings{Limits: Limits{InFlight: 3}}})
	whole(t, work(t.Context(), l, names("d", 4)), names("d", 4))
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if d.count("refuses") > 0 {
		t.Errorf("told %q", d.lines)
	}
	if _, err := Dial(t.Context(), DialOptions{URL: url}); err == nil {
		t.Error("a certificate that nobody vouches for is trusted")
	} else if strings.Contains(err.Error(), user.Password) {
		t.Error(err)
	}
}
