package llm

import "testing"

func TestCapital(t *testing.T) {
	for in, want := range map[string]string{"": "", "movements are known": "Movements are known", "élan": "Élan", "7 days": "7 days", "Nobody": "Nobody"} {
		if got := capital(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestAlike(t *testing.T) {
	a, b := meaning("Anyone who has the link reads the invoices"), meaning("Invoices are read by whoever has a link")
	if got := alike(a, b); got < 0.99 {
		t.Errorf("the same in other words is alike by %.2f", got)
	}
	if got := alike(a, meaning("The kiln is hot")); got != 0 {
		t.Errorf("strangers are alike by %.2f", got)
	}
}
