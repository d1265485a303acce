package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/llm"
	"whatif/analyzer/llm/caller"
	"whatif/analyzer/llm/client"
	"whatif/analyzer/llm/fakellm"
	"whatif/analyzer/llm/tokens"
	"whatif/analyzer/rules"
	"whatif/cmd/internal/cli"
)

// The latencies of the benchmarks: always the same, and with a heavy tail.
var latencies = []struct {
	name string
	fakellm.Latency
}{
	{"200ms", fakellm.Latency{P50: 200 * time.Millisecond}},
	{"tail", fakellm.Latency{P50: 200 * time.Millisecond, P99: 2 * time.Second}},
}

// BenchmarkModel reports how long a document takes on its whole way through the engine, the client and the caller, by how long it
// must take. Run it with -benchtime=1x; the work grows with the requests in flight, from two pages to forty.
//
// A document goes through four stages that wait for each other: its facts with the second looks, the what-ifs, the judgements, and
// the open questions. In the first, the second look at a part waits for the first: the two are one chain. Of the latencies that the
// server drew,
//
//   - wall/bound has below it, summed over the stages, the longer of all latencies divided by the requests in flight and the longest
//     chain: nobody is faster;
//   - wall/ideal has below it the time in which each place is filled the moment it is free, in the order in which the requests came:
//     nobody is faster who does not know the latencies beforehand.
//
// Both hold the server's own work against the program, and what both do between two stages.
func BenchmarkModel(b *testing.B) {
	for _, inFlight := range []int{1, 8, 64} {
		pages := map[int]int{1: 2, 8: 20, 64: 40}[inFlight]
		for _, l := range latencies {
			b.Run(fmt.Sprintf("%s/%d", l.name, inFlight), func(b *testing.B) {
				doc := pagesOf(b, pages)
				var wall, bound, ideal time.Duration
				requests, peak := 0, uint64(0)
				for b.Loop() {
					w := watchHeap()
					d := askedOf(b, doc, fakellm.Script{Seed: 1, Latency: l.Latency}, caller.Options{InFlight: inFlight}, "hybrid")
					peak = max(peak, w())
					wall += d.took
					for _, s := range d.stages() {
						bound += s.bound(inFlight)
						ideal += s.ideal(inFlight)
					}
					requests += len(d.log)
				}
				b.ReportMetric(float64(wall)/float64(bound), "wall/bound")
				b.ReportMetric(float64(wall)/float64(ideal), "wall/ideal")
				b.ReportMetric(float64(requests)/float64(b.N), "requests")
				b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
			})
		}
	}
}

// BenchmarkModelTokens reports what a document costs in tokens, by its own: all that is sent, less what the server had read before as
// the beginning of another request. The first request is waited for, as with every provider that sells what it remembers for less.
// Whether the schema is a part of that beginning is up to the server.
func BenchmarkModelTokens(b *testing.B) {
	for _, engine := range []string{"hybrid", "llm"} {
		for _, schema := range []string{"apart", "first"} {
			for _, pages := range []int{2, 40} {
				b.Run(fmt.Sprintf("%s/schema-%s/%dpages", engine, schema, pages), func(b *testing.B) {
					doc := pagesOf(b, pages)
					own := float64(fakellm.Tokens(doc.Source))
					for b.Loop() {
						d := askedOf(b, doc, fakellm.Script{SchemaInPrefix: schema == "first"}, caller.Options{InFlight: 8, Warm: true}, engine)
						prompt, fresh := 0, 0
						pass := map[string]int{}
						for _, e := range d.log {
							prompt += e.Prompt
							fresh += e.Prompt - e.Cached
							pass[e.Schema] += e.Prompt - e.Cached
						}
						b.ReportMetric(float64(fresh)/own, "fresh/own")
						b.ReportMetric(float64(prompt)/own, "sent/own")
						for name, n := range pass {
							b.ReportMetric(float64(n)/own, name+"/own")
						}
						b.ReportMetric(float64(len(d.log)), "requests")
					}
				})
			}
		}
	}
}

// BenchmarkModelFolder reports how long the command takes for a folder of documents, by the latencies of all its requests divided by
// the requests in flight: what is above 1 is time in which places were empty, or the program or the server worked.
func BenchmarkModelFolder(b *testing.B) {
	files := fixtureFiles(b)
	for _, inFlight := range []int{8, 64} {
		for _, l := range latencies {
			b.Run(fmt.Sprintf("%s/%d", l.name, inFlight), func(b *testing.B) {
				var wall, filled time.Duration
				requests := 0
				for b.Loop() {
					url, server, stop, err := fakellm.Start(fakellm.Script{Seed: 1, Latency: l.Latency})
					if err != nil {
						b.Fatal(err)
					}
					args := append([]string{"analyze", "--model", "fakellm", "--base-url", url, "--no-cache", "--context", "128000", "--in-flight", fmt.Sprint(inFlight),
						"-o", b.TempDir() + "/", "--format", "json"}, files...)
					var out bytes.Buffer
					started := time.Now()
					code := cli.Run(b.Context(), []string{"HOME=" + b.TempDir()}, strings.NewReader(""), &out, &out, args)
					wall += time.Since(started)
					log := server.Log()
					stop()
					if code != cli.ExitDone {
						b.Fatalf("exit code %d\n%s", code, &out)
					}
					for _, e := range log {
						filled += e.Wait / time.Duration(inFlight)
					}
					requests += len(log)
				}
				b.ReportMetric(float64(wall)/float64(filled), "wall/filled")
				b.ReportMetric(float64(requests)/float64(b.N), "requests")
				b.ReportMetric(float64(len(files)), "documents")
			})
		}
	}
}

