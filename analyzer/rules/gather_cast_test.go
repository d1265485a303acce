package rules

import "testing"

// TestCastOfSentences names who and what takes part in short texts, and who only seems to.
func TestCastOfSentences(t *testing.T) {
	for _, c := range []struct {
		text                 string
		actors, dependencies []string
		not                  []string // neither the one nor the other
	}{
		{text: "The claims desk checks each photo.", actors: []string{"claims desk"}},
		{text: "Access ends when People Services closes the record.", actors: []string{"People Services"}},
		{text: "## Users\n\n- **Group guides:** freelancers who lead tours.\n\n## Tours\n\nGuides see the class list.", actors: []string{"group guide"}},
		{text: "| Role | May |\n|---|---|\n| Respondent | answer the claim |\n| Bailiff | read the judgment |", actors: []string{"respondent", "bailiff"}},
		{text: "### Ros, till colleague\n\nServes 300 customers on a Saturday.", actors: []string{"till colleague"}},
		{text: "The laboratory assistant enters the values.", actors: []string{"laboratory assistant"}},
		{text: "Retail representatives activate the card in the shop.", actors: []string{"retail representative"}},
		{text: "Any person can see the opening hours, and so can everyone else.", not: []string{"person", "everyone"}},
		{text: "The app also works with poor reception.", not: []string{"reception"}},
		{text: "Interest from banks was strong.", not: []string{"bank"}},
		{text: "The repair kit comes from Hartmann & Sons.", not: []string{"son"}},
		{text: "During the pilot we look at the figures every week.", not: []string{"pilot"}},
		{text: "Each quote is checked by Kreditwerk before it is shown.", dependencies: []string{"Kreditwerk"}},
		{text: "We pass the number on to Brightcall, our dialling vendor.", dependencies: []string{"Brightcall"}},
		{text: "Orders are imported from TillTop. If TillTop is down, the stock is wrong.", dependencies: []string{"TillTop"}},
		{text: "Spot prices are fetched from EPEX every day.", dependencies: []string{"EPEX"}},
		{text: "Codes go out through CM.com within seconds.", dependencies: []string{"CM.com"}},
		{text: "The announcement is transferred to the weighbridge system of the company Waagetec.", dependencies: []string{"weighbridge system", "Waagetec"}},
		{text: "| System | Data | Direction |\n|---|---|---|\n| Exact Online | invoices | out |\n| Payroll | hours | in |", dependencies: []string{"Exact Online", "Payroll"}},
		{text: "## Outside services\n\nFjordpay for pay-outs, Textwave for SMS, Geoscope for maps.", dependencies: []string{"Fjordpay", "Textwave", "Geoscope"}},
		{text: "Lincoln Elementary is one of the schools that Maya visited.", not: []string{"Lincoln", "Maya"}},
		{text: "Each TradeHistory has a date and an amount.", not: []string{"TradeHistory"}},
		{text: "The list can be exported to CSV or PDF.", not: []string{"CSV", "PDF"}},
		{text: "Our design system defines the colours.", not: []string{"design system"}},
		{text: "Unlike Wanderbase, we show the price first.", not: []string{"Wanderbase"}},
	} {
		_, actors, dependencies, _, _, _, _ := names(factsOf(t, "one.md", "# Overview\n\nIntroduction.\n\n"+c.text+"\n").set)
		for _, want := range c.actors {
			if !find(actors, want) {
				t.Errorf("%s\n  no actor %q among %q", c.text, want, actors)
			}
		}
		for _, want := range c.dependencies {
			if !find(dependencies, want) {
				t.Errorf("%s\n  no dependency %q among %q", c.text, want, dependencies)
			}
		}
		for _, not := range c.not {
			if find(actors, not) || find(dependencies, not) {
				t.Errorf("%s\n  %q takes part: %q, %q", c.text, not, actors, dependencies)
			}
		}
	}
}
