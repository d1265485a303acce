package find

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tellKinds tells of the files that are no documents: the most frequent ending first.
func (w *walk) tellKinds() {
	endings := slices.SortedFunc(maps.Keys(w.kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(w.kinds[b], w.kinds[a]), cmp.Compare(a, b))
	})
	for _, e := range endings {
		w.left(Left{Reason: NotADocument, Detail: e, Files: w.kinds[e]})
	}
}

// A Tally counts what was left out, for people. The zero value is empty.
type Tally struct {
	files, folders map[Reason]int
	kinds          []string // of files that are no documents, with their numbers, as they came
}

// Add counts what was left out.
func (t *Tally) Add(l Left) {
	if t.files == nil {
		t.files, t.folders = map[Reason]int{}, map[Reason]int{}
	}
	if l.Folder {
		t.folders[l.Reason]++
	}
	t.files[l.Reason] += l.Files
	if l.Reason == NotADocument {
		t.kinds = append(t.kinds, fmt.Sprintf("%s %d", cmp.Or(l.Detail, "others"), l.Files))
	}
}

// Files returns how many files were left out for a reason, and Folders how many folders with all that is in them.
func (t *Tally) Files(r Reason) int   { return t.files[r] }
func (t *Tally) Folders(r Reason) int { return t.folders[r] }

// reasonWords say what was left out, in the order in which it is told.
var reasonWords = []struct {
	reason Reason
	words  string
}{
	{Unreadable, "can't be read"}, {Vanished, "went away, or never was there"}, {TooLarge, "too large"}, {TooDeep, "too many folders deep"},
	{Special, "pipes, devices or folders"}, {Link, "links that are not followed"}, {Empty, "empty"}, {Ignored, "named by ignore files"},
	{Excluded, "by --include and --exclude"}, {Hidden, "hidden"}, {Vendor, "of other people, or built"}, {Report, "reports of whatif"},
	{ScanOutput, "the output of a scan"},
}

// maxKinds is how many endings a line names.
const maxKinds = 5

// Lines says what was left out, a line for each reason: "left out 312 files: no documents (png 200, go 112)". What a reader
// may have to look after comes first.
func (t *Tally) Lines() []string {
	var lines []string
	for _, r := range reasonWords {
		var what []string
		if n := t.files[r.reason]; n > 0 {
			what = append(what, number(n, "file"))
		}
		if n := t.folders[r.reason]; n > 0 {
			what = append(what, number(n, "folder"))
		}
		if len(what) > 0 {
			lines = append(lines, "left out "+strings.Join(what, " and ")+": "+r.words)
		}
	}
	if n := t.files[NotADocument]; n > 0 {
		kinds := t.kinds
		if len(kinds) > maxKinds {
			kinds = append(slices.Clone(kinds[:maxKinds]), "…")
		}
		lines = append(lines, fmt.Sprintf("left out %s: no documents (%s)", number(n, "file"), strings.Join(kinds, ", ")))
	}
	return lines
}

// number returns "1 file" or "3 files".
func number(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
