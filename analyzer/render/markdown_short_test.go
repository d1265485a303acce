package render

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	tm "whatif/analyzer/threatmodel"
)

// many returns a draft with n findings, the first of high priority, the last of low.
func many(t *testing.T, n int) *tm.Draft {
	d, _ := sample(t)
	levels := []tm.Level{tm.High, tm.Medium, tm.Low}
	cases := d.AbuseCases
	d.AbuseCases = nil
	for i := range n {
		c := cases[i%len(cases)]
		c.ID, c.Priority = fmt.Sprintf("T-%04x", i), levels[3*i/n]
		c.Title = fmt.Sprintf("%s, way %d", c.Title, i+1)
		d.AbuseCases = append(d.AbuseCases, c)
	}
	return d
}

func markdownOf(t *testing.T, d *tm.Draft, opt MarkdownOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Markdown(&b, d, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var toAnchor = regexp.MustCompile(`\]\(#(finding-\d+)\)`)

// A long report tells less of what is less pressing, says so, and breaks no link.
func TestLongReportFits(t *testing.T) {
	for _, n := range []int{5, 30, 45, 70, 150, 600} {
		d := many(t, n)
		whole, cut := markdownOf(t, d, MarkdownOptions{Limit: -1}), markdownOf(t, d, MarkdownOptions{})
		size := utf8.RuneCountInString(whole)
		if got := utf8.RuneCountInString(cut); got > commentLimit {
			t.Errorf("%d findings: %d characters", n, got)
		}
		if said := strings.Contains(cut, "was shortened"); said != (size > commentLimit) || said == (whole == cut) {
			t.Errorf("%d findings, %d characters: says that it was shortened: %v", n, size, said)
		}
		if full := strings.Count(whole, "\n### "); full < n {
			t.Errorf("%d findings: %d in full without a limit", n, full)
		}
		for i := 1; i <= leastFindings; i++ {
			if !strings.Contains(cut, fmt.Sprintf("\n### %d. ", i)) {
				t.Errorf("%d findings: finding %d is not told in full", n, i)
			}
		}
		for _, m := range toAnchor.FindAllStringSubmatch(cut, -1) {
			if !strings.Contains(cut, `<a id="`+m[1]+`">`) {
				t.Errorf("%d findings: a link leads to %s, which is not there", n, m[1])
			}
		}
		listed := strings.Count(cut, `<a id="finding-`)
		if listed < n && !strings.Contains(cut, fmt.Sprintf("%d findings are not listed", n-listed)) {
			t.Errorf("%d findings: %d are listed, and the report does not say so", n, listed)
		}
	}
}

// What is told in brief still shows what it stands on.
func TestBriefFindingsCite(t *testing.T) {
	cut := markdownOf(t, many(t, 70), MarkdownOptions{})
	brief := regexp.MustCompile(`(?m)^- <a id="finding-\d+"></a>.*$`).FindAllString(cut, -1)
	if len(brief) == 0 {
		t.Fatal("none is told in brief")
	}
	for _, line := range brief {
		if !strings.Contains(line, "“") || !strings.Contains(line, "#L") {
			t.Errorf("no quote or no place in %s", line)
		}
	}
}
