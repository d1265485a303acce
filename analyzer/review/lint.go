package review

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"whatif/analyzer/threatmodel"
)

// A Remark is something that whoever keeps a file of decisions should know.
type Remark struct {
	Line  int // 1-based; 0: of the file as a whole
	Text  string
	Wrong bool // it can't be read, or decides nothing any more; else it is only worth knowing
}

// Lint looks through a file of decisions, whose path is for its name alone. draft is that of the document as it is today; nil: the document
// is not at hand, and what is stale is not seen. Remarks are in the order of their lines.
func Lint(path string, raw []byte, draft *threatmodel.Draft, today time.Time) []Remark {
	f, err := Parse("", raw)
	if err != nil {
		return faults(err)
	}
	l := &linter{path: path, file: f, today: today}
	for _, w := range f.Warnings {
		line, text, _ := strings.Cut(strings.TrimPrefix(w, ":"), ": ")
		n, _ := strconv.Atoi(line)
		l.add(n, false, "%s", text)
	}
	l.head()
	for i := range f.Decisions {
		l.decision(&f.Decisions[i])
	}
	if draft != nil {
		l.against(draft)
	}
	slices.SortStableFunc(l.remarks, func(a, b Remark) int { return cmp.Compare(a.Line, b.Line) })
	return l.remarks
}

// faults takes the faults of a file apart.
func faults(err error) []Remark {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var out []Remark
		for _, e := range several.Unwrap() {
			out = append(out, faults(e)...)
		}
		return out
	}
	if f := (*Fault)(nil); errors.As(err, &f) {
		return []Remark{{f.Line, f.Text, true}}
	}
	return []Remark{{0, err.Error(), true}}
}

// A linter collects remarks about one file.
type linter struct {
	path    string
	file    *File
	today   time.Time
	remarks []Remark
}

func (l *linter) add(line int, wrong bool, format string, args ...any) {
	l.remarks = append(l.remarks, Remark{line, fmt.Sprintf(format, args...), wrong})
}

// head looks at what stands above the decisions.
func (l *linter) head() {
	name := strings.TrimSuffix(filepath.Base(l.path), Ending)
	if l.file.Document != "" && l.file.Document != name {
		l.add(0, false, "it says that it is about %s, and its name says %s", clip(l.file.Document), clip(name))
	}
}

// decision looks at one decision by itself.
func (l *linter) decision(d *Decision) {
	id := clip(d.ID)
	if d.expired(l.today) {
		l.add(d.Line, true, "%s has expired: it held until %s", id, d.Until)
	}
	if d.Until != "" && d.At != "" && d.At[:len(time.DateOnly)] > d.Until {
		l.add(d.Line, true, "%s ended on %s, before it was decided on %s", id, d.Until, d.At[:len(time.DateOnly)])
	}
	switch {
	case d.State == threatmodel.StateRejected && d.Reason == "":
		l.add(d.Line, false, "%s is rejected without a reason", id)
	case d.State == threatmodel.StateAccepted && (d.Reason == Wrong || d.Reason == NotRelevant):
		l.add(d.Line, false, "%s is accepted, and its reason says that it is %s", id, strings.ReplaceAll(string(d.Reason), "_", " "))
	case d.State == threatmodel.StateEdited && d.Edit.Title == "" && d.Edit.Priority == "" && d.Edit.Requirement == "":
		l.add(d.Line, false, "%s is edited, and nothing says how", id)
	case d.State == threatmodel.StateNeedsInfo && d.Note == "" && d.Ask == "":
		l.add(d.Line, false, "%s needs info, and nothing says which or from whom", id)
	}
	if d.Reason == RiskAccepted && d.Until == "" {
		l.add(d.Line, false, "the risk of %s is accepted for ever; until gives it a last day", id)
	}
}

// against holds the decisions against today's draft.
func (l *linter) against(draft *threatmodel.Draft) {
	for _, m := range Carry(l.file, draft, l.today).All {
		d, id := m.Decision, clip(m.Decision.ID)
		switch {
		case m.State == Gone:
			l.add(d.Line, false, "%s is about a finding that is gone", id)
		case m.State == Doubtful:
			l.add(d.Line, true, "%s may be about %s, or not: look again%s", id, m.Finding.ID, thenAndNow(&m))
		case m.State == Stale:
			l.add(d.Line, true, "%s is about another text than today's%s", id, thenAndNow(&m))
		}
		if m.How != "" && m.Finding.ID != d.ID {
			l.add(d.Line, false, "the finding of %s is now %s (%q)", id, m.Finding.ID, clip(m.Finding.Title))
		}
	}
	asked := map[string]bool{}
	for i := range draft.Questions {
		asked[draft.Questions[i].ID] = true
	}
	for _, a := range l.file.Answers {
		if !asked[a.ID] {
			l.add(a.Line, false, "%s answers a question that is not asked any more", clip(a.ID))
		}
	}
}

// thenAndNow quotes the sentences, where they are known.
func thenAndNow(m *Match) string {
	text := ""
	if m.Was != "" {
		text += fmt.Sprintf("; then: “%s”", clip(m.Was))
	}
	if m.Now != "" {
		text += fmt.Sprintf("; now: “%s”", clip(plain(m.Now)))
	}
	return text
}
