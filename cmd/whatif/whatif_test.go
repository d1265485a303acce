package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts and tests run this binary as "whatif".
func TestMain(m *testing.M) {
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", quickRace)
	}
	testscript.Main(m, map[string]func(){"whatif": main})
}

// quickRace tells the race detector not to wait a second at the end of each process, of which these tests start hundreds.
const quickRace = "atexit_sleep_ms=0"

// TestScripts runs the transcripts under testdata/script. They read like a manual.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Condition:           condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"grow":     grow,
			"generate": generate,
			"mode":     mode,
			"queue":    queueServer,
			"serve":    serve,
			"stats":    stats,
			"log":      logged,
			"holds":    holds,
			"same":     same,
		},
	})
}

// setUp gives a script a home of its own, the fixtures, and a fixed time.
func setUp(env *testscript.Env) error {
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("FIXTURES", fixtures)
	env.Setenv("HOME", home)
	env.Setenv("USERPROFILE", home)
	env.Setenv("XDG_CACHE_HOME", userCache())
	env.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	env.Setenv("GORACE", os.Getenv("GORACE"))
	return os.MkdirAll(filepath.Join(home, ".config", "whatif"), 0o755)
}

// userCache is where the PDF library keeps what it compiled, so that each script does not compile it anew.
func userCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return os.TempDir()
	}
	return dir
}

func condition(cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Getuid() == 0, nil
	case "race":
		return withRace, nil
	case "mount":
		return canMount(), nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// canMount reports whether a small disk can be had, for tests of a full one.
func canMount() bool {
	dir, err := os.MkdirTemp("", "whatif")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	if os.Getuid() != 0 || exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).Run() != nil {
		return false
	}
	return exec.Command("umount", dir).Run() == nil
}

// exits is "exits CODE COMMAND…": runs the command, which must end with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// grow is "grow SIZE FILE": makes a sparse file of SIZE bytes.
func grow(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(f.Truncate(size))
	ts.Check(f.Close())
}

// generate is "generate COUNT TEXT FILE": writes TEXT COUNT times; %d in it is the number, \n a line end.
func generate(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := strings.ReplaceAll(args[1], `\n`, "\n")
	var b bytes.Buffer
	for i := range count {
		b.WriteString(strings.ReplaceAll(text, "%d", strconv.Itoa(i+1)))
	}
	f, err := os.OpenFile(ts.MkAbs(args[2]), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	ts.Check(err)
	_, err = io.Copy(f, &b)
	ts.Check(err)
	ts.Check(f.Close())
}

// mode is "mode OCTAL FILE": the file must have these permissions.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
