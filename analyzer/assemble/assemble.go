// Package assemble makes one draft out of checked proposals.
//
// In come what ground let through, from one engine or several; out comes a [threatmodel.Draft] in which each thing stands
// once, has a stable id, is linked to what it belongs to, and carries a priority with its reason.
package assemble

import (
	"whatif/analyzer/document"
	"whatif/analyzer/ground"
	"whatif/analyzer/threatmodel"
)

// Options are what a user may set.
type Options struct {
	MinPriority threatmodel.Level // abuse cases below go to dropped as below_threshold; "" keeps all
}

// Draft assembles results. The draft's tool, time and engine are left for the caller to fill.
func Draft(doc *document.Document, results []*ground.Result, opt Options) *threatmodel.Draft {
	a := &assembler{doc: doc, results: results, key: threatmodel.DocumentKey(doc.Path, doc.Title),
		draft: &threatmodel.Draft{SchemaVersion: threatmodel.SchemaVersion, Document: describe(doc)}}
	a.assets()
	a.actors()
	a.dependencies()
	a.flows()
	a.safeguards()
	a.steps()
	a.abuseCases(opt.MinPriority)
	a.questions()
	a.remarks()
	a.cover()
	a.shorten()
	a.draft.Complete()
	return a.draft
}

// An assembler fills one draft, kind by kind; later kinds link to earlier ones.
type assembler struct {
	doc     *document.Document
	results []*ground.Result
	key     string // the document's, for ids
	draft   *threatmodel.Draft

	assetNames     names            // id by folded name
	parties        names            // display name by folded name, of actors and dependencies
	safeguardTexts [][]string       // folded, of each of the draft's safeguards, as each engine words it
	bySentence     map[int][]string // ids of assets, flows, safeguards and steps by the sentences they cite
}

func describe(doc *document.Document) threatmodel.Document {
	return threatmodel.Document{Path: doc.Path, Title: doc.Title, Format: string(doc.Format), Encoding: doc.Encoding, SHA256: doc.SHA256,
		Bytes: doc.Bytes, Lines: doc.Lines(), Sentences: len(doc.Sentences), Pages: doc.Pages, Language: doc.Language}
}

// ids makes one id for each meaning.
func (a *assembler) ids(prefix string, meanings []string) []string {
	return threatmodel.IDs(prefix, a.key, meanings)
}

// note remembers that the thing with the id cites these sentences.
func (a *assembler) note(id string, cited []threatmodel.Citation) {
	if a.bySentence == nil {
		a.bySentence = map[int][]string{}
	}
	for _, c := range cited {
		a.bySentence[c.Sentence] = append(a.bySentence[c.Sentence], id)
	}
}
