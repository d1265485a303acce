package caller

import (
	"time"

	"whatif/analyzer/llm/client"
)

const (
	mostInFlight  = 16
	firstInFlight = 4
	longestWait   = time.Minute
	// circuit is how many failures in a row end the run: of requests sent one after another, none answered between. They must be of
	// more than one question if any was ever answered, for the fault may be the question's.
	circuit = 5
)

// A pace is how fast the server may be asked, by what it says and how it fares.
//
// Many requests that are in flight together fail together: of those only the first is news. So each request is stamped as it is
// sent, and its failure counts if no other was counted since.
type pace struct {
	limit, most int   // requests in flight: now, ever
	steady      bool  // it was refused once: the limit grows slowly
	clean       int   // replies since the limit changed
	replies     int   // in all
	lowered     int   // times that the limit was halved
	refused     int   // of these, without a reply since
	failed      int   // failures that were counted
	failures    int   // of these, in a row
	failer      int64 // whose request the first of the row was
	several     bool  // others' failed too
	jitter      func() float64
	until       time.Time // nothing is sent before
}

// A stamp is what a pace had counted when a request was sent.
type stamp struct {
	lowered, failed int
	number          int64 // of the turn
}

func newPace(inFlight int, jitter func() float64) pace {
	if inFlight > 0 {
		return pace{limit: inFlight, most: inFlight, jitter: jitter}
	}
	return pace{limit: firstInFlight, most: mostInFlight, jitter: jitter}
}

func (p *pace) stamp(number int64) stamp { return stamp{p.lowered, p.failed, number} }

// learn takes in what came of a request. busy says that more would have been sent than the limit allows.
func (p *pace) learn(s stamp, o outcome, busy bool, now time.Time) {
	switch o.fault {
	case "":
		p.replies++
		p.refused = 0
		p.failures = 0
		if busy && p.news(s) {
			p.grow()
		}
	case client.Limited:
		wait := o.after
		if p.news(s) {
			p.lower()
			p.refused++
			if wait == 0 {
				wait = p.refusalWait()
			}
		}
		p.pause(now, wait)
	case client.ServerError, client.Network, client.Garbage:
		if s.failed == p.failed {
			p.fail(s.number)
			if p.failures > 1 { // one may be bad luck; two, and all hold back
				p.pause(now, p.backoff(p.failures))
			}
		}
		if (o.status == 503 || o.status == 529) && p.news(s) {
			p.lower()
		}
		p.pause(now, o.after)
	case client.TooLong, client.BadRequest, client.Refused, client.Format400:
		p.failures = 0 // the server is well
	}
}

// news reports whether a request was sent at the limit that holds now.
func (p *pace) news(s stamp) bool { return s.lowered == p.lowered }

// grow adds one: with each reply while the server has never refused, so that the limit doubles in each window, and after that with
// each window.
func (p *pace) grow() {
	p.clean++
	if p.limit < p.most && (!p.steady || p.clean >= p.limit) {
		p.limit++
		p.clean = 0
	}
}

func (p *pace) fail(number int64) {
	if p.failures == 0 {
		p.failer, p.several = number, false
	}
	p.several = p.several || p.failer != number
	p.failed++
	p.failures++
	p.clean = 0
}

// broken reports whether the server has failed too often.
func (p *pace) broken() bool { return p.failures >= circuit && (p.several || p.replies == 0) }

func (p *pace) lower() {
	p.lowered++
	p.limit = max(p.limit/2, 1)
	p.steady = true
	p.clean = 0
}

func (p *pace) pause(now time.Time, wait time.Duration) {
	if until := now.Add(min(wait, longestWait)); wait > 0 && until.After(p.until) {
		p.until = until
	}
}

// backoff returns the wait after the nth failure: from half a second on, doubled each time, less up to a quarter.
func (p *pace) backoff(n int) time.Duration {
	return time.Duration(float64(wait(n, 2)) * (1 - p.jitter()/4))
}

// refusalWait returns the wait after a refusal that names none. It is tripled each time, and up to a quarter longer: many servers
// count by the minute, and one has passed for sure after five.
func (p *pace) refusalWait() time.Duration {
	return time.Duration(float64(wait(p.refused, 3)) * (1 + p.jitter()/4))
}

func wait(n, factor int) time.Duration {
	d := time.Second / 2
	for ; n > 1 && d < longestWait; n-- {
		d *= time.Duration(factor)
	}
	return min(d, longestWait)
}
