package render

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"whatif/analyzer/threatmodel"
)

// JSON writes the draft in its contract form, indented by two spaces, with a line end at its end. Characters that could
// steer a terminal or turn the direction of text are written as \u escapes, which read back the same.
func JSON(w io.Writer, d *threatmodel.Draft) error {
	compact, indented := borrow(), borrow()
	defer giveBack(compact)
	defer giveBack(indented)
	enc := json.NewEncoder(compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return fmt.Errorf("encoding the draft: %w", err)
	}
	indented.Grow(compact.Len() * 3 / 2) // it grows by less than half
	if err := json.Indent(indented, compact.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("encoding the draft: %w", err)
	}
	_, err := w.Write(plainJSON(indented.Bytes()))
	return err
}

// EscapeJSON returns JSON with the characters that could steer a terminal or turn the direction of text as \u escapes. It reads back
// the same.
func EscapeJSON(b []byte) []byte { return plainJSON(b) }

// isPlain reports JSON in which [plainJSON] has nothing to escape.
func isPlain(b []byte) bool {
	for i := 0; i < len(b); {
		if c := b[i]; c >= 0x20 && c < 0x7f || c == '\n' { // most
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if unseen(r) {
			return false
		}
		i += size
	}
	return true
}

// plainJSON escapes what [unseen] names. Such characters stand in JSON only within strings. It returns b where there is nothing
// to escape.
func plainJSON(b []byte) []byte {
	if isPlain(b) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == '\n' || !unseen(r):
			out = append(out, b[i:i+size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
