package ground

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"whatif/analyzer/proposal"
	"whatif/analyzer/reading"
	"whatif/analyzer/threatmodel"
)

// words are what random proposals are made of: some that the document has, some of the vocabularies, some garbage.
var words = []string{"", "report", "names", "photos", "link", "links expire", "Anyone with the link can open the report.", "admins", "audit log", "NaN",
	"high", "medium", "data_exposure", "personal", "user", "vendor", "stated", "absent", "answered", "partly", "pm", "safeguarded", "abuse_case",
	"\xff\xfe\x00", "\x1b[31mred", "\u202eevil", "<script>", strings.Repeat("a ", 5000), "|", "日本語", "the product", "We store names but not photos",
	"Sessions expire after thirty minutes", "rules", "llm"}

// randomSet fills every field of a set with words and numbers at random.
func randomSet(t *rapid.T) *proposal.Set {
	set := new(proposal.Set)
	randomValue(t, reflect.ValueOf(set).Elem(), 3)
	return set
}

func randomValue(t *rapid.T, v reflect.Value, most int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.SampledFrom(words).Draw(t, "word"))
	case reflect.Int:
		v.SetInt(rapid.SampledFrom([]int64{1, 2, 3, 4, 5, 7, 9, 12, 14, 15, 0, -1, 40, 1 << 62, -1 << 63}).Draw(t, "number"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Slice:
		n := rapid.IntRange(0, most).Draw(t, "len")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			randomValue(t, v.Index(i), 2)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if good, ok := graded[v.Type().Field(i).Name]; ok && rapid.IntRange(0, 9).Draw(t, "good") > 0 {
				v.Field(i).SetString(rapid.SampledFrom(good).Draw(t, "grade"))
				continue
			}
			randomValue(t, v.Field(i), most)
		}
	}
}

// graded are fields whose words are of a vocabulary: mostly they get a good one, or else hardly anything would be kept.
var graded = map[string][]string{"Category": {"fraud", "personal"}, "Sensitivity": {"", "high"}, "Confidence": {"", "low"}, "Basis": {"", "inferred"},
	"Kind": {"", "user", "vendor"}, "Status": {"", "answered", "partly"}, "Ask": {"", "pm"}}

// TestNothingUncitedGetsThrough throws garbage at Check: it must not panic, and all that it keeps must stand on sentences that
// are there and can be seen.
func TestNothingUncitedGetsThrough(t *testing.T) {
	text := read(t, prd)
	kept := 0
	for tries := 0; kept == 0 && tries < 5; tries++ { // seldom is all of it garbage
		rapid.Check(t, func(t *rapid.T) {
			r, err := Check(context.Background(), text, randomSet(t))
			if err != nil {
				t.Fatal(err)
			}
			kept += len(r.Assets) + len(r.AbuseCases)
			verifyResult(t, text, r)
		})
	}
	if kept == 0 {
		t.Error("nothing was ever kept: the test shows nothing")
	}
}

type failer interface{ Fatalf(string, ...any) }

func verifyResult(t failer, text *reading.Text, r *Result) {
	cited := func(kind string, citations []threatmodel.Citation) {
		if len(citations) == 0 {
			t.Fatalf("%s without a citation", kind)
		}
		verify(t, text, citations)
	}
	for _, h := range r.Assets {
		cited("asset", h.Citations)
	}
	for _, h := range r.Actors {
		cited("actor", h.Citations)
		if len(h.Extra) != len(h.Item.Privileges) {
			t.Fatalf("%d privileges, %d lists of citations", len(h.Item.Privileges), len(h.Extra))
		}
		for _, e := range h.Extra {
			cited("privilege", e)
		}
	}
	for _, h := range r.Dependencies {
		cited("dependency", h.Citations)
	}
	for _, h := range r.Flows {
		cited("flow", h.Citations)
	}
	for _, h := range r.Steps {
		cited("step", h.Citations)
	}
	for _, h := range r.Safeguards {
		cited("safeguard", h.Citations)
	}
	for _, h := range r.AbuseCases {
		cited("abuse case", h.Citations)
		for _, a := range h.Absences {
			verify(t, text, a.Hits)
		}
	}
	for _, h := range r.Questions {
		verify(t, text, h.Citations)
		if h.Item.Status != "unanswered" {
			cited("answer", h.Citations)
		}
	}
	for _, d := range r.Dropped {
		verify(t, text, d.Cited)
		if !utf8.ValidString(d.Text+d.Detail+d.Rule) || strings.ContainsAny(d.Text, "\x1b\n\u202e") {
			t.Fatalf("dropped text %q", d.Text)
		}
	}
}

// verify checks citations against the file alone.
func verify(t failer, text *reading.Text, citations []threatmodel.Citation) {
	raw, last := text.Doc.Source, 0
	for _, c := range citations {
		if c.Start < 0 || c.End > len(raw) || c.Start >= c.End || raw[c.Start:c.End] != c.Quote {
			t.Fatalf("citation %+v is not in the source", c)
		}
		if first := strings.Count(raw[:c.Start], "\n") + 1; c.LineStart != first || c.LineEnd != first+strings.Count(c.Quote, "\n") {
			t.Fatalf("citation %+v is on line %d", c, first)
		}
		if strings.Contains(c.Quote, "Passwords") {
			t.Fatalf("hidden text is cited: %+v", c)
		}
		if c.Sentence <= last {
			t.Fatalf("citations are not in order, each once: %d after %d", c.Sentence, last)
		}
		last = c.Sentence
	}
}

func FuzzQuote(f *testing.F) {
	for _, w := range words {
		f.Add(prd, w, w)
	}
	f.Fuzz(func(t *testing.T, doc, quote, searched string) {
		if len(doc) > 1<<14 || len(quote) > 1<<12 {
			return
		}
		text, ok := tryRead(doc)
		if !ok {
			return
		}
		set := &proposal.Set{Assets: []proposal.Asset{{Name: quote, Evidence: proposal.Evidence{Quotes: []string{quote}}}},
			AbuseCases: []proposal.AbuseCase{{Title: "t", Category: "fraud", Silences: []proposal.Silence{{Searched: []string{searched}}},
				Evidence: proposal.Evidence{Sentences: []int{1, 2, 3}}}}}
		r, err := Check(context.Background(), text, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range r.Assets {
			for _, c := range h.Citations {
				if text.Doc.Source[c.Start:c.End] != c.Quote {
					t.Fatalf("%+v", c)
				}
			}
		}
	})
}
