package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"whatif/analyzer/llm/fakellm"
)

const usage = `Fakellm serves a model that plays a script. It speaks OpenAI's chat interface, so that whatif and other clients can be tried
and tested without a key, without a network and without chance.

Without a script it is a demo: a toy reader that cites sentences which hold certain words. It understands nothing.

  fakellm                                      the demo, on http://127.0.0.1:8089/v1
  fakellm --script busy.yaml                   replies and faults from a script
  fakellm --replies replies/                   a rule from each *.yaml in a directory, in order of their names
  fakellm --latency 200ms                      each answer waits as long
  fakellm --latency 200ms,2s                   drawn from a heavy-tailed distribution: half are below 200ms, 99 % below 2s
  fakellm --addr 127.0.0.1:0 --addr-file a     a free port; the address is the first line of stdout, and is in file a

While it runs:

  curl http://127.0.0.1:8089/log               what it was asked, a line of JSON each
  curl http://127.0.0.1:8089/stats             requests, tokens, most in flight

A script is YAML. The first rule that matches plays:

  require_key: sk-test
  context: 8192
  rules:
    - when: {schema: facts, user_contains: [password]}
      fault: {kind: 429, retry_after: 1s}
      times: 3
    - reply: demo

Scripts with comments are in fixtures/scripts. "go doc whatif/analyzer/llm/fakellm.Script" tells all that a script may say.

Flags:
`

// options are what the command line says.
type options struct {
	addr, addrFile           string
	script, replies, logFile string
	latency                  string
	seed                     int64
	public                   bool
}

// run serves until ctx ends.
func run(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	opt, err := parseFlags(stdout, args)
	if errors.Is(err, pflag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	script, err := opt.load()
	if err != nil {
		return err
	}
	server, err := fakellm.New(script)
	if err != nil {
		return err
	}
	if opt.logFile != "" {
		f, err := os.OpenFile(opt.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("opening the log: %w", err)
		}
		defer f.Close()
		server.LogTo(f)
	}
	ln, err := net.Listen("tcp", opt.addr)
	if err != nil {
		return fmt.Errorf("listening: %w; name another address with --addr, or 127.0.0.1:0 for a free port", err)
	}
	url := "http://" + ln.Addr().String() + "/v1"
	if err := writeAddr(opt.addrFile, url); err != nil {
		return errors.Join(err, ln.Close())
	}
	fmt.Fprintln(stdout, url)
	greet(stderr, url, server.Models()[0], script)
	err = server.Serve(ctx, ln, time.Second)
	sum(stderr, server.Stats())
	return err
}

func parseFlags(stdout io.Writer, args []string) (*options, error) {
	opt := &options{}
	flags := pflag.NewFlagSet("fakellm", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.SetOutput(io.Discard) // run tells errors itself
	flags.StringVar(&opt.addr, "addr", "127.0.0.1:8089", "address to listen on; port 0 is a free one")
	flags.StringVar(&opt.script, "script", "", "YAML file with replies and faults")
	flags.StringVar(&opt.replies, "replies", "", "directory whose *.yaml files hold a rule or a list of rules each, after the script's")
	flags.StringVar(&opt.latency, "latency", "", "before each answer: 200ms, or 200ms,2s for the 50th and 99th percentile (default: the script's)")
	flags.Int64Var(&opt.seed, "seed", 0, "of everything that is drawn (default: the script's)")
	flags.StringVar(&opt.logFile, "log", "", "file to append each request to, as a line of JSON; it holds what the prompts hold")
	flags.StringVar(&opt.addrFile, "addr-file", "", "file to write the base URL to")
	flags.BoolVar(&opt.public, "public", false, "allow an --addr that other machines reach")
	flags.Usage = func() { fmt.Fprint(stdout, usage, flags.FlagUsages()) }
	if err := flags.Parse(args); err != nil {
		if !errors.Is(err, pflag.ErrHelp) {
			err = fmt.Errorf("%w; see fakellm --help", err)
		}
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected %q; a script is named with --script, see fakellm --help", flags.Arg(0))
	}
	return opt, opt.checkAddr()
}

// checkAddr keeps the server on this machine unless it is told otherwise: it has no real key, and its log has the prompts.
func (o *options) checkAddr() error {
	host, port, err := net.SplitHostPort(o.addr)
	if err != nil {
		return fmt.Errorf("--addr %q is no host:port, such as 127.0.0.1:8089", o.addr)
	}
	if host == "" && !o.public {
		host = "127.0.0.1"
		o.addr = net.JoinHostPort(host, port)
	}
	if ip := net.ParseIP(host); o.public || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--addr %s can be reached by other machines; add --public if that is meant", o.addr)
}

// load reads the script and lays the flags over it.
func (o *options) load() (script fakellm.Script, err error) {
	if o.script != "" {
		if script, err = fakellm.Load(o.script); err != nil {
			return script, err
		}
	}
	if o.replies != "" {
		more, err := fakellm.LoadReplies(o.replies)
		if err != nil {
			return script, err
		}
		script.Rules = append(script.Rules, more...)
	}
	if o.seed != 0 {
		script.Seed = o.seed
	}
	if o.latency != "" {
		script.Latency, err = parseLatency(o.latency)
	}
	return script, err
}

func parseLatency(s string) (l fakellm.Latency, err error) {
	p50, p99, both := strings.Cut(s, ",")
	if l.P50, err = time.ParseDuration(strings.TrimSpace(p50)); err == nil && both {
		l.P99, err = time.ParseDuration(strings.TrimSpace(p99))
	}
	if err != nil {
		return l, fmt.Errorf("--latency %q is no duration; write 200ms, or 200ms,2s", s)
	}
	return l, nil
}

// writeAddr writes the file whole or not at all, for whoever waits for it.
func writeAddr(path, url string) error {
	if path == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".addr-*")
	if err != nil {
		return fmt.Errorf("writing the address: %w", err)
	}
	_, err = fmt.Fprintln(f, url)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing the address: %w", err)
	}
	return nil
}

// greet says how to use the server.
func greet(w io.Writer, url, model string, script fakellm.Script) {
	what := "a demo, in which a toy reader answers"
	if len(script.Rules) > 0 {
		what = fmt.Sprintf("%d rules", len(script.Rules))
	}
	fmt.Fprintf(w, "fakellm plays %s. Ctrl-C ends it. In another terminal:\n\n  export WHATIF_BASE_URL=%s WHATIF_MODEL=%s", what, url, model)
	if script.RequireKey != "" {
		fmt.Fprintf(w, " WHATIF_API_KEY=%s", script.RequireKey)
	}
	fmt.Fprintf(w, "\n  whatif analyze prd.md\n\n")
}

// sum says what was asked.
func sum(w io.Writer, s fakellm.Stats) {
	fmt.Fprintf(w, "fakellm: %d requests (%d refused, %d faults), at most %d at once; %d prompt tokens (%d cached), %d completion tokens\n",
		s.Requests, s.Refused, s.Faults, s.MaxInFlight, s.Prompt, s.Cached, s.Completion)
}
