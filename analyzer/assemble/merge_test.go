package assemble

import (
	"slices"
	"testing"

	"whatif/analyzer/ground"
	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

// TestGroupNames checks which names are one thing and which are not.
func TestGroupNames(t *testing.T) {
	tests := []struct {
		names []string
		want  int // groups
	}{
		{[]string{"primary account number", "PAN"}, 1},
		{[]string{"primary account number", "personal access name", "PAN"}, 3}, // nobody knows which
		{[]string{"PAN", "Primary Account Numbers (PAN)"}, 1},
		{[]string{"PAN (primary account number)", "primary account number"}, 1},
		{[]string{"email address", "E-mail addresses", "their email_address", "the user's email address"}, 1},
		{[]string{"card number", "gift card number", "number"}, 3},
		{[]string{"patient letter", "doctor letter"}, 2},
		{[]string{"pan", "primary account number"}, 2}, // a word, no acronym
	}
	for _, tt := range tests {
		var all []member[proposal.Asset]
		for i, n := range tt.names {
			all = append(all, member[proposal.Asset]{ground.Held[proposal.Asset]{Item: proposal.Asset{Name: n},
				Citations: []threatmodel.Citation{{Sentence: i + 1}}}, threatmodel.FromRules})
		}
		called := func(x *proposal.Asset) (string, []string) { return x.Name, x.Aliases }
		if got := group(all, callKeys(all, called)); len(got) != tt.want {
			t.Errorf("%q: %d groups, want %d", tt.names, len(got), tt.want)
		}
	}
}

func TestCallOf(t *testing.T) {
	c := callOf([]string{"PII", "personally identifiable information"}, []string{"pii", "personal information"})
	if c.name != "personally identifiable information" || c.meaning != c.name || !slices.Equal(c.aliases, []string{"PII", "personal information"}) {
		t.Errorf("%+v", c)
	}
	if a, b := callOf([]string{"emails", "e-mail address"}, nil), callOf([]string{"e-mail address", "emails"}, nil); a.meaning != b.meaning {
		t.Errorf("the id hangs on the order: %q, %q", a.meaning, b.meaning)
	}
}

func TestUnite(t *testing.T) {
	got := unite([]threatmodel.Citation{{Sentence: 4, Match: "fuzzy"}, {Sentence: 9, Match: "exact"}}, []threatmodel.Citation{{Sentence: 4, Match: "exact"}, {Sentence: 2, Match: "normalized"}})
	want := []threatmodel.Citation{{Sentence: 2, Match: "normalized"}, {Sentence: 4, Match: "exact"}, {Sentence: 9, Match: "exact"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
