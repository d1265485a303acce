package diff_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer"
	"whatif/analyzer/diff"
	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

func side(t *testing.T, raw, path string) diff.Side {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(raw), document.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := analyzer.Analyze(context.Background(), doc, analyzer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return diff.SideOf(draft, doc)
}

func fixture(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../fixtures/nearby-family-map.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const bonus = "Representatives receive $5 per activation."

// TestEdits holds what is told of a document against what was done to it.
func TestEdits(t *testing.T) {
	text := fixture(t)
	was := side(t, text, "map.md")
	for name, c := range map[string]struct {
		old, new string
		holds    func(*diff.Document) bool
	}{
		"nothing": {"", "", func(d *diff.Document) bool {
			return len(d.Findings)+len(d.Questions)+len(d.Safeguards) == 0 && !d.Otherwise
		}},
		"a sentence is taken out": {bonus, "", func(d *diff.Document) bool {
			return slices.ContainsFunc(d.Findings, func(f diff.Finding) bool {
				return f.Change == diff.Gone && f.Cause.Kind == diff.Removed && f.Cause.Was.Quote == bonus && f.Cause.Now == nil
			})
		}},
		"a sentence is put in": {bonus, bonus + "\n\nThe password can be reset by anyone who knows the mother's maiden name.", func(d *diff.Document) bool {
			return slices.ContainsFunc(d.Findings, func(f diff.Finding) bool {
				return f.Change == diff.New && f.Cause.Kind == diff.Added && strings.Contains(f.Cause.Now.Quote, "maiden") && f.Cause.Now.Line > 100 && f.Cause.Was == nil
			})
		}},
		"a sentence says something else": {"export 30 days", "export 90 days", func(d *diff.Document) bool {
			return len(d.Findings) > 0 && !slices.ContainsFunc(d.Findings, func(f diff.Finding) bool {
				return f.Change != diff.Changed || f.Cause.Kind != diff.Edited || !strings.Contains(f.Cause.Was.Quote, "30 days") || !strings.Contains(f.Cause.Now.Quote, "90 days")
			})
		}},
		"a safeguard goes": {"With the account holder's opt-in, the summary", "The summary", func(d *diff.Document) bool {
			return slices.ContainsFunc(d.Safeguards, func(s diff.Safeguard) bool {
				return s.Change == diff.Gone && s.Kind == "consent" && s.Cause.Kind == diff.Edited
			})
		}},
		"white space": {"and\nthe last", "and the last", func(d *diff.Document) bool { return len(d.Findings)+len(d.Questions)+len(d.Safeguards) == 0 }},
	} {
		now := side(t, strings.Replace(text, c.old, c.new, 1), "map.md")
		if d := diff.Of("map.md", was, now); !c.holds(&d) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestBothWays holds that what is new one way is gone the other way.
func TestBothWays(t *testing.T) {
	text := fixture(t)
	a, b := side(t, text, "map.md"), side(t, text[:len(text)/2], "other.md")
	there, back := diff.Of("x", a, b), diff.Of("x", b, a)
	ids := func(d *diff.Document, c diff.Change) (out []string) {
		for _, f := range d.Findings {
			if f.Change == c {
				out = append(out, f.ID)
			}
		}
		for _, s := range d.Safeguards {
			if s.Change == c {
				out = append(out, s.ID)
			}
		}
		slices.Sort(out)
		return out
	}
	if gone := ids(&there, diff.Gone); len(gone) < 5 || !slices.Equal(gone, ids(&back, diff.New)) || !slices.Equal(ids(&there, diff.New), ids(&back, diff.Gone)) {
		t.Errorf("there: %v\nback: %v", gone, ids(&back, diff.New))
	}
	silent := slices.ContainsFunc(there.Questions, func(q diff.Question) bool { return q.Change == diff.Silent && q.Cause.Was != nil })
	answered := slices.ContainsFunc(back.Questions, func(q diff.Question) bool { return q.Change == diff.Answered && q.Cause.Now != nil })
	if !silent || !answered {
		t.Errorf("questions there: %+v\nback: %+v", there.Questions, back.Questions)
	}
	whole := diff.Of("x", diff.Side{}, a)
	if whole.Change != diff.New || len(whole.Findings) != len(a.Draft.AbuseCases) || whole.Findings[0].Cause.Kind != diff.Added {
		t.Errorf("of a new document: %+v", whole)
	}
	drafts := diff.Of("x", diff.SideOf(a.Draft, nil), diff.SideOf(b.Draft, nil))
	if !slices.Equal(ids(&drafts, diff.Gone), ids(&there, diff.Gone)) || drafts.Findings[len(drafts.Findings)-1].Cause.Kind != diff.Unknown {
		t.Errorf("of drafts alone: %+v", drafts)
	}
}

// TestOtherPriority tells of a priority and a title that are not what they were, and of drafts made otherwise.
func TestOtherPriority(t *testing.T) {
	c := threatmodel.AbuseCase{ID: "T-1", Rule: "r", Title: "Old", Priority: threatmodel.High, Citations: []threatmodel.Citation{{Quote: "All of it."}}}
	was := diff.Side{Draft: &threatmodel.Draft{AbuseCases: []threatmodel.AbuseCase{c}}}
	c.Title, c.Priority = "New", threatmodel.Low
	now := diff.Side{Draft: &threatmodel.Draft{AbuseCases: []threatmodel.AbuseCase{c}, Engine: threatmodel.Engine{Model: "m"}}}
	d := diff.Of("x", was, now)
	if f := d.Findings[0]; !slices.Equal(f.What, []string{"priority", "title"}) || f.WasPriority != threatmodel.High || f.WasTitle != "Old" || !d.Otherwise {
		t.Errorf("%+v", d)
	}
	if got := diff.NewReport("a", "b", []diff.Document{d}).Brief(); got != "1 risk changed" {
		t.Error(got)
	}
}

func TestBrief(t *testing.T) {
	for want, c := range map[string]diff.Counts{
		"3 risks closed, 1 new, 2 questions answered":                          {Closed: 3, New: 1, Answered: 2},
		"1 risk new, 1 question no longer answered, 1 safeguard added, 2 gone": {New: 1, Silent: 1, SafeguardsNew: 1, SafeguardsGone: 2},
		"nothing changed":                        {},
		"2 risks reworded, none closed or new":   {Reworded: 2},
		"1 risk closed, 1 document not compared": {Closed: 1, Failed: 1},
	} {
		r := diff.Report{Counts: c}
		if got := r.Brief(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestHostileText prints texts that want to be something else than text.
func TestHostileText(t *testing.T) {
	evil := "<script>alert(1)</script> \x1b[31m\u202e](javascript:alert(1)) @all `x` | # \"quote\" \u200b\n# head"
	p := &diff.Place{Quote: evil, Section: evil, Line: 3}
	d := diff.Document{Name: evil, Was: evil, Findings: []diff.Finding{{Change: diff.New, ID: evil, Title: evil, Cause: diff.Cause{Kind: diff.Edited, Was: p, Now: p}},
		{Change: diff.Changed, What: []string{"title"}, WasTitle: evil, Title: "x"}},
		Questions:  []diff.Question{{Change: diff.Answered, Key: evil, Text: evil}},
		Safeguards: []diff.Safeguard{{Change: diff.Gone, Kind: evil, ID: evil}}}
	r := diff.NewReport(evil, evil, []diff.Document{d, {Name: "b", Error: evil}})
	for _, f := range diff.Forms {
		var b, again bytes.Buffer
		if err := f.Write(r, &b); err != nil {
			t.Fatal(err)
		}
		if err := f.Write(r, &again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("%s: printed twice it is not the same: %v", f.Name, err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e\u200b") {
			t.Errorf("%s: characters that steer: %q", f.Name, b.String())
		}
		switch f.Name {
		case "md":
			if strings.Contains(b.String(), "\n# head") || strings.Contains(b.String(), "<script>") && !strings.Contains(b.String(), `\<script>`) || strings.Contains(b.String(), " @all") {
				t.Errorf("Markdown of the text: %s", b.String())
			}
		case "html":
			if strings.Contains(b.String(), "<script") || !strings.Contains(b.String(), "default-src &#39;none&#39;") {
				t.Errorf("HTML of the text: %s", b.String())
			}
		case "json":
			var got diff.Report
			if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Documents[0].Findings[0].Title != evil {
				t.Errorf("JSON: %v", err)
			}
		}
	}
}
