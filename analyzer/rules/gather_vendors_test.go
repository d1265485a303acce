package rules

import (
	"slices"
	"strings"
	"testing"
)

// TestVendorsWithoutVerbs reads where the names of suppliers stand if no verb says what they do, and where such names are none.
func TestVendorsWithoutVerbs(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"If Corvane is down, the last forecast is used.", "Corvane"},
		{"| What fails | Then |\n|---|---|\n| Corvane down | orders wait |\n", "Corvane"},
		{"Frames are looked at by Corvane's nudity model.", "Corvane"},
		{"Units speak over the SIM of operator Corvane.", "Corvane"},
		{"- Map tiles: Corvane.", "Corvane"},
		{"One tap makes a code for the smart lock (Corvane).", "Corvane"},
		{"If the limits service does not answer, payments are approved.", "limits service"},
		{"Arrival times are taken from the badge gates.", "badge gates"},
		{"- Owner: Corvane", ""},
		{"The office (Corvane) opens at nine.", ""},
		{"Corvane's dog may come along.", ""},
		{"Data is stored in Corvane.", ""},
	} {
		var found []string
		for _, d := range factsOf(t, "one.md", "# Overview\n\nIntroduction.\n\n"+c.text+"\n").set.Dependencies {
			found = append(found, d.Name)
		}
		if c.want == "" && slices.Contains(found, "Corvane") || c.want != "" && !slices.Contains(found, c.want) {
			t.Errorf("%s\n  found %q, want %q", strings.TrimSpace(c.text), found, c.want)
		}
	}
}
