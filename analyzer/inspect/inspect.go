// Package inspect looks at the document itself instead of the product that it describes.
//
// In comes a document; out come proposals about what should not stand in it: secrets that seem to work, and sentences, shown or
// hidden, that are addressed to the tools that read it. It runs whatever the engine is, and nothing can talk it out of it.
package inspect
