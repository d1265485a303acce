package analyzer_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/render"
)

// TestOtherLanguages warns that a text was not read, at the top of every report, and calls nothing harmless.
func TestOtherLanguages(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"German": {"# Symptomtagebuch\n\nDie Patientin trägt ihre Symptome und Medikamente in das Tagebuch ein. Der Arzt kann die Daten mit der " +
			"Krankenkasse teilen. Das Tagebuch wird auf dem Server gespeichert und nicht gelöscht.\n", "reads as German"},
		"French": {"# Journal de santé\n\nLe patient saisit ses symptômes et ses médicaments dans le journal. Le médecin peut partager les données " +
			"avec une assurance. Les données sont stockées sur le serveur et ne sont pas supprimées.\n", "reads as French"},
		"Finnish": {"# Oirepäiväkirja\n\nPotilas kirjaa oireensa ja lääkkeensä päiväkirjaan. Lääkäri voi jakaa tiedot vakuutusyhtiölle. " +
			"Tietoja säilytetään palvelimella eikä niitä poisteta.\n", "may not be in English"},
		"English": {"# Symptom diary\n\nThe patient writes symptoms and medication into the diary. The doctor can share the data with an insurer. " +
			"It is kept on our server.\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := document.Parse(context.Background(), []byte(test.text), document.Options{Path: "diary.md"})
			if err != nil {
				t.Fatal(err)
			}
			d := analyze(t, doc, analyzer.Options{})
			if test.want == "" {
				for _, w := range d.Warnings {
					t.Errorf("warns of %s: %s", w.Code, w.Message)
				}
				return
			}
			if len(d.Warnings) == 0 || d.Warnings[0].Code != "language" || !strings.Contains(d.Warnings[0].Message, test.want) {
				t.Fatalf("the warnings are %+v", d.Warnings)
			}
			var md, html bytes.Buffer
			if err := render.Markdown(&md, d, render.MarkdownOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := render.HTML(&html, d, doc); err != nil {
				t.Fatal(err)
			}
			for kind, report := range map[string]string{"markdown": md.String(), "page": html.String()} {
				if !strings.Contains(report, test.want) || !strings.Contains(report, "could not be read well enough") {
					t.Errorf("the %s does not say that the text was not read", kind)
				}
				for _, bad := range []string{"The document names no", "Nothing here", "sentences were read against"} {
					if strings.Contains(report, bad) {
						t.Errorf("the %s says %q", kind, bad)
					}
				}
			}
		})
	}
}
