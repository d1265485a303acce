package reading

import (
	"context"
	"strings"
	"testing"

	"whatif/analyzer/document"
)

func TestDenial(t *testing.T) {
	tests := []struct {
		text    string
		negated bool
		denied  string // words denied, in full
	}{
		{"We will not store photos.", true, "not store photos"},
		{"No photos are kept.", true, "No photos are kept"},
		{"Photos are never kept on the server.", true, "Photos are never kept on the server"},
		{"Photos will not be stored.", true, "Photos will not be stored"},
		{"We store names but not photos.", false, "not photos"},
		{"Guests can open the file without signing in.", false, "without signing in"},
		{"Guests cannot export invoices.", true, "cannot export invoices"},
		{"The app doesn't collect location.", true, "doesn't collect location"},
		{"The app doesn’t collect location.", true, "doesn't collect location"},
		{"An account is not needed.", true, "An account is not needed"},
		{"Support must not be able to export chats.", true, "not be able to export chats"},
		{"Nobody can export the list.", true, "Nobody can export the list"},
		{"Links do not expire.", true, "not expire"},
		{"There is no limit on attempts.", true, "There is no limit on attempts"},
		{"We do not store photos, we delete them.", true, "not store photos"},
		{"We do not store names, emails or photos.", true, "not store names emails or photos"},
		{"The file is encrypted and is never shared.", false, "never shared"},
		{"Links open for anyone with the address, and the link never expires.", false, "never expires"},
		{"Anyone can see a profile that is not private.", false, "that is not private"},
		{"Sharing is prohibited.", true, "Sharing is prohibited"},
		{"Admins export all fields except the card number.", false, "except the card number"},
		{"We ensure that nobody can export the list.", true, "nobody can export the list"},
		{"Data is no longer shown to staff.", true, "Data is no longer shown to staff"},
		{"Card numbers, even if entered, are never logged.", true, ""},
		{"We never store card numbers, even if asked.", true, ""},

		{"Has no car, uses self-checkout.", true, "no car"},
		{"Refunds without a receipt are possible.", false, "without a receipt"},
		{"Every read is logged and the log can't be edited.", false, "the log can't be edited"},
		{"A nurse adds a note that the patient doesn't see.", false, "doesn't see"},
		{"Members pay even when the phone has no reception.", false, ""},
		{"Even admins cannot read messages.", true, "cannot read messages"},
		{"Location is collected, photos are not.", false, "photos are not"},
		{"The code must not be longer than 8 digits.", false, ""},
		{"We don't share data with partners, and we never sell it.", true, "don't share data with partners never sell it"},
		{"Neither staff nor partners can see it.", true, "Neither staff nor partners can see it"},
		{"Export is disabled for guests.", false, ""},
		{"It is impossible to delete an account.", true, "It is impossible to delete an account"},
		{"The feature requires no personal data.", true, "no personal data"},
		{"Only admins, not members, can invite.", false, "not members"},

		{"The list not only shows names, it shows addresses.", false, ""},
		{"Links expire no later than 7 days after creation.", false, ""},
		{"Keep no more than 5 drafts.", false, ""},
		{"The export is not available until an admin approves it.", false, ""},
		{"No one but admins can delete a workspace.", false, ""},
		{"Users cannot export without approval.", false, ""},
		{"Users cannot export unless an admin approves.", false, ""},
		{"If the user does not confirm, the order is cancelled.", false, ""},
		{"We do not share the address by default.", false, ""},
		{"Mail comes from a no-reply address.", false, ""},
		{"See ticket No. 5 for details.", false, ""},
		{"Whether or not the user agrees, we show the price.", false, ""},
		{"We store names.", false, ""},
		{"Not all fields are exported.", false, ""},
		{"", false, ""},
	}
	for _, tt := range tests {
		s := StanceOf(tt.text)
		if s.Negated != tt.negated {
			t.Errorf("%q: Negated = %v", tt.text, s.Negated)
		}
		var denied []string
		for i, w := range Words(tt.text) {
			if s.Denies(i) {
				denied = append(denied, strings.ReplaceAll(tt.text[w.Start:w.End], "’", "'"))
			}
		}
		if got := strings.Join(denied, " "); got != tt.denied && (tt.denied != "" || !tt.negated) {
			t.Errorf("%q denies %q, want %q", tt.text, got, tt.denied)
		}
	}
}

