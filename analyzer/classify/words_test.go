package classify

import (
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	l := newLexicon()
	for i, group := range [][]string{{"sign in", "log in"}, {"nutzer*"}, {"sign"}, {"用户"}, {"don't"}, {"a b a c"}} {
		l.groups[group[0]] = int32(i)
		for _, phrase := range group {
			if !l.add(int32(i), phrase) {
				t.Fatalf("%q is no phrase", phrase)
			}
		}
	}
	for _, test := range []struct {
		text   string
		found  []int32
		begins []int32
	}{
		{"", nil, nil},
		{"Sign in, please", []int32{0, 2}, []int32{0, 2}},
		{"please SIGN-IN", []int32{0, 2}, nil},
		{"signing in", nil, nil},
		{"Die Nutzerinnen", []int32{1}, nil},
		{"die Nutze", nil, nil},
		{"每个用户都可以", []int32{3}, nil},
		{"we don’t, and don't", []int32{4}, nil},
		{"a b a b a c", []int32{5}, nil}, // the phrase may begin in the middle of one that fails
		{"sign\x00in \xff\xfe", []int32{0, 2}, []int32{0, 2}},
		{strings.Repeat("x", 1000) + " sign", []int32{2}, nil},
	} {
		m := newMatcher(&l)
		m.match("something else: sign in")
		m.match(test.text)
		var begins []int32
		for _, g := range m.found {
			if m.begins(g) {
				begins = append(begins, g)
			}
		}
		slices.Sort(m.found)
		slices.Sort(begins)
		if !slices.Equal(m.found, test.found) || !slices.Equal(begins, test.begins) {
			t.Errorf("%q has %v and begins with %v, want %v and %v", test.text, m.found, begins, test.found, test.begins)
		}
	}
}
