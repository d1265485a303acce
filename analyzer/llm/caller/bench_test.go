package caller_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"whatif/analyzer/llm/caller"
)

// BenchmarkAsk reports wall time by ideal time, and the memory of a run, in real time: at 200 ms for each reply, and at latencies
// with a heavy tail. Run it with -benchtime=1x.
func BenchmarkAsk(b *testing.B) {
	for _, inFlight := range []int{1, 8, 64} {
		for name, latencies := range map[string][]time.Duration{
			"200ms": fill(10*inFlight, 200*time.Millisecond),
			"tail":  heavyTailed(30 * inFlight),
		} {
			b.Run(fmt.Sprintf("%s/%d", name, inFlight), func(b *testing.B) {
				var wall, best, least time.Duration
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for b.Loop() {
					m := &fake{say: always("yes"), latency: func(n int) time.Duration { return latencies[n-1] }}
					c := caller.New(m, caller.Options{InFlight: inFlight, Cache: &shelf{}})
					start := time.Now()
					askAll(b.Context(), c, len(latencies), question)
					wall += time.Since(start)
					best += ideal(latencies, inFlight)
					least += bound(latencies, inFlight)
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(wall)/float64(best), "wall/ideal")
				b.ReportMetric(float64(wall)/float64(least), "wall/bound")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N*len(latencies)), "B/question")
			})
		}
	}
}

// BenchmarkOverhead measures what asking itself costs, with a model that answers at once and all limits in force.
func BenchmarkOverhead(b *testing.B) {
	c := caller.New(&fake{say: always("yes")}, caller.Options{InFlight: 64, MaxRequests: 1 << 40, MaxTokens: 1 << 40, MaxCost: 1e12, Price: cents})
	var n int
	for b.Loop() {
		n++
		if _, err := c.Ask(b.Context(), question(fmt.Sprint(n))); err != nil {
			b.Fatal(err)
		}
	}
}
