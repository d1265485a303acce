package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// route answers a request of a session. Documents are known by their number: no path of a file is ever taken from a request.
func (s *Server) route(w http.ResponseWriter, r *http.Request, u *session) {
	get := r.Method != http.MethodPost
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/" && get:
		s.folder(w, r, u)
	case r.URL.Path == "/me" && !get:
		name := strings.Join(strings.Fields(r.PostForm.Get("by")), " ")
		u.by.Store(&name)
		s.leadBack(w, r, r.PostForm.Get("n"), r.PostForm.Get("back"))
	case len(parts) == 2 && parts[0] == "static" && get:
		s.static(w, r, parts[1])
	case len(parts) == 3 && parts[0] == "d":
		n, err := strconv.Atoi(parts[1])
		if err != nil || n < 0 || n >= len(s.books) || strconv.Itoa(n) != parts[1] {
			refuse(w, http.StatusNotFound, "There is no such document in this review.")
			return
		}
		s.document(w, r, u, n, parts[2])
	default:
		refuse(w, http.StatusNotFound, "There is nothing here.")
	}
}

// document answers what concerns the document with the number n.
func (s *Server) document(w http.ResponseWriter, r *http.Request, u *session, n int, what string) {
	do := map[string]func(http.ResponseWriter, *http.Request, *session, int){"": s.findings, "questions": s.questions, "item": s.one, "pulse": s.pulse}
	if r.Method == http.MethodPost {
		do = map[string]func(http.ResponseWriter, *http.Request, *session, int){"decide": s.decide, "answer": s.answer, "reload": s.reload}
	}
	if f := do[what]; f != nil {
		f(w, r, u, n)
		return
	}
	refuse(w, http.StatusNotFound, "There is nothing here.")
}

// static answers with one of the files that are in the program.
func (s *Server) static(w http.ResponseWriter, r *http.Request, name string) {
	switch name {
	case "review.js":
		raw, err := pageFiles.ReadFile("page/review.js")
		s.send(w, "text/javascript; charset=utf-8", raw, err)
	case "review.css":
		own, err := pageFiles.ReadFile("page/review.css")
		report, err2 := render.Style()
		if err == nil {
			err = err2
		}
		s.send(w, "text/css; charset=utf-8", append([]byte(report), own...), err)
	default:
		refuse(w, http.StatusNotFound, "There is nothing here.")
	}
}

