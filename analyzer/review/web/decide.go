package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// errConflict is that somebody else decided since the page was made.
var errConflict = errors.New("somebody else changed this since you looked")

// errRefused wraps what a form lacks.
type errRefused struct{ error }

// decide saves a decision about one finding.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, u *session, n int) {
	b, id := s.books[n], r.PostForm.Get("id")
	now := b.now()
	at, there := now.places[id]
	if !there {
		refuse(w, http.StatusNotFound, "This finding is not in the draft any more. Reload the page.")
		return
	}
	want := &wish{r.PostForm, &now.draft.AbuseCases[at], now.sums[at], s.by(u), s.opt.Now()}
	var err error
	if r.PostForm.Get("do") == "undo" {
		err = b.takeBack(id, r.PostForm.Get("seen"))
	} else {
		err = b.save(want)
	}
	status := statusOf(err)
	change := func(it *item) {
		if err != nil {
			it.Fault, it.Wish, it.Conflict = upperFirst(err.Error())+".", r.PostForm, errors.Is(err, errConflict)
		}
	}
	switch {
	case wantsJSON(r):
		s.tell(w, r, u, n, id, status, change)
	case err != nil:
		s.showFindings(w, r, u, n, status, change)
	case partOf(r) == "reply":
		http.Redirect(w, r, s.prefix+"/d/"+strconv.Itoa(n)+"/questions", http.StatusSeeOther)
	default:
		back := backQuery(r.PostForm.Get("back"))
		back.Set("f", s.next(u, n, back, id))
		s.leadBack(w, r, strconv.Itoa(n), back.Encode())
	}
}

// statusOf returns how an error is answered.
func statusOf(err error) int {
	fault, refused := (*review.Fault)(nil), errRefused{}
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errConflict):
		return http.StatusConflict
	case errors.As(err, &refused), errors.As(err, &fault):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// save carries a wish out, if the decision is still the one that was seen.
func (b *book) save(want *wish) error {
	id := want.finding.ID
	var before *review.Decision
	var after string
	err := review.Update(review.Path(b.path), b.base(), func(f *review.File) error {
		was := f.Find(id)
		if was.Version() != want.form.Get("seen") {
			return errConflict
		}
		if was != nil {
			kept := *was
			before = &kept
		}
		d, err := want.decision(was)
		if err != nil {
			return errRefused{err}
		}
		after = put(f, id, d)
		return nil
	})
	if err == nil && before.Version() != after {
		b.push(id, step{before, after})
	}
	return err
}

// put sets or takes out the decision about a finding, and returns its version then.
func put(f *review.File, id string, d *review.Decision) string {
	if d == nil {
		f.Remove(id)
	} else {
		f.Put(*d)
	}
	return f.Find(id).Version()
}

// takeBack undoes the last change of a finding that was made here, if nothing changed since.
func (b *book) takeBack(id, seen string) error {
	last, ok := b.last(id)
	if !ok {
		return errRefused{errors.New("there is nothing to undo here")}
	}
	err := review.Update(review.Path(b.path), b.base(), func(f *review.File) error {
		if v := f.Find(id).Version(); v != last.after || v != seen {
			return errConflict
		}
		put(f, id, last.before)
		return nil
	})
	if err == nil {
		b.pop(id)
	}
	return err
}

// next returns the finding to look at after id: the next undecided one that the filter shows, or id where there is none.
func (s *Server) next(u *session, n int, back url.Values, id string) string {
	p := s.newPage(u, n)
	p.Filter = filterOf(back)
	passed, first := false, ""
	for _, it := range s.fill(p, s.books[n]) {
		switch {
		case it.ID == id:
			passed = true
		case !p.Filter.fits(it) || it.Standing.Decided:
		case passed:
			return it.ID
		case first == "":
			first = it.ID
		}
	}
	if first != "" {
		return first
	}
	return id
}

// tell answers a script: the finding as it is now, and how many are decided.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, u *session, n int, id string, status int, change func(*item)) {
	p := s.newPage(u, n)
	p.View, p.Filter = "findings", filterOf(backQuery(r.PostForm.Get("back")))
	out := struct {
		Item, Progress, Said string
		Open                 int
		Changed              bool
	}{}
	for _, it := range s.fill(p, s.books[n]) {
		if it.ID != id {
			continue
		}
		it.Open = true
		change(it)
		out.Item = s.part(partOf(r), it)
		out.Said = upperFirst(it.StateName())
		if it.Fault != "" {
			out.Said = it.Fault
		}
	}
	out.Progress, out.Open, out.Changed = s.part("progress", p), p.Open, p.Changed
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out) //nolint:errcheck // whoever asked is gone
}

// partOf names the part of the page that a form stands in.
func partOf(r *http.Request) string {
	if r.PostForm.Get("view") == "questions" && r.PostForm.Get("do") == "reply" {
		return "reply"
	}
	return "item"
}

// part prints a part of a page.
func (s *Server) part(name string, data any) string {
	var b strings.Builder
	if s.pages.ExecuteTemplate(&b, name, data) != nil {
		return ""
	}
	return b.String()
}

// answer saves an answer to a question.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, u *session, n int) {
	b, id := s.books[n], r.PostForm.Get("id")
	var question *threatmodel.Question
	if now := b.now(); now.draft != nil {
		for i := range now.draft.Questions {
			if now.draft.Questions[i].ID == id {
				question = &now.draft.Questions[i]
			}
		}
	}
	if question == nil {
		refuse(w, http.StatusNotFound, "This question is not in the draft any more. Reload the page.")
		return
	}
	text := clean(r.PostForm.Get("answer"))
	err := review.Update(review.Path(b.path), b.base(), func(f *review.File) error {
		if f.Answer(id).Version() != r.PostForm.Get("seen") {
			return errConflict
		}
		if text == "" {
			f.RemoveAnswer(id)
			return nil
		}
		f.PutAnswer(review.Answer{ID: id, Question: question.Text, Answer: text, By: s.by(u), At: s.opt.Now().UTC().Format(time.DateOnly)})
		return nil
	})
	change := func(a *ask) {
		if a.ID == id && err != nil {
			a.Fault, a.Typed, a.Conflict = upperFirst(err.Error())+".", text, errors.Is(err, errConflict)
		}
	}
	switch {
	case wantsJSON(r):
		s.tellAnswer(w, u, n, id, statusOf(err), change)
	case err != nil:
		s.showQuestions(w, u, n, statusOf(err), change)
	default:
		http.Redirect(w, r, s.prefix+"/d/"+strconv.Itoa(n)+"/questions#"+url.PathEscape("q-"+id), http.StatusSeeOther)
	}
}

func (s *Server) tellAnswer(w http.ResponseWriter, u *session, n int, id string, status int, change func(*ask)) {
	p := s.newPage(u, n)
	p.View = "questions"
	s.fill(p, s.books[n])
	out := struct {
		Item, Progress, Said string
		Open                 int
	}{Said: "Saved", Progress: s.part("progress", p), Open: p.Open}
	for _, a := range slices.Concat(p.Asks, p.Confirm) {
		if a.ID == id {
			change(a)
			out.Item = s.part("ask", a)
			if a.Fault != "" {
				out.Said = a.Fault
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out) //nolint:errcheck // whoever asked is gone
}

func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
