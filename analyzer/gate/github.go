package gate

import (
	"fmt"
	"io"
	"strings"
)

// A github is the check as commands to GitHub's runner, which shows them beside the text of a pull request: what fails as errors, a
// document that could not be analysed as one too.
type github struct{ w io.Writer }

func (g *github) Document(d *Document) error {
	for i := range d.Findings {
		if f := &d.Findings[i]; f.Fails {
			if err := g.finding(d, f); err != nil {
				return err
			}
		}
	}
	for _, q := range d.Questions {
		if q.Fails {
			if err := g.command(d.Record.Name, []string{"line", fmt.Sprint(max(q.Line, 1))}, "Not answered: "+q.Key, q.Text); err != nil {
				return err
			}
		}
	}
	if !d.Record.HasDraft() {
		return g.command(d.Record.Name, nil, "Not analysed", d.Record.Detail)
	}
	return nil
}

func (g *github) finding(d *Document, f *Finding) error {
	place := []string{"line", fmt.Sprint(line(f.Finding))}
	if len(f.Regions) > 0 {
		r := &f.Regions[0]
		place = append(place, "endLine", fmt.Sprint(max(r.EndLine, r.StartLine)))
		if r.StartLine == r.EndLine && r.StartColumn > 0 { // GitHub wants columns on one line only
			place = append(place, "col", fmt.Sprint(r.StartColumn), "endColumn", fmt.Sprint(max(r.EndColumn, r.StartColumn)))
		}
	}
	message := says(f.Finding)
	switch {
	case f.Standing.Expired:
		message += "\nThe decision has expired: " + f.Standing.Decision.Why()
	case f.Standing.Stale:
		message += "\nThe text was another when it was decided: " + f.Standing.Decision.Why()
	}
	if f.Requirement != "" {
		message += "\nSuggested: " + f.Requirement
	}
	return g.command(d.Record.Name, place, fmt.Sprintf("%s (%s, %s)", f.Title, f.Priority, f.ID), message)
}

// command writes one command. Everything in it is escaped: no text can end it or begin another.
func (g *github) command(file string, place []string, title, message string) error {
	var b strings.Builder
	b.WriteString("::error file=" + githubProperty(shownPath(file)))
	for i := 0; i+1 < len(place); i += 2 {
		b.WriteString("," + place[i] + "=" + place[i+1])
	}
	lines := strings.Split(message, "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	b.WriteString(",title=" + githubProperty(oneLine(title)) + "::" + githubData(strings.Join(lines, "\n")) + "\n")
	_, err := io.WriteString(g.w, b.String())
	return err
}

func (g *github) Close(*Verdict) error { return nil }

var (
	githubDataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubData(s string) string     { return githubDataEscapes.Replace(s) }
func githubProperty(s string) string { return githubPropertyEscapes.Replace(s) }
