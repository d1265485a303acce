package redact

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
	"whatif/analyzer/inspect"
	"whatif/analyzer/reading"
)

// open parses Markdown and returns its redactor.
func open(t testing.TB, source string, opt Options) (*Redactor, *document.Document) {
	doc, err := document.Parse(context.Background(), []byte(source), document.Options{Path: "prd.md"})
	if err != nil {
		t.Fatal(err)
	}
	return New(doc, inspect.Look(reading.Read(doc)).Secrets, opt), doc
}

var everything = Options{Personal: true, Names: []string{"Ann", "Rosalind Achterberg", "O'Brien", "Zoë", "王小明", "Straße", "Smith & Sons"}, Patterns: []*regexp.Regexp{regexp.MustCompile(`\bPRJ-\d+\b`)}}

// TestHidden lists values that must be hidden, and texts that must stay as they are.
func TestHidden(t *testing.T) {
	for _, c := range []struct {
		text   string
		hidden []string
	}{
		{"Write to ann.b+x@mail.example.com or бухгалтерия@почта.example.", []string{"ann.b+x@mail.example.com", "бухгалтерия@почта.example"}},
		{"Call +49 30 1234567 or 0171 2345678.", []string{"+49 30 1234567", "0171 2345678"}},
		{"The desk is at (555) 123-4567, the fax is 555-987-6543.", []string{"(555) 123-4567", "555-987-6543"}},
		{"Tel: 3456789, or in France 06 12 34 56 78", []string{"3456789", "06 12 34 56 78"}},
		{"Ring 020 7946 0958, 030 123456, 555 123 4567 or 555.123.4567.", []string{"020 7946 0958", "030 123456", "555 123 4567", "555.123.4567"}},
		{"Pay with 4111 1111 1111 1111.", []string{"4111 1111 1111 1111"}},
		{"To DE89 3704 0044 0532 0130 00, please.", []string{"DE89 3704 0044 0532 0130 00"}},
		{"The server is 10.20.30.40, or 2001:db8::8a2e:370:7334.", []string{"10.20.30.40", "2001:db8::8a2e:370:7334"}},
		{"Ann's annual plan; ask ROSALIND ACHTERBERG, O’Brien and Zoë.", []string{"Ann", "ROSALIND ACHTERBERG", "O’Brien", "Zoë"}},
		{"Strasse, STRASSE and straße", []string{"Strasse", "STRASSE", "straße"}},
		{"请联系王小明处理。", []string{"王小明"}},
		{"Smith and sons are not Smith & Sons.", []string{"Smith & Sons"}},
		{"See PRJ-4711.", []string{"PRJ-4711"}},
		{"The key is AKIAQ3EGRPTX7NMPLK4J, really.", []string{"AKIAQ3EGRPTX7NMPLK4J"}},
		{"Until [EMAIL-3F9C] answers", []string{"[EMAIL-3F9C]"}},
		{"Ann@home.example and PRJ-1@x.example", []string{"Ann@home.example", "PRJ-1@x.example"}},

		{"At 1.234.567,89 and 2024-11-05 10:30, 12 345 678, 1 234 567 12 and 0.123.456", nil},
		{"On 2024-11-05, 05.11.2024 and 11/05/2024 at 10:30:45.", nil},
		{"Version 1.2.3.4, firmware 10.0.0.12, v2.10.11.12", nil},
		{"€1.234.567,89 or $ 12 345 678 and 1,234,567 people", nil},
		{"Order 20241105123456, ticket #1234567890, item 0012345678", nil},
		{"Id 3f2504e0-4f89-11d3-9a0c-0305e82c3301, commit 9fceb02d0ae598e95dc970b74767f19372d61af8", nil},
		{"Card 4111 1111 1111 1112 fails its check; 127.0.0.1 is this machine", nil},
		{"From 2020-2024 or 2020/21, 100 000 000 rows, 12:30-13:45", nil},
		{"annual Annie banned Joanna, std::vector, @annabel, a @ b", nil},
		{"ISBN 978-3-16-148410-0 is a book; 99.95 % of 12 000 000", nil},
		{"The password is required and the token is renewed.", nil},
	} {
		r, _ := open(t, c.text+"\n", everything)
		var got []string
		for _, s := range r.find(c.text) {
			got = append(got, c.text[s.start:s.end])
		}
		if !slices.Equal(got, c.hidden) {
			t.Errorf("%q hides %q, want %q", c.text, got, c.hidden)
		}
	}
}

// TestStable gives a value the same placeholder in every document, and every value one of its own.
func TestStable(t *testing.T) {
	one, _ := open(t, "Write to ann@x.example.\n", everything)
	two, _ := open(t, "# Other\n\nZoë or ann@x.example, +49 30 1234567.\n", everything)
	hidden := one.Hide("ann@x.example")
	if hidden != two.Hide("ann@x.example") || !regexp.MustCompile(`^\[EMAIL-[0-9A-F]{4}\]$`).MatchString(hidden) {
		t.Errorf("placeholders %s and %s", hidden, two.Hide("ann@x.example"))
	}
	if strange := one.Hide("zoe@x.example"); !regexp.MustCompile(`^\[EMAIL-[0-9A-F]{12}\]$`).MatchString(strange) || one.Restore(strange) != "zoe@x.example" {
		t.Errorf("an address that the document does not have is %s", strange)
	}
	want := map[string]int{"name": 1, "e-mail address": 1, "telephone number": 1}
	if !maps.Equal(two.Count(), want) {
		t.Errorf("count %v, want %v", two.Count(), want)
	}
}

