// Package redact takes out of a document's words what must not be sent, and puts it back into what is replied.
//
// In comes text; out comes the same text with stable placeholders ("[EMAIL-1]"). Working secrets are always taken out;
// e-mail addresses, telephone numbers, names and patterns of the user's own when asked for.
package redact
