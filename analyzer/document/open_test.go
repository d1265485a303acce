package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// archive returns a zip file with a file of the name in it.
func archive(name string) string {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, _ := z.Create(name)
	io.WriteString(w, "<x/>")
	z.Close()
	return out.String()
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name, content string
		limits        Limits
		want          error
		says          string
		hint          string
	}{
		{name: "empty.md", want: ErrEmpty, says: "is empty"},
		{name: "blank.md", content: " \n\t\n\ufeff", want: ErrEmpty},
		{name: "rules.md", content: "---\n\n---\n", want: ErrEmpty, says: "no text"},
		{name: "comment.md", content: "<!-- just words in a comment -->\n", want: ErrEmpty},
		{name: "big.md", content: strings.Repeat("x ", 1000), limits: Limits{Bytes: 1000}, want: ErrTooLarge, says: "1000 bytes", hint: "--max-bytes"},
		{name: "deep.md", content: strings.Repeat("> ", 10000) + "x", want: ErrTooDeep, says: "200", hint: "--max-nesting"},
		{name: "lists.md", content: strings.Repeat("- ", 10000) + "x", want: ErrTooDeep, hint: "--max-nesting"},
		{name: "indents.md", content: staircase(300), want: ErrTooDeep, says: "line 201", hint: "--max-nesting"},
		{name: "divs.md", content: strings.Repeat("<div>", 10000) + "x", want: ErrTooDeep, hint: "--max-nesting"},
		{name: "png.md", content: "\x89PNG\r\n\x1a\n\x00\x00", want: ErrBinary, says: "PNG"},
		{name: "noise.txt", content: strings.Repeat("\x00\x01\x02\x03\x7fabc\xfe\xff", 100), want: ErrBinary},
		{name: "noise", content: strings.Repeat("\x00\x01\x02\x03\x7fabc\xfe\xff", 100), want: ErrBinary},
		{name: "old.doc", content: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument", want: ErrFormat, says: ".doc", hint: ".docx"},
		{name: "locked.docx", content: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", want: ErrEncrypted},
		{name: "x.rtf", content: `{\rtf1 hello}`, want: ErrFormat, hint: ".docx"},
		{name: "x.zip", content: archive("a.txt"), want: ErrBinary, says: "zip"},
		{name: "x.xlsx", content: archive("xl/workbook.xml"), want: ErrFormat, says: "spreadsheet"},
	} {
		_, err := Open(context.Background(), write(t, test.name, test.content), Options{Limits: test.limits})
		var e *Error
		if !errors.Is(err, test.want) || !errors.As(err, &e) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
			continue
		}
		if !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), test.name) || !strings.Contains(e.Hint(), test.hint) {
			t.Errorf("%s: %q, hint %q", test.name, err, e.Hint())
		}
	}
}

// staircase is a list in which each item is nested in the one before.
func staircase(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString(strings.Repeat("  ", i) + "- x\n")
	}
	return out.String()
}

func TestOpenWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.md"): "none.md: ",
		dir:                           "is a directory",
		os.DevNull:                    "is a device",
	} {
		_, err := Open(context.Background(), path, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
	}
	if _, err := Open(context.Background(), filepath.Join(dir, "none.md"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
}

// endless is a stream without end that counts what is taken from it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += len(p)
	return len(p), nil
}

func TestOpenReaderStopsAtTheLimit(t *testing.T) {
	r := &endless{}
	_, err := OpenReader(context.Background(), r, Options{Limits: Limits{Bytes: 5000}})
	if !errors.Is(err, ErrTooLarge) || r.read > 5001 {
		t.Errorf("read %d bytes, error %v", r.read, err)
	}
}

func TestOpenReaderGivesUp(t *testing.T) {
	r, _ := io.Pipe() // nothing will ever come
	_, err := OpenReader(context.Background(), r, Options{Limits: Limits{Time: 20 * time.Millisecond}})
	var e *Error
	if !errors.Is(err, ErrTooSlow) || !errors.As(err, &e) || !strings.Contains(e.Hint(), "--max-time") || !strings.Contains(e.Error(), "20ms") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := OpenReader(ctx, r, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a cancelled context", err)
	}
}

func TestPanicIsDamage(t *testing.T) {
	_, err := reading(context.Background(), Options{Path: "x.pdf", Limits: DefaultLimits}, func(context.Context) (*Document, error) { panic("index") })
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "x.pdf") {
		t.Errorf("error %v", err)
	}
}

