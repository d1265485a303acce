package fakellm

import (
	"math"
	"net/http"
	"sync"
	"time"
)

// A bucket lets so many requests through in a second, and a second's worth at once.
type bucket struct {
	rate float64

	mu   sync.Mutex
	left float64
	last time.Time
}

// take returns how long to wait for the next one, 0 if it may go.
func (b *bucket) take(now time.Time) time.Duration {
	if b.rate == 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	most := math.Max(1, b.rate)
	if b.last.IsZero() {
		b.left = most
	} else {
		b.left = math.Min(most, b.left+b.rate*now.Sub(b.last).Seconds())
	}
	b.last = now
	if b.left >= 1 {
		b.left--
		return 0
	}
	return time.Duration((1 - b.left) / b.rate * float64(time.Second))
}

// admit refuses what is too much for the script's limits.
func (s *Server) admit(model string, inFlight int) *refusal {
	if most := s.script.InFlight; most > 0 && inFlight > most {
		f := refuse(http.StatusTooManyRequests, "", "rate_limit_exceeded",
			"Rate limit reached for %s on concurrent requests: Limit %d, Used %d, Requested 1. Please try again later.", model, most, inFlight-1)
		f.kind = "requests"
		return f
	}
	wait := s.bucket.take(time.Now())
	if wait == 0 {
		return nil
	}
	f := refuse(http.StatusTooManyRequests, "", "rate_limit_exceeded",
		"Rate limit reached for %s on requests per second: Limit %v. Please try again in %v.", model, s.script.Rate, wait.Round(time.Millisecond))
	f.kind, f.after = "requests", wait
	return f
}

// draw returns a number from 0 to 1 that depends on the seed, on what it is for and on the request, and on nothing else: so
// requests that come in another order get the same.
func (s *Server) draw(what string, a *ask) float64 {
	x := hash(uint64(s.script.Seed)+0x9e3779b97f4a7c15, what) ^ a.key + uint64(a.nth)*0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9 // the end of SplitMix64
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}

// of returns the latency at a point from 0 to 1 of the distribution.
func (l Latency) of(at float64) time.Duration {
	if l.P99 <= l.P50 || l.P50 == 0 {
		return l.P50
	}
	const z99 = 2.3263478740408408 // the normal distribution's 99th percentile
	sigma := math.Log(float64(l.P99)/float64(l.P50)) / z99
	z := math.Sqrt2 * math.Erfinv(2*at-1)
	d := float64(l.P50) * math.Exp(sigma*z)
	return time.Duration(math.Min(d, 4*float64(l.P99)))
}
