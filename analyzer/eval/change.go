package eval

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteChanges prints what got better or worse since an earlier report: the rates of each split that both have, then for each
// document the labels that are newly found or missed and the extra findings that came or went.
func (r *Report) WriteChanges(w io.Writer, old *Report) error {
	var b strings.Builder
	for _, s := range r.Splits {
		i := slices.IndexFunc(old.Splits, func(o Split) bool { return o.Split == s.Split })
		if i >= 0 {
			writeRates(&b, &old.Splits[i], &s)
		}
	}
	for _, d := range r.Documents {
		i := slices.IndexFunc(old.Documents, func(o *Document) bool { return o.Document == d.Document })
		if i >= 0 {
			d.changes(&b, old.Documents[i])
		} else {
			fmt.Fprintf(&b, "\n%s\n  not in the earlier report\n", d.Document)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRates(b *strings.Builder, old, now *Split) {
	fmt.Fprintf(b, "\n%s: from %d documents then to %d now\n", now.Split, old.Documents, now.Documents)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  \trecall\t\tprecision\t\tF1\t")
	for _, kind := range Kinds {
		o, n := old.Kinds[kind], now.Kinds[kind]
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", title(kind), change(o.Recall, n.Recall), change(o.Precision, n.Precision), change(o.F1, n.F1))
	}
	w.Flush()
}

// change prints a rate then and now, and by how much it went up or down.
func change(old, now *Estimate) string {
	if old == nil || now == nil {
		return "-\t"
	}
	return fmt.Sprintf("%.2f → %.2f\t(%+.2f)", old.Value, now.Value, now.Value-old.Value)
}

func (d *Document) changes(b *strings.Builder, old *Document) {
	var lines []string
	for _, kind := range Kinds {
		o, n := old.Kinds[kind], d.Kinds[kind]
		for _, c := range []struct {
			sign, what string
			entries    []Entry
		}{
			{"+", "now found", without(o.Missed, n.Missed)},
			{"-", "now missed", without(n.Missed, o.Missed)},
			{"+", "no longer extra", without(o.Extra, n.Extra)},
			{"-", "now extra", without(n.Extra, o.Extra)},
		} {
			for _, e := range c.entries {
				lines = append(lines, fmt.Sprintf("  %s %s, %s: %s [%s]", c.sign, title(kind), c.what, oneLine(e.Text), e.Lines))
			}
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n%s\n%s\n", d.Document, strings.Join(lines, "\n"))
	}
}

// without returns the entries of a that are not in b. Lines are left out of the comparison: they move with every edit.
func without(a, b []Entry) []Entry {
	var rest []Entry
	for _, e := range a {
		if !slices.ContainsFunc(b, func(f Entry) bool { return f.Text == e.Text && f.Rule == e.Rule }) {
			rest = append(rest, e)
		}
	}
	return rest
}
