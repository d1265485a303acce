package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"whatif/analyzer/llm/fakellm"
)

// served are the model servers of all scripts, by their addresses.
var served sync.Map

// serve is "serve NAME [SCRIPT]" or "serve -tls NAME [SCRIPT]": starts a model server that plays the script, the demo without one, and
// sets $NAME to its address and $NAME_HOST to its host and port. With -tls, NAME.pem is the certificate that it has made for itself.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	encrypted := len(args) > 0 && args[0] == "-tls"
	if encrypted {
		args = args[1:]
	}
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: serve [-tls] NAME [SCRIPT]")
	}
	var script fakellm.Script
	if len(args) == 2 {
		var err error
		script, err = fakellm.Load(ts.MkAbs(args[1]))
		ts.Check(err)
	}
	if encrypted {
		server, err := fakellm.New(script)
		ts.Check(err)
		served.Store(serveTLS(ts, args[0], server), server)
		return
	}
	url, server, stop, err := fakellm.Start(script)
	ts.Check(err)
	ts.Defer(stop)
	served.Store(url, server)
	setAddress(ts, args[0], url)
}

func setAddress(ts *testscript.TestScript, name, url string) {
	_, host, _ := strings.Cut(strings.TrimSuffix(url, "/v1"), "://")
	ts.Setenv(name, url)
	ts.Setenv(name+"_HOST", host)
}

func serveTLS(ts *testscript.TestScript, name string, server http.Handler) (url string) {
	s := httptest.NewUnstartedServer(server)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are what is tested
	s.StartTLS()
	ts.Defer(s.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs(name+".pem"), block, 0o666))
	setAddress(ts, name, s.URL+"/v1")
	return s.URL + "/v1"
}

// stats is "stats NAME COUNT": the server that serve started as NAME has been asked for that many replies since the last time.
func stats(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: stats NAME COUNT")
	}
	asked := 0
	for _, e := range serverOf(ts, args[0]).Log() {
		if strings.HasSuffix(e.Path, "/chat/completions") {
			asked++
		}
	}
	last, _ := served.LoadOrStore(ts.Getenv(args[0])+" asked", 0)
	served.Store(ts.Getenv(args[0])+" asked", asked)
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := asked - last.(int); (got == want) == neg {
		ts.Fatalf("%d replies were asked for, want %d (not: %v)", got, want, neg)
	}
}

func serverOf(ts *testscript.TestScript, name string) *fakellm.Server {
	found, ok := served.Load(ts.Getenv(name))
	if !ok {
		ts.Fatalf("no server %s", name)
	}
	return found.(*fakellm.Server)
}

// logged is "log NAME FILE": writes what the server that serve started as NAME has been sent: headers, the messages as they are read, and bodies.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: log NAME FILE")
	}
	var b bytes.Buffer
	for _, e := range serverOf(ts, args[0]).Log() {
		fmt.Fprintf(&b, "%s %v\n%s\n%s\n%s\n", e.Path, e.Header, e.System, e.User, e.Body)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o666))
}

// holds is "holds DOCUMENT DRAFT…": each draft is as the schema says, and every citation in it is what the document says there.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: holds DOCUMENT DRAFT…")
	}
	document := ts.ReadFile(args[0])
	for _, path := range args[1:] {
		if err := checkDraft(args[0], []byte(document), []byte(ts.ReadFile(path))); err != nil {
			ts.Fatalf("%s: %v", path, err)
		}
	}
}

// same is "same DRAFT DRAFT…": the drafts are equal, but for what the model was asked and what that cost.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: same DRAFT DRAFT…")
	}
	first := withoutUsage(ts.ReadFile(args[0]))
	for _, path := range args[1:] {
		if got := withoutUsage(ts.ReadFile(path)); got != first {
			ts.Fatalf("%s and %s differ in line %d", args[0], path, firstDifference([]byte(first), []byte(got)))
		}
	}
}

var usageLines = regexp.MustCompile(`(?m)^ *"(?:(?:cached_)?requests|(?:prompt|cached|completion)_tokens|cost_usd|cost_unknown)": .*\n`)

func withoutUsage(draft string) string { return usageLines.ReplaceAllString(draft, "") }

// checkDraft returns what is wrong with a draft in JSON: it is not as the schema says, or a citation is not what the document says.
func checkDraft(path string, document, draft []byte) error {
	schema, err := draftSchema()
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(draft))
	if err != nil {
		return err
	}
	if err := schema.Validate(v); err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(draft, &plain); err != nil {
		return err
	}
	var wrong complaints
	for _, c := range collect(plain, "draft") {
		checkCitation(&wrong, path, document, c)
	}
	return errors.Join(wrong...)
}

// complaints keeps them.
type complaints []error

func (c *complaints) Errorf(format string, args ...any) { *c = append(*c, fmt.Errorf(format, args...)) }