func TestStanceOfPhrases(t *testing.T) {
	tests := map[string]string{
		"The system will send a receipt.":                   "",
		"The user can change this later.":                   "",
		"The receipt arrives 7 days later.":                 "",
		"The store is eventually consistent.":               "",
		"Calls go to API v2 of the payment service.":        "",
		"Appointments in the future can be moved.":          "",
		"Tap \"Forgot password?\" to start.":                "",
		"Guests see the button “Need help?”":                "",
		"In a future release, guests can upload photos.":    "planned",
		"Sharing comes in phase 2.":                         "planned",
		"SMS codes are a nice-to-have.":                     "planned",
		"We may add exports at a later stage.":              "planned",
		"Retention: TBD.":                                   "open",
		"Who can see the list?":                             "open",
		"We need to decide how long links work.":            "open",
		"Should we ask for a phone number?":                 "open",
		"Open question: expiry of links.":                   "open",
		"We have to decide who may see the list.":           "open",
		"Decide whether guests can export.":                 "open",
		"The clerk decides whether the claim is paid.":      "",
		"A nurse must decide whether the call is urgent.":   "",
		"Out of scope: mobile app.":                         "out_of_scope",
		"Non-goal – payments in the app.":                   "out_of_scope",
		"Refunds are out of scope for this release.":        "out_of_scope",
		"We are not building a mobile app.":                 "out_of_scope",
		"Later: exports as PDF.":                            "planned",
		"Note: codes expire after 10 minutes.":              "",
		"Files outside the workspace are removed.":          "",
		"The link opens the report (see section 4) at once": "",
	}
	for text, want := range tests {
		doc := plainDoc(t, text)
		if got := kindName(Read(doc).Sentences[0].Stance); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func kindName(s Stance) string {
	var names []string
	for _, n := range []struct {
		is   bool
		name string
	}{{s.Open, "open"}, {s.Planned, "planned"}, {s.OutOfScope, "out_of_scope"}, {s.Aside, "aside"}} {
		if n.is {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " ")
}

func plainDoc(t testing.TB, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "a.txt", Format: document.Text})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTitles(t *testing.T) {
	tests := map[string]string{
		"Non-goals": "out_of_scope", "NON GOALS": "out_of_scope", "4.2 Non-Goals (v1)": "out_of_scope", "Out of Scope": "out_of_scope",
		"What we're not building": "out_of_scope", "7) Out of scope for the MVP": "out_of_scope", "Goals and non-goals": "",
		"Scope": "", "Goals": "", "Requirements": "", "Background checks": "", "Background": "aside", "1. Background & Motivation": "aside",
		"Team invitations": "", "Invite your team": "", "Team": "aside", "Open Questions": "open", "Risks and open questions": "open",
		"Risks": "", "OPEN ISSUES": "open", "Questions for Legal": "open", "Metrics dashboard": "", "Success metrics": "aside",
		"Metrics & KPIs": "aside", "IV. Metrics": "aside", "Phase 2: Sharing": "planned", "Sharing (phase 2)": "planned", "Phase 1": "",
		"Future work": "planned", "Roadmap": "planned", "Roadmap sharing": "", "Later": "planned", "Appendix A: Glossary": "aside",
		"Appendix A: Data model": "aside", "Glossary": "aside", "Revision History": "aside", "Table of contents": "aside",
		"Dependencies and timeline": "", "Password reset": "", "Section 3: Out of scope": "out_of_scope", "🚫 Not doing": "out_of_scope",
		"Problem statement": "aside", "Contact import": "", "Competitor analysis": "aside", "": "", "Terms of service": "", "Terms": "aside",
		"Export history": "", "Document sharing": "", "Status page": "", "Phase 2 rollout": "planned", "Links": "", "Share links": "",
	}
	for title, want := range tests {
		s := Stance{}
		s.take(builtin().title(title, Words(title)))
		if got := kindName(s); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
}

func TestSectionStanceIsInherited(t *testing.T) {
	doc := plainDoc(t, "# Roadmap\n\n## Background\n\nOld words.\n\n### Numbers\n\nMore words.\n\n## Requirements\n\nReal words.\n\n## Phase 2\n\n"+
		"Late words.\n\n### Requirements\n\nBack words.")
	want := map[string]string{"Old words.": "aside", "More words.": "aside", "Real words.": "", "Late words.": "planned", "Back words.": ""}
	seen := 0
	for _, s := range Read(doc).Sentences {
		if w, ok := want[s.Text]; ok {
			seen++
			if got := kindName(s.Stance); got != w {
				t.Errorf("%q is %q, want %q", s.Text, got, w)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("saw %d of %d sentences", seen, len(want))
	}
}

func TestCuesAreCheckedWithTheirLine(t *testing.T) {
	tests := map[string]string{
		"headings:\n  odd:\n    whole: [a]\n":     `no kind of heading is called "odd"`,
		"headings:\n  open:\n    whole: [\"\"]\n": "line 3",
		"sentences:\n  open:\n    - {a: b}\n":     "line 3",
		"denials: {}\n":                           "line 1",
		"denial:\n  odd: [not]\n":                 `called "odd"`,
		"sentences:\n  sometimes: [x]\n":          `"sometimes"`,
	}
	for data, want := range tests {
		if _, err := parseCues("x.yaml", []byte(data)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
}

// TestStanceFromAround checks what a sentence has from its list, its label, its table cells and the title.
func TestStanceFromAround(t *testing.T) {
	text := `# Billing v2

Invoices in v2 have a number.

We will not:

- keep photos
- sell names
  - to brokers

Planned for later:

- export as PDF

**Non-goals**

- a mobile app

Back to what it does.

Admins can:

- export invoices

Out of scope for now:

Payments by card.

Refunds are paid at once.

| Feature | Status |
|---|---|
| Search | Done |
| Sharing | Phase 2 |
| Comments | TBD |
| Chat | Won't have |

Who can see it?
`
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "a.md", Format: document.Markdown})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Invoices in v2": "", "keep photos": "denied", "sell names": "denied", "export as PDF": "planned", "a mobile app": "out_of_scope",
		"Back to": "", "export invoices": "", "Payments by card": "out_of_scope", "Refunds are": "", "Search": "", "Sharing": "planned", "Comments": "open",
		"Chat": "out_of_scope", "Who can": "open"}
	for _, s := range Read(doc).Sentences {
		for start, w := range want {
			if !strings.HasPrefix(s.Text, start) {
				continue
			}
			got := kindName(s.Stance)
			if s.Stance.Negated && s.Stance.Denies(0) {
				got = "denied"
			}
			if got != w {
				t.Errorf("%q is %q, want %q", s.Text, got, w)
			}
			delete(want, start)
		}
	}
	if len(want) > 0 {
		t.Errorf("not seen: %v", want)
	}
}
