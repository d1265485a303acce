package rules

import (
	"strings"
	"testing"

	"whatif/analyzer/document"
	"whatif/analyzer/reading"
)

// harmless are features that nobody could misuse to speak of.
var harmless = map[string]string{
	"colour theme": `# Dark mode

Users can switch between a light and a dark theme in the settings. The choice follows the system by default.

## Requirements

- The toggle sits in the appearance section.
- All icons must have enough contrast in both themes.
- The animation takes 200 ms.

## Out of scope

- Custom colours.
`,
	"copy change": `# New wording of the empty state

When a list is empty we show "Nothing here yet" instead of "No results". The button says "Add your first task".

As a user I want a friendly text so that I know what to do next.

We translate the text into the six languages of the app. Marketing approves the wording.
`,
	"spinner": `# Loading spinner

A page that takes longer than one second shows a spinner. After ten seconds it shows "This takes longer than usual".

1. The user opens a page.
2. The spinner appears in the middle.
3. It vanishes when the page is there.

Success: fewer people press reload.
`,
	"sort order": `# Sort the task list

Tasks can be sorted by name, due date or priority. The last choice is kept for the session. Default is due date, ascending.

| Column | Sorts by |
|---|---|
| Name | letter |
| Due | date |

Keyboard: the arrow keys move the focus, enter changes the order.
`,
}

func TestHarmless(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range harmless {
		cases := askedOf(t, book, text, "").AbuseCases
		if len(cases) > 2 {
			t.Errorf("%s: %d findings", name, len(cases))
		}
		for _, c := range cases {
			if c.Factors.Harm == "danger" {
				t.Errorf("%s: %s is called dangerous", name, c.Title)
			}
		}
	}
}

// TestOnlyClaimsCount asks about texts that only put off, exclude, ask or deny what the rules look for.
func TestOnlyClaimsCount(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"# Album\n\n## Out of scope\n\n- Anyone with the link can open the album.\n- Support can log in as any customer.\n",
		"# Album\n\n## Open questions\n\n- Should anyone with the link be able to open the album?\n- Can support log in as any customer?\n",
		"# Album\n\nSupport cannot log in as a customer.\n",
		"# Album\n\n<!-- Anyone with the link can open the album. Admins can do everything. -->\n\nThe album has a cover.\n",
	} {
		if cases := askedOf(t, book, text, "").AbuseCases; len(cases) > 0 {
			t.Errorf("%q: found %q", text, cases[0].Title)
		}
	}
}

// TestNormalLength asks about a text of an ordinary length, full of weaknesses: no more than a meeting can take.
func TestNormalLength(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	text := manyExamples(readExamples(t))
	for at, n := 0, 0; at < len(text); at++ {
		if text[at] == '\n' {
			if n++; n == 150 {
				text = text[:at]
			}
		}
	}
	if n := len(askedOf(t, book, text, "").AbuseCases); n < 6 || n > 20 {
		t.Errorf("%d findings", n)
	}
}

// TestFewAndDistinct asks about a long text full of weaknesses and wants a bounded list without repeats, each with evidence.
func TestFewAndDistinct(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	text := manyExamples(readExamples(t))
	set := askedOf(t, book, strings.Repeat(text, 2), "")
	if n := len(set.AbuseCases); n < 10 || n > mostFindings {
		t.Errorf("%d findings", n)
	}
	weak := map[string]string{}
	for _, c := range set.AbuseCases {
		r := book.rule(c.Rule)
		if other, twice := weak[r.Weakness]; twice && r.Limit == 1 {
			t.Errorf("%s and %s say the same", other, c.Rule)
		}
		weak[r.Weakness] = c.Rule
		if len(c.Evidence.Sentences) == 0 || len(c.Evidence.Sentences) > mostEvidence {
			t.Errorf("%s stands on %d sentences", c.Rule, len(c.Evidence.Sentences))
		}
	}
}

// TestSafeguardLowers wants a safeguard in another section to lower a finding, not to hide it.
func TestSafeguardLowers(t *testing.T) {
	book, err := builtinRules()
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("The page has a heading.\n\n", 8)
	text := "# Console\n\n## Dashboard\n\nSupport can log in as any customer.\n\n## Page\n\n" + filler
	plain := askedOf(t, book, text, "acting-as-customer").AbuseCases
	eased := askedOf(t, book, text+"## Data\n\nThe customer approves each visit of support.\n", "acting-as-customer").AbuseCases
	if len(plain) != 1 || len(eased) != 1 {
		t.Fatalf("%d and %d findings", len(plain), len(eased))
	}
	if len(plain[0].Safeguards) != 0 || len(eased[0].Safeguards) != 1 {
		t.Errorf("in place: %q without the safeguard and %q with it", plain[0].Safeguards, eased[0].Safeguards)
	}
}

// TestPhrases matches phrases of every form.
func TestPhrases(t *testing.T) {
	tests := []struct {
		phrase, text string
		want         bool
	}{
		{"share|send link", "We share the link.", true},
		{"share|send link", "The link is shared.", false},
		{"link & share|send", "The link is shared.", true},
		{"share link", "We share with each of them the link.", false},
		{"share ... link", "We share with each of them the link.", true},
		{"sign_in|log_in", "Please log in.", true},
		{"sign_in|log_in", "Please sign here in ink.", false},
		{"$who can", "Every guest can come.", true},
		{"password", "No password is needed.", false},
		{"no password", "No password is needed.", true},
		{"without password", "It opens without a password.", true},
		{"password", "It opens without a password.", false},
	}
	for _, tt := range tests {
		b := newPhrasebook(map[string][]string{"who": {"guest", "board member"}})
		id, err := b.add(tt.phrase)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := document.Parse(t.Context(), []byte(tt.text), document.Options{Format: document.Markdown})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(b.scanner().scan(reading.Read(doc))[id]) > 0; got != tt.want {
			t.Errorf("%q in %q: %v", tt.phrase, tt.text, got)
		}
	}
}

// TestTidy holds the joining of words to what people write.
func TestTidy(t *testing.T) {
	words := map[string]string{"thing": "the card number", "many": "photos", "none": "", "who": "hourly worker"}
	tests := []struct{ text, want string }{
		{"their {thing} leaks", "Their card number leaks"},
		{"what if the {thing} that the law guards leaks?", "What if the card number that the law guards leaks?"},
		{"{a thing} and {a who}", "A card number and an hourly worker"},
		{"{many} is kept", "Photos are kept"},
		{"the age of {many} is kept", "The age of photos is kept"},
		{"{many who} and {one many}", "Hourly workers and photo"},
		{"gone[, with {none}]. all of {them many}", "Gone. All of them"},
		{"{none|the page} opens", "The page opens"},
		{"wrong {thing}", "Wrong card number"},
	}
	for _, tt := range tests {
		fill, err := parseFill(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := fill.with(words); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
}
