package document

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func readPDFFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "pdf", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func parsePDF(raw []byte) (*Document, error) {
	return Parse(context.Background(), raw, Options{Path: "plan.pdf", Format: PDF})
}

func openTestPDF(t testing.TB, name string) *Document {
	t.Helper()
	d, err := parsePDF(readPDFFile(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	soundDocument(t, d)
	return d
}

var pdfWord = regexp.MustCompile(`[\p{L}\p{N}]+`)

// wordsOf returns the words of a document in order, hidden ones apart.
func wordsOf(d *Document) (seen, hidden string) {
	var a, b []string
	for _, s := range d.Sentences {
		if words := pdfWord.FindAllString(s.Text, -1); s.Kind == Hidden {
			b = append(b, words...)
		} else {
			a = append(a, words...)
		}
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}

// TestPDFSaysWhatThePageSaid prints a page and reads it back: the same words, kinds, levels and leads.
func TestPDFSaysWhatThePageSaid(t *testing.T) {
	page, err := os.ReadFile("testdata/pdf/tagged.html")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Parse(context.Background(), page, Options{Format: HTML})
	if err != nil {
		t.Fatal(err)
	}
	got := openTestPDF(t, "tagged.pdf")
	gotSeen, gotHidden := wordsOf(got)
	wantSeen, wantHidden := wordsOf(want)
	if gotSeen != wantSeen {
		t.Errorf("words\n%s\nwant\n%s", gotSeen, wantSeen)
	}
	if gotHidden != wantHidden {
		t.Errorf("hidden words %q, want %q", gotHidden, wantHidden)
	}
	if got, want := strings.Join(outlineOf(got), "\n"), strings.Join(outlineOf(want), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got.Pages != 3 || got.Sentences[len(got.Sentences)-1].Page != 3 || got.Title != "Guest checkout PRD" {
		t.Errorf("pages %d, title %q", got.Pages, got.Title)
	}
	for i, s := range got.Sentences {
		if got.Quote(&got.Sentences[i]) != s.Text {
			t.Errorf("quote %q, text %q", got.Quote(&got.Sentences[i]), s.Text)
		}
	}
}

// TestPDFUntagged reads the same file with its structure broken off: the places of the letters tell nearly as much.
func TestPDFUntagged(t *testing.T) {
	raw := bytes.ReplaceAll(readPDFFile(t, "tagged.pdf"), []byte("/StructTreeRoot"), []byte("/StructTreeGone"))
	got, err := parsePDF(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := outlineOf(openTestPDF(t, "tagged.pdf"))
	if got := outlineOf(got); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPDFColumns(t *testing.T) {
	d := openTestPDF(t, "columns.pdf")
	text := strings.Join(outlineOf(d), "\n")
	for _, number := range []string{"1. Section number one", "2. Section number two", "8. Section number eight"} {
		if !strings.Contains(text, ": "+number+"\n") {
			t.Errorf("no heading %q", number)
		}
	}
	for want, times := range map[string]int{
		"list_item 1: spend points at the till of any shop that takes part in the programme <Members can:\n":                                               8,
		"list_item 1: give points away <Members can:\n":                                                                                                    8,
		"The points are kept with the phone number of the member, and a partner can read the balance":                                                      8,
		"prose: When a refund comes in, the points of the order are taken back, even if that makes the balance negative, and the member is told by email.": 8,
		"Confidential": 0, "Page": 0,
	} {
		if got := strings.Count(text+"\n", want); got != times {
			t.Errorf("%q stands there %d times, want %d\n%s", want, got, times, text)
		}
	}
	if len(d.Sections) != 10 || d.Title != "Loyalty points" {
		t.Errorf("%d sections, title %q", len(d.Sections), d.Title)
	}
}

func TestPDFTable(t *testing.T) {
	want := []string{"heading 1: Roles", "prose: The table says who may do what with the points of a member.",
		"table_row: Role | Can do | Limit",
		"table_row: Support agent | sees the balance of every member and may add up to a hundred points by hand | 100 [Role=Support agent] [Can do=sees the balance of every member and may add up to a hundred points by hand] [Limit=100]",
		"table_row: Admin | everything | none [Role=Admin] [Can do=everything] [Limit=none]",
		"table_row: Partner | reads balances | 10 a second [Role=Partner] [Can do=reads balances] [Limit=10 a second]",
		"prose: Everybody else may do nothing at all."}
	d := openTestPDF(t, "table.pdf")
	if got := outlineOf(d); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if d.Title != "Roles" {
		t.Errorf("title %q", d.Title)
	}
}

func TestPDFHidden(t *testing.T) {
	for _, name := range []string{"hidden.pdf", "owner.pdf"} {
		seen, hidden := wordsOf(openTestPDF(t, name))
		if want := "The app keeps the location of the rider for a day The rider can delete it at any time and support can export it with the consent of the end user An end user may object"; seen != want {
			t.Errorf("%s: seen %q", name, seen)
		}
		if want := "Invisible words for machines only White words for machines only Off page words for machines"; hidden != want {
			t.Errorf("%s: hidden %q", name, hidden)
		}
	}
}

func TestPDFScanned(t *testing.T) {
	_, err := parsePDF(readPDFFile(t, "scanned.pdf"))
	if !errors.Is(err, ErrScanned) || !strings.Contains(err.Error(), "2 pages") {
		t.Errorf("scanned: %v", err)
	}
	d := openTestPDF(t, "partly.pdf")
	if len(d.Warnings) != 1 || d.Warnings[0].Code != "pages_without_text" || !strings.Contains(d.Warnings[0].Message, "2, 3") {
		t.Errorf("partly scanned: %v", d.Warnings)
	}
	d = openTestPDF(t, "ocr.pdf")
	if seen, hidden := wordsOf(d); seen != "Recognised words of the scanned page" || hidden != "" {
		t.Errorf("recognised text: seen %q, hidden %q", seen, hidden)
	}
}

func TestPDFBad(t *testing.T) {
	whole := readPDFFile(t, "table.pdf")
	for name, tt := range map[string]struct {
		raw  []byte
		want error
	}{
		"encrypted":    {readPDFFile(t, "encrypted.pdf"), ErrEncrypted},
		"cut early":    {whole[:200], ErrDamaged},
		"only a start": {[]byte("%PDF-1.7\n"), ErrDamaged},
	} {
		_, err := parsePDF(tt.raw)
		var e *Error
		if !errors.Is(err, tt.want) || !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPDFStops(t *testing.T) {
	raw := readPDFFile(t, "tagged.pdf")
	start := time.Now()
	_, err := Parse(context.Background(), raw, Options{Format: PDF, Limits: Limits{Time: time.Millisecond}})
	if !errors.Is(err, ErrTooSlow) {
		t.Errorf("time limit: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Parse(ctx, raw, Options{Format: PDF}); err == nil {
		t.Error("a cancelled context is not noticed")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestPDFMutated changes bytes here and there: the file is read, or refused with an error, and nothing breaks.
func TestPDFMutated(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	deadline := time.Now().Add(8 * time.Second)
	for range 80 {
		if time.Now().After(deadline) {
			break
		}
		raw := append([]byte(nil), readPDFFile(t, []string{"table.pdf", "hidden.pdf", "columns.pdf"}[rnd.IntN(3)])...)
		for range 1 + rnd.IntN(20) {
			raw[rnd.IntN(len(raw))] = byte(rnd.IntN(256))
		}
		d, err := Parse(context.Background(), raw, Options{Format: PDF, Limits: Limits{Time: 20 * time.Second}})
		var e *Error
		if err != nil && (!errors.As(err, &e) || errors.Is(err, ErrTooSlow)) {
			t.Fatal(err)
		}
		if err == nil {
			soundDocument(t, d)
		}
	}
}

func TestHyphenation(t *testing.T) {
	h := &hyphenation{lines: []pdfLine{{pdfSpan: pdfSpan{text: "an end-user may use the support desk today"}}}}
	for _, tt := range []struct{ above, below, want string }{
		{"ask sup-", "port now", "ask support now"},
		{"the end-", "user may", "the end-user may"},
		{"state-of-the-", "art safe", "state-of-the-art safe"},
		{"COVID-", "19 rules", "COVID-19 rules"},
		{"a dash -", "here", "a dash - here"},
		{"soft\u00ad", "Hyphen", "softHyphen"},
		{"plain", "line", "plain line"},
		{"from Anglo-", "Saxon law", "from Anglo-Saxon law"},
	} {
		if got := h.join(tt.above, tt.below); got != tt.want {
			t.Errorf("%q + %q: %q, want %q", tt.above, tt.below, got, tt.want)
		}
	}
}

func TestDropRepeated(t *testing.T) {
	span := func(page int, text string, base float64) pdfSpan {
		return pdfSpan{text: text, page: page, base: base, left: 50, right: 100, size: 10}
	}
	var pages []pdfPage
	for i := 1; i <= 3; i++ {
		pages = append(pages, pdfPage{height: 800, width: 600, spans: []pdfSpan{span(i, "Acme – draft 1", 780),
			span(i, "Words of page "+string(rune('A'+i)), 770), span(i, "The same in the middle", 400), span(i, "Page "+string(rune('0'+i))+" of 3", 20)}})
	}
	dropRepeated(pages)
	for _, p := range pages {
		if len(p.spans) != 2 || !strings.HasPrefix(p.spans[0].text, "Words") {
			t.Errorf("kept %v", p.spans)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	raw := readPDFFile(b, "tagged.pdf")
	if _, err := parsePDF(raw); err != nil { // fills the cache on disk
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsePDF(raw); err != nil {
			b.Fatal(err)
		}
	}
}
