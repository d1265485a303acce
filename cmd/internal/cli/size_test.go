package cli

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1000": 1000, "64MB": 64 << 20, "64 MiB": 64 << 20, "1.5k": 1536, "2g": 2 << 30, " 7 B ": 7, "10kb": 10 << 10,
		"": 0, "MB": 0, "-1": 0, "0": 0, "1TB": 0, "NaN": 0, "Inf": 0, "1e300": 0, "9999999999GB": 0, "0x10": 0, "1MBMB": 0,
	} {
		got, err := parseSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("parseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestFormatSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<50).Draw(t, "n")
		if back, err := parseSize(formatSize(n)); back != n || err != nil {
			t.Fatalf("%d is written %s, which is read as %d, %v", n, formatSize(n), back, err)
		}
	})
}
