package fakellm

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"iter"
	"net"
	"net/http"
	"time"
)

// An exchange is one request and its answer on the way.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	ask    *ask
	play   *play
	entry  *Entry
}

// perform sends what the play says.
func (s *Server) perform(x *exchange) {
	x.entry.Rule, x.entry.Fault, x.entry.Status = x.play.name, x.play.fault.Kind, http.StatusOK
	if x.play.rule != nil {
		for name, v := range x.play.rule.Headers {
			x.w.Header().Set(name, v)
		}
	}
	if x.play.name == "default" && s.script.Default == defaultError {
		x.refuse(refuse(http.StatusInternalServerError, "", "no_rule", "no rule of the script plays for this request"))
		return
	}
	if x.whole() {
		return
	}
	ans, err := s.answer(x.play, x.ask)
	if err != nil {
		x.refuse(refuse(http.StatusInternalServerError, "", "script", "%s: %v", x.play.name, err))
		return
	}
	x.entry.Prompt, x.entry.Cached, x.entry.Complete = ans.usage.Prompt, ans.usage.InPrompt.Cached, ans.usage.Completion
	x.entry.Reply = ans.content
	if ans.content == "" {
		x.entry.Reply = ans.reasoning
	}
	s.journal.decided(x.entry)
	x.send(ans)
}

func (x *exchange) refuse(f *refusal) {
	x.entry.Status = f.status
	x.server.journal.decided(x.entry)
	f.write(x.w)
}

// send sends the answer, in parts where it is streamed or a fault wants it.
func (x *exchange) send(ans *answer) {
	text := len(ans.content) + len(ans.reasoning)
	size, pace := x.sizes(text)
	if x.ask.Stream {
		x.w.Header().Set("Content-Type", "text/event-stream")
		x.w.Header().Set("Cache-Control", "no-cache")
		comments := 0
		if r := x.play.rule; r != nil {
			comments = min(r.KeepAlive, maxComments)
		}
		x.sendParts(ans.stream(size, comments, x.told(ans)), text, pace)
		return
	}
	body, _ := json.Marshal(ans.whole(x.told(ans))) // always can be
	if !x.breaks() && pace == 0 {
		writeJSON(x.w, http.StatusOK, json.RawMessage(body))
		return
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.sendParts(piecesOf(string(body), max(size, len(body)/20+1)), len(body), pace)
}

// maxComments is the most comment lines before a stream.
const maxComments = 1_000_000

// sizes returns the bytes of text in a part and the time between two.
func (x *exchange) sizes(text int) (size int, pace time.Duration) {
	size, pace = x.server.script.Chunk, x.server.script.Pace
	if r := x.play.rule; r != nil {
		if r.Chunk > 0 {
			size = r.Chunk
		}
		if r.Pace > 0 {
			pace = r.Pace
		}
	}
	switch f := x.play.fault; f.Kind {
	case "slow":
		const steps = 20
		size = min(size, text/steps+1)
		last := f.For
		if last == 0 {
			last = 10 * time.Second
		}
		pace = last / time.Duration(max(1, (text+size-1)/size))
	case "white_space", "repeat":
		size = max(size, 64)
		if f.Kind == "white_space" && pace == 0 {
			pace = time.Millisecond // nobody reads it to the end
		}
		if f.Kind == "repeat" {
			size = max(size, 4096)
		}
	case "":
	default: // one that breaks off, at the latest within the second part
		size = min(size, max(1, x.breakAt(text)))
	}
	return size, pace
}

// breaks reports a fault that breaks an answer off.
func (x *exchange) breaks() bool {
	switch x.play.fault.Kind {
	case "cut_stream", "stall", "reset", "sse_error":
		return true
	}
	return false
}

// breakAt returns after how many bytes the answer breaks off.
func (x *exchange) breakAt(total int) int {
	if x.play.fault.After > 0 {
		return x.play.fault.After
	}
	return (total + 1) / 2
}

// sendParts sends the parts of total bytes of text until they end, the client goes, or a fault breaks it off.
func (x *exchange) sendParts(parts iter.Seq[part], total int, pace time.Duration) {
	out := http.NewResponseController(x.w)
	breaks, at, sent, first := x.breaks(), x.breakAt(total), 0, true
	for p := range parts {
		if breaks && (p.final || sent > 0 && sent >= at) {
			x.breakOff(out)
			return
		}
		if !first && p.text > 0 && pace > 0 && !sleep(x.r.Context(), pace) {
			x.entry.Gone = true
			return
		}
		if _, err := io.WriteString(x.w, p.data); err != nil {
			x.entry.Gone = true
			return
		}
		sent, first = sent+p.text, false
		if (pace > 0 || breaks) && out.Flush() != nil {
			x.entry.Gone = true
			return
		}
	}
}

// breakOff does what the fault says in the midst of an answer.
func (x *exchange) breakOff(out *http.ResponseController) {
	_ = out.Flush()
	switch f := x.play.fault; f.Kind {
	case "sse_error":
		broken := f.refusal(http.StatusInternalServerError, x.ask)
		data, _ := json.Marshal(broken.body()) // always can be
		_, _ = io.WriteString(x.w, "data: "+string(data)+"\n\n")
	case "stall":
		if f.For > 0 {
			x.entry.Gone = !sleep(x.r.Context(), f.For)
		} else {
			<-x.r.Context().Done()
			x.entry.Gone = true
		}
		panic(http.ErrAbortHandler) // closes the connection
	case "reset":
		x.reset()
	}
}

// reset closes the connection so that the client gets a TCP RST.
func (x *exchange) reset() {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil { // no connection of its own, as with HTTP/2 or in a test without a network
		panic(http.ErrAbortHandler)
	}
	under := conn
	if t, ok := conn.(*tls.Conn); ok {
		under = t.NetConn()
	}
	if t, ok := under.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // what makes it a reset
	}
	_ = under.Close()
}
