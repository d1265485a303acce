package gate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/review"
	"whatif/analyzer/threatmodel"
)

// BaselineVersion is that of the form of the file.
const BaselineVersion = 1

// A Baseline is what was known of documents at a time: a check fails for what is new since.
type Baseline struct {
	Findings  []Entry
	Questions []Open

	byPrint map[string]*Entry
	byID    map[string][]*Entry
	byText  map[string][]*Entry
	byName  map[string][]*Entry // of the document
	open    map[[2]string]bool
}

// An Entry is one finding of a baseline.
type Entry struct {
	Document    string                    `json:"document"` // its name, relative to the root of the repository
	ID          string                    `json:"id"`
	Priority    threatmodel.Level         `json:"priority"`
	Title       string                    `json:"title"`
	Category    threatmodel.AbuseCategory `json:"category"`
	Rule        string                    `json:"rule,omitempty"`
	Evidence    string                    `json:"evidence"` // [review.EvidenceSum] of the quotes
	Fingerprint string                    `json:"fingerprint"`
}

// An Open is a question that a document does not answer, or answers in part.
type Open struct {
	Document string                     `json:"document"`
	Question string                     `json:"question"`
	Status   threatmodel.QuestionStatus `json:"status"`
}

// Add adds what a document has.
func (b *Baseline) Add(r *record.Record) {
	for i := range r.Findings {
		f := &r.Findings[i]
		b.Findings = append(b.Findings, Entry{Document: r.Name, ID: f.ID, Priority: f.Priority, Title: f.Title, Category: f.Category, Rule: f.Rule,
			Evidence: review.EvidenceOf(f), Fingerprint: f.Fingerprint})
	}
	for i := range r.Questions {
		if q := &r.Questions[i]; q.Status != threatmodel.Answered {
			b.Questions = append(b.Questions, Open{r.Name, q.Key, q.Status})
		}
	}
}

// Keep adds what an earlier baseline has of a document and today's draft does not show, since stronger findings do, or since the document
// could not be analysed: it may come back any day, and would be no news. before may be nil.
func (b *Baseline) Keep(r *record.Record, before *Baseline) {
	if before == nil {
		return
	}
	claimed := map[*Entry]bool{}
	for i := range r.Findings {
		if e := before.byPrint[r.Findings[i].Fingerprint]; e != nil {
			claimed[e] = true
		}
	}
	kept, _ := before.unclaimed(r, claimed)
	if !r.HasDraft() {
		kept = before.ofDocument(r.Name)
		for _, q := range before.Questions {
			if q.Document == r.Name {
				b.Questions = append(b.Questions, q)
			}
		}
	}
	b.Findings = append(b.Findings, kept...)
}

func (b *Baseline) ofDocument(name string) []Entry {
	var all []Entry
	for _, e := range b.byName[name] {
		all = append(all, *e)
	}
	return all
}

// Documents lists the names of the documents in the baseline, sorted.
func (b *Baseline) Documents() []string {
	seen := map[string]bool{}
	for i := range b.Findings {
		seen[b.Findings[i].Document] = true
	}
	for i := range b.Questions {
		seen[b.Questions[i].Document] = true
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Write writes the baseline as JSON: sorted, one finding a line, so that a change is seen as the lines that changed.
func (b *Baseline) Write(w io.Writer) error {
	slices.SortFunc(b.Findings, compareEntries)
	slices.SortFunc(b.Questions, func(a, b Open) int {
		return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.Question, b.Question))
	})
	if _, err := fmt.Fprintf(w, "{\n\"whatif_baseline\": %d,\n\"findings\": [", BaselineVersion); err != nil {
		return err
	}
	if err := writeLines(w, b.Findings); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "],\n\"questions\": ["); err != nil {
		return err
	}
	if err := writeLines(w, b.Questions); err != nil {
		return err
	}
	_, err := io.WriteString(w, "]\n}\n")
	return err
}

func compareEntries(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

func writeLines[T any](w io.Writer, list []T) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	for i := range list {
		line.Reset()
		if err := e.Encode(list[i]); err != nil {
			return err
		}
		line.Truncate(line.Len() - 1)
		before := ",\n"
		if i == 0 {
			before = "\n"
		}
		if _, err := fmt.Fprintf(w, "%s%s", before, render.EscapeJSON(line.Bytes())); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		_, err := io.WriteString(w, "\n")
		return err
	}
	return nil
}

// maxBaseline is how many bytes a baseline may have.
const maxBaseline = 256 << 20

// ReadBaseline reads the baseline in the file at path. Errors about its contents name the line.
func ReadBaseline(path string) (*Baseline, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	if len(raw) > maxBaseline {
		return nil, fmt.Errorf("reading the baseline: %s is larger than %d MB", path, maxBaseline>>20)
	}
	b, err := ParseBaseline(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %s%w", path, err)
	}
	return b, nil
}

// ErrNoBaseline is wrapped by the error for a file that is JSON, and no baseline.
var ErrNoBaseline = errors.New(": it is no baseline: whatif_baseline is missing")

// Since counts the findings that came and went since an earlier baseline.
func (b *Baseline) Since(before *Baseline) (came, went int) {
	known := map[string]bool{}
	for i := range before.Findings {
		known[before.Findings[i].Fingerprint] = true
	}
	same := 0
	for i := range b.Findings {
		if known[b.Findings[i].Fingerprint] {
			same++
		}
	}
	return len(b.Findings) - same, len(before.Findings) - same
}

