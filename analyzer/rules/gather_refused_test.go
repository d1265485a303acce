package rules

import (
	"slices"
	"testing"
)

func TestRefusedColumns(t *testing.T) {
	set := factsOf(t, "rights.md", "# Marina\n\n| Role | May | May not |\n|---|---|---|\n| Nurse | Read the chart | Delete a diagnosis |\n").set
	rights := 0
	for _, a := range set.Actors {
		rights += len(a.Privileges)
		for _, p := range a.Privileges {
			if p.Text != "can read the chart" {
				t.Errorf("%s %s", a.Name, p.Text)
			}
		}
	}
	if rights != 1 {
		t.Errorf("%d rights, want 1", rights)
	}
}

func TestCoinedSubjects(t *testing.T) {
	set := factsOf(t, "names.md", "# Marina\n\nWaveMind decides who gets a berth.\n\nFleetBrain SHALL compute the berth fee.\n").set
	var found []string
	for _, d := range set.Dependencies {
		found = append(found, d.Name)
	}
	if want := []string{"FleetBrain", "WaveMind"}; len(found) != 2 || !slices.Contains(found, want[0]) || !slices.Contains(found, want[1]) {
		t.Errorf("got %q, want %q", found, want)
	}
}
