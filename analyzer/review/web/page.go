package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A page is what the templates print.
type page struct {
	Prefix, CSRF, By string
	Title            string
	Several          bool // documents
	N                int  // of the document, from 0
	Path             string
	Filter           filter
	View             string // findings or questions
	Items            []*item
	Asks, Confirm    []*ask  // for the product manager, and for security
	Replies          []*item // findings for which somebody is asked
	Shown, Decided, All,
	Open int
	Changed bool
	Fault   string // of the file of decisions
	Err     string // why there is no draft
	Gone    []review.Decision
	Source  template.HTML
	Books   []bookRow
	Said    string // what a request without scripts is told
	Today   string
}

// Percent is how much is decided.
func (p *page) Percent() int {
	if p.All == 0 {
		return 100
	}
	return p.Decided * 100 / p.All
}

// An item is a finding on the page.
type item struct {
	*threatmodel.AbuseCase
	N         int // place in the draft, from 1
	Page      *page
	Decision  *review.Decision
	Standing  review.Standing
	Seen      string // version of the decision that the page shows
	CanUndo   bool
	Open      bool
	Fault     string     // why a wish was refused
	Wish      url.Values // what was wanted then
	Conflict  bool       // somebody else decided meanwhile
	Sentences []int
}

// Name is the finding's title, as edited.
func (i *item) Name() string {
	if d := i.Decision; d != nil && d.State == threatmodel.StateEdited && d.Edit.Title != "" {
		return render.EscapeTerminal(d.Edit.Title)
	}
	return i.Title
}

// Level is the finding's priority, as edited.
func (i *item) Level() threatmodel.Level {
	if d := i.Decision; d != nil && d.State == threatmodel.StateEdited && d.Edit.Priority != "" {
		return d.Edit.Priority
	}
	return i.Priority
}

// Need is the requirement, as edited.
func (i *item) Need() string {
	if d := i.Decision; d != nil && d.State == threatmodel.StateEdited && d.Edit.Requirement != "" {
		return render.EscapeTerminal(d.Edit.Requirement)
	}
	return requirement(i.AbuseCase)
}

// Again says why a decision no longer holds, "" where it does.
func (i *item) Again() string {
	switch {
	case i.Standing.Stale && i.Standing.Expired:
		return "The cited text has changed, and the decision has run out."
	case i.Standing.Stale:
		return "The cited text has changed since."
	case i.Standing.Expired:
		return "The decision has run out."
	}
	return ""
}

// State names how the finding stands, in one word for the row: undecided, accepted, edited, rejected, risk, needs_info, again.
func (i *item) State() string {
	switch d := i.Decision; {
	case d == nil:
		return "undecided"
	case i.Again() != "":
		return "again"
	case d.Reason == review.RiskAccepted:
		return "risk"
	default:
		return string(d.State)
	}
}

// stateNames are the states in words.
var stateNames = map[string]string{"undecided": "undecided", "accepted": "accepted", "edited": "accepted with edits", "rejected": "rejected",
	"risk": "risk accepted", "needs_info": "needs info", "again": "look again"}

// StateName is State in words.
func (i *item) StateName() string {
	name := stateNames[i.State()]
	if i.State() == "needs_info" && i.Decision.Answer != "" {
		return "answered: decide"
	}
	return name
}

// Was is what was decided, in a sentence.
func (i *item) Was() string { return render.EscapeTerminal(i.Decision.Why()) }

// First is the sentence to show, 0 if none.
func (i *item) First() int {
	if len(i.Sentences) == 0 {
		return 0
	}
	return i.Sentences[0]
}

// Link is the address of the page with this finding open.
func (i *item) Link() string {
	q := i.Page.Filter.query()
	q.Set("f", i.ID)
	link := "?" + q.Encode()
	if n := i.First(); n > 0 {
		link += "#s" + strconv.Itoa(n)
	}
	return link
}

// Value is a field of a form as somebody filled it in, else as given.
func (i *item) Value(name, given string) string {
	if i.Wish != nil && i.Wish.Has(name) {
		return i.Wish.Get(name)
	}
	return given
}

// Until is the day that a form offers: what was chosen, or half a year on.
func (i *item) Until() string {
	if d := i.Decision; d != nil && d.Until >= i.Page.Today {
		return i.Value("until", d.Until)
	}
	today, err := time.Parse(time.DateOnly, i.Page.Today)
	if err != nil {
		return ""
	}
	return i.Value("until", today.AddDate(0, 6, 0).Format(time.DateOnly))
}

