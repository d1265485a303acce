package export

import (
	"bytes"
	"encoding/json"
	"io"

	"whatif/analyzer/render"
)

// writeJSON writes a value indented, with a line end, and with nothing in it that could steer a terminal.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(render.EscapeJSON(b.Bytes()))
	return err
}
