package record

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// Of returns what is kept of a draft. doc is the document it was made from; name is the document's in the scan. State is Done: what
// makes a draft partial is the caller's to say.
func Of(d *threatmodel.Draft, doc *document.Document, name string) *Record {
	r := &Record{
		Name: name, Path: d.Document.Path, SHA256: d.Document.SHA256, Bytes: int64(d.Document.Bytes), State: Done,
		Title: d.Document.Title, Format: d.Document.Format, Language: d.Document.Language, Sentences: d.Document.Sentences, Engine: d.Engine,
	}
	if doc.Encoding != "utf-8" {
		r.Encoding = doc.Encoding
	}
	places := &places{source: doc.Source, doc: doc}
	for i := range d.AbuseCases {
		r.Findings = append(r.Findings, places.finding(&d.AbuseCases[i], name))
	}
	r.Hidden = hidden(d)
	for i := range d.Questions {
		q := &d.Questions[i]
		r.Questions = append(r.Questions, Question{Key: q.Question, Status: q.Status, Ask: q.Ask, Spare: q.Spare, Line: firstLine(q.Citations)})
	}
	r.Assets = assets(d)
	for _, w := range d.Warnings {
		if !slices.Contains(r.Warnings, w.Code) {
			r.Warnings = append(r.Warnings, w.Code)
		}
	}
	return r
}

// hidden lists the abuse cases that were dropped though nothing speaks against them.
func hidden(d *threatmodel.Draft) []Hidden {
	var all []Hidden
	for i := range d.Dropped {
		x := &d.Dropped[i]
		if x.Kind != "abuse_case" || x.Reason != threatmodel.Duplicate && x.Reason != threatmodel.BelowThreshold {
			continue
		}
		h := Hidden{Rule: x.Rule, Title: strings.TrimSuffix(x.Text, ".")} // as titles of findings are
		for j := range x.Cited {
			h.Quotes = append(h.Quotes, x.Cited[j].Quote)
		}
		all = append(all, h)
	}
	return all
}

func firstLine(cited []threatmodel.Citation) int {
	if len(cited) == 0 {
		return 0
	}
	return cited[0].LineStart
}

// assets lists the draft's assets with the dependencies that they are carried to.
func assets(d *threatmodel.Draft) []Asset {
	outside := map[string]bool{}
	for _, dep := range d.Dependencies {
		outside[dep.Name] = true
	}
	to := map[string][]string{}
	for _, f := range d.DataFlows {
		if !outside[f.Destination] {
			continue
		}
		for _, id := range f.Data {
			if !slices.Contains(to[id], f.Destination) {
				to[id] = append(to[id], f.Destination)
			}
		}
	}
	var all []Asset
	for _, a := range d.Assets {
		slices.Sort(to[a.ID])
		all = append(all, Asset{Name: a.Name, Category: a.Category, Sensitivity: a.Sensitivity, To: to[a.ID], Line: firstLine(a.Citations)})
	}
	return all
}

// Fingerprint returns what a finding is known by from run to run: a hash of the document's name in the scan and the finding's id,
// which is made from its meaning. 32 hex digits.
func Fingerprint(name, id string) string {
	sum := sha256.Sum256([]byte(name + "\x00" + id))
	return hex.EncodeToString(sum[:16])
}

// places turns citations into regions.
type places struct {
	doc    *document.Document
	source string
	at     int // a byte offset that was counted up to
	chars  int // the characters before it
}

func (p *places) finding(c *threatmodel.AbuseCase, name string) Finding {
	f := Finding{
		ID: c.ID, Fingerprint: Fingerprint(name, c.ID), Rule: c.Rule, Category: c.Category, Question: c.Question, Title: c.Title, WhatIf: c.WhatIf,
		Priority: c.Priority, Severity: c.Severity, Likelihood: c.Likelihood, Confidence: c.Confidence, Basis: c.Basis, Origin: c.Origin, Tags: c.Tags,
	}
	if len(c.Requirements) > 0 {
		f.Requirement = c.Requirements[0].Text
	}
	for i := range c.Citations {
		f.Regions = append(f.Regions, p.region(&c.Citations[i]))
	}
	return f
}

func (p *places) region(c *threatmodel.Citation) Region {
	start, end := clamp(c.Start, len(p.source)), clamp(c.End, len(p.source))
	last := max(start, end-1)
	r := Region{
		Section: c.Section, Quote: c.Quote, Page: c.Page, StartLine: p.doc.LineOf(start), EndLine: p.doc.LineOf(last),
		ByteOffset: start, ByteLength: end - start, CharOffset: p.charsTo(start), CharLength: utf8.RuneCountInString(p.source[start:end]),
	}
	r.StartColumn = 1 + utf8.RuneCountInString(p.source[p.lineStart(r.StartLine, start):start])
	r.EndColumn = 1 + utf8.RuneCountInString(p.source[p.lineStart(r.EndLine, end):end])
	return r
}

// lineStart returns where the first character of a line stands, at most at offset.
func (p *places) lineStart(line, offset int) int {
	return min(max(p.doc.LineStart(line), p.mark()), offset)
}

// mark returns how many bytes the byte order mark has with which the source begins.
func (p *places) mark() int {
	if strings.HasPrefix(p.source, "\ufeff") {
		return len("\ufeff")
	}
	return 0
}

// charsTo counts the characters before a byte offset.
func (p *places) charsTo(offset int) int {
	if offset < p.at || p.at == 0 {
		p.at, p.chars = min(p.mark(), offset), 0
	}
	p.chars += utf8.RuneCountInString(p.source[p.at:offset])
	p.at = offset
	return p.chars
}

func clamp(n, most int) int { return min(max(n, 0), most) }
