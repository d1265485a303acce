package llm

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/reading"
)

// restore puts every string of a form, at any depth, through put.
func restore(form any, put func(string) string) { restoreValue(reflect.ValueOf(form).Elem(), put) }

func restoreValue(v reflect.Value, put func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(put(v.String()))
	case reflect.Slice:
		for i := range v.Len() {
			restoreValue(v.Index(i), put)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			restoreValue(v.Field(i), put)
		}
	}
}

// empty reports a form whose lists are all empty.
func empty(form any) bool {
	v := reflect.ValueOf(form).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() > 0 {
			return false
		}
	}
	return true
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// capital begins a text with a capital letter.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// small are words that say nothing about what a text speaks of.
var small = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a an the of in on at to for and or by with from as is are be was were been it its their his her our your my they them we
		you he she i this that these those can may will must should would could do does did has have had any all each every some who which whose
		when if then than into out up off over about not no so such only own other another there after before via per what how somebody someone
		anyone anybody whoever people person user users data product system`) {
		set[w] = true
	}
	return set
}()

// meaning returns the stems of a text's words that say what it speaks of.
func meaning(text string) map[string]bool {
	stems := map[string]bool{}
	for _, w := range reading.Words(text) {
		if !small[w.Form] {
			stems[w.Stem] = true
		}
	}
	return stems
}

// shared counts the stems that two texts have in common.
func shared(a, b map[string]bool) int {
	n := 0
	for stem := range a {
		if b[stem] {
			n++
		}
	}
	return n
}

// alike is the share of all stems of two texts that both have, from 0 to 1.
func alike(a, b map[string]bool) float64 {
	both := shared(a, b)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
