// Package llm is the model engine: it asks a language model the framework's questions, and proposes what came back.
//
// In comes a document; out come proposals with sentence numbers. Facts are read chunk by chunk, what-ifs asked section by
// section with the facts of the whole document, and each danger judged against its sentences. Nothing of it is believed:
// ground checks it.
package llm