// TestCollision lets many addresses of one document share four digits.
func TestCollision(t *testing.T) {
	var source strings.Builder
	var all []string
	for i := range 3000 {
		all = append(all, strings.Repeat("a", i%40)+string(rune('a'+i%26))+strings.Repeat("b", i/40)+"@x.example")
		source.WriteString("- " + all[i] + "\n")
	}
	slices.Sort(all)
	all = slices.Compact(all)
	r, _ := open(t, source.String(), everything)
	seen, longer := map[string]bool{}, 0
	for _, a := range all {
		mark := r.Hide(a)
		if seen[mark] || r.Restore(mark) != a {
			t.Fatalf("%s stands for %s and another", mark, r.Restore(mark))
		}
		if seen[mark] = true; len(mark) > len("[EMAIL-3F9C]") {
			longer++
		}
	}
	if longer == 0 {
		t.Error("none of the placeholders had to be longer: the test shows nothing")
	}
}

// TestSecrets hides secrets for good, wherever they stand, and every line of a private key.
func TestSecrets(t *testing.T) {
	const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\nAwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\nEKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==\n-----END EC PRIVATE KEY-----"
	r, doc := open(t, "# Keys\n\nThe database password: tr0ub4dor&Horse9\n\nLater, tr0ub4dor&Horse9 is changed.\n\n```\n"+key+"\n```\n\nAfter the key.\n", Options{})
	for i := range doc.Sentences {
		text := doc.Sentences[i].Text
		hidden := r.Hide(text)
		for _, bad := range append(strings.Split(key, "\n"), "tr0ub4dor&Horse9") {
			if strings.Contains(hidden, bad) || strings.Contains(r.Restore(hidden), bad) {
				t.Errorf("%q is left in %q", bad, hidden)
			}
		}
		if strings.HasPrefix(text, "After") && hidden != text {
			t.Errorf("%q became %q", text, hidden)
		}
	}
	if n := r.Count()["secret"]; n != 6 {
		t.Errorf("%d secrets, want a password and five lines", n)
	}
	if got := r.Hide(key); strings.Contains(got, "MHcC") || strings.Contains(got, "EKTc") {
		t.Errorf("the whole key became %q", got)
	}
	if got := r.Hide("ann@x.example"); got != "ann@x.example" {
		t.Errorf("personal data is hidden unasked: %s", got)
	}
}

// TestManyAtOnce hides and restores from several goroutines.
func TestManyAtOnce(t *testing.T) {
	r, _ := open(t, "Write to ann@x.example.\n", everything)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				text := "Ask " + string(rune('a'+i)) + string(rune('a'+j%26)) + "@y.example or Ann."
				if got := r.Restore(r.Hide(text)); got != text {
					t.Errorf("%q came back as %q", text, got)
				}
			}
		})
	}
	wg.Wait()
}

// pieces are what documents for the properties are made of.
var pieces = []string{"ann@x.example", "+49 30 1234567", "[EMAIL-3F9C]", "[NAME-ABCD", "-3F9C]", "[", "]", "Ann", "annual", " ", ". ", "\n\n", "10.20.30.40", "4111 1111 1111 1111",
	"DE89 3704 0044 0532 0130 00", "PRJ-12", "Zoë", "王小明", "@", "-", "the plan", "\u200b", "é", "\xff", "| ", "Rosalind Achterberg", ":", "0171 2345678"}

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 30).Draw(t, "pieces"), "")
}

// TestRoundTrip holds that what was hidden comes back byte for byte, in the document and elsewhere.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		doc, err := document.Parse(context.Background(), []byte(drawText(t)), document.Options{Path: "prd.md"})
		if err != nil {
			return
		}
		r := New(doc, nil, everything)
		if len(inspect.Find(text)) > 0 {
			return // a secret does not come back
		}
		hidden := r.Hide(text)
		if got := r.Restore(hidden); got != text {
			t.Fatalf("%q became %q and came back as %q", text, hidden, got)
		}
		if emails().MatchString(hidden) {
			t.Fatalf("an address is left in %q", hidden)
		}
	})
}

// FuzzHide looks for texts that do not come back, or that keep an address or a secret.
func FuzzHide(f *testing.F) {
	for _, seed := range []string{"Ann, ann@x.example [EMAIL-3F9C]", "password: tr0ub4dor&Horse9", "[SECRET-ABCD]", "+49 30 1234567\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := New(&document.Document{Title: text, Sentences: []document.Sentence{{Num: 1, Text: text}}}, nil, everything)
		hidden := r.Hide(text)
		secrets := inspect.Find(text)
		for _, s := range secrets {
			if value := text[s.Start:s.End]; len(value) >= 12 && strings.Contains(hidden, value) {
				t.Errorf("%q is left in %q", value, hidden)
			}
		}
		if got := r.Restore(hidden); len(secrets) == 0 && got != text {
			t.Errorf("%q became %q and came back as %q", text, hidden, got)
		}
	})
}

func BenchmarkHide(b *testing.B) {
	line := "Write to ann@x.example or call +49 30 1234567 before the list of 1,200 orders is exported to the partner. "
	text := strings.Repeat(line, 1<<20/len(line))
	doc := &document.Document{Sentences: []document.Sentence{{Num: 1, Text: line}}}
	r := New(doc, nil, everything)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Hide(text)
	}
}
