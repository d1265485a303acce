// Package classify tells requirements documents from what else lies in a docs folder.
//
// In comes a document; out come how much it reads like a PRD, what else it may be, and the features that say so with their lines.
package classify
