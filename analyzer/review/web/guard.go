package web

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"mime"
	"net"
	"net/http"
	"strings"
)

// maxBody is how many bytes a request may bring.
const maxBody = 1 << 20

// policy is the content security policy: everything comes from this server, and there is nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP lets in whom it may concern, and answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Host != s.address {
		refuse(w, http.StatusForbidden, "This address is not answered here.")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		h.Set("Allow", "GET, HEAD, POST")
		refuse(w, http.StatusMethodNotAllowed, "This is not understood.")
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, s.prefix+"/")
	if !ok {
		refuse(w, http.StatusNotFound, "There is nothing here. Open the address that whatif printed.")
		return
	}
	if token := r.URL.Query().Get("token"); token != "" && path == "" && r.Method == http.MethodGet {
		s.admit(w, r, token)
		return
	}
	if !s.fromHere(r) {
		refuse(w, http.StatusForbidden, "Another page asked for this, and it is not answered.")
		return
	}
	u := s.session(r)
	if u == nil {
		refuse(w, http.StatusUnauthorized, "This page opens with the address that whatif printed, once. If you just came from there, reload this page; "+
			"else press Enter where whatif runs for a new address.")
		return
	}
	if path != "pulse" && !strings.HasSuffix(path, "/pulse") {
		s.touch()
	}
	if r.Method == http.MethodPost && !readForm(w, r, u) {
		return
	}
	r.URL.Path = "/" + path
	s.route(w, r, u)
}

// fromHere reports that a request comes from this server's own pages, or was typed. A form's Origin is "null" under the policy that no
// page tells where it came from: then the browser's word on it counts, which no page can set.
func (s *Server) fromHere(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	own := origin == "http://"+s.address
	if origin != "" && !own && (origin != "null" || site != "same-origin") {
		return false
	}
	if r.Method == http.MethodPost {
		return (own || site == "same-origin") && (site == "" || site == "same-origin")
	}
	return site == "" || site == "same-origin" || site == "none"
}

// admit exchanges the one-time token for a cookie, and leads on without it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, token string) {
	s.mu.Lock()
	fits := s.token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
	id := rand.Text() + rand.Text()
	if fits {
		s.token = ""
		s.sessions[id] = &session{csrf: rand.Text()}
	}
	s.mu.Unlock()
	if fits {
		s.touch()
		http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: id, Path: s.prefix + "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	} else if s.session(r) == nil {
		refuse(w, http.StatusUnauthorized, "This address was used already. Press Enter where whatif runs for a new one.")
		return
	}
	http.Redirect(w, r, s.prefix+"/", http.StatusSeeOther)
}

// cookie returns the name of the cookie: browsers share cookies among the ports of a host.
func (s *Server) cookie() string {
	_, port, _ := net.SplitHostPort(s.address)
	return "whatif_review_" + port
}

func (s *Server) session(r *http.Request) *session {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[c.Value]
}

// readForm reads what a request brings, and reports whether it is from one of the session's own pages.
func readForm(w http.ResponseWriter, r *http.Request, u *session) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(w, http.StatusUnsupportedMediaType, "This is not understood.")
		return false
	}
	if err := r.ParseForm(); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			refuse(w, http.StatusRequestEntityTooLarge, "This is too long: at most 1 MB can be saved at once.")
			return false
		}
		refuse(w, http.StatusBadRequest, "This is not understood.")
		return false
	}
	if subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(u.csrf)) != 1 {
		refuse(w, http.StatusForbidden, "This form is not of this session. Reload the page and try again.")
		return false
	}
	return true
}

// refuse answers with a sentence of ours; nothing of the request is in it.
func refuse(w http.ResponseWriter, status int, text string) {
	http.Error(w, text, status)
}
