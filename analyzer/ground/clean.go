package ground

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// maxText bounds every string of a proposal, in bytes: no honest one comes near.
const maxText = 4000

// cleanSet returns a copy of set with every string valid UTF-8, on one line, without characters that steer a terminal or
// hide from a reader, and of bounded length.
func cleanSet(set *proposal.Set) *proposal.Set {
	if set == nil {
		return &proposal.Set{}
	}
	out := new(proposal.Set)
	cleanInto(reflect.ValueOf(out).Elem(), reflect.ValueOf(set).Elem())
	return out
}

// cleanInto makes dst, which is zero, a deep copy of src with its strings cleaned.
func cleanInto(dst, src reflect.Value) {
	switch src.Kind() {
	case reflect.String:
		dst.SetString(cleanText(src.String()))
	case reflect.Slice:
		if src.IsNil() {
			break
		}
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			cleanInto(dst.Index(i), src.Index(i))
		}
	case reflect.Struct:
		for i := range src.NumField() {
			cleanInto(dst.Field(i), src.Field(i))
		}
	default:
		dst.Set(src)
	}
}

func cleanText(s string) string {
	ok := len(s) <= maxText
	for i := 0; ok && i < len(s); i++ {
		ok = s[i] >= ' ' && s[i] < 0x7f
	}
	if ok {
		return strings.TrimSpace(s)
	}
	s = strings.ToValidUTF8(clip(s, maxText), "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\ufeff', r == '\u2060', r >= 0xe0000 && r <= 0xe007f:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func invalid(detail string) fault { return fault{reason: threatmodel.Invalid, detail: detail} }

// or returns f, or what next finds if f is none.
func (f fault) or(next func() fault) fault {
	if f.is() {
		return f
	}
	return next()
}

// named refuses a proposal whose name has no word.
func named(name string) fault {
	var room [8]reading.Word // for most names
	if len(reading.AppendWords(room[:0], name)) == 0 {
		return invalid("it has no name")
	}
	return fault{}
}

// grades checks a confidence and a basis; empty ones become medium and the given basis.
func grades(confidence, basis *string, usual threatmodel.Basis) fault {
	f := vocabulary("confidence", threatmodel.Levels, confidence, string(threatmodel.Medium))
	return f.or(func() fault { return vocabulary("basis", threatmodel.Bases, basis, string(usual)) })
}

// vocabulary refuses a value that is none of all; an empty one becomes the usual.
func vocabulary[T ~string](what string, all []T, value *string, usual string) fault {
	if *value == "" {
		*value = usual
	}
	if !known(all, T(*value)) {
		return invalid(fmt.Sprintf("%q is no %s", clip(*value, 60), what))
	}
	return fault{}
}

func known[T comparable](all []T, value T) bool { return slices.Contains(all, value) }
