package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"whatif/analyzer/review"
)

// ask sends a request made by hand, with the cookie of the browser that was let in.
func (r *reviewer) ask(method, path, body string, headers ...string) *http.Response {
	r.t.Helper()
	req, err := http.NewRequest(method, r.home+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	client := *r.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	return res
}

const formType = "application/x-www-form-urlencoded"

func TestLoopbackOnly(t *testing.T) {
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a := l.Addr().(*net.TCPAddr); !a.IP.IsLoopback() || a.Port == 0 {
		t.Errorf("listens on %s", a)
	}
}

// TestToken lets one browser in, once.
func TestToken(t *testing.T) {
	r := begin(t, "map.md", "# Map\n\nUsers share a link.\n")
	first := r.server.Address()
	address := r.server.Address()
	home, _, _ := strings.Cut(address, "?")
	r.home = home
	if res := r.ask("GET", "", ""); res.StatusCode != 401 {
		t.Errorf("without a cookie: %d", res.StatusCode)
	}
	for name, a := range map[string]string{"an address before the last": first, "a wrong one": home + "?token=AAAA"} {
		if res := r.ask("GET", strings.TrimPrefix(a, home), ""); res.StatusCode != 401 || len(res.Cookies()) != 0 {
			t.Errorf("%s: %d, %v", name, res.StatusCode, res.Cookies())
		}
	}
	res := r.ask("GET", strings.TrimPrefix(address, home), "")
	cookies := res.Cookies()
	if res.StatusCode != 303 || strings.Contains(res.Header.Get("Location"), "token") || len(cookies) != 1 {
		t.Fatalf("the address: %d to %s with %v", res.StatusCode, res.Header.Get("Location"), cookies)
	}
	if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 32 || !strings.HasPrefix(home, "http://"+r.server.address+c.Path) || c.MaxAge != 0 {
		t.Errorf("the cookie: %v", c)
	}
	r.http.Jar = nil
	if res := r.ask("GET", strings.TrimPrefix(address, home), ""); res.StatusCode != 401 || len(res.Cookies()) != 0 {
		t.Errorf("the same address again: %d", res.StatusCode)
	}
	if res := r.ask("GET", "", "", "Cookie", r.server.cookie()+"="+cookies[0].Value+"x"); res.StatusCode != 401 {
		t.Errorf("a made-up cookie: %d", res.StatusCode)
	}
}

// TestForeign refuses what other pages and other names for this machine ask for.
func TestForeign(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	own := "http://" + r.server.address
	_, port, _ := net.SplitHostPort(r.server.address)
	form := url.Values{"csrf": {r.csrf}, "id": {r.id(0)}, "seen": {"none"}, "do": {"accept"}}.Encode()
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		want               int
	}{
		"own page":                        {"GET", "d/0/", "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"typed":                           {"GET", "d/0/", "", []string{"Sec-Fetch-Site", "none"}, 200},
		"rebound name":                    {"GET", "d/0/", "", []string{"Host", "evil.example:" + port}, 403},
		"localhost by name":               {"GET", "d/0/", "", []string{"Host", "localhost:" + port}, 403},
		"another port":                    {"GET", "d/0/", "", []string{"Host", "127.0.0.1:1"}, 403},
		"rebound name with our Origin":    {"POST", "d/0/decide", form, []string{"Host", "evil.example", "Origin", own, "Content-Type", formType}, 403},
		"a link elsewhere":                {"GET", "d/0/", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another port's page":             {"GET", "d/0/", "", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"a script elsewhere":              {"GET", "d/0/", "", []string{"Origin", "http://evil.example"}, 403},
		"a form elsewhere":                {"POST", "d/0/decide", form, []string{"Origin", "http://evil.example", "Content-Type", formType}, 403},
		"a form of another port":          {"POST", "d/0/decide", form, []string{"Origin", "http://127.0.0.1:1", "Content-Type", formType}, 403},
		"an Origin that is told by none":  {"POST", "d/0/decide", form, []string{"Content-Type", formType}, 403},
		"a sandboxed frame":               {"POST", "d/0/decide", form, []string{"Origin", "null", "Sec-Fetch-Site", "cross-site", "Content-Type", formType}, 403},
		"null without the browser's word": {"POST", "d/0/decide", form, []string{"Origin", "null", "Content-Type", formType}, 403},
		"ours, but sent cross-site":       {"POST", "d/0/decide", form, []string{"Origin", own, "Sec-Fetch-Site", "cross-site", "Content-Type", formType}, 403},
		"no CSRF token":                   {"POST", "d/0/decide", "id=" + r.id(0) + "&seen=none&do=accept", []string{"Origin", own, "Content-Type", formType}, 403},
		"a wrong one":                     {"POST", "d/0/decide", "csrf=x&id=" + r.id(0) + "&seen=none&do=accept", []string{"Origin", own, "Content-Type", formType}, 403},
		"the token in the address":        {"POST", "d/0/decide?csrf=" + r.csrf, "id=" + r.id(0) + "&seen=none&do=accept", []string{"Origin", own, "Content-Type", formType}, 403},
		"text that looks like a form":     {"POST", "d/0/decide", form, []string{"Origin", own, "Content-Type", "text/plain"}, 415},
		"a GET that decides":              {"GET", "d/0/decide?" + form, "", nil, 404},
		"PUT":                             {"PUT", "d/0/decide", form, []string{"Origin", own, "Content-Type", formType}, 405},
		"TRACE":                           {"TRACE", "", "", nil, 405},
		"OPTIONS":                         {"OPTIONS", "d/0/decide", "", []string{"Origin", "http://evil.example"}, 405},
		"too long":                        {"POST", "d/0/decide", form + "&note=" + strings.Repeat("x", maxBody), []string{"Origin", own, "Content-Type", formType}, 413},
	} {
		res := r.ask(c.method, c.path, c.body, c.headers...)
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: other pages may read the answer", name)
		}
	}
	if f := r.saved(0); f != nil {
		t.Errorf("something was saved: %+v", f)
	}
	if res := r.ask("POST", "d/0/decide", form, "Origin", own, "Content-Type", formType); res.StatusCode != 303 || r.saved(0).Find(r.id(0)) == nil {
		t.Errorf("our own form: %d", res.StatusCode)
	}
}

// TestHeaders are on every answer, whatever it is.
func TestHeaders(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	for _, path := range []string{"d/0/", "d/0/questions", "static/review.js", "static/review.css", "nothing", "d/0/pulse"} {
		h := r.ask("GET", path, "").Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy %q lacks %s", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// TestOwnWords leaves nothing of another form's goal in an answer: who is led back is led into the review.
func TestOwnWords(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	own := "http://" + r.server.address
	for _, back := range []string{"//evil.example", "https://evil.example/?q=x", "q=x&next=//evil.example", "%zz"} {
		body := url.Values{"csrf": {r.csrf}, "n": {"0"}, "back": {back}, "by": {"Bo"}}.Encode()
		to := r.ask("POST", "me", body, "Origin", own, "Content-Type", formType).Header.Get("Location")
		if !strings.HasPrefix(to, r.server.prefix+"/d/0/") || strings.Contains(to, "evil.example") && !strings.Contains(to, "q=") {
			t.Errorf("back to %q leads to %s", back, to)
		}
	}
	r.decide(r.id(0), "do", "accept")
	if by := r.saved(0).Find(r.id(0)).By; by != "Bo" {
		t.Errorf("saved under the name %q", by)
	}
}

// TestInert shows hostile text of documents, decisions and names as text.
func TestInert(t *testing.T) {
	bad := `<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>`
	text := "# Map " + bad + "\n\nUsers upload their passport photo " + bad + " and anyone with the link can open it without signing in. [x](javascript:alert(4))\n\n" +
		"Anyone can reset a password by e-mail " + bad + ".\n\nSupport staff can read all messages of all users.\n"
	r := begin(t, `m"><u>.md`, text).enter()
	if len(r.server.books[0].raw.AbuseCases) == 0 {
		t.Fatal("no finding to look at")
	}
	id := r.id(0)
	err := review.Update(review.Path(r.server.books[0].path), "m", func(f *review.File) error {
		f.Put(review.Decision{ID: id, State: "needs_info", Ask: "pm", By: bad, Note: bad + "\u202e", Answer: bad, Ticket: "javascript:" + bad, Evidence: "0000000000000000", Title: bad})
		f.Put(review.Decision{ID: "T-x", State: "accepted", Note: bad, Title: bad})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := url.Values{"id": {id}, "seen": {"none"}, "do": {"edit"}, "title": {bad}, "note": {bad}, "requirement": {bad}}
	_, conflict := r.post("d/0/decide", fields)
	_, list := r.get("d/0/?f=" + id + "&q=" + url.QueryEscape(bad))
	_, page := r.get("d/0/?f=" + id)
	_, questions := r.get("d/0/questions")
	for name, body := range map[string]string{"page": page, "search": list, "conflict": conflict, "questions": questions} {
		for _, tag := range []string{"<script>", "<img", "<svg", `"><u>`, "\u202e", `href="javascript:`} {
			if strings.Contains(body, tag) {
				t.Errorf("%s: %s is live", name, tag)
			}
		}
		if strings.Contains(body, " style=") || strings.Contains(body, " onclick=") {
			t.Errorf("%s: the policy forbids what stands inline", name)
		}
	}
	if !strings.Contains(page, "&lt;script&gt;alert(1)") {
		t.Error("the text is not shown at all")
	}
}

// TestSlow cuts off who opens a connection and says nothing.
func TestSlow(t *testing.T) {
	usual := headerTimeout
	headerTimeout = 200 * time.Millisecond
	r := begin(t, "map.md", "# Map\n\nUsers share a link.\n")
	defer func() { r.stop(); <-r.done; headerTimeout = usual }()
	c, err := net.Dial("tcp", r.server.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n")
	c.SetReadDeadline(time.Now().Add(5 * time.Second)) //nolint:errcheck // the read fails then
	_, err = bufio.NewReader(c).ReadString('\n')
	if timeout := (net.Error)(nil); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("a client that sends no whole request is kept")
	}
}

// TestEnd ends on Ctrl-C, and when nobody uses the page; a page that is only open does not count as used.
func TestEnd(t *testing.T) {
	r := begin(t, "map.md", "# Map\n\nUsers share a link.\n").enter()
	r.stop()
	if err := <-r.done; err != nil {
		t.Errorf("stopped: %v", err)
	}
	if _, err := net.Dial("tcp", r.server.address); err == nil {
		t.Error("it still listens")
	}
	path := r.server.books[0].path
	doc, draft, err := analyze(t, path)
	idle := (&reviewer{t: t, done: make(chan error, 1), now: r.now}).serve([]Document{{path, "map.md", doc, draft, err}}, 400*time.Millisecond).enter()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		for ctx.Err() == nil {
			if res, err := idle.http.Get(idle.home + "d/0/pulse"); err == nil {
				res.Body.Close()
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := <-idle.done; !errors.Is(err, ErrIdle) {
		t.Errorf("idle: %v", err)
	}
	stop()
}

// TestReadOnly says so when decisions can't be saved, and goes on.
func TestReadOnly(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	if err := os.Mkdir(review.Path(r.server.books[0].path), 0o700); err != nil {
		t.Fatal(err)
	}
	status, body := r.post("d/0/decide", url.Values{"id": {r.id(0)}, "seen": {"none"}, "do": {"accept"}})
	if status != 500 || !strings.Contains(body, `role="alert"`) {
		t.Errorf("%d %.300s", status, body)
	}
}
