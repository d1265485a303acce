package tokens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// samples returns texts of many kinds and the fixtures, by name.
func samples(t testing.TB) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/samples.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := yaml.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.md", "*.txt", "fresh/*.md"} {
		paths, err := filepath.Glob(filepath.Join("../../../fixtures", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no fixtures %s: %v", pattern, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text := string(data)
			if i := strings.LastIndexByte(text[:min(len(text), 5000)], '\n'); i > 0 {
				text = text[:i] // enough to count, and quick with the race detector
			}
			texts[path] = text
		}
	}
	return texts
}

// An estimate that is too low fills a context over its brim; one that is far too high makes many small requests.
func TestEstimateIsSeldomTooLow(t *testing.T) {
	o200k := NewCounter("o200k_base")
	unknown := NewCounter("")
	for name, text := range samples(t) {
		got, want := unknown.Count(text), o200k.Count(text)
		if got < want {
			t.Errorf("%s: estimate %d is below o200k_base's %d", name, got, want)
		}
		if most := float64(want) * 1.6; float64(got) > most {
			t.Errorf("%s: estimate %d is more than 1.6 times o200k_base's %d", name, got, want)
		}
	}
}

// The older encoding counts English, code, keys and most European languages like the newer one, others twice as high.
func TestEstimateAgainstCl100k(t *testing.T) {
	cl100k := NewCounter("cl100k_base")
	for name, text := range samples(t) {
		got, want := estimate(text), cl100k.Count(text)
		if strings.HasSuffix(name, ".md") && got < want {
			t.Errorf("%s: estimate %d is below cl100k_base's %d", name, got, want)
		}
		if got*5 < want*2 {
			t.Errorf("%s: estimate %d is below two fifths of cl100k_base's %d", name, got, want)
		}
	}
}

// Prompts are counted in parts: these must not hide tokens of the whole.
func TestEstimateOfPartsIsThatOfTheWhole(t *testing.T) {
	texts := samples(t)
	rapid.Check(t, func(t *rapid.T) {
		text := texts[rapid.SampledFrom([]string{"german", "chinese", "code", "table", "emoji", "base64"}).Draw(t, "kind")]
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
			at--
		}
		if whole, parts := estimate(text), estimate(text[:at])+estimate(text[at:]); parts < whole-whole/20-2 || parts > whole+whole/20+4 {
			t.Fatalf("parts %d, whole %d, cut at %d", parts, whole, at)
		}
	})
}

func FuzzEstimate(f *testing.F) {
	for _, text := range []string{"", "a", "\x80\xff", "Ünïcödé", strings.Repeat("=", 300), "HTTPServer2Go", "\u200d", "日本"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := estimate(text); n < 1 || n > 4*len(text)+1 {
			t.Fatalf("%d tokens for %d bytes", n, len(text))
		}
	})
}

func BenchmarkEstimate(b *testing.B) {
	text := samples(b)["../../../fixtures/greengrove-club-wallet.md"]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		estimate(text)
	}
}
