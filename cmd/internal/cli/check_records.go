package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"whatif/analyzer"
	"whatif/analyzer/document"
	"whatif/analyzer/gate"
	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/rules"
	"whatif/analyzer/sarif"
	"whatif/analyzer/threatmodel"
)

// A gathering is the documents of a check or a baseline, and how their findings are gathered.
type gathering struct {
	inputs []checked
	job    *job
	other  []gate.LeftOut // documents in folders that are not looked at
	lost   []error        // why documents could not be analysed
}

// gathering finds the documents and reads the settings.
func (a *app) gathering(ctx context.Context, s *settings, paths []string, opt checkOptions) (*gathering, error) {
	fw, err := loadFramework(s.text("framework"))
	if err != nil {
		return nil, err
	}
	book, err := loadBook(s)
	if err != nil {
		return nil, err
	}
	now, err := a.now()
	if err != nil {
		return nil, err
	}
	g := &gathering{job: &job{quiet: s.values.GetBool("quiet"), read: document.Options{Limits: s.limits()},
		make: analyzer.Options{Framework: fw, Rules: book, Version: version(), Now: now}}}
	if g.inputs, err = a.documentsOf(ctx, paths, opt, s.limits()); err != nil {
		return nil, err
	}
	for _, in := range g.inputs {
		g.job.inputs = append(g.job.inputs, in.path)
	}
	if err := checkInputs(g.job.inputs, ""); err != nil {
		return nil, err
	}
	if !opt.all {
		g.job.refuse, err = onlyRequirements(g.inputs)
	}
	return g, err
}

// A gathered is a document with its record.
type gathered struct {
	input  checked
	record *record.Record
	draft  *threatmodel.Draft // nil where it failed
}

// startAsking makes ready to ask a model, where the settings name one.
func (a *app) startAsking(ctx context.Context, s *settings, g *gathering) error {
	kind, err := s.engineKind()
	if err != nil {
		return err
	}
	for _, n := range s.notes {
		a.message("note: ", n)
	}
	g.job.asking, err = a.ask(ctx, s, kind, g.job.make.Rules)
	return err
}

// records analyses the documents and hands on the record of each, in their order. One that fails costs itself only: its record says so.
func (a *app) records(ctx context.Context, g *gathering, use func(gathered) error) error {
	first := map[string]string{} // names of documents by their bytes
	for i, d := range a.drafts(ctx, g.job) {
		other := (*otherKind)(nil)
		switch {
		case errors.Is(d.err, context.Canceled):
			return a.interrupted(g.job, i)
		case errors.As(d.err, &other):
			g.leaveOut(i, other)
			continue
		}
		if d.err == nil {
			sum := d.draft.Document.SHA256
			if of, is := first[sum]; is && !g.inputs[i].kept {
				g.other = append(g.other, gate.LeftOut{Name: g.inputs[i].name, Detail: "it has the same bytes as " + of, Of: of})
				continue
			} else if !is {
				first[sum] = g.inputs[i].name
			}
		}
		if err := use(gathered{g.inputs[i], a.recordOf(g, i, d), d.draft}); err != nil {
			return err
		}
	}
	a.tellOthers(g)
	if g.job.asking != nil && !g.job.quiet {
		a.message("", g.job.asking.spent())
	}
	return nil
}

// recordOf returns the record of a document, and tells what is wrong with it.
func (a *app) recordOf(g *gathering, i int, d drafted) *record.Record {
	in := g.inputs[i]
	if d.fault != "" {
		a.apologize(d.fault)
	}
	if d.err != nil {
		err := g.job.asking.keyHint(d.err)
		a.complain(err)
		g.lost = append(g.lost, d.err)
		return &record.Record{Name: in.name, Path: validName(in.path), State: record.Failed, Reason: "failed", Detail: plainError(err)}
	}
	r := record.Of(d.draft, d.doc, in.name)
	r.Path = validName(in.path)
	if partial(d.draft) {
		r.State = record.Partial
		a.incomplete(g.job, i, d.draft)
	}
	return r
}

// leaveOut notes a document that does not read like requirements.
func (g *gathering) leaveOut(i int, why *otherKind) {
	g.other = append(g.other, gate.LeftOut{Name: g.inputs[i].name, Detail: why.Error()})
}

// tellOthers tells of documents in folders that were not looked at: of one by its name, of more how many they are.
func (a *app) tellOthers(g *gathering) {
	if g.job.quiet {
		return
	}
	var kinds, copies []gate.LeftOut
	for _, l := range g.other {
		if l.Of != "" {
			copies = append(copies, l)
		} else {
			kinds = append(kinds, l)
		}
	}
	for _, list := range []struct {
		left []gate.LeftOut
		many string
	}{{kinds, "%d documents do not read like requirements; --all looks at them too"}, {copies, "%d documents are copies of others, and count once"}} {
		switch len(list.left) {
		case 0:
		case 1:
			a.message("note: ", fmt.Sprintf("%s is left out: %s", list.left[0].Name, list.left[0].Detail))
		default:
			a.message("note: ", fmt.Sprintf(list.many, len(list.left)))
		}
	}
	if len(kinds) == 1 {
		a.message("hint: ", "name a document, or use --all, to have it looked at")
	}
}

// allFailed is the error after which there is nothing: the model's if it is to blame for all of it.
func (g *gathering) allFailed() error {
	if !slices.ContainsFunc(g.lost, func(err error) bool { return !modelFailed(err) }) {
		return &codeError{ExitModel, errReported}
	}
	return errReported
}

// sarifRules tells of the rules of a book in SARIF's words.
func sarifRules(book *rules.Book) map[string]sarif.Rule {
	all := map[string]sarif.Rule{}
	for _, r := range book.Rules() {
		one := sarif.Rule{About: r.Doc, Tags: sarif.Tags(r.Category, r.STRIDE, r.LINDDUN)}
		for _, part := range []struct {
			title string
			texts []string
		}{{"It asks", []string{r.WhatIf}}, {"What to ask for", r.Requirements}, {"Known to be wrong where", []string{r.FalsePositives}}} {
			for i, text := range part.texts {
				if text == "" {
					continue
				}
				if i == 0 {
					one.Help += part.title + ":\n"
					one.Markdown += "**" + part.title + "**\n\n"
				}
				one.Help += "- " + text + "\n"
				one.Markdown += "- " + render.MarkdownText(text) + "\n"
			}
			one.Markdown += "\n"
		}
		all[r.ID] = one
	}
	return all
}
