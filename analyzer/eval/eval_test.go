package eval

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

const page = `# Album

Anyone with the link can open the album.
The shop sends the card number to Stripe.
Photos are kept for ever.
Dispatchers see the home address.
Links expire after 7 days.
`

const labels = `
document: album.md
split: dev
assets:
  - {name: card number, also: [PAN], category: [financial], sensitivity: high, lines: [4]}
  - {name: photo, category: [content, personal], sensitivity: medium, lines: [5]}
  - {name: home address, sensitivity: high, lines: [6]}
  - {name: album, lines: 3, optional: true}
actors:
  - {name: dispatcher, kind: staff, lines: [6]}
dependencies:
  - {name: Stripe, kind: vendor, lines: [4]}
data_flows:
  - {source: shop, destination: Stripe, data: [PAN], lines: [4]}
safeguards:
  - {text: links expire after 7 days, lines: ["7-7"]}
abuse_cases:
  - {gist: a stranger opens the album by a forwarded link, category: [data_exposure], lines: [3], must: true}
  - {gist: a dispatcher looks up the address of a celebrity, category: [insider_misuse], lines: [6], must: true}
  - {gist: photos live on after they are not needed, category: [compliance], lines: [5], must: false}
questions:
  - {key: data.retention, status: answered, lines: [5]}
  - {key: actors.recovery, status: unanswered}
`

// parsed returns the page, the labels, and a citation of the line with the given number.
func parsed(t *testing.T) (*document.Document, *Gold, func(line int) []threatmodel.Citation) {
	t.Helper()
	doc, err := document.Parse(t.Context(), []byte(page), document.Options{Path: "album.md", Format: document.Markdown})
	if err != nil {
		t.Fatal(err)
	}
	gold, err := decode([]byte(labels))
	if err != nil {
		t.Fatal(err)
	}
	if err := gold.CheckLines(doc.Lines()); err != nil {
		t.Fatal(err)
	}
	cite := func(line int) []threatmodel.Citation {
		for i := range doc.Sentences {
			s := &doc.Sentences[i]
			if first, last := doc.LinesOf(s.Span); first == line {
				return []threatmodel.Citation{{Sentence: s.Num, Quote: doc.Quote(s), Start: s.Span.Start, End: s.Span.End, LineStart: first, LineEnd: last}}
			}
		}
		t.Fatalf("no sentence on line %d", line)
		return nil
	}
	return doc, gold, cite
}

func TestCompare(t *testing.T) {
	doc, gold, cite := parsed(t)
	draft := &threatmodel.Draft{
		Assets: []threatmodel.Asset{
			{ID: "A-1", Name: "PAN", Category: "financial", Sensitivity: "high", Citations: cite(4)},
			{ID: "A-2", Name: "photos", Category: "location", Sensitivity: "high", Citations: cite(5)},
			{ID: "A-3", Name: "photo", Citations: cite(5)},        // the same once more
			{ID: "A-4", Name: "home address", Citations: cite(3)}, // right words, wrong place
			{ID: "A-5", Name: "shared album", Citations: cite(3)}, // an optional one, with more words
		},
		Actors:       []threatmodel.Actor{{Name: "dispatchers", Kind: "admin", Citations: cite(6)}},
		Dependencies: []threatmodel.Dependency{{Name: "Stripe", Citations: cite(4)}, {Name: "Twilio", Citations: cite(4)}},
		DataFlows: []threatmodel.DataFlow{
			{Source: "the product", Destination: "Stripe", Data: []string{"A-1"}, Citations: cite(4)},
			{Source: "dispatcher", Destination: "Twilio", Data: []string{"A-1"}, Citations: cite(4)},
		},
		Safeguards: []threatmodel.Safeguard{{Text: "Links expire", Citations: cite(7)}},
		AbuseCases: []threatmodel.AbuseCase{
			{Title: "A forwarded link opens the album", Category: "data_exposure", Priority: "high", Rule: "share-link-open", Citations: cite(3)},
			{Title: "The album is opened by a stranger", Category: "data_exposure", Priority: "low", Citations: cite(3)},
			{Title: "Nobody comes", Category: "spam", Priority: "low", Citations: cite(6)},
			{Title: "Photos live on", Category: "data_exposure", Priority: "low", Citations: cite(5)},
			{Title: "A password stands in the document", Category: "data_exposure", Priority: "high", Rule: "document-secret", Citations: cite(5)}, // not of the product
		},
		Questions: []threatmodel.Question{{Question: "data.retention", Status: "unanswered"}, {Question: "actors.recovery", Status: "answered"}},
	}
	d := Compare(gold, doc, draft)
	want := map[string][5]int{ // labelled, hit, found, right, repeated
		Assets: {3, 2, 5, 3, 1}, Actors: {1, 1, 1, 1, 0}, Dependencies: {1, 1, 2, 1, 0}, DataFlows: {1, 1, 2, 1, 0},
		Safeguards: {1, 1, 1, 1, 0}, Journey: {}, AbuseCases: {2, 1, 4, 2, 1},
	}
	for kind, w := range want {
		s := d.Kinds[kind]
		if got := [5]int{s.Labelled, s.Hit, s.Found, s.Right, s.Repeated}; got != w {
			t.Errorf("%s: labelled, hit, found, right, repeated = %v, want %v\nmissed %v\nextra %v", kind, got, w, s.Missed, s.Extra)
		}
	}
	if g := d.Grades; g.Sensitivity != (Share{1, 2}) || g.Category != (Share{1, 2}) || g.ActorKind != (Share{0, 1}) || g.AbuseKind != (Share{1, 2}) {
		t.Errorf("grades %+v", g)
	}
	if q := d.Questions; q.Status != (Share{0, 2}) || len(q.WronglySilent) != 1 || len(q.WronglySure) != 1 {
		t.Errorf("questions %+v", q)
	}
	if c := d.Citations; c.Total == 0 || c.Verified != c.Total {
		t.Errorf("citations %+v", c)
	}
	if d.Findings["low"] != 3 || d.Findings["high"] != 1 {
		t.Errorf("findings %v", d.Findings)
	}
}

