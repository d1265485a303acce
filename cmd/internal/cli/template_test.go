package cli

import (
	"os"
	"strings"
	"testing"
)

// TestTemplateTerminal refuses to print a DOCX file where people read. A character device stands for a terminal.
func TestTemplateTerminal(t *testing.T) {
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if !isTerminal(device) {
		t.Skip("no character device here")
	}
	var stderr strings.Builder
	for format, want := range map[string]int{"docx": ExitUsage, "md": ExitDone} {
		stderr.Reset()
		if code := Run(t.Context(), nil, strings.NewReader(""), device, &stderr, []string{"template", "-f", format}); code != want {
			t.Errorf("%s: exit code %d, want %d; stderr: %s", format, code, want, stderr.String())
		}
	}
}
