package index

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// SchemaVersion is the version of index.json's form. Fields may be added to it.
const SchemaVersion = "1"

// A jsonDoc is a document in index.json: all but the texts of its findings.
type jsonDoc struct {
	Name         string       `json:"name"`
	Title        string       `json:"title,omitempty"`
	State        record.State `json:"state"`
	Of           string       `json:"of,omitempty"`
	Near         *Like        `json:"near,omitempty"` // the document that it is most like
	Reason       string       `json:"reason,omitempty"`
	Detail       string       `json:"detail,omitempty"`
	SHA256       string       `json:"sha256,omitempty"`
	Bytes        int64        `json:"bytes,omitempty"`
	Format       string       `json:"format,omitempty"`
	Language     string       `json:"language,omitempty"`
	Sentences    int          `json:"sentences,omitempty"`
	Likeness     float64      `json:"likeness,omitempty"`
	Findings     levelCounts  `json:"findings"`
	TopFinding   string       `json:"top_finding,omitempty"`
	Categories   []string     `json:"categories,omitempty"`
	Sensitive    []string     `json:"sensitive_data,omitempty"`
	Open         int          `json:"open_questions"`
	Unanswered   []string     `json:"unanswered,omitempty"` // keys of questions
	PartlyAnswer []string     `json:"partly_answered,omitempty"`
	Files        []string     `json:"files,omitempty"`
}

// Places of documents are counted from 0 in "documents".
type jsonTheme struct {
	Rule      string   `json:"rule,omitempty"`
	Category  string   `json:"category"`
	Titles    []string `json:"titles"` // examples
	Findings  int      `json:"findings"`
	High      int      `json:"high"`
	Documents []int32  `json:"documents"`
}

type jsonQuestion struct {
	Key        string `json:"key"`
	Text       string `json:"text"`
	Answered   int    `json:"answered"`
	Partly     int    `json:"partly"`
	Unanswered int    `json:"unanswered"`
}

type jsonAsset struct {
	Name        string            `json:"name"`
	Category    string            `json:"category"`
	Sensitivity threatmodel.Level `json:"sensitivity"`
	Documents   []int32           `json:"documents"`
	To          []jsonEdge        `json:"to,omitempty"`
}

type jsonEdge struct {
	Name      string  `json:"name"`
	Documents []int32 `json:"documents"`
}

// JSON writes the index for programs, one item a line, as it goes.
func (x *Index) JSON(w io.Writer) error {
	kin := x.kinships()
	j := &jsonWriter{w: bufio.NewWriter(w)}
	j.text("{\n")
	j.field("schema_version", SchemaVersion)
	j.field("tool", threatmodel.Tool{Name: "whatif", Version: x.opt.Version})
	j.field("generated_at", x.opt.GeneratedAt)
	j.field("title", x.opt.Title)
	j.field("summary", x.summary(kin))
	jsonList(j, "documents", len(x.docs), func(i int) any { return x.jsonDoc(i, kin[i]) })
	themes := x.recurring()
	jsonList(j, "recurring", len(themes), func(i int) any {
		t := themes[i]
		return jsonTheme{t.rule, t.category, t.titles, t.findings, t.high, t.docs}
	})
	questions := x.questions()
	jsonList(j, "questions", len(questions), func(i int) any {
		q := questions[i]
		return jsonQuestion{x.keys[q.Num], q.Text, q.Answered, q.Partly, q.Unanswered}
	})
	assets := x.sortedAssets()
	jsonList(j, "assets", len(assets), func(i int) any { return x.jsonAsset(assets[i]) })
	unread := x.unread()
	jsonList(j, "left_out", len(unread), func(i int) any { return unread[i] })
	j.text("\n}\n")
	if j.err == nil {
		j.err = j.w.Flush()
	}
	if j.err != nil {
		return fmt.Errorf("writing the index: %w", j.err)
	}
	return nil
}

func (x *Index) jsonDoc(i int, k kin) jsonDoc {
	d := &x.docs[i]
	out := jsonDoc{Name: d.name, Title: d.title, State: d.state, Of: d.of, Reason: d.reason, Detail: d.detail, SHA256: d.sha, Bytes: d.bytes, Format: d.format,
		Language: d.language, Sentences: d.sentences, Likeness: d.likeness, Findings: levelCounts{d.high, d.medium, d.low, d.unrated}, TopFinding: d.top,
		Categories: names(d.categories, threatmodel.AbuseCategories), Sensitive: d.sensitiveNames(), Open: d.open, Files: d.files}
	if k.of >= 0 && k.share < 100 {
		out.Near = &Like{x.docs[k.of].name, float64(k.share) / 100}
	}
	for num, status := range d.status {
		switch status {
		case unanswered:
			out.Unanswered = append(out.Unanswered, x.keys[num])
		case partly:
			out.PartlyAnswer = append(out.PartlyAnswer, x.keys[num])
		}
	}
	return out
}

func (x *Index) jsonAsset(a *asset) jsonAsset {
	out := jsonAsset{Name: a.name, Category: a.category, Sensitivity: a.sensitivity, Documents: a.docs}
	for _, e := range x.edges(a) {
		out.To = append(out.To, jsonEdge{x.vendors[e.vendor].name, e.docs})
	}
	return out
}

// A jsonWriter writes an object field by field, and keeps the first error.
type jsonWriter struct {
	w     *bufio.Writer
	begun bool
	err   error
	buf   bytes.Buffer
}

func (j *jsonWriter) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

// value writes one value on its line.
func (j *jsonWriter) value(v any) {
	if j.err != nil {
		return
	}
	j.buf.Reset()
	enc := json.NewEncoder(&j.buf)
	enc.SetEscapeHTML(false)
	if j.err = enc.Encode(v); j.err == nil {
		_, j.err = j.w.Write(render.EscapeJSON(bytes.TrimSuffix(j.buf.Bytes(), []byte("\n"))))
	}
}

func (j *jsonWriter) key(name string) {
	if j.begun {
		j.text(",\n")
	}
	j.begun = true
	j.text("  ")
	j.value(name)
	j.text(": ")
}

func (j *jsonWriter) field(name string, v any) {
	j.key(name)
	j.value(v)
}

// jsonList writes a list, one item a line, each made when it is written.
func jsonList(j *jsonWriter, name string, n int, item func(i int) any) {
	j.key(name)
	j.text("[")
	for i := range n {
		if i > 0 {
			j.text(",")
		}
		j.text("\n    ")
		j.value(item(i))
	}
	if n > 0 {
		j.text("\n  ")
	}
	j.text("]")
}
