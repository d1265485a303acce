package eval

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A Report is how an engine did on a set of documents.
type Report struct {
	Version       string      `json:"version"` // of the program
	Engine        string      `json:"engine"`
	Framework     string      `json:"framework"`
	PromptsSHA256 string      `json:"prompts_sha256"`
	Splits        []Split     `json:"splits"`
	Documents     []*Document `json:"documents"`
}

// A Split is the sum over the documents of one split.
type Split struct {
	Split     string           `json:"split"`
	Documents int              `json:"documents"`
	Harmless  int              `json:"harmless"`
	Kinds     map[string]Rates `json:"kinds"`
	Citations Citations        `json:"citations"`
	Grades    Grades           `json:"grades"`
	Questions QuestionTotals   `json:"questions"`

	HarmlessFindings map[string]int `json:"harmless_findings"` // in the harmless documents, by priority
}

// QuestionTotals sum up the questions of several documents.
type QuestionTotals struct {
	Status        Share `json:"status"`
	WronglySilent int   `json:"wrongly_silent"`
	WronglySure   int   `json:"wrongly_sure"`
}

// Rates are the counts of one kind over several documents, and what follows from them.
type Rates struct {
	Labelled  int       `json:"labelled"`
	Hit       int       `json:"hit"`
	Found     int       `json:"found"`
	Right     int       `json:"right"`
	Repeated  int       `json:"repeated"`
	Recall    *Estimate `json:"recall"`    // Hit of Labelled; null if nothing is labelled
	Precision *Estimate `json:"precision"` // Right of Found, repeats left out; null if nothing was found
	F1        *Estimate `json:"f1"`        // harmonic mean of the two; null if one of them is
}

// An Estimate is a rate with its 95 % confidence interval over documents.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Sum fills in the splits of a report from its documents, which it sorts by split and path.
func (r *Report) Sum() {
	slices.SortFunc(r.Documents, compareDocuments)
	r.Splits = []Split{}
	for from := 0; from < len(r.Documents); {
		to := from + 1
		for to < len(r.Documents) && r.Documents[to].Split == r.Documents[from].Split {
			to++
		}
		r.Splits = append(r.Splits, sum(r.Documents[from:to]))
		from = to
	}
}

func sum(docs []*Document) Split {
	s := Split{
		Split: docs[0].Split, Documents: len(docs), Kinds: map[string]Rates{},
		HarmlessFindings: map[string]int{"high": 0, "medium": 0, "low": 0},
	}
	for _, d := range docs {
		s.Citations.Total += d.Citations.Total
		s.Citations.Verified += d.Citations.Verified
		s.Grades.join(d.Grades)
		s.Questions.Status.join(d.Questions.Status)
		s.Questions.WronglySilent += len(d.Questions.WronglySilent)
		s.Questions.WronglySure += len(d.Questions.WronglySure)
		if d.Harmless {
			s.Harmless++
			for level, n := range d.Findings {
				s.HarmlessFindings[level] += n
			}
		}
	}
	for _, kind := range Kinds {
		s.Kinds[kind] = rates(docs, kind)
	}
	return s
}

func (s *Share) join(t Share) {
	s.Right += t.Right
	s.Of += t.Of
}

func (g *Grades) join(h Grades) {
	g.Sensitivity.join(h.Sensitivity)
	g.Category.join(h.Category)
	g.ActorKind.join(h.ActorKind)
	g.AbuseKind.join(h.AbuseKind)
}

// tally sums the counts of one kind.
type tally struct{ labelled, hit, found, right, repeated int }

func (t *tally) add(s *Score) {
	t.labelled += s.Labelled
	t.hit += s.Hit
	t.found += s.Found
	t.right += s.Right
	t.repeated += s.Repeated
}

func (t tally) recall() (float64, bool)    { return ratio(t.hit, t.labelled) }
func (t tally) precision() (float64, bool) { return ratio(t.right, t.found-t.repeated) }

func (t tally) f1() (float64, bool) {
	r, okR := t.recall()
	p, okP := t.precision()
	if !okR || !okP {
		return 0, false
	}
	if r+p == 0 {
		return 0, true
	}
	return 2 * r * p / (r + p), true
}

func ratio(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

func rates(docs []*Document, kind string) Rates {
	var t tally
	for _, d := range docs {
		t.add(d.Kinds[kind])
	}
	return Rates{
		Labelled: t.labelled, Hit: t.hit, Found: t.found, Right: t.right, Repeated: t.repeated,
		Recall: estimate(docs, kind, tally.recall), Precision: estimate(docs, kind, tally.precision), F1: estimate(docs, kind, tally.f1),
	}
}

// Load reads a report that was written as JSON.
func Load(path string) (*Report, error) {
	data, err := readFile(path, maxReport)
	if err != nil {
		return nil, fmt.Errorf("reading an earlier evaluation: %w", err)
	}
	r := new(Report)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("reading an earlier evaluation: %s: %w", path, err)
	}
	if len(r.Documents) == 0 {
		return nil, fmt.Errorf("reading an earlier evaluation: %s holds no documents; write one with `whatif eval --json`", path)
	}
	for i, d := range r.Documents {
		for _, kind := range Kinds {
			if d == nil || d.Kinds[kind] == nil {
				return nil, fmt.Errorf("reading an earlier evaluation: %s: document %d has no %s", path, i+1, kind)
			}
		}
	}
	return r, nil
}
