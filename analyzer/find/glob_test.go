package find

import (
	"strings"
	"testing"
)

func TestGlobsTakeNoLongerForWorsePatterns(t *testing.T) {
	text := strings.Repeat("a", 3000)
	for _, p := range []string{strings.Repeat("a*", 1000) + "b", strings.Repeat("**/", 500) + "x/b", strings.Repeat("*?", 500) + "b", strings.Repeat("**/a*/", 300) + "b"} {
		for _, path := range []string{text, strings.Repeat("a/", 1500), strings.Repeat("aa/", 1000) + "c"} {
			g, ok := parseGlob(p)
			if !ok || g.match(path, false) { // with any backtracking, this would not end
				t.Errorf("%.20q matches %.20q", p, path)
			}
		}
	}
}

// Whatever stands in an ignore file is read, and whatever it is asked about is answered.
func FuzzIgnoreFile(f *testing.F) {
	for _, table := range tables {
		f.Add([]byte(table), "docs/old/a.md", false)
	}
	f.Add([]byte("a*a*a*a*a*b\n**/**/**/x"), strings.Repeat("a", 50), true)
	f.Fuzz(func(t *testing.T, data []byte, path string, folder bool) {
		list := parsePatterns(data)
		for i := range list {
			if list[i].text == "" || strings.ContainsAny(list[i].text, "\x00\n") {
				t.Errorf("a pattern %q", list[i].text)
			}
			list[i].match(path, folder)
		}
		last(list, path, folder)
		speakOf(list, path, folder)
		if len(data) < 1000 {
			parseGlob(string(data))
		}
	})
}

// The shortcuts for plain names and endings say what the whole matcher says.
func FuzzShortcuts(f *testing.F) {
	for _, s := range []string{"a", "*.md", "docs/a", "docs/*.md", "*a", "d/**/x"} {
		f.Add(s, "docs/a.md")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, ok := parseGlob(text)
		if !ok || !p.base || strings.HasSuffix(text, "/") || strings.Contains(name, "/") {
			return
		}
		whole, ok := compile(text, false)
		if !ok || p.match(name, false) != whole.match(name) {
			t.Errorf("%q and %q: shortcut %v, whole %v", text, name, p.match(name, false), !p.match(name, false))
		}
	})
}
