package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// network makes an error of a connection that was lost or never came about: later it may.
func (a *attempt) network(err error) *Error {
	what, todo := a.c.clean(err.Error()), "check the connection, or try again later"
	switch {
	case errors.Is(err, errTimedOut):
		what, todo = "no whole reply came in "+a.c.cfg.Timeout.String(), "allow more time, ask for shorter replies, or try again later"
	case errors.Is(err, errStalled):
		todo = "try again later"
	}
	e := a.fault(Network, what, todo)
	e.Err = err
	return e
}

// unsent makes an error of a request that got no answer, or whose answer broke off.
func (a *attempt) unsent(err error) *Error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) { // its text holds the address with the query, which may hold a key
		err = wrapped.Err
	}
	what, todo := unreachable(err)
	if errors.Is(err, syscall.ECONNREFUSED) && a.c.Local() { // nobody restarts a server of one's own while one waits
		what, todo = "nothing listens there", "start the server, or check the port of the base URL"
	}
	if todo == "" {
		return a.network(err)
	}
	if what == "" {
		what = a.c.clean(err.Error())
	}
	e := a.fault(Unreachable, what, todo)
	e.Err = err
	return e
}

// unreachable tells faults of the settings from those of the moment. The remedy is empty for the latter; what is empty where the
// error's own words will do.
func unreachable(err error) (what, todo string) {
	var (
		refused  *proxyRefused
		redirect *redirected
		op       *net.OpError
		dns      *net.DNSError
	)
	isOp := errors.As(err, &op)
	switch {
	case errors.As(err, &refused) && refused.status == http.StatusProxyAuthRequired:
		return "", "put the proxy's user and password into its address"
	case errors.As(err, &refused):
		return "", "ask whoever runs the proxy to let this host through, or set the proxy to none"
	case errors.As(err, &redirect):
		return "", "key and document are not sent elsewhere unasked: if that address is right, make it the base URL"
	case isOp && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		return "", "check the proxy's address, or set the proxy to none"
	case errors.As(err, &dns):
		return "no address is found for " + clean(dns.Name, 200), "check the base URL's spelling and the network"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "the server speaks no TLS", "write the base URL with http://"
	case badCertificate(err):
		return "", "if the server is right, give whatif the certificate of its authority (--ca-file)"
	case isOp && (op.Op == "remote error" || op.Op == "local error"), isRecord(err):
		return "", "check that the base URL's port speaks TLS"
	}
	return "", ""
}

func badCertificate(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func isRecord(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.HasPrefix(err.Error(), "tls: ")
}
