// Package reply is the form of what a model is asked to say, and reads what it said.
//
// In comes a Go struct; out comes the strict JSON Schema for it. In comes a model's text; out comes the struct filled with all
// that can be understood of it, and what was wrong with the rest. Nothing is believed here: ground checks it.
package reply
