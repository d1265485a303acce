package template

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/template"

	"whatif/prompts"
)

// markdown writes the form as GitHub's Markdown.
func markdown(w io.Writer, s *sheet) error {
	t, err := template.New("sheet.md.tmpl").Funcs(template.FuncMap{
		"md": escapeMarkdown, "who": who, "join": joinCells,
		"rule":  func(cs []column) string { return strings.Repeat("| --- ", len(cs)) + "|" },
		"blank": func(cs []column) string { return strings.Repeat("|  ", len(cs)) + "|" },
	}).ParseFS(prompts.FS, "template/sheet.md.tmpl")
	if err != nil {
		return fmt.Errorf("parsing template: %w", err)
	}
	return t.Execute(w, s)
}

// joinCells lays out a row of a table.
func joinCells(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("| " + escapeMarkdown(c) + " ")
	}
	return b.String() + "|"
}

var (
	markup    = regexp.MustCompile("[\\\\`*_\\[\\]<>|~#]")
	entity    = regexp.MustCompile(`&([A-Za-z][A-Za-z0-9]*|#[0-9xX][0-9A-Fa-f]*);`)
	lineStart = regexp.MustCompile(`^([-+=]|\d+[.)])`)
	autolink  = regexp.MustCompile(`(?i)\b(https?|ftp):|\bwww\.`)
)

// escapeMarkdown makes text stand for itself: a framework may come from anybody.
func escapeMarkdown(text string) string {
	text = markup.ReplaceAllString(strings.Join(strings.Fields(text), " "), `\$0`)
	text = entity.ReplaceAllString(text, `\$0`)
	text = autolink.ReplaceAllStringFunc(text, func(s string) string { return s[:len(s)-1] + `\` + s[len(s)-1:] })
	return lineStart.ReplaceAllStringFunc(text, func(s string) string { return s[:len(s)-1] + `\` + s[len(s)-1:] })
}
