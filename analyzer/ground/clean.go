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
	return cleanValue(reflect.ValueOf(set).Elem()).Addr().Interface().(*proposal.Set)
}

// cleanValue returns a changeable deep copy of v with its strings cleaned.
func cleanValue(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(cleanText(v.String()))
	case reflect.Slice:
		if v.IsNil() {
			break
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(cleanValue(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(cleanValue(v.Field(i)))
		}
	default:
		out.Set(v)
	}
	return out
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
	if len(reading.Words(name)) == 0 {
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