func TestFormatIsWhatTheBytesSay(t *testing.T) {
	for _, test := range []struct {
		name, content string
		format        Format
		want          Format
		warned        bool
	}{
		{name: "a.md", content: "# A\n\nb.", want: Markdown},
		{name: "a.txt", content: "# A\n\nb.", want: Text},
		{name: "a", content: "# A\n\nb.", want: Markdown},
		{name: "a", content: "Just words.\n\nAnd more.", want: Text},
		{name: "a.unknown", content: "<!DOCTYPE html><p>Words.</p>", want: HTML},
		{name: "a.md", content: "\ufeff\n<html><body><p>Words.</p></body></html>", want: HTML, warned: true},
		{name: "a.docx", content: "# It is Markdown\n\n- x", want: Markdown, warned: true},
		{name: "a.html", content: "Just words.", want: HTML},
		{name: "a.txt", content: "# A\n\nb.", format: Markdown, want: Markdown},
	} {
		d, err := Open(context.Background(), write(t, test.name, test.content), Options{Format: test.format})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if d.Format != test.want || hasWarning(d, "format_mismatch") != test.warned {
			t.Errorf("%s is read as %s with %v, want %s", test.name, d.Format, d.Warnings, test.want)
		}
	}
}

func hasWarning(d *Document, code string) bool {
	for _, w := range d.Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}

func utf16Bytes(s string, big bool) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

func TestEncodings(t *testing.T) {
	const text = "# Café 🎉\n\nIt costs 5 €."
	for name, test := range map[string]struct {
		raw, encoding, warning string
		start                  int // of the second sentence in Source
	}{
		"utf-8":         {text, "utf-8", "", 14},
		"mark":          {"\ufeff" + text, "utf-8", "", 17},
		"utf-16le":      {"\xff\xfe" + utf16Bytes(text, false), "utf-16le", "", 14},
		"utf-16be":      {"\xfe\xff" + utf16Bytes(text, true), "utf-16be", "", 14},
		"no mark":       {utf16Bytes(text, false), "utf-16le", "", 14},
		"windows-1252":  {"# Caf\xe9 \x85\n\nIt costs 5 \x80.", "windows-1252", "encoding_fallback", 13},
		"a bad byte":    {"# Café 🎉\n\nIt costs 5 \xff€.", "utf-8", "invalid_utf8", 14},
		"NUL in a text": {"# Café 🎉\n\nIt co\x00sts 5 €." + strings.Repeat(" And so on.", 20), "utf-8", "nul_bytes", 14},
	} {
		d, err := Parse(context.Background(), []byte(test.raw), Options{Path: "x.md"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Encoding != test.encoding || len(d.Sentences) < 2 || d.Sentences[1].Span.Start != test.start {
			t.Errorf("%s: %s, %+v", name, d.Encoding, d.Sentences)
			continue
		}
		if want := strings.ReplaceAll("It costs 5 €.", "€", map[bool]string{true: "\uFFFD€", false: "€"}[name == "a bad byte"]); d.Sentences[1].Text != want {
			t.Errorf("%s: %q", name, d.Sentences[1].Text)
		}
		if (test.warning == "") != (len(d.Warnings) == 0) || test.warning != "" && !hasWarning(d, test.warning) {
			t.Errorf("%s: warnings %v", name, d.Warnings)
		}
		checkDocument(t, d)
	}
}

// The ways to stretch a document without end must not take the time to match.
func TestHostileDocumentsEnd(t *testing.T) {
	r := strings.Repeat
	for name, src := range map[string]string{
		"one line":          r("word and more ", 100_000),
		"no white space":    r("a", 1<<20),
		"headings":          r("# a\n## b\n", 30_000),
		"brackets":          r("[", 100_000),
		"full stop and )":   "a." + r(")", 200_000),
		"inner full stops":  r("a.a.", 100_000),
		"open bracket":      "(" + r("A b. ", 50_000),
		"rule":              r("- ", 200_000) + "x",
		"comments":          r("<!-- a b c -->\n\n", 10_000),
		"open comments":     r("x <!-- ", 50_000),
		"blank lines":       "Title" + r("\n", 500_000) + "x",
		"lines of labels":   r("Foo: bar\n", 30_000),
		"zero-width":        r("a\u200b\u200b", 50_000),
		"backslashes":       r("\\*", 100_000),
		"titles far apart":  r("Title"+r("\n", 1000), 200),
		"long heading":      "# " + r("word ", 100_000),
		"long line of code": "    " + r("code ", 100_000),
	} {
		for _, format := range []Format{Markdown, Text} {
			d, err := Parse(context.Background(), []byte(src), Options{Path: name, Format: format, Limits: Limits{Time: 20 * time.Second}})
			if err != nil && !errors.Is(err, ErrEmpty) && !errors.Is(err, ErrTooDeep) {
				t.Errorf("%s as %s: %v", name, format, err)
			}
			if d == nil {
				continue
			}
			for _, s := range d.Sentences {
				if s.Kind != TableRow && len(s.Text) > maxSentence {
					t.Errorf("%s as %s: sentence of %d bytes", name, format, len(s.Text))
					break
				}
			}
		}
	}
}
