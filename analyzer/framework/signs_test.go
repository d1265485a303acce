package framework_test

import (
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/framework"
	"whatif/analyzer/reading"
)

// answers maps a question to sentences that answer it, wholly or in part, and to sentences that only touch its topic.
var answers = map[string]struct{ yes, no []string }{
	"data.collected": {
		yes: []string{"We store the pet's name, breed and chip number.", "The form asks for name, address and a short note.", "The system records the time of every visit.", "The following fields are required: title, price, weight."},
		no:  []string{"Data is important to our strategy.", "Storage costs went up last year.", "Users want a faster form."},
	},
	"data.sensitivity": {
		yes: []string{"Salary figures are treated as confidential.", "This is special category data.", "The export contains personal data of guests.", "If leaked, the list would show who is in therapy.", "Meter readings are considered personal data."},
		no:  []string{"The slider is less sensitive on small screens.", "Users are price sensitive.", "The data team owns this dashboard."},
	},
	"data.destination": {
		yes: []string{"Photos are uploaded to our own bucket in Frankfurt.", "Addresses are shared with the courier.", "Readings never leave the phone.", "The transcript is sent to the vendor, who holds a copy for a month."},
		no:  []string{"Users come from many places.", "The destination airport is shown in bold."},
	},
	"data.excess": {
		yes: []string{"The public page shows only the first name.", "Card numbers are masked except for the last four digits.", "The response must not include email addresses.", "Admins see aggregated data only.", "Managers see only their own team's rows."},
		no:  []string{"There is too much data on the page for small screens.", "We want to show more data to users."},
	},
	"data.retention": {
		yes: []string{"Recordings are kept for 90 days.", "Uploads are deleted after the order ships.", "Logs older than 12 months are purged.", "We retain invoices for ten years.", "The audio is not stored.", "The retention period is two years.", "A nightly job removes drafts that nobody opened."},
		no:  []string{"Retention of users after day 30 rose to 40%.", "The session stays on the same page.", "The store keeps growing."},
	},
	"actors.who": {
		yes: []string{"The tool is used by the dispatchers and drivers.", "It integrates with the warehouse system.", "Target users are nurses on night shifts.", "No other systems are involved."},
		no:  []string{"The plan was written in March.", "Performance matters."},
	},
	"actors.privileges": {
		yes: []string{"Editors can change the text but cannot publish.", "Only admins can see salaries.", "Access is granted by the workspace owner.", "Viewers have read-only access.", "Permissions follow the role matrix."},
		no:  []string{"The app is accessible and fast.", "The role of the product is to save time."},
	},
	"actors.initiate": {
		yes: []string{"Only the account owner can start a transfer.", "Payments above 500 require approval by a second person.", "The owner is notified whenever somebody changes the address.", "Users must confirm with their PIN.", "An export can only be started by an admin."},
		no:  []string{"The wizard starts automatically.", "The owner of this document is Lee."},
	},
	"actors.identity": {
		yes: []string{"Staff sign in with single sign-on.", "Guests must be logged in to vote.", "After five failed attempts the account is locked.", "Sessions expire after an hour.", "Two-factor authentication is required for admins.", "Each partner is authenticated with an API key per store."},
		no:  []string{"Identity is a brand topic.", "The login page gets a new colour."},
	},
	"actors.recovery": {
		yes: []string{"Users can reset their password by email.", "The reset link expires after one hour.", "If someone loses their phone, a recovery code gets them back in.", "Support must verify the caller before changing the number.", "The old email address is notified of the change."},
		no:  []string{"Recovery from illness takes time.", "The filter can be reset."},
	},
	"flow.integrity": {
		yes: []string{"Each webhook is signed and the signature is verified.", "A checksum is stored with each file.", "Totals are reconciled against the ledger every night.", "All traffic goes over HTTPS.", "Duplicate messages are ignored.", "The server recalculates the price."},
		no:  []string{"Integrity is one of our values.", "The contract was signed in May."},
	},
	"flow.recipient": {
		yes: []string{"Links expire after seven days.", "Recipients must sign in before they open the file.", "The owner can revoke access at any time.", "Only invited people can see the board.", "The sender confirms the address before sending."},
		no:  []string{"The recipient enjoys a nice layout.", "Sharing makes people happy."},
	},
	"misuse.gain": {
		yes: []string{"An attacker could sell the list of addresses.", "Fraudsters may use this to cash out stolen cards.", "The feature could be abused to send spam.", "Abuse cases: see below.", "To prevent fraud, we cap the bonus."},
		no:  []string{"We gain new users.", "Customers benefit from faster delivery."},
	},
	"misuse.who_benefits": {
		yes: []string{"A competitor could copy our prices.", "Bots are blocked by a captcha.", "An ex-partner may try to find the new address.", "People might open fake accounts for the bonus.", "A malicious insider could read the notes."},
		no:  []string{"Competitors offer this feature already.", "Who benefits: all customers."},
	},
	"misuse.edge_cases": {
		yes: []string{"A coupon can be redeemed only once.", "If the user cancels half-way, the seat is released.", "Two people booking at the same time: the first one wins.", "At most three codes per customer.", "Negative amounts are refused.", "A double click must not charge twice."},
		no:  []string{"Users can cancel a subscription.", "We compete on price."},
	},
	"dependencies.failure": {
		yes: []string{"If the carrier is down, labels are queued and printed later.", "When the map service is unavailable, we fall back to the list.", "We retry up to three times.", "The page shows an error message when the provider does not respond."},
		no:  []string{"We depend on the success of the launch.", "The menu drops down."},
	},
	"dependencies.compromise": {
		yes: []string{"If the vendor is breached, we rotate the keys within an hour.", "Tokens are scoped to a single store.", "The integration can be disabled with a kill switch.", "Vendor data is treated as untrusted."},
		no:  []string{"We found a compromise between speed and cost.", "The vendor is cheap."},
	},
	"consequences.users": {
		yes: []string{"Patients could be harmed by a wrong dose.", "Users would lose their savings.", "There is a risk to children if the location leaks.", "A leak would be embarrassing for members.", "Identity theft is the main worry."},
		no:  []string{"Users love the new layout.", "It affects users in Canada first."},
	},
	"consequences.business": {
		yes: []string{"A wrong price would cost us about 40,000 a day.", "We risk fines of up to 4% of turnover.", "Chargeback fees hurt our margin.", "The launch would be delayed by a month.", "We are liable for lost parcels."},
		no:  []string{"It costs 5 a month.", "Business users get a new menu."},
	},
	"consequences.reputation": {
		yes: []string{"A leak would damage our reputation.", "Customers would lose trust in the brand.", "Bad press is likely.", "It would look careless to parents."},
		no:  []string{"The press release goes out in June.", "Users trust the tool."},
	},
	"consequences.compliance": {
		yes: []string{"GDPR applies, since we hold addresses.", "Parents give verifiable consent before the account opens.", "The legal team has approved the text.", "A DPIA was done.", "Card data stays with the processor, so PCI DSS scope is small."},
		no:  []string{"The rules of the game are simple.", "We act fast."},
	},
}

