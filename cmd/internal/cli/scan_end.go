package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"whatif/analyzer/llm/caller"
	"whatif/analyzer/record"
	"whatif/analyzer/scan"
	"whatif/analyzer/threatmodel"
)

// finishScan writes the pages over all documents and says what came of the scan, also of one that was stopped.
func (a *app) finishScan(k *scanning, failure error) error {
	interrupted := errors.Is(failure, context.Canceled)
	if failure != nil && !interrupted && !modelFailed(failure) && !isWaiting(failure) {
		return a.brokenOff(k, failure)
	}
	if failure == nil {
		gone, err := k.folder.Forget(k.stays)
		if err != nil {
			return err
		}
		if gone > 0 && !k.quiet() {
			a.message("", counted(gone, "draft was removed, of a document that is not there any more or not looked at", "drafts were removed, of documents that are not there any more or not looked at"))
		}
	}
	if err := a.writePages(k, k.notes(failure, interrupted)); err != nil {
		return err
	}
	return a.conclude(k, k.folder.Totals(), failure, interrupted)
}

// stays reports whether a document stays in the output: it was found, or a search that looked for a part only does not say that it is gone.
func (k *scanning) stays(name string) bool {
	switch {
	case k.found.has(name):
		return true
	case !k.opt.find.partly():
		return false
	case k.opt.find.filesFrom != "" || len(k.roots) != 1 || strings.Contains(name, `\x`):
		return true // where it would lie is not known
	}
	_, err := os.Lstat(filepath.Join(k.roots[0], filepath.FromSlash(name)))
	return !errors.Is(err, os.ErrNotExist)
}

// brokenOff adds to an error after which the scan could not go on what was done before it.
func (a *app) brokenOff(k *scanning, err error) error {
	if n := k.done.Made; n > 0 {
		a.message("", fmt.Sprintf("%s done before that; the same command goes on from there", counted(n, "document was", "documents were")))
	}
	return err
}

// notes are what the pages say first of a scan that is not whole.
func (k *scanning) notes(failure error, interrupted bool) []string {
	n := k.done.Undone
	switch {
	case n == 0:
		return nil
	case isWaiting(failure):
		return []string{fmt.Sprintf("The scan waits for a model's replies: %s not done yet.", counted(n, "document is", "documents are"))}
	case interrupted:
		return []string{fmt.Sprintf("The scan was interrupted: %s not done yet.", counted(n, "document is", "documents are"))}
	case failure != nil:
		return []string{fmt.Sprintf("The scan stopped before its end: %s not done yet.", counted(n, "document is", "documents are"))}
	}
	return nil
}

// conclude says what came of the scan and what to do next, and returns the error for its exit code.
func (a *app) conclude(k *scanning, t scan.Totals, failure error, interrupted bool) error {
	if !k.quiet() {
		a.overview(k, t)
	}
	sum := k.done
	switch {
	case isWaiting(failure):
		return a.concludeWaiting(k, failure)
	case interrupted:
		a.message("whatif: ", fmt.Sprintf("interrupted; %s not done", counted(sum.Undone, "document is", "documents are")))
		a.message("hint: ", "the same command goes on from here"+k.keptReplies())
		return &codeError{ExitPartly, errReported}
	case failure != nil:
		a.complain(k.asking.keyHint(failure))
		a.message("whatif: ", fmt.Sprintf("%s not done; the same command goes on from here", counted(sum.Undone, "document is", "documents are")))
		if sum.Made == 0 && !errors.Is(failure, caller.ErrBudget) {
			return &codeError{ExitModel, errReported}
		}
		return &codeError{ExitPartly, errReported}
	}
	return a.concludePartly(k)
}

// concludePartly says what is missing after a scan that came to its end, and how to get it.
func (a *app) concludePartly(k *scanning) error {
	states, lacks := k.tell.came()
	failed, partial := states[record.Failed], states[record.Partial]
	if failed+partial == 0 {
		return nil
	}
	if partial > 0 {
		next := "the same command asks for the rest"
		if !k.queued() && k.asking != nil && !k.asking.kept {
			next = "another run asks for everything again, since replies are not kept"
		}
		a.message("whatif: ", counted(partial, "draft is", "drafts are")+" not whole, since not all was asked of the model: "+oneLine(lacks))
		a.message("hint: ", next)
	}
	if failed > 0 {
		a.message("whatif: ", fmt.Sprintf("%s could not be read; the index says which and why", counted(failed, "document", "documents")))
	}
	return &codeError{ExitPartly, errReported}
}

func (k *scanning) keptReplies() string {
	if k.opt.batch.on {
		return "; what was sent is answered meanwhile"
	}
	if k.asking != nil && k.asking.kept {
		return "; what the model has answered is kept"
	}
	return ""
}

// overview is the summary of a scan.
func (a *app) overview(k *scanning, t scan.Totals) {
	if k.again {
		if names := k.tell.names(); len(names) > 0 {
			a.message("", "done anew: "+strings.Join(names, ", ")+more(k.done.Made-len(names)))
		}
		return
	}
	if n := k.found.missing(); n > 0 {
		a.message("note: ", counted(n, "file could not be taken", "files could not be taken")+", though named or found; the index says why")
	}
	if len(k.found.files) == 0 {
		a.message("", "no document was found"+k.leftWords())
		return
	}
	drafts := t.States[record.Done] + t.States[record.Partial]
	line := fmt.Sprintf("%s: %s, %s", counted(len(k.found.files), "document", "documents"), counted(drafts, "draft", "drafts"), a.findingsOf(t))
	if k.opt.find.partly() {
		line = fmt.Sprintf("%s looked at; with those of before: %s, %s", counted(len(k.found.files), "document was", "documents were"),
			counted(drafts, "draft", "drafts"), a.findingsOf(t))
	}
	for _, s := range []struct {
		state     record.State
		one, more string
	}{
		{record.LeftOut, "is no requirements document", "are no requirements documents"},
		{record.Copy, "is a copy of another", "are copies of others"}, {record.Failed, "failed", "failed"},
	} {
		if n := t.States[s.state]; n > 0 {
			line += "; " + counted(n, s.one, s.more)
		}
	}
	if k.done.Kept > 0 {
		line += fmt.Sprintf("; %s done before", thousands(k.done.Kept))
	}
	a.message("", line)
	if k.asking != nil {
		a.message("", k.asking.spent())
	}
	a.message("", "the page to open: "+filepath.Join(k.opt.output, "index.html"))
}

func (a *app) findingsOf(t scan.Totals) string {
	return fmt.Sprintf("%s high, %s medium and %s low findings", thousands(t.Findings[threatmodel.High]), thousands(t.Findings[threatmodel.Medium]),
		thousands(t.Findings[threatmodel.Low]))
}

// leftWords says how many files were passed over, where no document was found.
func (k *scanning) leftWords() string {
	n := k.found.passedOver()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s passed over: `whatif help ignore-files` tells what is left out", counted(n, "file was", "files were"))
}
