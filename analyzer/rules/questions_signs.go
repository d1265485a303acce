package rules

import (
	"fmt"
	"sync/atomic"

	"whatif/analyzer/framework"
)

// A signBook holds the signs of a framework, ready to be looked for.
type signBook struct {
	framework *framework.Framework
	book      *phrasebook
	plain     map[string]string // the signs of questions' parts, as people read them
}

// lastSigns are those that were asked for last: many documents are asked the same questions.
var lastSigns atomic.Pointer[signBook]

// signsOf returns the phrases that the framework's questions look for. They are not changed any more.
func signsOf(fw *framework.Framework) (*signBook, error) {
	if last := lastSigns.Load(); last != nil && last.framework == fw {
		return last, nil
	}
	book, plain := newPhrasebook(nil), map[string]string{}
	for i := range fw.Packs {
		if _, err := book.addAll(fw.Packs[i].Signs); err != nil {
			return nil, fmt.Errorf("pack %s: %w", fw.Packs[i].Key, err)
		}
	}
	for i := range fw.Questions {
		about, err := book.addAll(fw.Questions[i].About)
		if err != nil {
			return nil, fmt.Errorf("question %s: %w", fw.Questions[i].Key, err)
		}
		book.evenDenied(about) // "entries cannot be edited" is about entries
		for _, p := range fw.Questions[i].Parts {
			if _, err := book.addAll(p.Signs); err != nil {
				return nil, fmt.Errorf("question %s: %w", fw.Questions[i].Key, err)
			}
			for _, sign := range p.Signs {
				plain[sign] = framework.Plain(sign)
			}
		}
	}
	signs := &signBook{fw, book, plain}
	lastSigns.Store(signs)
	return signs, nil
}
