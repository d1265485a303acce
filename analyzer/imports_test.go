package analyzer_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the house's plan: which of the module's packages each one may import, besides itself. Packages point
// downwards only. A line more here is a decision; say why in the commit that adds it.
var mayImport = map[string][]string{
	"whatif/cmd/whatif":           {"whatif/cmd/internal/cli"},
	"whatif/cmd/internal/cli":     {"whatif/analyzer...", "whatif/prompts"},
	"whatif/analyzer":             {"whatif/analyzer/...", "whatif/prompts"},
	"whatif/analyzer/threatmodel": {},
	"whatif/analyzer/document":    {},
	"whatif/analyzer/framework":   {"whatif/prompts"},
	"whatif/analyzer/reading":     {"whatif/analyzer/document", "whatif/prompts"},
	"whatif/analyzer/proposal":    {"whatif/analyzer/document", "whatif/analyzer/framework", "whatif/analyzer/reading"},
	"whatif/analyzer/rules":       {"whatif/analyzer/document", "whatif/analyzer/framework", "whatif/analyzer/proposal", "whatif/analyzer/reading", "whatif/prompts"},
	"whatif/analyzer/ground":      {"whatif/analyzer/document", "whatif/analyzer/proposal", "whatif/analyzer/reading", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/assemble":    {"whatif/analyzer/document", "whatif/analyzer/ground", "whatif/analyzer/proposal", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/render":      {"whatif/analyzer/threatmodel", "whatif/analyzer/document"},
	"whatif/analyzer/export":      {"whatif/analyzer/record", "whatif/analyzer/render", "whatif/analyzer/review", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/eval":        {"whatif/analyzer/document", "whatif/analyzer/reading", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/template":    {"whatif/analyzer/framework", "whatif/prompts"},
	"whatif/prompts":              {},
	"whatif/analyzer/store":       {},
	"whatif/analyzer/wholefile":   {},
	"whatif/analyzer/record":      {"whatif/analyzer/document", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/sarif":       {"whatif/analyzer/record", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/find":        {},
	"whatif/analyzer/classify":    {"whatif/analyzer/document", "whatif/prompts"},
	"whatif/analyzer/near":        {"whatif/analyzer/document"},
	"whatif/analyzer/review":      {"whatif/analyzer/document", "whatif/analyzer/record", "whatif/analyzer/threatmodel", "whatif/analyzer/wholefile"},
	"whatif/analyzer/review/web":  {"whatif/analyzer/document", "whatif/analyzer/render", "whatif/analyzer/review", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/diff":        {"whatif/analyzer/document", "whatif/analyzer/render", "whatif/analyzer/review", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/gate": {"whatif/analyzer/document", "whatif/analyzer/framework", "whatif/analyzer/record", "whatif/analyzer/render", "whatif/analyzer/review",
		"whatif/analyzer/sarif", "whatif/analyzer/threatmodel", "whatif/analyzer/wholefile"},

	"whatif/analyzer/scan": {"whatif/analyzer", "whatif/analyzer/classify", "whatif/analyzer/document", "whatif/analyzer/find", "whatif/analyzer/near",
		"whatif/analyzer/proposal", "whatif/analyzer/record", "whatif/analyzer/render", "whatif/analyzer/sarif", "whatif/analyzer/scan/index", "whatif/analyzer/threatmodel",
		"whatif/analyzer/wholefile"},
	"whatif/analyzer/scan/index": {"whatif/analyzer/framework", "whatif/analyzer/record", "whatif/analyzer/render", "whatif/analyzer/threatmodel"},
	"whatif/analyzer/scan/queue": {"whatif/analyzer/llm/...", "whatif/analyzer/record", "whatif/analyzer/scan"},
	"whatif/analyzer/llm/batch":  {"whatif/analyzer/llm/...", "whatif/analyzer/wholefile"},
	"whatif/analyzer/inspect":    {"whatif/analyzer/document", "whatif/analyzer/proposal", "whatif/analyzer/reading", "whatif/prompts"},

	"whatif/analyzer/llm": {"whatif/analyzer/document", "whatif/analyzer/framework", "whatif/analyzer/inspect", "whatif/analyzer/llm/...",
		"whatif/analyzer/proposal", "whatif/analyzer/reading", "whatif/analyzer/threatmodel", "whatif/prompts"},
	"whatif/analyzer/llm/client":  {"whatif/prompts"},
	"whatif/analyzer/llm/caller":  {"whatif/analyzer/llm/client"},
	"whatif/analyzer/llm/reply":   {},
	"whatif/analyzer/llm/tokens":  {"whatif/prompts"},
	"whatif/analyzer/llm/chunk":   {"whatif/analyzer/document"},
	"whatif/analyzer/llm/redact":  {"whatif/analyzer/document", "whatif/analyzer/inspect"},
	"whatif/analyzer/llm/fakellm": {}, // for tests and cmd/fakellm: no package of the program imports it
	"whatif/cmd/fakellm":          {"whatif/analyzer/llm/fakellm"},
}

// TestImports holds every package's imports, tests left out, to the table.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "whatif/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		seen[path] = true
		allowed, ok := mayImport[path]
		if !ok {
			t.Errorf("package %s is not in the table: decide what it may import", path)
			continue
		}
		for _, imp := range strings.Fields(imports) {
			if strings.HasPrefix(imp, "whatif/") && !slices.ContainsFunc(allowed, func(a string) bool { return matches(a, imp) }) {
				t.Errorf("package %s imports %s, which the table does not allow", path, imp)
			}
		}
	}
	for path := range mayImport {
		if !seen[path] {
			t.Errorf("the table names %s, which is not there", path)
		}
	}
}

// matches reports whether the import path is the pattern, or lies under it when the pattern ends in "...".
func matches(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "..."); ok {
		return strings.HasPrefix(path, prefix)
	}
	return pattern == path
}