// ParseBaseline reads a baseline. An error begins with ":LINE: ", or ": " where it has no line.
func ParseBaseline(raw []byte) (*Baseline, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if n := conflict(raw); n > 0 {
		return nil, fmt.Errorf(":%d: a merge left a conflict here: take either side, then write the baseline anew", n)
	}
	var file struct {
		Version   json.RawMessage `json:"whatif_baseline"`
		Findings  []Entry         `json:"findings"`
		Questions []Open          `json:"questions"`
	}
	var head struct {
		Version json.RawMessage `json:"whatif_baseline"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, place(raw, err)
	}
	if head.Version == nil {
		return nil, ErrNoBaseline
	}
	if v := string(head.Version); v != fmt.Sprint(BaselineVersion) {
		return nil, fmt.Errorf(": it has version %.20s, and this whatif reads version %d", v, BaselineVersion)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, place(raw, err)
	}
	b := &Baseline{Findings: file.Findings, Questions: file.Questions}
	return b, b.index()
}

// conflict returns the line of what git leaves in a file that two people changed, 0 if there is none.
func conflict(raw []byte) int {
	n := 0
	for line := range bytes.Lines(raw) {
		n++
		for _, mark := range []string{"<<<<<<< ", "||||||| ", ">>>>>>> "} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return n
			}
		}
	}
	return 0
}

// place puts the line before an error of the JSON decoder.
func place(raw []byte, err error) error {
	offset := int64(-1)
	if s := (*json.SyntaxError)(nil); errors.As(err, &s) {
		offset = s.Offset
	}
	if u := (*json.UnmarshalTypeError)(nil); errors.As(err, &u) {
		offset = u.Offset
	}
	if offset < 0 {
		return fmt.Errorf(": it is damaged: %w", err)
	}
	line := 1 + bytes.Count(raw[:min(offset, int64(len(raw)))], []byte("\n"))
	return fmt.Errorf(":%d: it is damaged: %s", line, strings.TrimPrefix(err.Error(), "json: "))
}

// index makes the baseline ready to be looked up in.
func (b *Baseline) index() error {
	b.byPrint, b.byID, b.byText = map[string]*Entry{}, map[string][]*Entry{}, map[string][]*Entry{}
	b.byName, b.open = map[string][]*Entry{}, map[[2]string]bool{}
	slices.SortFunc(b.Findings, compareEntries)
	for i := range b.Findings {
		e := &b.Findings[i]
		if e.Fingerprint == "" || e.ID == "" || e.Document == "" {
			return fmt.Errorf(": it is damaged: finding %d lacks its document, id or fingerprint", i+1)
		}
		if b.byPrint[e.Fingerprint] != nil {
			return fmt.Errorf(": it is damaged: %s of %s is in it twice", e.ID, e.Document)
		}
		b.byPrint[e.Fingerprint] = e
		b.byID[e.ID] = append(b.byID[e.ID], e)
		b.byName[e.Document] = append(b.byName[e.Document], e)
		key := textKey(e.Title, e.Evidence)
		b.byText[key] = append(b.byText[key], e)
	}
	for _, q := range b.Questions {
		b.open[[2]string{q.Document, q.Question}] = true
	}
	return nil
}

// textKey is what a finding is known by whose document got another name, which its id is made of: what it says of which text.
func textKey(title, evidence string) string { return evidence + "\x00" + title }

// wasOpen reports whether a question was open in a document. b may be nil.
func (b *Baseline) wasOpen(document, key string) bool {
	return b != nil && b.open[[2]string{document, key}]
}

// unclaimed lists the findings of a document that were not found again: those that the draft does not show since stronger ones stand in
// it, and those that are gone. b may be nil.
func (b *Baseline) unclaimed(r *record.Record, claimed map[*Entry]bool) (hidden, gone []Entry) {
	if b == nil {
		return nil, nil
	}
	for _, e := range b.byName[r.Name] {
		switch {
		case claimed[e], slices.ContainsFunc(r.Findings, b.comesBack(e)):
		case slices.ContainsFunc(r.Hidden, e.isHidden):
			hidden = append(hidden, *e)
		default:
			gone = append(gone, *e)
		}
	}
	return hidden, gone
}

// comesBack returns what reports whether a finding says what e said, in the words of the same rule, and is not in the baseline: it cites
// more or less than it did, and so has another id. That is new, and nothing is gone.
func (b *Baseline) comesBack(e *Entry) func(record.Finding) bool {
	return func(f record.Finding) bool {
		return f.Rule == e.Rule && f.Title == e.Title && b.byPrint[f.Fingerprint] == nil
	}
}

// isHidden reports whether h is the finding: it says the same, or speaks of the very same sentences, and is of the same rule. What could
// be another of the rule counts as well: it is worse to praise a danger that is still there than to name one that is gone.
func (e *Entry) isHidden(h record.Hidden) bool {
	if e.Rule != h.Rule {
		return false
	}
	return e.Title == h.Title || h.Rule != "" && e.Evidence == review.EvidenceSum(h.Quotes)
}

// vanished lists the findings that were not found again of documents that are gone, of those that were looked for. b may be nil.
func (b *Baseline) vanished(claimed map[*Entry]bool, there, looked func(string) bool) []Entry {
	if b == nil {
		return nil
	}
	var gone []Entry
	for i := range b.Findings {
		if e := &b.Findings[i]; !claimed[e] && !there(e.Document) && looked(e.Document) {
			gone = append(gone, *e)
		}
	}
	return gone
}
