package render

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/threatmodel"
)

// EscapeTerminal returns s so that printing it cannot steer a terminal or turn the direction of what follows: control
// characters are shown as pictures (␛) or by their number, invisible characters are left out. Line feeds and tabs stay.
func EscapeTerminal(s string) string {
	return visible(s)
}

// visible is what every report makes of every text: nothing in it moves a cursor, hides, or reads backwards.
func visible(s string) string {
	if isVisible(s) {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\t' || !unseen(r):
			b.WriteRune(r) // a byte that is no UTF-8 comes as U+FFFD
		case r == '\r', r == 0x2028, r == 0x2029:
			b.WriteByte('\n')
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune('␡')
		case isControl(r) || turns(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

// isVisible reports a text of which [visible] changes nothing: nearly every one.
func isVisible(s string) bool {
	for _, r := range s {
		if r >= 0x20 && r < 0x7f || r == '\n' || r == '\t' { // most
			continue
		}
		if unseen(r) || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}

// unseen reports characters that a reader does not see and that could mislead one: controls, direction marks, zero-width
// spaces, tags. The joiners that emoji and many scripts need are not among them.
func unseen(r rune) bool {
	switch {
	case isControl(r), turns(r):
		return true
	case r == 0xad, r == 0x61c, r == 0x180e, r == 0x200b, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case r >= 0x2060 && r <= 0x2064, r >= 0x206a && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb, r == 0xfffe, r == 0xffff, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return r == 0x2028 || r == 0x2029
}

func isControl(r rune) bool { return r < 0x20 || (r >= 0x7f && r <= 0x9f) }

// turns reports the characters that reorder text on the line.
func turns(r rune) bool { return (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) }

// escapeHTML escapes s for a text or a quoted attribute as html/template does. It is for small parts of which a page has hundreds;
// all else is left to the template.
func escapeHTML(s string) string { return htmlReplacer.Replace(s) }

var htmlReplacer = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// cleaned returns a copy of d in which every text is [visible], so that no report can forget one. The copy's lists of assets and
// actors may be sorted; what else is in order already may be d's own.
func cleaned(d *threatmodel.Draft) *threatmodel.Draft {
	if !isClean(reflect.ValueOf(d).Elem()) {
		return cleanCopy(d)
	}
	out := *d
	out.Assets, out.Actors = slices.Clone(d.Assets), slices.Clone(d.Actors)
	return &out
}

// cleanCopy is [cleaned], and shares nothing with d.
func cleanCopy(d *threatmodel.Draft) *threatmodel.Draft {
	out := new(threatmodel.Draft)
	cleanInto(reflect.ValueOf(out).Elem(), reflect.ValueOf(d).Elem())
	return out
}

// isClean reports that every text in v is [visible] as it stands.
func isClean(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return isVisible(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if !isClean(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !isClean(v.Index(i)) {
				return false
			}
		}
	}
	return true
}

func cleanInto(dst, src reflect.Value) {
	switch src.Kind() {
	case reflect.String:
		dst.SetString(visible(src.String()))
	case reflect.Struct:
		for i := range src.NumField() {
			cleanInto(dst.Field(i), src.Field(i))
		}
	case reflect.Slice:
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			cleanInto(dst.Index(i), src.Index(i))
		}
	default:
		dst.Set(src)
	}
}

// fold returns s on one line, white space between words made one space.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isFolded reports a text of which [fold] changes nothing: nearly every one.
func isFolded(s string) bool {
	gap := s != "" // where a space would be one too many
	for _, r := range s {
		if r > ' ' && r < 0x7f { // most
			gap = false
			continue
		}
		space := unicode.IsSpace(r)
		if space && (gap || r != ' ') {
			return false
		}
		gap = space
	}
	return !gap
}