func TestSignsOfAnswers(t *testing.T) {
	fw := builtin(t)
	for _, q := range fw.Questions {
		if q.Pack != "" {
			continue
		}
		given, ok := answers[q.Key]
		if !ok {
			t.Errorf("%s has no answers to try", q.Key)
		}
		for _, text := range given.yes {
			if len(shown(&q, text)) == 0 {
				t.Errorf("%s: no sign in the answer %q", q.Key, text)
			}
		}
		for _, text := range given.no {
			if found := shown(&q, text); len(found) > 0 {
				t.Errorf("%s: %q answers nothing and shows %q", q.Key, text, found)
			}
		}
	}
}

func builtin(t *testing.T) *framework.Framework {
	t.Helper()
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return fw
}

// shown returns the signs of the question that stand in the text.
func shown(q *framework.Question, text string) []string {
	var found []string
	words := reading.Words(text)
	for _, p := range q.Parts {
		for _, sign := range p.Signs {
			if says(words, sign) {
				found = append(found, sign)
			}
		}
	}
	return found
}

// says reports whether the sign stands in the words, as the documentation of a Part says.
func says(words []reading.Word, sign string) bool {
	var pattern [][][]string // for each word its alternatives, as stems
	for word := range strings.FieldsSeq(sign) {
		var alternatives [][]string
		for alternative := range strings.SplitSeq(word, "|") {
			alternatives = append(alternatives, reading.Stems(strings.ReplaceAll(alternative, "_", " ")))
		}
		pattern = append(pattern, alternatives)
	}
	for i := range words {
		if follows(words, i, i, pattern) {
			return true
		}
	}
	return false
}

// follows reports whether the pattern begins at a word from first to last.
func follows(words []reading.Word, first, last int, pattern [][][]string) bool {
	if len(pattern) == 0 {
		return true
	}
	for i := first; i <= last; i++ {
		for _, stems := range pattern[0] {
			if i+len(stems) <= len(words) && slices.EqualFunc(words[i:i+len(stems)], stems, func(w reading.Word, s string) bool { return w.Stem == s }) &&
				follows(words, i+len(stems), i+len(stems)+2, pattern[1:]) {
				return true
			}
		}
	}
	return false
}
