package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whatif/analyzer/review"
)

// checkDecisions reads every file of decisions before any work is done, so that a damaged one stops the check rather than one document.
func (a *app) checkDecisions(inputs []checked) error {
	bad := 0
	for _, in := range inputs {
		f, err := decisionsOf(in)
		if err != nil {
			a.complain(err)
			bad++
			continue
		}
		if f != nil {
			for _, w := range f.Warnings {
				a.message("note: ", w)
			}
			if name := filepath.Base(in.path); f.Document != "" && f.Document != name {
				a.message("note: ", fmt.Sprintf("%s says that it is about %s; its decisions are taken as those about %s", review.Path(in.path), f.Document, name))
			}
		}
	}
	a.tellOrphans(inputs)
	if bad > 0 {
		a.message("hint: ", "`whatif help decisions` tells how decisions are written")
		return errReported
	}
	return nil
}

// decisionsOf reads the decisions about a document, nil if there are none.
func decisionsOf(in checked) (*review.File, error) {
	if in.path == "-" {
		return nil, nil
	}
	return review.Load(review.Path(in.path))
}

// tellOrphans tells of files of decisions whose documents are not there, in the folders in which documents were found.
func (a *app) tellOrphans(inputs []checked) {
	seen, orphans := map[string]bool{}, []string(nil)
	for _, in := range inputs {
		dir := filepath.Dir(in.path)
		if in.path == "-" || seen[dir] {
			continue
		}
		seen[dir] = true
		list, err := os.ReadDir(dir)
		if err != nil {
			continue // the document itself can't be read either, and that is told
		}
		for _, e := range list {
			if name, is := strings.CutSuffix(e.Name(), review.Ending); is && name != "" {
				if _, err := os.Lstat(filepath.Join(dir, name)); os.IsNotExist(err) {
					orphans = append(orphans, filepath.Join(dir, e.Name()))
				}
			}
		}
	}
	if len(orphans) == 0 {
		return
	}
	slices.Sort(orphans)
	text := orphans[0] + " has decisions, and its document is not there"
	if n := len(orphans) - 1; n > 0 {
		text += fmt.Sprintf("; so it is with %d more", n)
	}
	a.message("note: ", text)
	a.message("hint: ", "give it the document's new name: NAME.md"+review.Ending)
}

// carry gives decisions the ids that their findings have today, which are others once a document is renamed, and tells it. It does so
// where the match is certain and the decision names its evidence: then it holds only while that is the text.
func (a *app) carry(c *checking, g gathered, decisions *review.File) {
	if decisions == nil || g.draft == nil {
		return
	}
	carried := review.Carry(decisions, g.draft, c.job.make.Now)
	carried.All = slices.DeleteFunc(carried.All, func(m review.Match) bool {
		return m.How == "" || m.Decision.Evidence == "" || m.Decision.ID == m.Finding.ID
	})
	before := make([]string, len(decisions.Decisions))
	for i := range before {
		before[i] = decisions.Decisions[i].ID
	}
	carried.Rewrite(decisions)
	n := 0
	for i := range before {
		if before[i] != decisions.Decisions[i].ID {
			n++
		}
	}
	if n > 0 && !c.job.quiet {
		text := "1 decision is carried over to a finding that has another id today"
		if n > 1 {
			text = fmt.Sprintf("%d decisions are carried over to findings that have other ids today", n)
		}
		a.message("note: ", review.Path(g.input.path)+": "+text)
	}
}