// A reading is a document's way through the engine, as the server saw it.
type reading struct {
	took time.Duration
	log  []fakellm.Entry
}

// askedOf analyses a document with a model that plays a script. A small one goes before: by then all is loaded, and the server has read
// what the requests about any document begin with.
func askedOf(b *testing.B, doc *document.Document, script fakellm.Script, opt caller.Options, engine string) reading {
	b.Helper()
	url, server, stop, err := fakellm.Start(script)
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	model, err := client.New(client.Config{BaseURL: url, Model: "fakellm"})
	if err != nil {
		b.Fatal(err)
	}
	opt.Count = tokens.NewCounter("").Count
	with := llm.Options{Asker: caller.New(model, opt), Model: "fakellm", Count: opt.Count, Context: 128_000}
	if engine == "hybrid" {
		with.Rules = &rules.Engine{}
	}
	e, err := llm.New(with)
	if err != nil {
		b.Fatal(err)
	}
	analyse := func(doc *document.Document) time.Duration {
		started := time.Now()
		draft, err := analyzer.Analyze(b.Context(), doc, analyzer.Options{Engine: e})
		took := time.Since(started)
		if err != nil {
			b.Fatal(err)
		}
		for _, w := range draft.Warnings {
			if w.Code == "chunk_failed" {
				b.Fatal(w.Message)
			}
		}
		return took
	}
	analyse(documentOf(b, "# Notes\n\nAnyone with the link can read the notes of the customer.\n"))
	before := len(server.Log())
	took := analyse(doc)
	return reading{took, server.Log()[before:]}
}

// A stage is what may be asked at the same time: chains of requests that wait for each other, by their latencies.
type stage [][]time.Duration

// stages returns the stages of a document, the chains of each in the order in which they began.
func (d *reading) stages() []stage {
	number := map[string]int{"facts": 0, "again": 0, "what_if": 1, "judge": 2, "questions": 3}
	stages := make([]stage, 4)
	first := map[string]int{} // the chain that began with the facts of a part, by the part's mark
	for _, e := range d.log {
		s := &stages[number[e.Schema]]
		_, part, _ := strings.Cut(e.User, "The part to read:\n<<<")
		mark, _, _ := strings.Cut(part, "\n")
		if i, ok := first[mark]; ok && e.Schema == "again" {
			(*s)[i] = append((*s)[i], e.Wait)
			continue
		}
		if e.Schema == "facts" {
			first[mark] = len(*s)
		}
		*s = append(*s, []time.Duration{e.Wait})
	}
	return stages
}

// bound is the time below which nobody has a stage.
func (s stage) bound(inFlight int) time.Duration {
	var all, longest time.Duration
	for _, chain := range s {
		var d time.Duration
		for _, latency := range chain {
			d += latency
		}
		all, longest = all+d, max(longest, d)
	}
	return max(all/time.Duration(inFlight), longest)
}

// ideal is the time in which a stage is had if each place is filled the moment it is free: with the first requests of the chains in
// their order, and then with what follows them.
func (s stage) ideal(inFlight int) time.Duration {
	type sent struct {
		end         time.Duration
		chain, next int
	}
	var queue, running []sent
	for i := range s {
		queue = append(queue, sent{chain: i})
	}
	now := time.Duration(0)
	for len(queue)+len(running) > 0 {
		for len(queue) > 0 && len(running) < inFlight {
			r := queue[0]
			queue = queue[1:]
			running = append(running, sent{now + s[r.chain][r.next], r.chain, r.next + 1})
		}
		first := slices.MinFunc(running, func(x, y sent) int { return cmp.Compare(x.end, y.end) })
		running = slices.DeleteFunc(running, func(r sent) bool { return r == first })
		if now = first.end; first.next < len(s[first.chain]) {
			queue = append(queue, first)
		}
	}
	return now
}

// pagesOf returns a document of so many pages, of some 2,250 characters each: the fixtures, one after the other.
func pagesOf(b *testing.B, pages int) *document.Document { return documentOf(b, longText(b, pages)) }

func longText(t testing.TB, pages int) string {
	t.Helper()
	var text strings.Builder
	for _, file := range fixtureFiles(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
		text.WriteString("\n\n")
	}
	return text.String()[:pages*2250]
}

func documentOf(b *testing.B, text string) *document.Document {
	b.Helper()
	path := filepath.Join(b.TempDir(), "prd.md")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		b.Fatal(err)
	}
	doc, err := document.Open(b.Context(), path, document.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// fixtureFiles lists the fixtures that are Markdown.
func fixtureFiles(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, dir := range []string{"", "test/", "fresh/"} {
		files, err := filepath.Glob("../../fixtures/" + dir + "*.md")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files...)
	}
	return slices.DeleteFunc(all, func(file string) bool { return filepath.Base(file) == "README.md" })
}

// watchHeap begins to watch how much memory the heap uses. What it returns ends that and tells the most.
func watchHeap() (most func() uint64) {
	runtime.GC()
	done, told := make(chan struct{}), make(chan uint64)
	go func() {
		var stats runtime.MemStats
		peak := uint64(0)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			runtime.ReadMemStats(&stats)
			peak = max(peak, stats.HeapInuse)
			select {
			case <-tick.C:
			case <-done:
				tick.Stop()
				told <- peak
				return
			}
		}
	}()
	return func() uint64 { close(done); return <-told }
}
