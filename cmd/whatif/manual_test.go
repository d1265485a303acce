package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"whatif/cmd/internal/cli"
)

// TestManual holds the manual to the program: its exit codes and its commands.
func TestManual(t *testing.T) {
	raw, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	manual := string(raw)
	_, codes, _ := strings.Cut(manual, "# Exit codes\n\n")
	want := ""
	for _, c := range cli.ExitCodes() {
		want += fmt.Sprintf("\t%d  %s\n", c.Code, c.Meaning)
	}
	if got := strings.TrimSuffix(codes, "*/\npackage main\n"); got != want {
		t.Errorf("exit codes in doc.go:\n%s\nwant:\n%s", got, want)
	}
	if help := string(must(t, "help", "exit-codes")); !strings.Contains(help, strings.ReplaceAll(want, "\t", "  ")) {
		t.Errorf("help exit-codes lacks them:\n%s", help)
	}
	help := string(must(t, "--help"))
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+)  +[A-Z]`).FindAllStringSubmatch(help, -1) {
		if !regexp.MustCompile(`(?m)^\t` + m[1] + ` `).MatchString(manual) {
			t.Errorf("the manual does not name the command %s", m[1])
		}
	}
}
