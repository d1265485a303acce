package framework_test

import (
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/reading"
)

// coreKeys are the vocabulary that rules, reports and gold labels share.
var coreKeys = strings.Fields(`data.collected data.sensitivity data.destination data.excess data.retention
	actors.who actors.privileges actors.initiate actors.identity actors.recovery flow.integrity flow.recipient
	misuse.gain misuse.who_benefits misuse.edge_cases dependencies.failure dependencies.compromise
	consequences.users consequences.business consequences.reputation consequences.compliance`)

// packKeys are the packs, with one question for each thing that they are about.
var packKeys = map[string]string{
	"signin":        "stolen_password bypass recovery open_session shared_device account_closed",
	"export":        "initiate destination integrity wrong_recipient excess forwarded expiry",
	"payments":      "edge_case double_spend refund_elsewhere stacking self_referral chargeback",
	"content":       "harassment spam malware impersonation evidence moderation",
	"admin":         "curiosity impersonation bulk trace leavers",
	"location":      "stalking default_on precision lost_device resold_device spoofed",
	"ai":            "hidden_instructions secrets made_up training actions",
	"integrations":  "outage takeover stolen_token scraping forged_callback",
	"vulnerable":    "consent leak law guardian decision",
	"public":        "scraping enumeration doxxing gaming search_engines",
	"notifications": "lock_screen lookalike recycled flood opt_out",
	"removal":       "leftovers backups legal_hold on_request wrongful",
}

func TestBuiltinKeys(t *testing.T) {
	fw := builtin(t)
	var core []string
	for _, q := range fw.Questions[:len(coreKeys)] {
		core = append(core, q.Key)
	}
	if !slices.Equal(core, coreKeys) {
		t.Errorf("core questions are %v, want %v", core, coreKeys)
	}
	if len(fw.Packs) != len(packKeys) {
		t.Errorf("%d packs, want %d", len(fw.Packs), len(packKeys))
	}
	for pack, want := range packKeys {
		var got []string
		for _, q := range fw.InPack(pack) {
			got = append(got, strings.TrimPrefix(q.Key, pack+"."))
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("pack %s asks %v, want %v", pack, got, want)
		}
	}
	var steps []string
	for _, s := range fw.Steps {
		steps = append(steps, s.Key)
	}
	if want := []string{"step.someone_else", "step.twice", "step.never_finishes", "step.bots", "step.false_answer"}; !slices.Equal(steps, want) {
		t.Errorf("steps ask %v, want %v", steps, want)
	}
	if fw.ID() != "product-manager/1" {
		t.Errorf("the framework is %s", fw.ID())
	}
}

// TestBuiltinTexts checks what the loader cannot: that texts differ, say what they should and need no dictionary.
func TestBuiltinTexts(t *testing.T) {
	seen := map[string]string{}
	once := func(key, text string) {
		if before, ok := seen[strings.ToLower(text)]; ok {
			t.Errorf("%s and %s say the same: %q", before, key, text)
		}
		seen[strings.ToLower(text)] = key
	}
	fw := builtin(t)
	for _, q := range fw.Questions {
		for _, text := range []string{q.Text, q.Why, q.Good, q.Example} {
			once(q.Key, text)
			plainEnglish(t, q.Key, text)
		}
		if !strings.HasSuffix(q.Text, "?") && !strings.Contains(q.Text, "? ") {
			t.Errorf("%s asks nothing: %q", q.Key, q.Text)
		}
		alien(t, q.Key, q.Example)
	}
	for _, s := range fw.Steps {
		for _, text := range []string{s.Text, s.Why, s.Good, s.Example} {
			once(s.Key, text)
			plainEnglish(t, s.Key, text)
		}
		alien(t, s.Key, s.Example)
	}
}

// plainEnglish refuses the trade's own words: the questions are for product managers.
func plainEnglish(t *testing.T, key, text string) {
	t.Helper()
	for _, w := range reading.Words(text) {
		switch w.Form {
		case "threat", "vulnerability", "mitigate", "mitigation", "exploit", "payload", "hash", "encryption", "encrypted", "tls",
			"oauth", "csrf", "xss", "stride", "spoofing", "vector", "adversary", "authentication", "authorization", "cryptographic":
			t.Errorf("%s uses %q: %q", key, w.Form, text)
		}
	}
}

// alien refuses examples about the products that people will analyse: a model copies its examples.
func alien(t *testing.T, key, example string) {
	t.Helper()
	for _, w := range reading.Words(example) {
		switch w.Form {
		case "ssn", "iban", "hospital", "bank", "invoice", "workspace", "tenant", "dashboard", "oauth", "stripe", "slack", "crm", "ecommerce":
			t.Errorf("%s: the example is too near to real products: %q", key, example)
		}
	}
}

func TestSignsAreNotShared(t *testing.T) {
	fw := builtin(t)
	seen := map[string]string{}
	for _, q := range fw.Questions[:len(coreKeys)] {
		mine := map[string]bool{}
		for _, p := range q.Parts {
			for _, sign := range p.Signs {
				mine[stems(sign)] = true
			}
		}
		if len(mine) < 8 {
			t.Errorf("%s has %d signs, which is few", q.Key, len(mine))
		}
		for sign := range mine {
			if other, ok := seen[sign]; ok {
				t.Errorf("%s and %s share the sign %q", other, q.Key, sign)
			}
			seen[sign] = q.Key
		}
	}
}

// TestPackSigns checks that a feature's signs are different ones: each is counted.
func TestPackSigns(t *testing.T) {
	for _, p := range builtin(t).Packs {
		seen := map[string]string{}
		for _, sign := range p.Signs {
			for alternative := range strings.SplitSeq(sign, "|") {
				if strings.Contains(sign, " ") {
					alternative = sign
				}
				if other, ok := seen[stems(alternative)]; ok && other != sign {
					t.Errorf("pack %s: %q and %q are found in the same words", p.Key, other, sign)
				}
				seen[stems(alternative)] = sign
			}
		}
	}
}

func stems(sign string) string {
	return strings.Join(reading.Stems(strings.ReplaceAll(sign, "_", " ")), " ")
}

func TestLookups(t *testing.T) {
	fw := builtin(t)
	if q := fw.Question("export.forwarded"); q == nil || q.Pack != "export" || q.Theme != "" {
		t.Errorf("export.forwarded is %+v", q)
	}
	if q := fw.Question("data.retention"); q == nil || q.Pack != "" || q.Theme != "data" || len(q.Parts) != 2 || len(q.Signs) == 0 {
		t.Errorf("data.retention is %+v", q)
	}
	if fw.Question("data.nothing") != nil || fw.Pack("nothing") != nil || fw.Pack("export") == nil {
		t.Error("keys are found that are not there, or not found")
	}
	if n := len(fw.InTheme("actors")); n != 5 {
		t.Errorf("%d questions about actors", n)
	}
	for _, q := range fw.Questions {
		for _, s := range q.Signs {
			if strings.ContainsAny(s, "|_") {
				t.Errorf("%s is to be searched for %q, which is no plain text", q.Key, s)
			}
		}
	}
}
