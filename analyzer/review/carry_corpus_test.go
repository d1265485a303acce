package review_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// The corpus: documents, and sentences about other things that the same rules find something in.
var corpus = []struct {
	path   string
	twins  []string
	others map[string]string
}{
	{"nearby-family-map.md", []string{
		"Couriers of the pilot are followed on a dispatcher's screen by default, with their live location kept for a year.",
		"Support engineers can look up the payment history of a merchant when a merchant calls.",
		"Invoices go to the e-mail address that the shop once entered.",
		"Anyone with the ticket number can reset a shop's password.",
	}, map[string]string{
		"FR-7 Any member of the account may view any other member.":                                              "FR-7 On the account, any member can see where any other member is.",
		"Representatives receive $5 per activation.":                                                             "Staff in stores are paid $5 for each activation.",
		"FR-11 The account holder can view and export 30 days of positions for each line as a CSV file.":         "FR-11 For each line, 30 days of positions can be exported by the account holder to a CSV file.",
		"FR-8 A member aged 18 or over, as recorded by the account holder, can pause sharing for up to 4 hours.": "FR-8 Adult members can pause sharing for at most 4 hours.",
	}},
	{"deskflow-ticket-digest.md", []string{
		"Warehouse staff can download the list of all suppliers with their bank details as a spreadsheet.",
		"A link to the delivery note opens for anyone who has it.",
		"Photographs of damaged parcels are sent to an outside image service for recognition.",
		"Interview notes of applicants are kept without an end.",
	}, map[string]string{
		"We keep prompts and answers for 90 days to look into complaints.":                                                      "So that complaints can be looked into, prompts and answers stay for 90 days.",
		"They are not told that a model writes the reply; early tests show lower satisfaction when a badge is shown.":           "Customers are not told that the reply is written by a model, since a badge lowers satisfaction in early tests.",
		"The assistant can call these functions without asking the agent, so that the suggested reply is true when it is sent:": "Without asking the agent, the assistant can call these functions; the suggested reply is then true when sent:",
	}},
	{"portside-patient-messages.md", []string{
		"Relatives of a resident can read the care plan in the app with the room number.",
		"Laboratory results are posted to the fax number on file.",
		"Cleaning staff can see which rooms are occupied and by whom.",
		"Recordings of calls are kept for ten years to train a model.",
	}, map[string]string{
		"For development of the triage model, the data team gets a weekly copy of all messages.": "Each week a copy of all messages goes to the data team, who develop the triage model with it.",
		"Drafts are kept on the phone.":                                           "The phone keeps drafts.",
		"As a clinic manager I want to see who read which conversation and when.": "As a clinic manager I want a list of who read which conversation, and when.",
	}},
}

// targets is how many findings of a document each edit is tried on.
const targets = 2

// A tally counts decisions.
type tally struct{ edits, due, right, touched, touchedRight, holds, wrong, doubtful, gone int }

// TestCarryOverEdits decides about every finding of real documents, edits the documents, and holds what becomes of the decisions against
// what is known of the edit: which sentence says now what the decision was about.
func TestCarryOverEdits(t *testing.T) {
	if withRace {
		t.Skip("a hundred drafts, one after the other: there is no race to see")
	}
	byEdit, all, plain := map[string]*tally{}, &tally{}, &tally{}
	for _, c := range corpus {
		doc, draft := analyse(t, fixture(t, c.path), c.path)
		for _, e := range edits {
			if byEdit[e.name] == nil {
				byEdit[e.name] = &tally{}
			}
			tried := 0
			for i := range draft.AbuseCases {
				s := &scene{raw: doc.Source, path: c.path, doc: doc, target: draft.AbuseCases[i].Citations[0], twins: c.twins, others: c.others, became: map[string][]string{}}
				if !e.do(s) {
					continue
				}
				_, after := analyse(t, s.raw, s.path)
				count(t, c.path+": "+e.name, s, draft, after, true, byEdit[e.name], all)
				count(t, c.path+": "+e.name+", only ids and titles known", s, draft, after, false, plain)
				if tried++; e.whole || tried == targets {
					break
				}
			}
		}
	}
	for _, e := range edits {
		byEdit[e.name].log(t, e.name)
	}
	all.log(t, "all")
	plain.log(t, "all, of files that say no more than title and evidence")
	if all.edits < 40 {
		t.Errorf("only %d edits", all.edits)
	}
	if share := float64(all.touchedRight) / float64(all.touched); share < 0.95 {
		t.Errorf("%.3f of the decisions about edited sentences are carried over rightly, want 0.95", share)
	}
}

