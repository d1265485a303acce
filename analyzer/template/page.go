package template

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"whatif/prompts"
)

// page writes the form as one HTML file that needs nothing from anywhere: it can be filled in where it is shown, saved and
// printed.
func page(w io.Writer, s *sheet) error {
	style, err := fs.ReadFile(prompts.FS, "template/sheet.css")
	if err != nil {
		return fmt.Errorf("reading template: %w", err)
	}
	t, err := template.New("sheet.html.tmpl").Funcs(template.FuncMap{"who": who}).ParseFS(prompts.FS, "template/sheet.html.tmpl")
	if err != nil {
		return fmt.Errorf("parsing template: %w", err)
	}
	sum := sha256.Sum256(style)
	return t.Execute(w, map[string]any{
		"Sheet": s,
		"Style": template.CSS(style), // the program's own file
		"Hash":  base64.StdEncoding.EncodeToString(sum[:]),
	})
}
