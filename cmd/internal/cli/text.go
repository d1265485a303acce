package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"whatif/analyzer/document"
	"whatif/analyzer/render"
)

func (a *app) textCommand() *cobra.Command {
	var sentences, asJSON bool
	var inputFormat string
	cmd := &cobra.Command{
		Use:   "text FILE",
		Short: "Print the text of a document as whatif reads it",
		Long: `Prints the text that the citations of FILE point into. For Markdown, text and HTML that is the file itself; for DOCX and
PDF it is what was extracted. With --sentences each sentence is printed with its number, kind, lines and bytes, below the
section it stands in: the numbers that drafts cite.`,
		Example: `  whatif text prd.pdf                           what is in there?
  whatif text prd.docx --sentences              numbered sentences
  whatif text prd.pdf | head -c 5153 | tail -c +5121     bytes 5120 to 5153, as a citation names them`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if err := checkInputs(args, document.Format(inputFormat)); err != nil {
				return err
			}
			doc, err := a.open(cmd.Context(), args[0], document.Options{Format: document.Format(inputFormat), Limits: s.limits()})
			if err != nil {
				return err
			}
			for _, w := range doc.Warnings {
				a.message("warning: ", oneLine(w.Message))
			}
			return a.printText(doc, sentences, asJSON)
		},
		ValidArgsFunction: documentFiles,
	}
	flags := cmd.Flags()
	flags.BoolVarP(&sentences, "sentences", "s", false, "number the sentences; show kind, section, lines and bytes")
	flags.BoolVar(&asJSON, "json", false, "print sections and sentences as JSON")
	flags.StringVar(&inputFormat, "input-format", "", "what FILE is: md, txt, html, docx, pdf (default: by its ending and contents)")
	settingFlags(flags, limitKeys...)
	completions(cmd)
	return cmd
}

func (a *app) printText(doc *document.Document, sentences, asJSON bool) error {
	out := bufio.NewWriter(a.stdout)
	var err error
	switch {
	case asJSON:
		err = textJSON(out, doc)
	case sentences:
		err = textSentences(out, doc)
	case isTerminal(a.stdout):
		_, err = io.WriteString(out, render.EscapeTerminal(doc.Source))
	default:
		_, err = io.WriteString(out, doc.Source) // byte for byte: citations count on it
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", plainPath(err))
	}
	return nil
}

// textSentences prints one sentence a line, under the title of its section.
func textSentences(w io.Writer, doc *document.Document) error {
	where := "lines"
	if doc.Pages > 0 {
		where = "page"
	}
	if _, err := fmt.Fprintf(w, "%5s  %-10s  %-9s  %-13s  text\n", "no.", "kind", where, "bytes"); err != nil {
		return err
	}
	section := -1
	for i := range doc.Sentences {
		s := &doc.Sentences[i]
		if s.Section != section {
			section = s.Section
			if err := sectionLine(w, &doc.Sections[section]); err != nil {
				return err
			}
		}
		bytes := fmt.Sprintf("%d-%d", s.Span.Start, s.Span.End)
		if _, err := fmt.Fprintf(w, "%5d  %-10s  %-9s  %-13s  %s\n", s.Num, s.Kind, place(doc, s), bytes, render.EscapeTerminal(oneLine(s.Text))); err != nil {
			return err
		}
	}
	return nil
}

func sectionLine(w io.Writer, sec *document.Section) error {
	title := strings.Join(sec.Path, " › ")
	if title == "" {
		title = "(before the first heading)"
	}
	_, err := fmt.Fprintf(w, "\n%s\n", render.EscapeTerminal(oneLine(title)))
	return err
}

// place returns the page of a sentence in a PDF, else its lines.
func place(doc *document.Document, s *document.Sentence) string {
	if s.Page > 0 {
		return fmt.Sprint(s.Page)
	}
	first, last := doc.LinesOf(s.Span)
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d-%d", first, last)
}

// A textReport is what "whatif text --json" prints.
type textReport struct {
	Path      string          `json:"path"`
	Title     string          `json:"title"`
	Format    document.Format `json:"format"`
	Encoding  string          `json:"encoding"`
	SHA256    string          `json:"sha256"`
	Bytes     int             `json:"bytes"`
	Lines     int             `json:"lines"`
	Pages     int             `json:"pages"`
	Language  string          `json:"language"`
	Sections  []textSection   `json:"sections"`
	Sentences []textSentence  `json:"sentences"`
	Warnings  []textWarning   `json:"warnings"`
}

type textSection struct {
	Title   string   `json:"title"`
	Path    []string `json:"path"`
	Level   int      `json:"level"`
	Heading int      `json:"heading"` // number of its sentence, 0 if there is none
	First   int      `json:"first"`
	Last    int      `json:"last"`
}

type textSentence struct {
	Num       int             `json:"num"`
	Kind      document.Kind   `json:"kind"`
	Section   int             `json:"section"` // index into sections
	Start     int             `json:"start"`   // bytes, half open
	End       int             `json:"end"`
	LineStart int             `json:"line_start"`
	LineEnd   int             `json:"line_end"`
	Page      int             `json:"page"`
	Text      string          `json:"text"`
	Cells     []textCell      `json:"cells,omitempty"`
	Lead      int             `json:"lead,omitempty"` // number of the sentence that leads into a list item
	Depth     int             `json:"depth,omitempty"`
	Veiled    []document.Span `json:"veiled,omitempty"` // stretches that a reader does not see
}

type textCell struct {
	Header string `json:"header"`
	Text   string `json:"text"`
}

type textWarning struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Sentence int    `json:"sentence"`
}

func textJSON(w io.Writer, doc *document.Document) error {
	r := textReport{Path: doc.Path, Title: doc.Title, Format: doc.Format, Encoding: doc.Encoding, SHA256: doc.SHA256, Bytes: doc.Bytes,
		Lines: doc.Lines(), Pages: doc.Pages, Language: doc.Language,
		Sections: []textSection{}, Sentences: []textSentence{}, Warnings: []textWarning{}}
	for _, s := range doc.Sections {
		r.Sections = append(r.Sections, textSection{s.Title, append([]string{}, s.Path...), s.Level, s.Heading, s.First, s.Last})
	}
	for i := range doc.Sentences {
		r.Sentences = append(r.Sentences, sentenceJSON(doc, &doc.Sentences[i]))
	}
	for _, x := range doc.Warnings {
		r.Warnings = append(r.Warnings, textWarning(x))
	}
	return writeJSON(w, r)
}

func sentenceJSON(doc *document.Document, s *document.Sentence) textSentence {
	t := textSentence{Num: s.Num, Kind: s.Kind, Section: s.Section, Start: s.Span.Start, End: s.Span.End, Page: s.Page, Text: s.Text,
		Lead: s.Lead, Depth: s.Depth, Veiled: s.Veiled}
	t.LineStart, t.LineEnd = doc.LinesOf(s.Span)
	for _, c := range s.Cells {
		t.Cells = append(t.Cells, textCell(c))
	}
	return t
}

// writeJSON prints v indented, without HTML's escapes.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
