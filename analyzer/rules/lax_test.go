package rules

import "testing"

// TestLax checks that a sentence that lets something happen is no safeguard, whatever limit it names, and that one that goes on
// to the case where a control holds is.
func TestLax(t *testing.T) {
	for text, want := range map[string]bool{
		"Repairs of up to 600 pounds SHALL be paid without a surveyor looking at the damage.":              false,
		"A grant of up to 2,000 euros is approved without a person reading the application.":               false,
		"Anonymised footfall data is sold to the shopping centre's investors.":                             false,
		"Guests can't opt out of the occupancy camera in the first release.":                               false,
		"The starting password is the last six digits of the passport until you change it.":                false,
		"A donation cannot be reversed.":                                                                   false,
		"A complaint may be reopened up to five times.":                                                    false,
		"The hotel can hide reviews under four stars.":                                                     false,
		"Reports cannot be exported without approval.":                                                     true,
		"Vouchers up to 20 euros are refunded without a check, above that a manager approves.":             true,
		"Location data is never sold.":                                                                     true,
		"Members can opt out at any time.":                                                                 true,
		"A booking can be moved at most three times.":                                                      true,
		"The initial PIN must be changed at first use and expires after one day.":                          true,
		"Refunds of up to 50 pounds are paid without a receipt only if the order is found in the account.": true,
		"Parcels worth up to 300 euros may be handed over with no signature.":                              false,
		"Patients who do not want this cannot use the service.":                                            false,
		"Masked call lists are traded to advertisers.":                                                     false,
		"A manager cannot approve their own refunds.":                                                      true,
	} {
		f := factsOf(t, "trade.md", "# Trade\n\n## Requirements\n\n- "+text+"\n")
		if got := len(f.set.Safeguards) > 0; got != want {
			t.Errorf("%s: safeguard %v, want %v", text, got, want)
		}
	}
}