func (s *Server) send(w http.ResponseWriter, kind string, raw []byte, err error) {
	if err != nil {
		refuse(w, http.StatusInternalServerError, "This is missing from the program.")
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Write(raw) //nolint:errcheck // whoever asked is gone
}

// newPage fills in what every page has.
func (s *Server) newPage(u *session, n int) *page {
	return &page{Prefix: s.prefix, CSRF: u.csrf, By: s.by(u), Several: len(s.books) > 1, N: n, Today: s.opt.Now().UTC().Format("2006-01-02")}
}

// folder lists the documents; a single one is shown at once.
func (s *Server) folder(w http.ResponseWriter, r *http.Request, u *session) {
	if len(s.books) == 1 {
		http.Redirect(w, r, s.prefix+"/d/0/", http.StatusSeeOther)
		return
	}
	p := s.newPage(u, -1)
	p.Title = "All documents"
	for i, b := range s.books {
		now := b.now()
		row := bookRow{N: i, Name: render.EscapeTerminal(b.name), tally: b.standings(s.opt.Now())}
		switch {
		case now.draft != nil:
			row.Title = now.draft.Document.Title
		case now.err != nil:
			row.Err = now.err.Error()
		}
		p.Decided, p.All, p.Open = p.Decided+row.decided, p.All+row.all, p.Open+row.open
		p.Books = append(p.Books, row)
	}
	s.show(w, http.StatusOK, "folder", p)
}

// fill reads the decisions about a document and lays its findings out. It returns all of them; p.Items are those that the filter shows.
func (s *Server) fill(p *page, b *book) []*item {
	now := b.now()
	p.Title, p.Path, p.Changed = b.name, render.EscapeTerminal(b.name), b.changed()
	if now.draft == nil {
		p.Err = "There is no draft of this document."
		if now.err != nil {
			p.Err = now.err.Error()
		}
		return nil
	}
	if t := strings.TrimSpace(now.draft.Document.Title); t != "" {
		p.Title = t
	}
	file, err := review.Load(review.Path(b.path))
	if err != nil {
		p.Fault = err.Error()
	}
	decisions := byID(file)
	all := make([]*item, len(now.draft.AbuseCases))
	for i := range now.draft.AbuseCases {
		c := &now.draft.AbuseCases[i]
		d := decisions[c.ID]
		all[i] = &item{AbuseCase: c, N: i + 1, Page: p, Decision: d, Standing: d.Standing(now.sums[i], s.opt.Now()), Seen: d.Version(), Sentences: sentences(c.Citations)}
		_, all[i].CanUndo = b.last(c.ID)
		if all[i].Standing.Decided {
			p.Decided++
		}
		delete(decisions, c.ID)
	}
	p.All = len(all)
	if file != nil {
		for _, d := range file.Decisions {
			if decisions[d.ID] != nil {
				p.Gone = append(p.Gone, d)
			}
		}
	}
	for i := range now.draft.Questions {
		q := &now.draft.Questions[i]
		given := file.Answer(q.ID)
		if openQuestion(q) || given != nil {
			a := &ask{Question: q, Page: p, Given: given, Seen: given.Version()}
			if q.Ask == threatmodel.AskAppSec {
				p.Confirm = append(p.Confirm, a)
				continue
			}
			p.Asks = append(p.Asks, a)
			if given == nil {
				p.Open++
			}
		}
	}
	order(all)
	for _, it := range all {
		if p.Filter.fits(it) {
			p.Items = append(p.Items, it)
		}
		if d := it.Decision; d != nil && d.State == threatmodel.StateNeedsInfo {
			p.Replies = append(p.Replies, it)
			if d.Answer == "" {
				p.Open++
			}
		}
	}
	p.Shown = len(p.Items)
	return all
}

// findings shows the findings beside the document.
func (s *Server) findings(w http.ResponseWriter, r *http.Request, u *session, n int) {
	s.showFindings(w, r, u, n, http.StatusOK, nil)
}

// showFindings shows the findings; change, if there is one, changes the one that is open.
func (s *Server) showFindings(w http.ResponseWriter, r *http.Request, u *session, n, status int, change func(*item)) {
	q := r.URL.Query()
	p := s.newPage(u, n)
	p.View, p.Filter = "findings", filterOf(q)
	all := s.fill(p, s.books[n])
	open := q.Get("f")
	if r.Method == http.MethodPost {
		open = r.PostForm.Get("id")
	}
	for _, it := range all {
		if it.ID == open {
			it.Open = true
			if change != nil {
				change(it)
			}
			if !slices.Contains(p.Items, it) {
				p.Items = append([]*item{it}, p.Items...)
			}
		}
	}
	if open == "" {
		openFirst(p.Items)
	}
	if q.Get("part") == "list" {
		s.show(w, status, "list", p)
		return
	}
	s.showWithText(w, status, p, s.books[n])
}

// openFirst opens the first finding that somebody should look at.
func openFirst(items []*item) {
	for _, it := range items {
		if !it.Standing.Decided {
			it.Open = true
			return
		}
	}
	if len(items) > 0 {
		items[0].Open = true
	}
}

// questions shows the open questions beside the document.
func (s *Server) questions(w http.ResponseWriter, r *http.Request, u *session, n int) {
	s.showQuestions(w, u, n, http.StatusOK, nil)
}

func (s *Server) showQuestions(w http.ResponseWriter, u *session, n, status int, change func(*ask)) {
	p := s.newPage(u, n)
	p.View = "questions"
	s.fill(p, s.books[n])
	for _, a := range slices.Concat(p.Asks, p.Confirm) {
		if change != nil {
			change(a)
		}
	}
	s.showWithText(w, status, p, s.books[n])
}

func (s *Server) showWithText(w http.ResponseWriter, status int, p *page, b *book) {
	var err error
	if p.Source, err = b.text(); err != nil {
		refuse(w, http.StatusInternalServerError, "The document can't be shown.")
		return
	}
	s.show(w, status, "page", p)
}

// one answers with one finding, open, as part of a page.
func (s *Server) one(w http.ResponseWriter, r *http.Request, u *session, n int) {
	p := s.newPage(u, n)
	p.View, p.Filter = "findings", filterOf(r.URL.Query())
	for _, it := range s.fill(p, s.books[n]) {
		if it.ID == r.URL.Query().Get("f") {
			it.Open = true
			s.show(w, http.StatusOK, "item", it)
			return
		}
	}
	refuse(w, http.StatusNotFound, "This finding is not in the draft any more.")
}

// pulse tells a page that is open whether the document changed.
func (s *Server) pulse(w http.ResponseWriter, _ *http.Request, _ *session, n int) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]bool{"changed": s.books[n].changed()}) //nolint:errcheck // whoever asked is gone
}

// reload makes the draft anew.
func (s *Server) reload(w http.ResponseWriter, r *http.Request, u *session, n int) {
	b := s.books[n]
	b.reload.Lock()
	defer b.reload.Unlock()
	if s.opt.Analyze != nil && b.changed() {
		doc, draft, err := s.opt.Analyze(r.Context(), n)
		if r.Context().Err() != nil {
			return
		}
		b.set(doc, draft, err)
	}
	s.leadBack(w, r, strconv.Itoa(n), r.PostForm.Get("back"))
}

// leadBack leads to a document's findings with the filter that a form carries.
func (s *Server) leadBack(w http.ResponseWriter, r *http.Request, n, back string) {
	goal := "/"
	if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(s.books) {
		goal = path.Join("/d", strconv.Itoa(i)) + "/"
		if q := backQuery(back); len(q) > 0 {
			goal += "?" + q.Encode()
		}
	}
	http.Redirect(w, r, s.prefix+goal, http.StatusSeeOther)
}

// backQuery takes the filter and the finding out of what a form carries, and nothing else.
func backQuery(back string) url.Values {
	q, err := url.ParseQuery(back)
	if err != nil {
		return url.Values{}
	}
	out := filterOf(q).query()
	if id := q.Get("f"); id != "" {
		out.Set("f", id)
	}
	return out
}

// show prints a page, whole or not at all.
func (s *Server) show(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		refuse(w, http.StatusInternalServerError, "The page can't be shown: this is a fault of whatif.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // whoever asked is gone
}