func TestVerifySeesWhatIsWrong(t *testing.T) {
	doc, _, cite := parsed(t)
	for name, spoil := range map[string]func(*threatmodel.Citation){
		"quote":    func(c *threatmodel.Citation) { c.Quote = strings.ToUpper(c.Quote) },
		"start":    func(c *threatmodel.Citation) { c.Start++ },
		"end":      func(c *threatmodel.Citation) { c.End = len(page) + 9 },
		"line":     func(c *threatmodel.Citation) { c.LineStart--; c.LineEnd-- },
		"sentence": func(c *threatmodel.Citation) { c.Sentence++ },
		"none":     func(c *threatmodel.Citation) { c.Sentence = 99 },
	} {
		c := cite(5)
		spoil(&c[0])
		draft := &threatmodel.Draft{AbuseCases: []threatmodel.AbuseCase{{Absences: []threatmodel.Absence{{Hits: c}}}}}
		if got := verify(doc, draft); got != (Citations{1, 0}) {
			t.Errorf("a wrong %s counts as %+v", name, got)
		}
	}
}

func TestLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"photo", "the photos", 3},
		{"letter", "the patient's discharge letter", 2},
		{"photo of the child", "photo", 2},
		{"bank account details", "bank details", 2},
		{"email address", "home address", 0},
		{"patient", "patient letter", 0},
		{"Twilio", "Stripe", 0},
	} {
		if got := newPhrase(c.a).likeness(newPhrase(c.b)); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "empty",
		"document: ../x.md":                   "not the name of a file",
		"document: x.md\nassetz: []":          "line 2",
		"document: x.md\nassets: [{name: a}]": "needs words and lines",
		"document: x.md\nassets: [{name: a, lines: [0]}]":                           "neither a line nor a range",
		"document: x.md\nassets: [{name: a, lines: [9-7]}]":                         "neither a line nor a range",
		"document: x.md\nassets: [{name: a, lines: [1], sensitivity: huge}]":        "no sensitivity",
		"document: x.md\nabuse_cases: [{gist: a, lines: [1], category: [sorcery]}]": "no category",
		"document: x.md\nquestions: [{key: data.retention, status: maybe}]":         "no status",
	} {
		if _, err := decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
	_, gold, _ := parsed(t)
	if err := gold.CheckLines(5); err == nil || !strings.Contains(err.Error(), "line 7") {
		t.Errorf("lines behind the end: %v", err)
	}
}

