package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// panicky is a stream whose use is a fault of the program.
type panicky struct{}

func (panicky) Write([]byte) (int, error) { panic("no room\n\x1b[31mfor a stack") }

// TestApology makes sure that a fault of the program is told without a stack trace, and what to do.
func TestApology(t *testing.T) {
	var stderr bytes.Buffer
	code := Run(context.Background(), nil, strings.NewReader(""), panicky{}, &stderr, []string{"schema"})
	if code != ExitUsage {
		t.Errorf("exit code %d, want %d", code, ExitUsage)
	}
	got := stderr.String()
	if !strings.HasPrefix(got, "whatif: sorry, this is a fault of whatif ") || !strings.Contains(got, "no room (in cli_test.go, line ") {
		t.Errorf("stderr: %s", got)
	}
	if !strings.Contains(got, "\nhint: please report") || strings.Contains(got, "goroutine") || strings.Count(got, "\n") != 2 {
		t.Errorf("stderr: %s", got)
	}
}

// TestNoArguments makes sure that nil arguments are no arguments, not those of the process.
func TestNoArguments(t *testing.T) {
	var stdout bytes.Buffer
	if code := Run(context.Background(), nil, strings.NewReader(""), &stdout, io.Discard, nil); code != ExitDone {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(stdout.String(), "Usage:\n  whatif") {
		t.Errorf("stdout: %s", stdout.String())
	}
}

func TestEnvironment(t *testing.T) {
	env := environment([]string{"A=1", "B=", "A=2=3", "=C:=x", "odd"})
	if len(env) != 2 || env["A"] != "2=3" || env["B"] != "" {
		t.Errorf("got %v", env)
	}
}

func TestFinish(t *testing.T) {
	plain := errors.New("reading a: no")
	for _, c := range []struct {
		name   string
		err    error
		code   int
		stderr string
	}{
		{"done", nil, 0, ""},
		{"plain", plain, 2, "whatif: reading a: no\n"},
		{"hint", hint(plain, "try b"), 2, "whatif: reading a: no\nhint: try b\n"},
		{"code", &codeError{ExitPartly, plain}, 3, "whatif: reading a: no\n"},
		{"reported", &codeError{ExitPartly, errReported}, 3, ""},
		{"interrupted", context.Canceled, 3, "whatif: interrupted\n"},
		{"two", errors.Join(plain, errors.New("b\x1b[2J")), 2, "whatif: reading a: no\nwhatif: b␛[2J\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			a := &app{stderr: &stderr}
			if code := a.finish(c.err); code != c.code || stderr.String() != c.stderr {
				t.Errorf("code %d, want %d; stderr %q, want %q", code, c.code, stderr.String(), c.stderr)
			}
		})
	}
}
