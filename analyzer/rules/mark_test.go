package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestMark shows which words are which terms: the longest wins, neighbours and grammar decide on words with two meanings.
func TestMark(t *testing.T) {
	tests := []struct {
		text string
		want []string // class and name
		not  []string
	}{
		{"We store the patient's discharge letter.", []string{"asset patient's discharge letter", "actor patient's"}, []string{"asset letter"}},
		{"Users enter their bank account number.", []string{"asset bank account number", "actor users"}, []string{"asset account"}},
		{"We must address the issue.", nil, []string{"asset address"}},
		{"The courier sees the address.", []string{"asset address"}, nil},
		{"Admins can order more seats.", []string{"actor admins"}, []string{"asset order"}},
		{"The payment provider is down.", []string{"dependency payment provider"}, []string{"asset payment"}},
		{"The card layout is narrow.", nil, []string{"asset card"}},
		{"An error message is shown.", nil, []string{"asset message", "asset error message"}},
		{"Segment users by age.", nil, []string{"dependency Segment"}},
		{"Events are sent to Segment.", []string{"dependency Segment"}, nil},
		{"The SSN is masked.", []string{"asset SSN", "safeguard masked"}, nil},
		{"Custom roles help.", nil, []string{"actor custom"}},
		{"The link expires after 7 days.", []string{"safeguard expires after 7 days"}, nil},
		{"User research says so.", nil, []string{"actor user", "actor user research"}},
		{"Anyone with the link can open the file.", []string{"feature Anyone with the link"}, nil},
		{"Emails, phone numbers and addresses are exported.", []string{"asset phone numbers"}, nil},
	}
	for _, tt := range tests {
		f := factsOf(t, "x.md", tt.text)
		var got []string
		for _, m := range f.marks[0] {
			if !m.weak {
				got = append(got, string(m.Class)+" "+m.Name)
			}
		}
		for _, w := range tt.want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: no mark %q in %q", tt.text, w, got)
			}
		}
		for _, w := range tt.not {
			if slices.Contains(got, w) {
				t.Errorf("%q: mark %q must not be there", tt.text, w)
			}
		}
	}
}

// corpus is the text of all test documents, repeated up to a size.
func corpus(t testing.TB, size int) string {
	files, _ := filepath.Glob("testdata/facts/*.[mt]*")
	var b strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
		b.WriteString("\n\n")
	}
	one := b.String()
	return strings.Repeat(one, size/len(one)+1)[:size]
}

// TestGatherAnything throws words together at random: facts must hold together whatever a document says.
func TestGatherAnything(t *testing.T) {
	words := strings.Fields(corpus(t, 8000))
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(r, "words")
		var b strings.Builder
		b.WriteString("Users ")
		for range n {
			b.WriteString(rapid.SampledFrom(words).Draw(r, "word"))
			b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", ", ", "\n", "\n\n- ", ". ", " | "}).Draw(r, "gap"))
		}
		f := factsOf(t, "x.md", b.String())
		check(r, f)
	})
}

// check reports facts that contradict themselves.
func check(t interface{ Errorf(string, ...any) }, f *facts) {
	last := len(f.text.Sentences)
	numbers := func(what string, nums []int) {
		if len(nums) == 0 || !slices.IsSorted(nums) || nums[0] < 1 || nums[len(nums)-1] > last {
			t.Errorf("%s stands on sentences %v of %d", what, nums, last)
		}
	}
	names := map[string]bool{"the product": true}
	for _, a := range f.set.Assets {
		numbers("asset "+a.Name, a.Evidence.Sentences)
		names[a.Name] = true
		if a.Name == "" || !utf8.ValidString(a.Name) || strings.Contains(a.Gain, "{") {
			t.Errorf("asset %q, gain %q", a.Name, a.Gain)
		}
	}
	for _, a := range f.set.Actors {
		numbers("actor "+a.Name, a.Evidence.Sentences)
		names[a.Name] = true
	}
	for _, d := range f.set.Dependencies {
		numbers("dependency "+d.Name, d.Evidence.Sentences)
		names[d.Name] = true
		if strings.Contains(d.IfItFails+d.IfCompromised, "{") {
			t.Errorf("dependency %q: %q, %q", d.Name, d.IfItFails, d.IfCompromised)
		}
	}
	for _, x := range f.set.Flows {
		numbers(fmt.Sprintf("flow %s to %s", x.Source, x.Destination), x.Evidence.Sentences)
		for _, n := range x.Data {
			if !names[n] {
				t.Errorf("flow %v names %q, which is nothing", x, n)
			}
		}
		for _, n := range []string{x.Source, x.Destination} {
			said := slices.ContainsFunc(x.Evidence.Sentences, func(num int) bool {
				return strings.Contains(strings.ToLower(f.text.Sentences[num-1].Text), strings.ToLower(n))
			})
			if !names[n] && !said {
				t.Errorf("flow %v names %q, which is nothing", x, n)
			}
		}
	}
	for _, s := range f.set.Safeguards {
		numbers("safeguard "+s.Text, s.Evidence.Sentences)
		for _, n := range s.Protects {
			if !names[n] {
				t.Errorf("safeguard %q protects %q, which is nothing", s.Text, n)
			}
		}
	}
}

// TestHiddenText has no facts in what a reader does not see.
func TestHiddenText(t *testing.T) {
	f := factsOf(t, "x.md", "Users send photos.\n\n<!-- We store the passport number and send it to Stripe. -->\n\n```\nWe store the credit card number in Stripe.\n```\n")
	for _, a := range f.set.Assets {
		if a.Name != "photos" {
			t.Errorf("asset %q", a.Name)
		}
	}
	if len(f.set.Dependencies) > 0 {
		t.Errorf("dependencies %v", f.set.Dependencies)
	}
}

// TestOtherLanguages keeps silent where the words are not English.
func TestOtherLanguages(t *testing.T) {
	for _, text := range []string{
		"Der Nutzer gibt seine Adresse und seine Kontonummer ein. Wir speichern das Geburtsdatum.",
		"L'utilisateur saisit son adresse et son numéro de carte. Les données sont conservées.",
		"ユーザーは住所を入力します。",
	} {
		if f := factsOf(t, "x.md", text); len(f.set.Assets)+len(f.set.Flows)+len(f.set.Dependencies) > 0 {
			t.Errorf("%q: %v %v %v", text, f.set.Assets, f.set.Flows, f.set.Dependencies)
		}
	}
}

func BenchmarkMarkAndGather(b *testing.B) {
	text := corpus(b, 1<<20)
	f := factsOf(b, "x.md", text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		g := &facts{text: f.text, set: newSet()}
		if err := g.mark(b.Context()); err != nil {
			b.Fatal(err)
		}
		g.gather()
	}
}

func BenchmarkMark(b *testing.B) {
	text := corpus(b, 1<<20)
	f := factsOf(b, "x.md", text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		g := &facts{text: f.text, set: newSet()}
		if err := g.mark(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLongSentence reads a sentence that goes on for pages in a time that grows with its length.
func TestLongSentence(t *testing.T) {
	phrase := "the admin sends the email address and password of a customer to Stripe, "
	start := time.Now()
	f := factsOf(t, "x.md", "When "+strings.Repeat(phrase, 20_000))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	n := 0
	for _, marks := range f.marks {
		n += len(marks)
	}
	if n < 100_000 {
		t.Errorf("%d marks, want at least 100,000", n)
	}
}