// Carried are the fields of a refused wish, to be sent again as they were.
func (i *item) Carried() [][2]string {
	var out [][2]string
	for _, name := range []string{"do", "reason", "note", "until", "owner", "title", "priority", "requirement", "ask", "ticket", "answer"} {
		if i.Wish.Has(name) {
			out = append(out, [2]string{name, i.Wish.Get(name)})
		}
	}
	return out
}

// An ask is a question on the page.
type ask struct {
	*threatmodel.Question
	Page     *page
	Given    *review.Answer
	Seen     string
	Fault    string
	Typed    string
	Conflict bool
}

// Sentences are those that it cites.
func (a *ask) Sentences() []int { return sentences(a.Citations) }

// Text is what stands in the field.
func (a *ask) Text() string {
	switch {
	case a.Typed != "":
		return a.Typed
	case a.Given != nil:
		return a.Given.Answer
	}
	return ""
}

// A bookRow is a document in the list of all.
type bookRow struct {
	N           int
	Name, Title string
	Err         string
	tally
}

// All, Decided and the others are the tally's, for templates.
func (b bookRow) Counts() map[string]int {
	return map[string]int{"All": b.all, "Decided": b.decided, "High": b.high, "Again": b.again, "Open": b.open}
}

// Fault says that the file of decisions can't be read.
func (b bookRow) Fault() string {
	if b.fault == nil {
		return ""
	}
	return b.fault.Error()
}

// A filter says which findings are shown.
type filter struct {
	Query, State, Priority string
}

func filterOf(q url.Values) filter {
	return filter{strings.TrimSpace(q.Get("q")), q.Get("state"), q.Get("p")}
}

// query is the filter as part of an address.
func (f filter) query() url.Values {
	q := url.Values{}
	for _, field := range [][2]string{{"q", f.Query}, {"state", f.State}, {"p", f.Priority}} {
		if field[1] != "" {
			q.Set(field[0], field[1])
		}
	}
	return q
}

// Encode returns the filter for a form's field.
func (f filter) Encode() string { return f.query().Encode() }

// fits reports a finding that is shown.
func (f filter) fits(i *item) bool {
	switch state := i.State(); f.State {
	case "":
	case "open":
		if i.Standing.Decided {
			return false
		}
	default:
		if state != f.State {
			return false
		}
	}
	if f.Priority != "" && string(i.Level()) != f.Priority {
		return false
	}
	for word := range strings.FieldsSeq(strings.ToLower(f.Query)) {
		if !i.has(word) {
			return false
		}
	}
	return true
}

// has reports that a word stands somewhere in the finding.
func (i *item) has(word string) bool {
	texts := []string{i.Name(), i.Title, i.WhatIf, string(i.Category), i.ID, i.Need()}
	for _, c := range i.Citations {
		texts = append(texts, c.Quote, c.Section)
	}
	if i.Decision != nil {
		texts = append(texts, i.Was(), i.Decision.Ticket)
	}
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), word) })
}

// sentences lists the sentences that are cited, each once.
func sentences(cited []threatmodel.Citation) []int {
	var out []int
	for _, c := range cited {
		if c.Sentence > 0 && !slices.Contains(out, c.Sentence) {
			out = append(out, c.Sentence)
		}
	}
	return out
}

// order puts what must be looked at again first; the rest stays as the draft has it.
func order(items []*item) {
	slices.SortStableFunc(items, func(a, b *item) int {
		rank := func(i *item) int {
			if i.Again() != "" {
				return 0
			}
			return 1
		}
		return cmp.Compare(rank(a), rank(b))
	})
}

// where says where a citation stands, in words.
func where(c threatmodel.Citation) string {
	place := fmt.Sprintf("line %d", c.LineStart)
	if c.Page > 0 {
		place = fmt.Sprintf("page %d", c.Page)
	}
	return place
}

var pageFuncs = template.FuncMap{
	"where":   where,
	"visible": render.EscapeTerminal,
	"numbers": func(n []int) string { return strings.Trim(fmt.Sprint(n), "[]") },
	"who": func(a threatmodel.Ask) string {
		return map[threatmodel.Ask]string{threatmodel.AskPM: "the product manager", threatmodel.AskAppSec: "security"}[a]
	},
	"options": func(pairs ...string) [][2]string {
		var out [][2]string
		for i := 0; i+1 < len(pairs); i += 2 {
			out = append(out, [2]string{pairs[i], pairs[i+1]})
		}
		return out
	},
}
