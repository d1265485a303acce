package client

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// retryAfter returns how long the server asks to wait: by Retry-After-Ms, by Retry-After in seconds, also fractional, or as a date,
// or in its words. A date is taken against the server's own clock where it tells it: ours may be off.
func retryAfter(h http.Header, p problem) time.Duration {
	if d, ok := seconds(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return d
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := seconds(value, time.Second); ok {
		return d
	}
	if at, err := http.ParseTime(value); err == nil {
		now, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		return inBounds(at.Sub(now))
	}
	if d, err := time.ParseDuration(p.after); err == nil {
		return inBounds(d)
	}
	return waitInWords(p.message)
}

func seconds(s string, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) {
		return 0, false
	}
	return inBounds(time.Duration(math.Min(math.Max(f, 0), 1e9) * float64(unit))), true
}

// inBounds holds a wait to a day: more is a mistake, and would overflow when added up.
func inBounds(d time.Duration) time.Duration { return min(max(d, 0), 24*time.Hour) }

// waits finds "try again in 1m7.5s", "retry in 36.2s", "retry after 26 seconds", "try again in 120ms".
var waits = regexp.MustCompile(`(?i)(?:try again|retry) (?:in|after) ((?:[\d.]{1,12} ?(?:h|ms|m|seconds?|s)[a-z]* ?){1,4})`)

var unitNames = regexp.MustCompile(`(?i)(h|ms|m|s)[a-z]*`)

func waitInWords(message string) time.Duration {
	m := waits.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	text := strings.ReplaceAll(strings.ToLower(m[1]), " ", "")
	d, err := time.ParseDuration(unitNames.ReplaceAllString(strings.TrimRight(text, "."), "$1"))
	if err != nil {
		return 0
	}
	return inBounds(d)
}

// shouldRetry reads x-should-retry.
func shouldRetry(h http.Header) *bool {
	v, err := strconv.ParseBool(strings.TrimSpace(h.Get("X-Should-Retry")))
	if err != nil {
		return nil
	}
	return &v
}
