package rules

import (
	"slices"
	"testing"
)

// TestTerseFlows reads flows that notes and tables tell without a verb that moves data, and notes that tell none.
func TestTerseFlows(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"- High value: pickup code from the customer.", "customer → product: pickup code"},
		{"- Reminder to the owner with the invoice number after 30 days.", "product → owner: invoice number"},
		{"## Members\n\nThe member joins.\n\n- Sign-up: name, phone number, date of birth", "member → product: phone number"},
		{"- The customer sees the courier\n  - Name, phone number, licence plate", "product → customer: phone number"},
		{"| Field | Source |\n|---|---|\n| Home address | Patient |\n", "patient → product: home address"},
		{"| With | What | How |\n|---|---|---|\n| Insurer | Name, diagnosis | daily |\n", "product → insurer: diagnosis"},
		{"Each payment is shown to the parent and the teacher, with the amount.", "product → teacher: payment"},
		{"The insurer is given the odometer reading.", "product → insurer: odometer reading"},
		{"The driver's tablet shows the customer's phone number.", "product → driver: phone number"},
		{"- No name, no phone number to the owner.", "-"},
	} {
		_, _, _, found, _, _, _ := names(factsOf(t, "one.md", "# Overview\n\nIntroduction.\n\n"+c.text+"\n").set)
		if c.want == "-" && slices.ContainsFunc(found, func(f string) bool {
			return sameFlow(f, "product → customer: phone number") || sameFlow(f, "product → owner: phone number")
		}) ||
			c.want != "-" && !slices.ContainsFunc(found, func(f string) bool { return sameFlow(f, c.want) }) {
			t.Errorf("%s\n  found %q, want %q", c.text, found, c.want)
		}
	}
}

// TestStepsOfTables reads steps from the rows of a table.
func TestStepsOfTables(t *testing.T) {
	set := factsOf(t, "one.md", "# Beds\n\nIntroduction.\n\n| # | Step | By | What happens |\n|---|---|---|---|\n| 1 | Reserve | Porter | Holds the bed for an hour |\n").set
	if len(set.Steps) != 1 || set.Steps[0].Actor != "porter" || set.Steps[0].Text != "holds the bed for an hour" {
		t.Errorf("found %+v", set.Steps)
	}
}
