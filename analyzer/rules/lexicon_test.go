package rules

import "testing"

func TestBuiltInLexicon(t *testing.T) {
	l, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	perClass := map[class]int{}
	for _, e := range l.entries {
		names += len(e.Names)
		perClass[e.Class]++
	}
	t.Logf("%d entries, %d names: %v", len(l.entries), names, perClass)
	if names < 1500 {
		t.Errorf("%d names, want at least 1,500", names)
	}
}
