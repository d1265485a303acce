package cli

import (
	"fmt"
	"slices"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// summarize tells on stderr what came out of one document and what could be done next.
func (a *app) summarize(input string, d *threatmodel.Draft, reports []report, complete bool) {
	for _, w := range d.Warnings {
		if !slices.Contains(partialCodes, w.Code) { // those are told apart, also to who wants no summary
			a.message("warning: ", oneLine(w.Message))
		}
	}
	a.message("", fmt.Sprintf("%s: %s; %s; %d of %d sentences cited", input, findings(d), openQuestions(d),
		d.Coverage.SentencesCited, d.Coverage.Sentences))
	printed := false
	for _, r := range reports {
		if r.path == "" {
			printed = true
		} else if complete {
			a.message("", "wrote "+r.path)
		}
	}
	if printed && len(reports) == 1 && input != "-" {
		a.message("hint: ", "`whatif analyze "+quoted(input)+" -o report.html` writes a page with the document beside the findings")
	}
}

// shownGaps is how many parts that are missing from a draft are named on stderr. The draft names them all.
const shownGaps = 5

// incomplete tells what is missing from a draft, why, and how to get it.
func (a *app) incomplete(j *job, i int, d *threatmodel.Draft) {
	var pieces []string
	failed := false
	for _, w := range d.Warnings {
		switch {
		case w.Code == "chunk_failed" || w.Code == "not_asked":
			pieces = append(pieces, oneLine(w.Message))
		case slices.Contains(partialCodes, w.Code):
			a.message("warning: ", oneLine(w.Message))
			failed = failed || w.Code == "model_failed"
		}
	}
	if failed {
		pieces = nil // that is all of them
	}
	for _, p := range pieces[:min(len(pieces), shownGaps)] {
		a.message("warning: ", p)
	}
	if n := len(pieces) - shownGaps; n == 1 {
		a.message("warning: ", "1 more part like these is missing; the draft lists it")
	} else if n > 1 {
		a.message("warning: ", fmt.Sprintf("%d more parts like these are missing; the draft lists them", n))
	}
	next := "another run asks for everything again, since replies are not kept"
	if j.asking == nil || j.asking.kept {
		next = "another run asks only for what is missing"
	}
	a.message("whatif: ", fmt.Sprintf("the draft of %s is partial; %s", j.inputs[i], next))
}

// findings counts the abuse cases: "9 findings (3 high, 4 medium, 2 low)".
func findings(d *threatmodel.Draft) string {
	if len(d.AbuseCases) == 0 {
		return "no findings"
	}
	count := map[threatmodel.Level]int{}
	for i := range d.AbuseCases {
		count[d.AbuseCases[i].Priority]++
	}
	var parts []string
	for _, l := range []threatmodel.Level{threatmodel.High, threatmodel.Medium, threatmodel.Low} {
		if count[l] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[l], l))
		}
	}
	return fmt.Sprintf("%s (%s)", plural(len(d.AbuseCases), "finding"), strings.Join(parts, ", "))
}

func openQuestions(d *threatmodel.Draft) string {
	return plural(render.OpenQuestions(d), "open question")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// quoted returns a file's name as a shell takes it.
func quoted(name string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/", r) || r > 0x7f
	}
	if strings.IndexFunc(name, func(r rune) bool { return !safe(r) }) < 0 && !strings.HasPrefix(name, "-") {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
