package framework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxProblems is how many faults of a file are listed; the rest is counted.
const maxProblems = 50

func (r *reader) problem(line int, format string, args ...any) {
	if len(r.problems) == maxProblems {
		r.more++
		return
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// fail records a fault at n, with what the reader is reading.
func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if r.where != "" {
		text = r.where + ": " + text
	}
	r.problem(n.Line, "%s", text)
}

// sortProblems puts the faults in order of their lines; each file's stay together.
func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

// unknown says that word is not one of known, and which one may be meant.
func unknown(what, word string, known []string) string {
	text := fmt.Sprintf("unknown %s %q", what, clip(word))
	if near := nearest(word, known); near != "" {
		return text + fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) > 0 && len(known) <= 12 {
		return text + "; known are " + strings.Join(known, ", ")
	}
	return text
}

// clip shortens text of a file so that it can be shown in a message.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// nearest returns the word of known that word most likely is a slip of, or "".
func nearest(word string, known []string) string {
	const longest = 60
	if len(word) > longest {
		return ""
	}
	best, least := "", 1+max(1, len(word)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many bytes must be changed, added or removed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
