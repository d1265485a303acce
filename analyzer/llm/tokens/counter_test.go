package tokens

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

type refusing struct{ asked chan string }

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	select {
	case r.asked <- req.URL.String():
	default:
	}
	return nil, errors.New("this test allows no network")
}

// TestMain lets no test touch the network, nor the directory where the library's own loader keeps what it fetched.
func TestMain(m *testing.M) {
	asked := make(chan string, 1)
	http.DefaultTransport = refusing{asked}
	dir, err := os.MkdirTemp("", "tokens")
	if err != nil {
		panic(err)
	}
	os.Setenv("TIKTOKEN_CACHE_DIR", dir)
	code := m.Run()
	select {
	case url := <-asked:
		fmt.Println("the network was asked for", url)
		code = 1
	default:
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		fmt.Println("the library's loader kept files:", files, err)
		code = 1
	}
	os.RemoveAll(dir)
	if err := goleak.Find(); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		encoding, text string
		want           int
	}{ // from openai/tiktoken's own tests and cookbook
		{"cl100k_base", "hello world", 2},
		{"o200k_base", "hello world", 2},
		{"cl100k_base", "tiktoken is great!", 6},
		{"cl100k_base", "antidisestablishmentarianism", 6},
		{"o200k_base", "antidisestablishmentarianism", 6},
		{"cl100k_base", "お誕生日おめでとう", 9},
		{"o200k_base", "お誕生日おめでとう", 8},
		{"o200k_base", "", 0},
		{"", "", 0},
		{"o200k_base", "<|endoftext|>", 7}, // a document's words are never control tokens
	} {
		if got := NewCounter(c.encoding).Count(c.text); got != c.want {
			t.Errorf("%s counts %d tokens in %q, want %d", c.encoding, got, c.text, c.want)
		}
	}
}

func TestCountCutsOnlyLongRuns(t *testing.T) {
	texts := samples(t)
	for encoding, load := range encodings {
		for name, text := range texts {
			if got, want := NewCounter(encoding).Count(text), len(load().EncodeOrdinary(text)); got != want {
				t.Errorf("%s, %s: %d tokens with cuts, %d without", encoding, name, got, want)
			}
		}
	}
}

func TestCountOfLongRunsIsClose(t *testing.T) {
	for _, unit := range []string{"a", "ab", "Z", "=", "-", " ", "\n", "é", "日", "☃", "x̂"} {
		text := "Before: " + strings.Repeat(unit, 2000) + ". After."
		for encoding, load := range encodings {
			got, want := NewCounter(encoding).Count(text), len(load().EncodeOrdinary(text))
			if allowed := 2*len([]rune(text))/longestRun + 2; got < want-allowed || got > want+allowed {
				t.Errorf("%s, %q: %d tokens with cuts, %d without", encoding, unit, got, want)
			}
		}
	}
	digits := strings.Repeat("7", 3001)
	if got := NewCounter("o200k_base").Count(digits); got != 1001 {
		t.Errorf("%d tokens of 3001 digits, want 1001", got)
	}
}

// The library needs a minute for this run; cut, it takes a few hundredths of a second.
func TestCountOfLongRunsIsQuick(t *testing.T) {
	start := time.Now()
	if n := NewCounter("o200k_base").Count(strings.Repeat("k", 400_000)); n < 10_000 {
		t.Errorf("%d tokens of 400,000 letters", n)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("counting took %v", took)
	}
}

func TestCountByMany(t *testing.T) {
	text := samples(t)["german"]
	want := NewCounter("o200k_base").Count(text)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, encoding := range []string{"o200k_base", "cl100k_base", ""} {
				if got := NewCounter(encoding).Count(text); encoding == "o200k_base" && got != want {
					t.Errorf("%d tokens, want %d", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// Cuts depend on characters only, so that no text can make counting fail or count nothing.
func TestCountOfAnyText(t *testing.T) {
	c := NewCounter("o200k_base")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes"))
		if n := c.Count(text); (n == 0) != (text == "") || n > 4*len(text) {
			t.Fatalf("%d tokens in %q", n, text)
		}
	})
}

var initTrace = regexp.MustCompile(`(?m)^init (\S*(?:tokens|tiktoken|regexp2)\S*) @.* (\d+) bytes, \d+ allocs$`)

// A command that needs no model pays nothing for the ranks: merely importing this package loads none.
func TestImportIsLight(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found := initTrace.FindAllStringSubmatch(string(out), -1)
	if len(found) == 0 {
		t.Fatalf("no trace of this package's start in:\n%s", out)
	}
	for _, m := range found {
		if bytes, _ := strconv.Atoi(m[2]); bytes > 300_000 { // the ranks take 20 MB
			t.Errorf("importing %s takes %d bytes", m[1], bytes)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	text := samples(b)["../../../fixtures/greengrove-club-wallet.md"]
	for _, encoding := range []string{"o200k_base", "cl100k_base"} {
		b.Run(encoding, func(b *testing.B) {
			c := NewCounter(encoding)
			c.Count("load")
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c.Count(text)
			}
		})
	}
}

func BenchmarkCountRun(b *testing.B) {
	c, text := NewCounter("o200k_base"), strings.Repeat("k", 40_000)
	c.Count("load")
	for b.Loop() {
		c.Count(text)
	}
}
