package export

import (
	"io"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

const (
	issuesReject = "left out, and so are risks that are lived with"
	issuesCannot = "anything but the findings; one issue for each"
)

var (
	issuesFormat = Format{Name: "issues", Ending: ".issues.md", About: "an issue for each finding, as Markdown to copy from",
		Rejects: issuesReject, Cannot: issuesCannot,
		Checked: "a Markdown parser", Write: Issues}
	githubFormat = Format{Name: "github", Ending: ".github.json", About: "an issue for each finding, as bodies for the API of GitHub",
		Rejects: issuesReject, Cannot: issuesCannot,
		Checked: "the documented fields and a Markdown parser", Write: GitHub}
	jiraFormat = Format{Name: "jira", Ending: ".jira.csv", About: "an issue for each finding, for the CSV import of Jira",
		Rejects: issuesReject, Cannot: issuesCannot,
		Checked: "the documented form of the file; Jira itself could not be had", Write: Jira}
	linearFormat = Format{Name: "linear", Ending: ".linear.csv", About: "an issue for each finding, for the CSV import of Linear",
		Rejects: issuesReject, Cannot: issuesCannot,
		Checked: "what its import reads, stated anew, and by hand the importer", Write: Linear}
)

// An issue is a finding for a tracker.
type issue struct {
	title, priority string
	labels          []string
	body            string
}

// issues returns an issue for each finding that is to be acted on. write makes the body.
func issues(m *model, left *Left, write func(*model, *finding) string) []issue {
	list, out := m.kept(func(f *finding) bool { return !f.rejected() && !f.lived() })
	left.count(out, "finding that is rejected or lived with", "findings that are rejected or lived with")
	all := []issue{}
	for _, f := range list {
		all = append(all, issue{title: fold(f.Title), priority: string(f.Priority), body: write(m, f),
			labels: []string{"threat-model", "priority-" + string(f.Priority), strings.ReplaceAll(string(f.Category), "_", "-")}})
	}
	left.rest(m, partAssets, partActors, partDependencies, partFlows, partJourney, partSafeguards, partQuestions)
	return all
}

// issueMarkdown tells a finding in Markdown.
func issueMarkdown(m *model, f *finding) string {
	var b strings.Builder
	for _, p := range m.describe(f) {
		b.WriteString(render.MarkdownText(p) + "\n\n")
	}
	if len(f.Requirements) > 0 {
		b.WriteString("Suggested requirements:\n\n")
	}
	for _, r := range f.Requirements {
		b.WriteString("- [ ] " + render.MarkdownText(r.Text) + "\n")
		for _, a := range r.Acceptance {
			b.WriteString("  - [ ] " + render.MarkdownText(a) + "\n")
		}
	}
	b.WriteString("\n" + render.MarkdownText(issueSource(m, f)) + "\n")
	return b.String()
}

// issueSource says where a finding is from, and its id, by which it is found again.
func issueSource(m *model, f *finding) string {
	return "Finding " + f.ID + " of the draft threat model of " + m.title() + ". It is a proposal: a person has to judge it."
}

// Issues writes the issues as one Markdown file, a section each.
func Issues(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	out := &errWriter{w: w}
	for i, s := range issues(m, &left, issueMarkdown) {
		if i > 0 {
			out.line("")
		}
		out.line("## %s\n\nLabels: %s\n\n%s", render.MarkdownText(s.title), strings.Join(s.labels, ", "), strings.TrimRight(s.body, "\n"))
	}
	return left, out.err
}

type githubIssue struct {
	Title  string   `json:"title"`
	Body   string   `json:"body"`
	Labels []string `json:"labels"`
}

// GitHub's limits of an issue, in characters.
const (
	githubTitle = 256
	githubBody  = 65536
)

// GitHub writes the issues as a list of bodies for "POST /repos/{owner}/{repo}/issues".
func GitHub(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	list := []githubIssue{}
	for _, s := range issues(m, &left, issueMarkdown) {
		list = append(list, githubIssue{cut(s.title, githubTitle), cut(s.body, githubBody), s.labels})
	}
	return left, writeJSON(w, list)
}

// cut returns at most n characters of a text.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// Jira writes the issues for Jira's CSV import. Labels stand in columns of the same name, which is how the import takes several.
func Jira(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	rows := [][]string{{"Summary", "Issue Type", "Priority", "Labels", "Labels", "Labels", "Description"}}
	for _, s := range issues(m, &left, jiraMarkup) {
		rows = append(rows, append(append([]string{cut(s.title, 254), "Task", upper(s.priority)}, s.labels...), s.body))
	}
	return left, writeCSV(w, rows)
}

// jiraMarkup tells a finding in Jira's wiki markup.
func jiraMarkup(m *model, f *finding) string {
	var b strings.Builder
	for _, p := range m.describe(f) {
		b.WriteString(jiraText(p) + "\n\n")
	}
	if len(f.Requirements) > 0 {
		b.WriteString("Suggested requirements:\n")
	}
	for _, r := range f.Requirements {
		b.WriteString("* " + jiraText(r.Text) + "\n")
		for _, a := range r.Acceptance {
			b.WriteString("** " + jiraText(a) + "\n")
		}
	}
	b.WriteString("\n" + jiraText(issueSource(m, f)) + "\n")
	return b.String()
}

// jiraText returns a text as plain words on one line: nothing in it is a macro, a link, a mention or a picture, and nothing at its begin
// a list, a heading or a table.
func jiraText(s string) string {
	s = strings.NewReplacer(`\`, "&#92;", "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "!", `\!`, "|", `\|`, "^", `\^`, "~", `\~`, "://", ":&#47;/").Replace(fold(s))
	if s != "" && strings.ContainsAny(s[:1], "*-#") {
		return `\` + s
	}
	for _, block := range []string{"h1.", "h2.", "h3.", "h4.", "h5.", "h6.", "bq."} {
		if strings.HasPrefix(s, block) {
			return s[:2] + `\` + s[2:]
		}
	}
	return s
}

// Linear writes the issues for Linear's CSV import, which takes an apostrophe before a formula's mark off again.
func Linear(w io.Writer, d *threatmodel.Draft, opt Options) (Left, error) {
	m, left := newModel(d, opt), Left(nil)
	rows := [][]string{{"Title", "Description", "Status", "Priority", "Labels"}}
	for _, s := range issues(m, &left, issueMarkdown) {
		rows = append(rows, []string{s.title, s.body, "Backlog", upper(s.priority), strings.Join(s.labels, ", ")})
	}
	return left, writeCSV(w, rows)
}
