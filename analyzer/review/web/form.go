package web

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// A wish is what somebody wants to become of a finding.
type wish struct {
	form     url.Values
	finding  *threatmodel.AbuseCase
	evidence string
	by       string
	today    time.Time
}

// errKept is what a wish is refused with that changes nothing.
var errKept = errors.New("nothing is different from the draft: accept it, or change something first")

// text returns a field as it is kept: line ends of one kind, no blanks around it.
func (w *wish) text(name string) string { return clean(w.form.Get(name)) }

func clean(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// line returns a field as one line.
func (w *wish) line(name string) string { return strings.Join(strings.Fields(w.form.Get(name)), " ") }

// decision returns what is decided from now on, given what was; nil is nothing. It is the one place where forms become decisions.
func (w *wish) decision(was *review.Decision) (*review.Decision, error) {
	d := &review.Decision{ID: w.finding.ID, Title: w.finding.Title, By: w.by, At: w.today.UTC().Format(time.DateOnly), Evidence: w.evidence,
		About: review.AboutOf(w.finding)}
	if was != nil {
		d.Ticket = was.Ticket
	}
	switch w.form.Get("do") {
	case "accept":
		d.State = threatmodel.StateAccepted
		return d, nil
	case "edit":
		return w.edited(d)
	case "priority":
		return w.moved(d, was)
	case "reject":
		return w.rejected(d)
	case "needs_info":
		return w.asked(d)
	case "reply":
		return w.replied(was)
	case "ticket":
		return w.ticketed(d, was)
	case "again":
		return w.again(was)
	case "clear":
		return nil, nil
	}
	return nil, errors.New("there is no such decision")
}

func (w *wish) edited(d *review.Decision) (*review.Decision, error) {
	d.State, d.Note = threatmodel.StateEdited, w.text("note")
	if t := w.line("title"); t != "" && t != strings.Join(strings.Fields(w.finding.Title), " ") {
		d.Edit.Title = t
	}
	if r := w.text("requirement"); r != "" && r != clean(requirement(w.finding)) {
		d.Edit.Requirement = r
	}
	if err := w.priority(d); err != nil {
		return nil, err
	}
	if d.Edit.Title == "" && d.Edit.Requirement == "" && d.Edit.Priority == "" {
		return nil, errKept
	}
	return d, nil
}

// priority reads the priority that somebody gives.
func (w *wish) priority(d *review.Decision) error {
	p := threatmodel.Level(w.form.Get("priority"))
	if p != "" && !slices.Contains(threatmodel.Levels, p) {
		return errors.New("there is no such priority")
	}
	d.Edit.Priority = ""
	if p != w.finding.Priority {
		d.Edit.Priority = p
	}
	return nil
}

// moved gives another priority and leaves other edits as they are.
func (w *wish) moved(d, was *review.Decision) (*review.Decision, error) {
	if was != nil && was.State == threatmodel.StateEdited {
		d.Edit, d.Note = was.Edit, was.Note
	}
	d.State = threatmodel.StateEdited
	if err := w.priority(d); err != nil {
		return nil, err
	}
	if d.Edit.Title == "" && d.Edit.Requirement == "" && d.Edit.Priority == "" {
		d.State = threatmodel.StateAccepted // back to what the draft says
	}
	return d, nil
}

func (w *wish) rejected(d *review.Decision) (*review.Decision, error) {
	d.State, d.Reason, d.Note = threatmodel.StateRejected, review.Reason(w.form.Get("reason")), w.text("note")
	if !slices.Contains(review.Reasons, d.Reason) {
		return nil, errors.New("say why: choose a reason")
	}
	if d.Reason != review.RiskAccepted {
		return d, nil
	}
	// Who lives with a risk agrees that it is there.
	d.State, d.Owner = threatmodel.StateAccepted, w.line("owner")
	if d.Owner == "" {
		return nil, errors.New("say who lives with the risk")
	}
	return d, w.until(d)
}

// until reads the last day.
func (w *wish) until(d *review.Decision) error {
	d.Until = w.form.Get("until")
	if _, err := time.Parse(time.DateOnly, d.Until); err != nil {
		return errors.New("say until when: a day such as " + w.today.UTC().AddDate(0, 6, 0).Format(time.DateOnly))
	}
	if d.Until < w.today.UTC().Format(time.DateOnly) {
		return errors.New("that day is over already: choose a later one")
	}
	return nil
}

func (w *wish) asked(d *review.Decision) (*review.Decision, error) {
	d.State, d.Ask, d.Note = threatmodel.StateNeedsInfo, threatmodel.Ask(w.form.Get("ask")), w.text("note")
	switch {
	case !slices.Contains(threatmodel.Asks, d.Ask):
		return nil, errors.New("say who should find out")
	case d.Note == "":
		return nil, errors.New("say what you need to know")
	}
	return d, nil
}

// replied answers what a reviewer needs to know. The decision stays theirs.
func (w *wish) replied(was *review.Decision) (*review.Decision, error) {
	if was == nil || was.State != threatmodel.StateNeedsInfo {
		return nil, errors.New("nobody asks about this any more")
	}
	d := *was
	if d.Answer = w.text("answer"); d.Answer == "" {
		return nil, errors.New("the answer is empty")
	}
	return &d, nil
}

// ticketed links a ticket. Whoever opens a ticket takes the finding for right, if nothing was decided yet.
func (w *wish) ticketed(d, was *review.Decision) (*review.Decision, error) {
	d.State = threatmodel.StateAccepted
	if was != nil {
		*d = *was
	}
	d.Ticket = w.line("ticket")
	if len(d.Ticket) > 2000 {
		return nil, errors.New("that is too long for the address of a ticket")
	}
	return d, nil
}

// again says that what was decided still holds for the text as it is now.
func (w *wish) again(was *review.Decision) (*review.Decision, error) {
	if was == nil {
		return nil, errors.New("nothing was decided before")
	}
	d := *was
	d.By, d.At, d.Evidence, d.Title = cmp.Or(w.by, was.By), w.today.UTC().Format(time.DateOnly), w.evidence, w.finding.Title
	if d.Until != "" {
		return &d, w.until(&d)
	}
	return &d, nil
}

// requirement returns the first one that a finding suggests.
func requirement(c *threatmodel.AbuseCase) string {
	if len(c.Requirements) == 0 {
		return ""
	}
	return c.Requirements[0].Text
}
