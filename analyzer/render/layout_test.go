package render

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	tm "whatif/analyzer/threatmodel"
)

// drawnFlows draws a draft of up to 40 parties of all zones and up to 60 flows between them.
func drawnFlows() *rapid.Generator[*tm.Draft] {
	return rapid.Custom(func(t *rapid.T) *tm.Draft {
		d := &tm.Draft{}
		names := []string{"the product"}
		for i := range rapid.IntRange(1, 39).Draw(t, "parties") {
			name := fmt.Sprintf("party %d %s", i, strings.Repeat("long name ", rapid.IntRange(0, 6).Draw(t, "words")))
			names = append(names, name)
			if kind := rapid.SampledFrom(append([]tm.ActorKind{"", ""}, tm.ActorKinds...)).Draw(t, "kind"); kind != "" {
				d.Actors = append(d.Actors, tm.Actor{Name: name, Kind: kind})
			} else {
				d.Dependencies = append(d.Dependencies, tm.Dependency{Name: name, Kind: rapid.SampledFrom(tm.DependencyKinds).Draw(t, "dependency")})
			}
		}
		for i := range 6 {
			d.Assets = append(d.Assets, tm.Asset{ID: fmt.Sprint(i), Name: strings.Repeat("asset of some length ", i+1) + strings.Repeat("x", 10*i)})
		}
		for range rapid.IntRange(0, 60).Draw(t, "flows") {
			d.DataFlows = append(d.DataFlows, tm.DataFlow{Source: rapid.SampledFrom(names).Draw(t, "from"), Destination: rapid.SampledFrom(names).Draw(t, "to"),
				Data: rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1", "2", "3", "4", "5"}), 0, 4).Draw(t, "data"), Action: "sends"})
		}
		return d
	})
}

// TestLayoutNeverOverlaps holds for any flows: boxes, labels and stretches of wires keep apart, and all lie on the canvas.
func TestLayoutNeverOverlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newGraph(newView(drawnFlows().Draw(t, "draft"), ""))
		if len(g.edges) == 0 {
			return
		}
		d := layout(g)
		boxes := append([]box(nil), d.nodes...)
		for _, w := range d.wires {
			boxes = append(boxes, labelBox(w))
			for _, line := range w.lines {
				if textWidth(line) > labelWidth {
					t.Fatalf("the label %q does not fit", line)
				}
			}
		}
		for i, a := range boxes {
			if a.x < 0 || a.y < 0 || a.x+a.w > d.w || a.y+a.h > d.h {
				t.Fatalf("%+v lies off the canvas of %d by %d", a, d.w, d.h)
			}
			for _, b := range boxes[i+1:] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Fatalf("%+v and %+v overlap", a, b)
				}
			}
		}
		stretchesApart(t, d)
	})
}

func labelBox(w wire) box {
	width := 0
	for _, l := range w.lines {
		width = max(width, textWidth(l))
	}
	h := len(w.lines) * lineHeight
	return box{x: w.labelX - width/2, y: w.labelY + 3 - h, w: width, h: h - 1, title: strings.Join(w.lines, " ")}
}

// stretchesApart fails if stretches of two wires lie on each other, or if one runs through a box that it does not end at.
func stretchesApart(t *rapid.T, d *drawing) {
	type stretch struct{ a, b, at, wire int }
	var across, down []stretch
	for i, w := range d.wires {
		for j := 1; j < len(w.points); j++ {
			p, q := w.points[j-1], w.points[j]
			if p[1] == q[1] {
				across = append(across, stretch{min(p[0], q[0]), max(p[0], q[0]), p[1], i})
			} else {
				down = append(down, stretch{min(p[1], q[1]), max(p[1], q[1]), p[0], i})
			}
		}
	}
	for _, all := range [][]stretch{across, down} {
		for i, a := range all {
			for _, b := range all[i+1:] {
				if a.wire != b.wire && a.at == b.at && a.a < b.b && b.a < a.b {
					t.Fatalf("wires %d and %d lie on each other", a.wire, b.wire)
				}
			}
		}
	}
	solid := append([]box(nil), d.nodes...)
	for _, w := range d.wires {
		solid = append(solid, labelBox(w))
	}
	for _, n := range solid {
		for _, s := range across {
			if s.at > n.y && s.at < n.y+n.h && s.a < n.x+n.w && n.x < s.b {
				t.Fatalf("wire %d runs through %q", s.wire, n.title)
			}
		}
		for _, s := range down {
			if s.at > n.x && s.at < n.x+n.w && s.a < n.y+n.h && n.y < s.b {
				t.Fatalf("wire %d runs through %q", s.wire, n.title)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		lines int
		want  string
	}{
		{"one two three", 400, 2, "one two three"},
		{"email address and more", 80, 2, "email|address an…"},
		{"", 80, 2, ""},
		{"漢字漢字漢字漢字漢字漢字", 60, 2, "漢字漢字漢|字漢字漢…"},
	} {
		if got := strings.Join(wrap(c.text, c.width, c.lines), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestGraphZones(t *testing.T) {
	d, _ := sample(t)
	g := newGraph(newView(d, ""))
	got := map[string]zone{}
	for _, n := range g.nodes {
		got[n.name] = n.zone
	}
	for name, want := range map[string]zone{"workspace admin": people, "support agent": staff, "The product": product, "audit log": internal, "Slack": outside} {
		if z, ok := got[name]; !ok || z != want {
			t.Errorf("%s stands in zone %d (%v), want %d", name, z, ok, want)
		}
	}
	if strings.Join(g.quiet, ",") != "single sign-on" {
		t.Errorf("without a flow: %q", g.quiet)
	}
}