// TestPairing checks that no label and no found thing is used twice, and that everything is accounted for.
func TestPairing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.Custom(func(t *rapid.T) item {
			first := rapid.IntRange(1, 6).Draw(t, "line")
			return item{lines: Lines{{first, first + rapid.IntRange(0, 2).Draw(t, "more")}}, optional: rapid.Bool().Draw(t, "optional")}
		})
		labels, found := rapid.SliceOfN(lines, 0, 6).Draw(t, "labels"), rapid.SliceOfN(lines, 0, 6).Draw(t, "found")
		fits := rapid.SliceOfN(rapid.IntRange(0, 3), 36, 36).Draw(t, "fits")
		p := pair(labels, found, func(l, f int) int { return fits[l*6+f] })
		taken := map[int]bool{}
		for f, l := range p.label {
			if l < 0 {
				continue
			}
			if taken[l] || !labels[l].lines.overlap(found[f].lines) || fits[l*6+f] == 0 || p.repeat[f] >= 0 {
				t.Fatalf("found %d was given label %d", f, l)
			}
			taken[l] = true
		}
		s := p.score(labels, found)
		if s.Right+s.Repeated+len(s.Extra) != s.Found || s.Hit+len(s.Missed) != s.Labelled || s.Right != len(taken) {
			t.Fatalf("the sums are wrong: %+v", s)
		}
	})
}

func TestEstimate(t *testing.T) {
	doc := func(hit, of int) *Document {
		d := &Document{Kinds: map[string]*Score{}}
		for _, k := range Kinds {
			d.Kinds[k] = &Score{Labelled: of, Hit: hit, Found: of, Right: hit}
		}
		return d
	}
	even := estimate([]*Document{doc(5, 10), doc(5, 10), doc(5, 10)}, Assets, tally.recall)
	if *even != (Estimate{0.5, 0.5, 0.5}) {
		t.Errorf("documents that are all alike: %+v", even)
	}
	docs := []*Document{doc(0, 10), doc(10, 10), doc(2, 10), doc(9, 10), doc(4, 10)}
	wide := estimate(docs, Assets, tally.recall)
	if wide.Value != 0.5 || wide.Low >= 0.4 || wide.High <= 0.6 || wide.Low > wide.High {
		t.Errorf("documents that differ: %+v", wide)
	}
	if again := estimate(docs, Assets, tally.recall); *again != *wide {
		t.Errorf("a second run gives %+v after %+v", again, wide)
	}
	if e := estimate([]*Document{doc(0, 0)}, Assets, tally.recall); e != nil {
		t.Errorf("nothing labelled: %+v", e)
	}
	f1, ok := tally{labelled: 10, hit: 5, found: 4, right: 4}.f1()
	if !ok || math.Abs(f1-2.0/3) > 1e-9 {
		t.Errorf("F1 = %v", f1)
	}
}

func TestChanges(t *testing.T) {
	make := func(missed, extra []Entry, hit int) *Report {
		d := &Document{Document: "a.md", Split: "dev", Kinds: map[string]*Score{}}
		for _, k := range Kinds {
			d.Kinds[k] = &Score{}
		}
		d.Kinds[AbuseCases] = &Score{Labelled: 2, Hit: hit, Found: 2, Right: hit, Missed: missed, Extra: extra}
		r := &Report{Documents: []*Document{d}}
		r.Sum()
		return r
	}
	old := make([]Entry{{Text: "a link is forwarded", Lines: "3"}}, []Entry{{Text: "spam", Lines: "9"}}, 1)
	now := make([]Entry{{Text: "a code is guessed", Lines: "4"}}, []Entry{{Text: "spam", Lines: "10"}, {Text: "doxxing"}}, 1)
	var b strings.Builder
	if err := now.WriteChanges(&b, old); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"+ abuse cases, now found: a link is forwarded", "- abuse cases, now missed: a code is guessed",
		"- abuse cases, now extra: doxxing", "0.50 → 0.50"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "spam") {
		t.Errorf("what only moved to another line is called a change:\n%s", b.String())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(labels))
	f.Add([]byte("document: x.md\nassets: [{name: a, lines: 99999999999999999999}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		gold, err := decode(data)
		if err != nil {
			return
		}
		for _, a := range gold.Assets {
			for _, r := range a.Lines {
				if r.First < 1 || r.Last < r.First {
					t.Errorf("lines %v were taken", r)
				}
			}
		}
	})
}
