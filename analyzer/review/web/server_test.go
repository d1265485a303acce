package web

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/framework"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A reviewer is a server over documents in a directory, and a browser that was let in.
type reviewer struct {
	t      *testing.T
	dir    string
	server *Server
	home   string // address without token, with the prefix and a slash
	csrf   string
	http   *http.Client
	stop   context.CancelFunc
	done   chan error
	now    time.Time
}

// analyze makes the draft of a file as the program does.
func analyze(t *testing.T, path string) (*document.Document, *threatmodel.Draft, error) {
	t.Helper()
	doc, err := document.Open(context.Background(), path, document.Options{Limits: document.Limits{}})
	if err != nil {
		return nil, nil, err
	}
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	draft, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{Framework: fw, Version: "test", Now: time.Unix(1767225600, 0)})
	return doc, draft, err
}

// begin serves the documents, whose names may have no folder, with what is in them.
func begin(t *testing.T, texts ...string) *reviewer {
	t.Helper()
	r := &reviewer{t: t, dir: t.TempDir(), done: make(chan error, 1), now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
	var docs []Document
	for i := 0; i+1 < len(texts); i += 2 {
		path := filepath.Join(r.dir, texts[i])
		if err := os.WriteFile(path, []byte(texts[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
		doc, draft, err := analyze(t, path)
		if err != nil && !strings.Contains(texts[i], "broken") {
			t.Fatal(err)
		}
		docs = append(docs, Document{Path: path, Name: texts[i], Doc: doc, Draft: draft, Err: err})
	}
	return r.serve(docs, 0)
}

func (r *reviewer) serve(docs []Document, idle time.Duration) *reviewer {
	r.t.Helper()
	l, err := Listen(0)
	if err != nil {
		r.t.Fatal(err)
	}
	r.server, err = New(l, Options{Documents: docs, By: "Ana", Idle: idle, Now: func() time.Time { return r.now },
		Analyze: func(_ context.Context, i int) (*document.Document, *threatmodel.Draft, error) {
			return analyze(r.t, docs[i].Path)
		}})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.done <- r.server.Serve(ctx) }()
	r.t.Cleanup(stop)
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.http = &http.Client{Jar: jar}
	return r
}

// enter goes in by the printed address.
func (r *reviewer) enter() *reviewer {
	r.t.Helper()
	address := r.server.Address()
	r.home, _, _ = strings.Cut(address, "?")
	status, body := r.get(address)
	if status != 200 {
		r.t.Fatalf("the printed address: %d %s", status, body)
	}
	r.csrf = find(r.t, body, `name="csrf" value="([A-Z0-9]+)"`)
	return r
}

func find(t *testing.T, text, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in\n%.3000s", pattern, text)
	}
	return m[1]
}

func (r *reviewer) get(address string) (int, string) {
	r.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = r.home + address
	}
	res, err := r.http.Get(address)
	return r.read(res, err)
}

func (r *reviewer) read(res *http.Response, err error) (int, string) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// post sends a form as a browser without scripts does.
func (r *reviewer) post(path string, fields url.Values) (int, string) {
	r.t.Helper()
	fields.Set("csrf", r.csrf)
	req, err := http.NewRequest("POST", r.home+path, strings.NewReader(fields.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "null")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.read(r.http.Do(req))
}

// decide decides about a finding as it stands now.
func (r *reviewer) decide(id string, pairs ...string) (int, string) {
	r.t.Helper()
	fields := url.Values{"id": {id}, "seen": {r.saved(0).Find(id).Version()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return r.post("d/0/decide", fields)
}

// saved reads the decisions about a document.
func (r *reviewer) saved(n int) *review.File {
	r.t.Helper()
	f, err := review.Load(review.Path(r.server.books[n].path))
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

func (r *reviewer) id(i int) string { return r.server.books[0].raw.AbuseCases[i].ID }

// fixture returns a document that has findings and questions.
func fixture(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../../fixtures/nearby-family-map.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestDecisions(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	today := "2026-01-31"
	for _, c := range []struct {
		form   []string
		status int
		want   review.Decision // nothing: there is none
	}{
		{[]string{"do", "accept"}, 200, review.Decision{State: "accepted", By: "Ana", At: today}},
		{[]string{"do", "reject", "reason", "wrong", "note", "It is\r\nsaid above.  "}, 200, review.Decision{State: "rejected", Reason: "wrong", By: "Ana", At: today, Note: "It is\nsaid above."}},
		{[]string{"do", "reject"}, 422, review.Decision{}},
		{[]string{"do", "reject", "reason", "risk_accepted", "owner", " Bo  Li ", "until", "2026-06-30"}, 200,
			review.Decision{State: "accepted", Reason: "risk_accepted", By: "Ana", At: today, Owner: "Bo Li", Until: "2026-06-30"}},
		{[]string{"do", "reject", "reason", "risk_accepted", "owner", "Bo", "until", "2026-01-30"}, 422, review.Decision{}},
		{[]string{"do", "reject", "reason", "risk_accepted", "owner", "Bo", "until", "soon"}, 422, review.Decision{}},
		{[]string{"do", "reject", "reason", "risk_accepted", "until", "2026-06-30"}, 422, review.Decision{}},
		{[]string{"do", "edit", "title", "New words", "priority", "low", "requirement", "Ask first."}, 200,
			review.Decision{State: "edited", By: "Ana", At: today, Edit: review.Edit{Title: "New words", Priority: "low", Requirement: "Ask first."}}},
		{[]string{"do", "edit"}, 422, review.Decision{}},
		{[]string{"do", "edit", "title", "x", "priority", "huge"}, 422, review.Decision{}},
		{[]string{"do", "priority", "priority", "low"}, 200, review.Decision{State: "edited", By: "Ana", At: today, Edit: review.Edit{Priority: "low"}}},
		{[]string{"do", "needs_info", "ask", "pm", "note", "How long?"}, 200, review.Decision{State: "needs_info", By: "Ana", At: today, Ask: "pm", Note: "How long?"}},
		{[]string{"do", "needs_info", "ask", "pm"}, 422, review.Decision{}},
		{[]string{"do", "needs_info", "ask", "nobody", "note", "x"}, 422, review.Decision{}},
		{[]string{"do", "ticket", "ticket", "javascript:alert(1)"}, 200, review.Decision{State: "accepted", By: "Ana", At: today, Ticket: "javascript:alert(1)"}},
		{[]string{"do", "clear"}, 200, review.Decision{}},
		{[]string{"do", "format_disk"}, 422, review.Decision{}},
	} {
		id := r.id(0)
		os.Remove(review.Path(r.server.books[0].path))
		status, body := r.decide(id, c.form...)
		if status != c.status {
			t.Errorf("%q: %d %.200s", c.form, status, body)
		}
		if status == 422 && !strings.Contains(body, `role="alert"`) {
			t.Errorf("%q: it is not said why", c.form)
		}
		got := review.Decision{}
		if d := r.saved(0).Find(id); d != nil {
			got = review.Decision{State: d.State, Reason: d.Reason, By: d.By, At: d.At, Until: d.Until, Note: d.Note, Edit: d.Edit, Owner: d.Owner, Ask: d.Ask, Ticket: d.Ticket}
			if d.Title == "" || d.Evidence == "" {
				t.Errorf("%q: saved without title or evidence: %+v", c.form, d)
			}
		}
		if !sameDecision(got, c.want) {
			t.Errorf("%q: saved %+v, want %+v", c.form, got, c.want)
		}
	}
}

func sameDecision(a, b review.Decision) bool { return a.Version() == b.Version() }

// TestUndo takes changes back one by one, and not what somebody else did since.
func TestUndo(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	id := r.id(0)
	r.decide(id, "do", "accept")
	first := r.saved(0).Find(id).Version()
	r.decide(id, "do", "reject", "reason", "wrong")
	if status, _ := r.decide(id, "do", "undo"); status != 200 || r.saved(0).Find(id).Version() != first {
		t.Errorf("undone once: %d %+v", status, r.saved(0).Find(id))
	}
	if status, _ := r.decide(id, "do", "undo"); status != 200 || r.saved(0).Find(id) != nil {
		t.Errorf("undone twice: %d %+v", status, r.saved(0).Find(id))
	}
	if status, _ := r.decide(id, "do", "undo"); status != 422 {
		t.Errorf("nothing left to undo: %d", status)
	}
	r.decide(id, "do", "accept")
	elsewhere(t, r, id, "Bo")
	if status, _ := r.decide(id, "do", "undo"); status != 409 || r.saved(0).Find(id).By != "Bo" {
		t.Errorf("undo over another's decision: %d %+v", status, r.saved(0).Find(id))
	}
}

// elsewhere has somebody else decide, in another program.
func elsewhere(t *testing.T, r *reviewer, id, by string) {
	t.Helper()
	err := review.Update(review.Path(r.server.books[0].path), "map.md", func(f *review.File) error {
		f.Put(review.Decision{ID: id, State: "rejected", Reason: review.NotRelevant, By: by})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestConflict shows the second of two reviewers what the first decided, and saves theirs only when they say so.
func TestConflict(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	id := r.id(0)
	elsewhere(t, r, id, "Bo <b>")
	form := url.Values{"id": {id}, "seen": {"none"}, "do": {"reject"}, "reason": {"wrong"}, "note": {"mine & only"}}
	status, body := r.post("d/0/decide", form)
	if status != 409 || !strings.Contains(body, "by Bo &lt;b&gt;") || !strings.Contains(body, `name="note" value="mine &amp; only"`) || !strings.Contains(body, "Keep theirs") {
		t.Errorf("%d %.3000s", status, body)
	}
	if d := r.saved(0).Find(id); d.By != "Bo <b>" {
		t.Errorf("the other's decision became %+v", d)
	}
	elsewhere(t, r, r.id(1), "Cy") // another finding is no conflict
	form.Set("seen", find(t, body, `name="seen" value="([0-9a-f]{16})"`))
	if status, _ := r.post("d/0/decide", form); status != 200 || r.saved(0).Find(id).Note != "mine & only" || r.saved(0).Find(r.id(1)).By != "Cy" {
		t.Errorf("said again: %d %+v", status, r.saved(0).Find(id))
	}
}

func TestAnswers(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	var q threatmodel.Question
	for _, x := range r.server.books[0].raw.Questions {
		if openQuestion(&x) {
			q = x
			break
		}
	}
	answer := func(seen, text string) int {
		status, _ := r.post("d/0/answer", url.Values{"id": {q.ID}, "seen": {seen}, "answer": {text}})
		return status
	}
	if status := answer("none", "Thirty days.\r\n"); status != 200 {
		t.Errorf("answered: %d", status)
	}
	a := r.saved(0).Answer(q.ID)
	if a == nil || a.Answer != "Thirty days." || a.By != "Ana" || a.Question != q.Text {
		t.Fatalf("saved %+v", a)
	}
	if status := answer("none", "Forty."); status != 409 || r.saved(0).Answer(q.ID).Answer != "Thirty days." {
		t.Errorf("over another's answer: %d", status)
	}
	if status := answer(a.Version(), ""); status != 200 || r.saved(0).Answer(q.ID) != nil {
		t.Errorf("taken back: %d", status)
	}
	r.decide(r.id(0), "do", "needs_info", "ask", "pm", "note", "How <long>?")
	if _, body := r.get("d/0/questions"); !strings.Contains(body, "How &lt;long&gt;?") {
		t.Error("a reviewer's question is not among the questions")
	}
	if status, _ := r.decide(r.id(0), "do", "reply", "answer", "A day.", "view", "questions"); status != 200 {
		t.Errorf("replied: %d", status)
	}
	if d := r.saved(0).Find(r.id(0)); d.State != "needs_info" || d.Answer != "A day." {
		t.Errorf("replied: %+v", d)
	}
}

// TestOldDecisions come first, with what was decided.
func TestOldDecisions(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	stale, expired := r.id(5), r.id(7)
	err := review.Update(review.Path(r.server.books[0].path), "map.md", func(f *review.File) error {
		f.Put(review.Decision{ID: stale, State: "rejected", Reason: review.AlreadyHandled, By: "Bo", Evidence: "0123456789abcdef"})
		f.Put(review.Decision{ID: expired, State: "accepted", Reason: review.RiskAccepted, By: "Cy", Until: "2026-01-30"})
		f.Put(review.Decision{ID: "T-gone00", Title: "Gone <i>", State: "accepted"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, body := r.get("d/0/")
	rows := regexp.MustCompile(`id="f-(T-[0-9a-f]+)"`).FindAllStringSubmatch(body, 3)
	if rows[0][1] != stale || rows[1][1] != expired || rows[2][1] != r.id(0) {
		t.Errorf("first are %q", rows)
	}
	if !strings.Contains(body, "The cited text has changed since.") || !strings.Contains(body, "rejected, already handled, by Bo") || !strings.Contains(body, "Gone &lt;i&gt;") {
		t.Errorf("the old decision is not shown:\n%.2000s", body)
	}
	if status, _ := r.decide(stale, "do", "again"); status != 200 || r.saved(0).Find(stale).Evidence == "0123456789abcdef" || r.saved(0).Find(stale).Reason != review.AlreadyHandled {
		t.Errorf("it still holds: %+v", r.saved(0).Find(stale))
	}
	if status, _ := r.decide(expired, "do", "again"); status != 422 {
		t.Errorf("prolonged without a day: %d", status)
	}
	if status, _ := r.decide(expired, "do", "again", "until", "2026-12-31"); status != 200 || r.saved(0).Find(expired).Until != "2026-12-31" {
		t.Errorf("prolonged: %+v", r.saved(0).Find(expired))
	}
}

// TestHandEdits keeps what people wrote into the file between two saves, and never writes over a file that can't be read.
func TestHandEdits(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	path := review.Path(r.server.books[0].path)
	r.decide(r.id(0), "do", "accept")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# by hand\n" + string(raw) + "\n- id: T-ffffff # kept\n  state: rejected\n")
	r.decide(r.id(1), "do", "accept")
	got, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(got), "# by hand\n") || !strings.Contains(string(got), "- id: T-ffffff # kept\n") || r.saved(0).Find(r.id(1)) == nil {
		t.Errorf("after another save:\n%s", got)
	}
	broken := string(got) + "- id: T-eeeeee\n  state: maybe\n"
	write(broken)
	if status, body := r.post("d/0/decide", url.Values{"id": {r.id(2)}, "seen": {"none"}, "do": {"accept"}}); status != 422 || !strings.Contains(body, "map.md.whatif.yaml:") {
		t.Errorf("saved over a broken file: %d %.300s", status, body)
	}
	if _, body := r.get("d/0/"); !regexp.MustCompile(`map\.md\.whatif\.yaml:\d+: state: .*maybe`).MatchString(body) {
		t.Error("the page does not show the line of the fault")
	}
	if after, _ := os.ReadFile(path); string(after) != broken {
		t.Errorf("the broken file became\n%s", after)
	}
}

// TestChanged tells of a document that was edited, and makes the draft anew when asked; decisions stay.
func TestChanged(t *testing.T) {
	text := fixture(t)
	r := begin(t, "map.md", text).enter()
	id := r.id(0)
	r.decide(id, "do", "accept")
	if _, body := r.get("d/0/pulse"); !strings.Contains(body, `"changed":false`) {
		t.Errorf("pulse %s", body)
	}
	if err := os.WriteFile(r.server.books[0].path, []byte(text+"\n\nEverybody may read everybody's messages without signing in.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, body := r.get("d/0/pulse"); !strings.Contains(body, `"changed":true`) {
		t.Errorf("pulse %s", body)
	}
	if status, body := r.post("d/0/reload", url.Values{}); status != 200 || !strings.Contains(body, "Everybody may read everybody") {
		t.Errorf("reloaded: %d", status)
	}
	if _, body := r.get("d/0/pulse"); !strings.Contains(body, `"changed":false`) || r.saved(0).Find(id) == nil {
		t.Errorf("afterwards %s", body)
	}
}

func TestFolder(t *testing.T) {
	r := begin(t, "map.md", fixture(t), "broken.docx", "no docx", `a<script>b.md`, "# Notes\n\nUsers share a link. Anyone with the link can open it.\n").enter()
	_, body := r.get("")
	for _, want := range []string{"map.md", "broken.docx", "a&lt;script&gt;b.md", "/d/0/questions"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list of documents lacks %s", want)
		}
	}
	for path, want := range map[string]int{"d/1/": 200, "d/2/": 200, "d/3/": 404, "d/-1/": 404, "d/00/": 404, "d/x/": 404, "d/0/nothing": 404,
		"d/0/../../../etc/passwd": 404, "d/0/%2e%2e/%2e%2e/map.md": 404, "d/map.md/": 404, "static/../page.tmpl": 404, "static/page.tmpl": 404, "map.md": 404} {
		if status, body := r.get(path); status != want || strings.Contains(body, "root:") {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if d, all := r.server.Decided(); d != 0 || all == 0 {
		t.Errorf("%d of %d decided", d, all)
	}
}

// TestFilters shows what is asked for.
func TestFilters(t *testing.T) {
	r := begin(t, "map.md", fixture(t)).enter()
	r.decide(r.id(0), "do", "accept")
	r.decide(r.id(1), "do", "needs_info", "ask", "appsec", "note", "zebra")
	count := func(query string) int {
		_, body := r.get("d/0/?" + query)
		return strings.Count(body, `class="item `)
	}
	all := count("")
	for query, want := range map[string]int{"state=accepted": 1, "state=needs_info": 1, "state=open": all - 1, "state=undecided": all - 2, "q=zebra": 1, "q=nosuchword": 0,
		"p=high": len(r.of("high")), "p=high&state=open": len(r.of("high")) - 1} {
		if got := count(query); got != want {
			t.Errorf("%s: %d findings, want %d", query, got, want)
		}
	}
}

func (r *reviewer) of(p threatmodel.Level) (out []string) {
	for _, c := range r.server.books[0].raw.AbuseCases {
		if c.Priority == p {
			out = append(out, c.ID)
		}
	}
	return out
}
