package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// An attempt is one request on its way. It stands between go-openai and the network (openai.HTTPDoer): it sends the body that we
// wrote, keeps headers and status that go-openai's errors don't tell, and reads nothing without a limit.
type attempt struct {
	c      *Client
	body   []byte  // nil: a GET, or what go-openai or upload sends
	upload *upload // a file to send; nil: none
	raw    bool    // what comes is no reply: it goes to whoever asked as it comes
	format Format
	send   func(*http.Request) (*http.Response, error)
	watch  *watch
	cause  func() error // why the attempt's own context ended

	sent   *http.Request
	status int
	header http.Header
	whole  []byte // a reply that is no stream
}

// What comes back through go-openai when there is nothing for it to read.
var (
	errWhole    = errors.New("a whole reply")
	errCaptured = errors.New("captured, not sent")
)

// Limits on what is read.
const (
	maxErrorBody = 64 << 10
	maxWhole     = 8 << 20  // a list of models may have a megabyte or two
	maxStream    = 64 << 20 // each token of a stream comes in some 300 bytes
	maxEvent     = 1 << 20
)

// openai returns go-openai's client with a as its carrier. One an attempt: it is a few words of memory.
func (a *attempt) openai() *openai.Client {
	cfg := openai.DefaultConfig(a.c.cfg.APIKey)
	cfg.BaseURL = a.c.base.Scheme + "://" + a.c.base.Host + a.c.base.EscapedPath()
	cfg.OrgID = a.c.cfg.Organization
	if a.c.cfg.Azure && !a.c.cfg.azureV1() {
		cfg.APIType, cfg.APIVersion = openai.APITypeAzure, a.c.cfg.APIVersion
		cfg.AzureModelMapperFunc = func(string) string { return url.PathEscape(a.c.cfg.Model) }
	}
	cfg.HTTPClient = a
	return openai.NewClientWithConfig(cfg)
}

// Do sends one request of go-openai's. A failure is an *Error; a reply that is no stream is kept in a.whole.
func (a *attempt) Do(req *http.Request) (*http.Response, error) {
	a.prepare(req)
	a.sent = req
	resp, err := a.send(req)
	if err != nil {
		return nil, err
	}
	a.status, a.header = resp.StatusCode, resp.Header
	if resp.StatusCode < 200 || resp.StatusCode >= 300 {
		defer resp.Body.Close()
		a.watch.set(min(a.c.cfg.Stall, lateBytes))
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // half an explanation is better than none
		return nil, a.refused(resp.StatusCode, body)
	}
	if a.raw {
		a.watch.set(a.c.cfg.Stall)
		return resp, nil
	}
	if !a.c.cfg.NoStream && a.body != nil {
		a.watch.set(4 * a.c.cfg.Stall)
	}
	r := bufio.NewReader(io.LimitReader(resp.Body, maxStream))
	if a.body != nil && streams(r) {
		resp.Body = &events{r: r, body: resp.Body, watch: a.watch}
		return resp, nil
	}
	defer resp.Body.Close()
	if a.whole, err = io.ReadAll(io.LimitReader(r, maxWhole+1)); err != nil {
		return nil, err
	}
	return nil, errWhole
}

// prepare puts our body and headers into a request that go-openai made.
func (a *attempt) prepare(req *http.Request) {
	cfg := a.c.cfg
	if a.body != nil {
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(a.body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(a.body))
	}
	if a.upload != nil {
		a.upload.put(req)
	}
	if q := a.c.base.RawQuery; q != "" {
		if req.URL.RawQuery != "" {
			q += "&" + req.URL.RawQuery
		}
		req.URL.RawQuery = q
	}
	h := req.Header
	h.Del("Connection")
	h.Set("User-Agent", "whatif")
	if cfg.NoStream {
		h.Set("Accept", "application/json")
	}
	if cfg.azureV1() {
		h.Del("Authorization")
		h.Set(openai.AzureAPIKeyHeader, cfg.APIKey)
	}
	if cfg.APIKey == "" {
		h.Del(openai.AzureAPIKeyHeader)
		if user := a.c.base.User; user != nil {
			password, _ := user.Password()
			req.SetBasicAuth(user.Username(), password)
		}
	}
	if cfg.Project != "" {
		h.Set("OpenAI-Project", cfg.Project)
	}
	for name, value := range cfg.Headers {
		h.Set(name, value)
	}
}

// streams reports whether what comes is a stream of events. Content types can't be trusted: some servers ignore "stream", others
// always do it, and errors come as either.
func streams(r *bufio.Reader) bool {
	for n := 1; n <= 64; n++ {
		head, _ := r.Peek(n)
		if len(head) < n {
			return false
		}
		switch head[n-1] {
		case ' ', '\t', '\r', '\n', 0xEF, 0xBB, 0xBF: // the last three are a byte order mark
			continue
		case '{', '[', '<', '"':
			return false
		}
		head, _ = r.Peek(n + 4)
		for _, begin := range []string{"data:", "event", "id:", "retry", ":"} {
			if bytes.HasPrefix(head[n-1:], []byte(begin)) {
				return true
			}
		}
		return false
	}
	return false
}

// lateBytes is how long is waited for what is nice to have: usage after a reply is complete, the explanation of an error.
const lateBytes = 5 * time.Second

// A watch ends an attempt whose server falls silent.
type watch struct {
	timer  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

var (
	errStalled  = errors.New("the server fell silent")
	errTimedOut = errors.New("no whole reply in time")
)

// set allows a silence of d from now on.
func (w *watch) set(d time.Duration) {
	w.limit = d
	if w.timer == nil {
		w.timer = time.AfterFunc(d, func() { w.cancel(errStalled) })
		return
	}
	w.timer.Reset(d)
}

// beat notes that bytes came.
func (w *watch) beat() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

func (w *watch) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}
