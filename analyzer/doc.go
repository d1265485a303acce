// Package analyzer is the whole way from a document to a draft threat model, on one screen: [Analyze].
//
// Data goes one way, and each stage is a package that knows only what comes before it:
//
//	document     a file becomes a Document: title, sections, and numbered sentences, each with its bytes in the source
//	reading      its sentences become words by stem, with the stance each takes: claimed, denied, open, planned, out of scope
//	framework    the plain questions that are asked, from YAML
//	rules        the built-in engine proposes facts, abuse cases and answers, with the numbers of the sentences they stand on
//	inspect      the document itself is looked at, whatever the engine: secrets, and text addressed to the tools that read it
//	llm          the model engine asks a language model, hand in hand with the built-in one: chunk cuts the document, redact
//	             takes out what must not be sent, client asks once, caller asks many things within limits, reply reads what comes back
//	proposal     what any engine says; nothing in it is trusted
//	ground       each proposal's evidence is resolved, verified and, where the text is said to be silent, searched against;
//	             it is kept with citations copied from the source, or dropped with a reason
//	assemble     what was kept becomes one model: each thing once, with a stable id, linked and ranked
//	threatmodel  the draft: its types, vocabularies, ids and JSON Schema
//	render       the draft is printed: md, html, json
//	export       the draft in the forms of other tools, with what each has no place for
//
// Where there are many documents, other packages go through them:
//
//	find         folders are searched for documents, with ignore files as git reads them
//	classify     a document is told from READMEs, changelogs and whatever else lies there
//	scan         documents are read ahead and handed to a line of workers, here or over a queue (scan/queue); what comes back is kept
//	             in an output folder with a journal, and index pages (scan/index) are written over all
//	record       what is kept of each draft when there are many; near finds versions of one document
//	sarif, gate  findings become a log for code hosts, and a check that fails a build; review has the decisions of people
//
// A stage returns a plain value and calls no earlier stage. Engines only propose: what is in a draft is decided by ground,
// which never quotes a proposer and takes every word that it cites from the document. The same document, settings, engine and
// replies give the same draft, byte for byte.
package analyzer
