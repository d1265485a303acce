package caller

import (
	"encoding/json"
	"strings"
	"sync"

	"whatif/analyzer/llm/client"
)

// A ladder knows how replies can be had in form: by the strictest format that the server takes and keeps.
type ladder struct {
	mu     sync.Mutex
	rung   client.Format
	kept   client.Format          // as remembered between runs
	guess  bool                   // it fell on suspicion: not worth remembering
	alone  bool                   // each piece goes down for itself
	proven map[client.Format]bool // formats with which a reply was accepted
}

// newLadder starts at the rung that is remembered, else at start, else at the top.
func newLadder(start, remembered client.Format) *ladder {
	l := &ladder{rung: client.StrictSchema, kept: remembered, proven: map[client.Format]bool{}}
	switch {
	case remembered != "":
		l.rung = remembered
	case start != "":
		l.rung = start
	}
	return l
}

// newPostalLadder starts at start, or at the top. A correspondent's replies come in another run, in any order: so that each run asks
// the same, no reply decides about the format of another's.
func newPostalLadder(start client.Format) *ladder {
	l := newLadder(start, "")
	l.alone = true
	return l
}

func (l *ladder) current() client.Format {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rung
}

// below returns the next rung, "" at the bottom.
func below(f client.Format) client.Format {
	switch f {
	case client.StrictSchema, client.ForcedTool:
		return client.JSONObject
	case client.JSONObject:
		return client.PlainText
	}
	return ""
}

// depth orders the rungs.
func depth(f client.Format) (n int) {
	for ; f != ""; f = below(f) {
		n--
	}
	return n
}

// fall returns the rung below one at which a request failed, "" if there is none. All requests go down when it is sure that the
// format is to blame, or when it is suspected and no reply was ever accepted with it. However many fail at one rung at once, all
// go down by one. It reports whether the others go down with this one.
func (l *ladder) fall(from client.Format, sure bool) (to client.Format, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to = below(from)
	if to == "" || l.alone || l.rung != from || !sure && l.proven[from] {
		return to, false
	}
	l.rung = to
	l.guess = l.guess || !sure
	return to, true
}

// held notes that a reply was accepted with a format. It reports whether that is to be remembered: a rung is only when it is
// known to be the right one, so that a server's bad hour does not cost later runs the strict format.
func (l *ladder) held(f client.Format) (remember bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proven[f] = true
	if l.alone || f != l.rung || l.guess || l.kept == f {
		return false
	}
	l.kept = f
	return true
}

// ranOut reports a reply that was cut because it ran into white space, the chief fault of strict modes, before it was whole.
// Words that come again and again are no fault of the format; the client needs more of them to be sure.
func ranOut(r *client.Reply) bool {
	const words = 4 << 10 // bytes
	return r.Runaway && len(r.Text) < words && !json.Valid([]byte(r.Text))
}

// jsonless reports a reply that is whole and holds no JSON: its format was not kept by the server.
func jsonless(r *client.Reply) bool {
	return r.Finish != client.Cut && !strings.ContainsAny(r.Text, "{[")
}
