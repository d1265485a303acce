package llm

import (
	"context"

	"whatif/analyzer/llm/reply"
)

// askSmall asks one small question about a part.
func askSmall[T any](ctx context.Context, r *run, pass, what string, p *part, check func(*T) error) (*T, error) {
	var zero T
	d := singleData{Mark: p.mark, Form: reply.Describe(zero)}
	var err error
	if d.Ask, err = r.opt.Prompts.write("single.tmpl", what, nil); err != nil {
		return nil, err
	}
	tail, err := r.opt.Prompts.write("single.tmpl", "ask", d)
	if err != nil {
		return nil, err
	}
	form, _, err := ask(ctx, r, r.query(pass, what, p, tail), check)
	return form, err
}

// readSmall reads the facts of a part one kind after the other. A kind that fails costs that kind.
func (r *run) readSmall(ctx context.Context, p *part) {
	f := &factsForm{}
	things := func(what string, put func(s []int, name string)) error {
		form, err := askSmall[smallThings](ctx, r, passFacts, what, p, nil)
		if err == nil {
			for _, x := range form.Items {
				put(x.S, x.Name)
			}
		}
		return err
	}
	asks := []func() error{
		func() error {
			return things("assets", func(s []int, name string) { f.Assets = append(f.Assets, assetForm{S: s, Name: name}) })
		},
		func() error {
			return things("actors", func(s []int, name string) { f.Actors = append(f.Actors, actorForm{S: s, Name: name}) })
		},
		func() error {
			return things("safeguards", func(s []int, name string) { f.Safeguards = append(f.Safeguards, safeguardForm{S: s, Text: name}) })
		},
		func() error {
			form, err := askSmall[smallDependencies](ctx, r, passFacts, "dependencies", p, nil)
			if err == nil {
				for _, x := range form.Items {
					f.Dependencies = append(f.Dependencies, dependencyForm{S: x.S, Name: x.Name, Role: x.Role})
				}
			}
			return err
		},
		func() error {
			form, err := askSmall[smallFlows](ctx, r, passFacts, "flows", p, nil)
			if err == nil {
				for _, x := range form.Items {
					f.Flows = append(f.Flows, flowForm{S: x.S, From: x.From, To: x.To, Data: []string{x.Data}})
				}
			}
			return err
		},
		func() error {
			form, err := askSmall[smallSteps](ctx, r, passFacts, "steps", p, nil)
			if err == nil {
				for _, x := range form.Items {
					f.Steps = append(f.Steps, stepForm{S: x.S, Actor: x.Actor, Text: x.Text})
				}
			}
			return err
		},
	}
	var failed error
	for _, one := range asks {
		if err := one(); err != nil {
			failed = err
		}
	}
	p.facts = []said[factsForm]{{part: p, form: f}}
	if failed != nil {
		r.failed(query{pass: passFacts, name: p.Title, first: p.Sentences[0]}, failed)
	}
}

// askSmallWhatIf asks what could go wrong in a part, in a flat form.
func (r *run) askSmallWhatIf(ctx context.Context, p *part) []said[whatIfForm] {
	form, err := askSmall[smallCases](ctx, r, passWhatIf, "what_if", p, nil)
	if err != nil {
		r.failed(query{pass: passWhatIf, name: p.Title, first: p.Sentences[0]}, err)
		return nil
	}
	f := &whatIfForm{}
	for _, x := range form.Items {
		f.Cases = append(f.Cases, caseForm{S: x.S, WhatIf: x.WhatIf, Title: x.Title, Category: x.Category})
	}
	return []said[whatIfForm]{{part: p, form: f}}
}
