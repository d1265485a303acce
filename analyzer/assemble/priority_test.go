package assemble

import (
	"strings"
	"testing"

	"whatif/analyzer/proposal"
	"whatif/analyzer/threatmodel"
)

func TestWeigh(t *testing.T) {
	secret := []threatmodel.Asset{{Name: "card number", Sensitivity: "high"}}
	trivial := []threatmodel.Asset{{Name: "theme", Sensitivity: "low"}}
	guard := []threatmodel.Safeguard{{Text: "Links expire after 7 days."}}
	tests := []struct {
		what       string
		f          proposal.Factors
		assets     []threatmodel.Asset
		safeguards []threatmodel.Safeguard
		want       string // likelihood, severity, priority
	}{
		{"worst", proposal.Factors{Reach: "anyone", Needs: "nothing", Scale: "all", Undo: "never", Harm: "danger"}, secret, nil, "high high high"},
		{"a link that opens for anyone", proposal.Factors{Reach: "anyone", Needs: "a_link", Scale: "some", Undo: "never", Harm: "loss"}, secret, nil, "high medium high"},
		{"the same, of something trivial", proposal.Factors{Reach: "anyone", Needs: "a_link", Scale: "some", Undo: "never", Harm: "loss"}, trivial, nil, "high medium medium"},
		{"the same, with a safeguard", proposal.Factors{Reach: "anyone", Needs: "a_link", Scale: "some", Undo: "never", Harm: "loss"}, secret, guard, "medium medium medium"},
		{"any user, a loss", proposal.Factors{Reach: "user", Needs: "an_account", Scale: "some", Undo: "with_effort", Harm: "loss"}, nil, nil, "medium medium medium"},
		{"staff", proposal.Factors{Reach: "staff", Needs: "inside_access", Scale: "all", Undo: "never", Harm: "loss"}, secret, nil, "medium high medium"},
		{"an admin annoys", proposal.Factors{Reach: "admin", Needs: "inside_access", Scale: "one", Undo: "easily", Harm: "annoyance"}, trivial, nil, "low low low"},
		{"nothing known", proposal.Factors{}, nil, nil, "medium medium medium"},
		{"unknown words", proposal.Factors{Reach: "martians", Harm: "NaN"}, nil, nil, "medium medium medium"},
	}
	for _, tt := range tests {
		w := weigh(tt.f, threatmodel.Medium, tt.assets, tt.safeguards)
		if got := strings.Join([]string{string(w.likelihood), string(w.severity), string(w.priority)}, " "); got != tt.want {
			t.Errorf("%s: %s, want %s (score %.2f)", tt.what, got, tt.want, w.score)
		}
		if !strings.HasSuffix(w.reason, ".") || strings.ToUpper(w.reason[:1]) != w.reason[:1] || strings.Contains(w.reason, "  ") {
			t.Errorf("%s: reason %q", tt.what, w.reason)
		}
	}
}

// TestWeighIsOrdered checks that each more safeguard makes a case no more pressing, and worse data no less.
func TestWeighIsOrdered(t *testing.T) {
	f := proposal.Factors{Reach: "user", Needs: "an_account", Scale: "some", Undo: "never", Harm: "loss"}
	last := 10.0
	for n := range 5 {
		w := weigh(f, threatmodel.High, nil, make([]threatmodel.Safeguard, n))
		if w.score > last {
			t.Errorf("%d safeguards: %.2f after %.2f", n, w.score, last)
		}
		last = w.score
	}
	last = 0
	for _, level := range []threatmodel.Level{"low", "medium", "high"} {
		w := weigh(f, threatmodel.High, []threatmodel.Asset{{Name: "x", Sensitivity: level}}, nil)
		if w.score <= last {
			t.Errorf("%s: %.2f after %.2f", level, w.score, last)
		}
		last = w.score
	}
	if weigh(f, threatmodel.Low, nil, nil).score >= weigh(f, threatmodel.High, nil, nil).score {
		t.Error("low confidence does not matter")
	}
}
