package eval

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

func compareDocuments(a, b *Document) int {
	return cmp.Or(cmp.Compare(a.Split, b.Split), cmp.Compare(a.Document, b.Document))
}

// title is how a kind is called in a table.
func title(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// WriteTable prints a report for people: for each split the rates of each kind, then a line for each document.
func (r *Report) WriteTable(w io.Writer) error {
	var b strings.Builder
	for i, s := range r.Splits {
		if i > 0 {
			b.WriteByte('\n')
		}
		s.write(&b)
		writeDocuments(&b, r.Documents, s.Split)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Split) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %d documents, %d of them harmless\n\n", s.Split, s.Documents, s.Harmless)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  \tlabels\thit\tfound\tright\trepeats\trecall\tprecision\tF1")
	for _, kind := range Kinds {
		k := s.Kinds[kind]
		name := title(kind)
		if kind == AbuseCases {
			name = "abuse cases (labels: must-find)"
		}
		fmt.Fprintf(w, "  %s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", name, k.Labelled, k.Hit, k.Found, k.Right, k.Repeated, k.Recall, k.Precision, k.F1)
	}
	w.Flush()
	g, q := &s.Grades, &s.Questions
	fmt.Fprintf(b, "\n  sensitivity right   %s      asset category right  %s\n", g.Sensitivity, g.Category)
	fmt.Fprintf(b, "  actor kind right    %s      abuse category right  %s\n", g.ActorKind, g.AbuseKind)
	fmt.Fprintf(b, "  questions           %s with the right status, %d wrongly silent, %d wrongly sure\n", q.Status, q.WronglySilent, q.WronglySure)
	fmt.Fprintf(b, "  citations verified  %d of %d\n", s.Citations.Verified, s.Citations.Total)
	if h := s.HarmlessFindings; s.Harmless > 0 {
		fmt.Fprintf(b, "  harmless documents  %d findings in %d (%d high, %d medium, %d low)\n", h["high"]+h["medium"]+h["low"], s.Harmless, h["high"], h["medium"], h["low"])
	}
}

func writeDocuments(b *strings.Builder, docs []*Document, split string) {
	b.WriteByte('\n')
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  document\tlines\tmust-find\tfindings right\trepeats\tassets F1\tactors F1\tdeps F1\tflows F1\tcitations")
	for _, d := range docs {
		if d.Split != split {
			continue
		}
		a := d.Kinds[AbuseCases]
		fmt.Fprintf(w, "  %s\t%d\t%d of %d\t%d of %d\t%d\t%s\t%s\t%s\t%s\t%d of %d\n", filepath.Base(d.Document), d.Lines,
			a.Hit, a.Labelled, a.Right, a.Found-a.Repeated, a.Repeated, d.f1(Assets), d.f1(Actors), d.f1(Dependencies), d.f1(DataFlows),
			d.Citations.Verified, d.Citations.Total)
	}
	w.Flush()
}

func (d *Document) f1(kind string) string {
	var t tally
	t.add(d.Kinds[kind])
	v, ok := t.f1()
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}

// String prints the rate and its interval: "0.82 [0.74, 0.89]".
func (e *Estimate) String() string {
	if e == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f [%.2f, %.2f]", e.Value, e.Low, e.High)
}

// String prints the share: "0.91 (50 of 55)".
func (s Share) String() string {
	v, ok := ratio(s.Right, s.Of)
	if !ok {
		return "- (0 of 0)"
	}
	return fmt.Sprintf("%.2f (%d of %d)", v, s.Right, s.Of)
}

// Views are what [Report.WriteEntries] can show.
var Views = []string{"missed", "extra", "repeats", "matched"}

// WriteEntries prints, for each document, what was missed, extra, repeated or matched, of the kinds asked for.
func (r *Report) WriteEntries(w io.Writer, views, kinds []string) error {
	var b strings.Builder
	for _, d := range r.Documents {
		fmt.Fprintf(&b, "\n%s (%s)\n", d.Document, d.Split)
		for _, kind := range kinds {
			for _, view := range views {
				d.Kinds[kind].list(&b, title(kind), view)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *Score) list(b *strings.Builder, kind, view string) {
	line := func(e Entry, found *Entry) {
		fmt.Fprintf(b, "    %s [%s]", oneLine(e.Text), e.Lines)
		if e.Rule != "" {
			fmt.Fprintf(b, " (%s)", e.Rule)
		}
		if found != nil {
			fmt.Fprintf(b, "\n      = %s [%s]", oneLine(found.Text), found.Lines)
			if found.Rule != "" {
				fmt.Fprintf(b, " (%s)", found.Rule)
			}
		}
		b.WriteByte('\n')
	}
	entries, matches := map[string][]Entry{"missed": s.Missed, "extra": s.Extra}[view], map[string][]Match{"repeats": s.Repeats, "matched": s.Matched}[view]
	if len(entries)+len(matches) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s, %s:\n", kind, view)
	for _, e := range entries {
		line(e, nil)
	}
	for _, m := range matches {
		line(m.Label, &m.Found)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
