package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/framework"
	"whatif/analyzer/render"
)

func (a *app) questionsCommand() *cobra.Command {
	var explain, pack string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "questions",
		Short: "List the questions that are asked of a document",
		Long: `Lists the framework: the core questions, which are asked of every document, and the packs, which are asked only where a
document has the feature. --explain tells why a question matters and what a good answer in a PRD looks like.`,
		Example: `  whatif questions                              all of them
  whatif questions --pack export                those about one feature
  whatif questions --explain data.retention     one of them in full`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			fw, err := loadFramework(s.text("framework"))
			if err != nil {
				return err
			}
			return a.questions(fw, explain, pack, asJSON)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := cmd.Flags()
	flags.StringVar(&explain, "explain", "", "explain the question with this `KEY`")
	flags.StringVar(&pack, "pack", "", "list the questions of this pack only (its `KEY`)")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	settingFlags(flags, "framework")
	completions(cmd)
	return cmd
}

func (a *app) questions(fw *framework.Framework, explain, pack string, asJSON bool) error {
	chosen := fw.Questions
	if pack != "" {
		if fw.Pack(pack) == nil {
			return unknownKey("pack", pack, packKeys(fw))
		}
		chosen = fw.InPack(pack)
	}
	if explain != "" {
		q := fw.Question(explain)
		if q == nil {
			return unknownKey("question", explain, questionKeys(fw))
		}
		chosen = []framework.Question{*q}
	}
	out := bufio.NewWriter(a.stdout)
	switch {
	case asJSON:
		if err := questionsJSON(out, fw, chosen); err != nil {
			return err
		}
	case explain != "":
		explainQuestion(out, fw, &chosen[0])
	default:
		listQuestions(out, fw, pack)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing to standard output: %w", plainPath(err))
	}
	return nil
}

func unknownKey(what, key string, keys []string) error {
	err := fmt.Errorf("no %s has the key %q", what, key)
	if name, ok := nearest(key, keys); ok {
		return hint(err, "did you mean %s?", name)
	}
	return hint(err, "`whatif questions` lists them with their keys")
}

// listQuestions prints keys and questions, grouped by theme and pack, or those of one pack.
func listQuestions(w io.Writer, fw *framework.Framework, pack string) {
	if pack == "" {
		for _, t := range fw.Themes {
			questionGroup(w, t.Title, fw.InTheme(t.Key))
		}
	}
	for _, p := range fw.Packs {
		if pack == "" || pack == p.Key {
			questionGroup(w, fmt.Sprintf("%s (pack %s)", p.Title, p.Key), fw.InPack(p.Key))
		}
	}
	if pack == "" {
		fmt.Fprintln(w, "\nCore questions are asked of every document, those of a pack where the document has the feature.\n"+
			"`whatif questions --explain KEY` tells why a question matters and what a good answer looks like.")
	}
}

func questionGroup(w io.Writer, title string, questions []framework.Question) {
	if len(questions) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", render.EscapeTerminal(title))
	for i := range questions {
		fmt.Fprintf(w, "  %-26s  %s\n", render.EscapeTerminal(questions[i].Key), wrapped(questions[i].Text, 30, 72))
	}
}

func explainQuestion(w io.Writer, fw *framework.Framework, q *framework.Question) {
	fmt.Fprintf(w, "%s\n  %s\n", render.EscapeTerminal(q.Key), wrapped(q.Text, 2, 92))
	if p := fw.Pack(q.Pack); p != nil {
		fmt.Fprintf(w, "\nAsked where a document has: %s\n", render.EscapeTerminal(p.Title))
	}
	who := map[string]string{"pm": "the product manager", "appsec": "a security specialist"}[q.Ask]
	for _, part := range []struct{ title, text string }{
		{"Why it matters", q.Why}, {"A good answer", q.Good}, {"For example", q.Example}, {"Who can answer", who},
	} {
		if part.text != "" {
			fmt.Fprintf(w, "\n%s\n  %s\n", part.title, wrapped(part.text, 2, 92))
		}
	}
}

// wrapped breaks text into lines of at most width letters; those after the first are indented.
func wrapped(text string, indent, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(render.EscapeTerminal(text)) {
		length := len([]rune(word))
		switch {
		case column == 0:
		case column+1+length > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	return b.String()
}

// A questionReport is one question as "whatif questions --json" prints it.
type questionReport struct {
	Key     string `json:"key"`
	Pack    string `json:"pack"`
	Theme   string `json:"theme"`
	Text    string `json:"text"`
	Why     string `json:"why"`
	Good    string `json:"good"`
	Example string `json:"example"`
	Ask     string `json:"ask"`
	Weight  int    `json:"weight"`
}

func questionsJSON(w io.Writer, fw *framework.Framework, questions []framework.Question) error {
	report := struct {
		Framework string           `json:"framework"`
		Questions []questionReport `json:"questions"`
	}{fw.ID(), []questionReport{}}
	for _, q := range questions {
		report.Questions = append(report.Questions, questionReport{q.Key, q.Pack, q.Theme, q.Text, q.Why, q.Good, q.Example, q.Ask, q.Weight})
	}
	return writeJSON(w, report)
}

func questionKeys(fw *framework.Framework) []string {
	var keys []string
	for i := range fw.Questions {
		keys = append(keys, fw.Questions[i].Key)
	}
	return keys
}

func packKeys(fw *framework.Framework) []string {
	var keys []string
	for i := range fw.Packs {
		keys = append(keys, fw.Packs[i].Key)
	}
	return keys
}
