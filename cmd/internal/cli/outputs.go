package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/render"
)

// A report is one form of a draft and where it goes.
type report struct {
	path   string // "" is standard output
	format render.Format
}

// reportMark stands in the name of each report that is named after its document.
const reportMark = ".threatmodel"

// withoutReports leaves out, of several inputs, the reports of an earlier run: "*.md" names them too.
func (a *app) withoutReports(inputs []string) []string {
	var kept []string
	for _, in := range inputs {
		if !isReport(in) {
			kept = append(kept, in)
		}
	}
	if len(kept) == 0 {
		return inputs
	}
	for _, in := range inputs {
		if isReport(in) {
			a.message("note: ", in+" is a report by its name, and left out; name it alone to read it")
		}
	}
	return kept
}

// isReport reports whether a file has the name of a report that whatif named.
func isReport(path string) bool {
	ending := filepath.Ext(path)
	return slices.Contains(endings(), ending) && strings.HasSuffix(strings.TrimSuffix(path, ending), reportMark)
}

// planReports decides, before any work is done, where the reports of each input go. The result has one list for each input.
func planReports(inputs, outputs []string, format string) ([][]report, error) {
	printed, ok := render.ForName(format)
	if !ok {
		return nil, fmt.Errorf("no format %q", format)
	}
	if len(outputs) == 0 {
		outputs = []string{"-"}
	}
	plan := make([][]report, len(inputs))
	for _, out := range outputs {
		for i := range inputs {
			r, err := planReport(inputs, i, out, printed)
			if err != nil {
				return nil, err
			}
			plan[i] = append(plan[i], r)
		}
	}
	return plan, checkReports(inputs, plan)
}

// planReport decides where the report of inputs[i] goes that out asks for.
func planReport(inputs []string, i int, out string, printed render.Format) (report, error) {
	switch {
	case out == "-":
		if len(inputs) > 1 && printed.Name != "md" && printed.Name != "json" {
			return report{}, hint(fmt.Errorf("several documents cannot be printed as one %s", printed.Name), "write a report for each: -o reports/ --format %s", printed.Name)
		}
		return report{format: printed}, nil
	case isDir(out):
		return report{filepath.Join(out, reportNames(inputs)[i]+printed.Endings[0]), printed}, nil
	case len(inputs) > 1:
		return report{}, hint(fmt.Errorf("%d documents cannot share the report %s", len(inputs), out), "name a directory: -o %s%c", strings.TrimSuffix(out, filepath.Ext(out)), filepath.Separator)
	}
	f, ok := render.ForEnding(out)
	if !ok && strings.HasSuffix(strings.ToLower(out), ".sarif") {
		return report{}, hint(fmt.Errorf("SARIF is of findings, not of a draft: %s", out), "`whatif check %s --fail-on none -o %s` writes it", quoted(inputs[i]), quoted(out))
	}
	if !ok {
		return report{}, hint(fmt.Errorf("the ending of %s names no format", out), "use one of %s, or a directory with a slash at its end", strings.Join(endings(), " "))
	}
	return report{out, f}, nil
}

// checkReports finds reports that would overwrite a document or each other, or have no place to go.
func checkReports(inputs []string, plan [][]report) error {
	seen := map[string]bool{}
	for _, reports := range plan {
		for _, r := range reports {
			for _, in := range inputs {
				if r.path != "" && in != "-" && sameFile(in, r.path) {
					return hint(fmt.Errorf("the report %s would overwrite the document %s", r.path, in), "choose another name for the report")
				}
			}
			if seen[r.path] && r.path != "" {
				return fmt.Errorf("two reports would be written to %s", r.path)
			}
			seen[r.path] = true
			if err := checkPlace(r.path); err != nil {
				return fmt.Errorf("writing %s: %w", r.path, err)
			}
		}
	}
	return nil
}

// checkPlace reports whether a file can be put at path as far as can be told before.
func checkPlace(path string) error {
	if path == "" {
		return nil
	}
	if _, _, err := landing(path); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil // made when it is needed
	case err != nil:
		return cause(err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory", dir)
	}
	return nil
}

// reportNames returns a name for the report of each input, without its ending: "prd.threatmodel" for docs/prd.md. Inputs whose
// names are alike keep their ending, then the directories above them, until all names differ.
func reportNames(inputs []string) []string {
	names := make([]string, len(inputs))
	for i, in := range inputs {
		names[i] = reportName(in, 0)
	}
	for level := 1; level < 8; level++ {
		count := map[string]int{}
		for _, n := range names {
			count[strings.ToLower(n)]++
		}
		for i, n := range names {
			if count[strings.ToLower(n)] > 1 {
				names[i] = reportName(inputs[i], level)
			}
		}
	}
	number(names)
	for i := range names {
		names[i] += reportMark
	}
	return names
}

// number makes the names that are still alike differ: "a", "a-2".
func number(names []string) {
	taken := map[string]bool{}
	for _, n := range names {
		taken[strings.ToLower(n)] = true
	}
	used := map[string]bool{}
	for i, n := range names {
		for k := 2; used[strings.ToLower(names[i])]; k++ {
			if numbered := n + "-" + strconv.Itoa(k); !taken[strings.ToLower(numbered)] {
				names[i] = numbered
			}
		}
		used[strings.ToLower(names[i])] = true
	}
}

// reportName returns the name of a report at a level: 0 the bare name, 1 with its ending, n with n-1 directories before it.
func reportName(input string, level int) string {
	if input == "-" {
		return "stdin"
	}
	base := filepath.Base(input)
	if level == 0 {
		if stem := strings.TrimSuffix(base, filepath.Ext(base)); stem != "" {
			return stem
		}
	}
	dir := filepath.Dir(filepath.Clean(input))
	for range level - 1 {
		above := filepath.Base(dir)
		if above == "." || above == ".." || above == string(filepath.Separator) {
			break
		}
		base, dir = above+"-"+base, filepath.Dir(dir)
	}
	return base
}

func endings() []string {
	var all []string
	for _, f := range render.Formats {
		all = append(all, f.Endings[0])
	}
	return all
}
