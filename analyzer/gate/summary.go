package gate

import (
	"fmt"
	"strings"
)

// Headline is the verdict on one line: "2 new findings, 1 required question is not answered".
func (v *Verdict) Headline() string {
	var parts []string
	add := func(n int, one, many string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	at := ""
	if v.FailOn != "" && v.FailOn != "low" {
		at = string(v.FailOn) + "-priority "
		if v.FailOn == "medium" {
			at = "medium- or high-priority "
		}
	}
	add(v.New, "new "+at+"finding", "new "+at+"findings")
	add(v.Expired, "decision has expired", "decisions have expired")
	add(v.Unanswered, "required question is not answered", "required questions are not answered")
	if len(parts) == 0 && v.Documents+v.Failed == 0 {
		parts = append(parts, "there was no requirements document to look at")
	} else if len(parts) == 0 && v.FailOn == "" {
		parts = append(parts, "nothing fails")
	} else if len(parts) == 0 {
		parts = append(parts, "no new "+at+"finding")
	}
	add(v.Failed, "document could not be analysed", "documents could not be analysed")
	return strings.Join(parts, ", ")
}

// Unlooked says in a few words how many documents were left out.
func (v *Verdict) Unlooked() string {
	if len(v.LeftOut) == 1 {
		return "1 document was not looked at"
	}
	return fmt.Sprintf("%d documents were not looked at", len(v.LeftOut))
}

// Details say what became of the findings that do not fail, and what should be known besides. None is about nothing.
func (v *Verdict) Details() []string {
	var lines []string
	add := func(n int, one, many string) {
		if n == 1 {
			lines = append(lines, "1 "+one)
		} else if n > 1 {
			lines = append(lines, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(v.Known, "finding is in the baseline", "findings are in the baseline")
	add(v.Decided, "finding is decided", "findings are decided")
	if v.FailOn == "" {
		add(v.Lower, "finding, which does not fail the check", "findings, none of which fails the check")
	} else {
		add(v.Lower, "finding is below "+string(v.FailOn), "findings are below "+string(v.FailOn))
	}
	add(v.Partial, "document was analysed in part", "documents were analysed in part")
	add(v.Stale, "decision is about another text than today's, and does not count", "decisions are about another text than today's, and do not count")
	add(v.Partly, "required question is answered in part", "required questions are answered in part")
	add(len(v.Unasked), "required question was asked of no document: "+strings.Join(v.Unasked, ", "),
		"required questions were asked of no document: "+strings.Join(v.Unasked, ", "))
	add(v.Answered, "question that was open is answered now", "questions that were open are answered now")
	add(v.Orphans, "decision is about a finding that is gone", "decisions are about findings that are gone")
	add(v.Loose, "decision names no evidence: it holds whatever the text says", "decisions name no evidence: they hold whatever the text says")
	add(v.Hidden, "finding of the baseline is not shown today, since stronger ones stand on the same text",
		"findings of the baseline are not shown today, since stronger ones stand on the same text")
	add(len(v.Vanished), "finding of the baseline is of a document that is not there any more",
		"findings of the baseline are of documents that are not there any more")
	add(v.Gone, "finding of the baseline is gone: update it", "findings of the baseline are gone: update it")
	return lines
}