func (n *tally) log(t *testing.T, name string) {
	t.Logf("%-58s %3d edits: %4d decisions due, %4d right (%.3f), %4d of them hold; on edited sentences %3d, right %3d (%.3f); %d wrong, %3d doubtful, %3d gone",
		name, n.edits, n.due, n.right, share(n.right, n.due), n.holds, n.touched, n.touchedRight, share(n.touchedRight, n.touched), n.wrong, n.doubtful, n.gone)
}

func share(part, all int) float64 { return float64(part) / float64(max(all, 1)) }

// touched reports that the edit changed what the finding stands on, or the ids of all.
func (s *scene) touched(was *threatmodel.AbuseCase, before *threatmodel.Draft) bool {
	return s.path != before.Document.Path || slices.ContainsFunc(was.Citations, func(c threatmodel.Citation) bool {
		says, edited := s.became[c.Quote]
		return edited && !slices.Contains(says, c.Quote)
	})
}

// count carries decisions about all of before over to after.
func count(t *testing.T, name string, s *scene, before, after *threatmodel.Draft, about bool, tallies ...*tally) {
	t.Helper()
	file, byID := &review.File{}, map[string]*threatmodel.AbuseCase{}
	for i := range before.AbuseCases {
		c := &before.AbuseCases[i]
		byID[c.ID] = c
		d := review.Decision{ID: c.ID, Title: c.Title, State: threatmodel.StateRejected, Evidence: evidence(c)}
		if about {
			d.About = review.AboutOf(c)
		}
		file.Decisions = append(file.Decisions, d)
	}
	for _, n := range tallies {
		n.edits++
	}
	seen := map[string]bool{}
	for _, m := range review.Carry(file, after, time.Time{}).All {
		was := byID[m.Decision.ID]
		due := s.expected(was, after)
		if m.Finding != nil && seen[m.Finding.ID] {
			t.Errorf("%s: two decisions for %s", name, m.Finding.ID)
		}
		if m.Finding != nil {
			seen[m.Finding.ID] = true
		}
		for _, n := range tallies {
			n.add(&m, due, s.touched(was, before))
		}
		if m.How != "" && !due[m.Finding.ID] && (about || m.State == review.Holds) {
			t.Errorf("%s: %s of %s went by %s (%s) to another finding: %s\nwas: %q\nnow: %q", name, was.Title, was.ID, m.How, m.State, m.Finding.Title, quotes(was), quotes(m.Finding))
		}
		if m.How == "" && len(due) > 0 && about {
			t.Logf("%s: %s %q is %s; it is at %v", name, was.ID, quotes(was), m.State, due)
		}
	}
}

func (n *tally) add(m *review.Match, due map[string]bool, touched bool) {
	if len(due) > 0 {
		n.due++
		if touched {
			n.touched++
		}
	}
	switch {
	case m.How != "" && due[m.Finding.ID]:
		n.right++
		if touched {
			n.touchedRight++
		}
		if m.State == review.Holds {
			n.holds++
		}
	case m.How != "":
		n.wrong++
	case m.State == review.Doubtful:
		n.doubtful++
	default:
		n.gone++
	}
}

// expected are the findings of the same rule that cite what became of a sentence of the finding.
func (s *scene) expected(was *threatmodel.AbuseCase, after *threatmodel.Draft) map[string]bool {
	due := map[string]bool{}
	for i := range after.AbuseCases {
		c := &after.AbuseCases[i]
		if c.Rule != was.Rule || c.Category != was.Category {
			continue
		}
		for _, old := range was.Citations {
			says, edited := s.became[old.Quote]
			if !edited {
				says = []string{old.Quote}
			}
			for _, q := range quotes(c) {
				for _, text := range says {
					if strings.Contains(letters(q), letters(text)) || strings.Contains(letters(text), letters(q)) {
						due[c.ID] = true
					}
				}
			}
		}
	}
	return due
}

// letters are those of a text, and its digits.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func quotes(c *threatmodel.AbuseCase) []string {
	out := make([]string, len(c.Citations))
	for i := range c.Citations {
		out[i] = c.Citations[i].Quote
	}
	return out
}

func evidence(c *threatmodel.AbuseCase) string { return review.EvidenceSum(quotes(c)) }

func fixture(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("../../fixtures/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func analyse(t *testing.T, raw, path string) (*document.Document, *threatmodel.Draft) {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(raw), document.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc, draft
}
