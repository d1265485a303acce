// Package tokens counts tokens and money.
//
// In comes the name of a model; out comes how it counts a text, how much it reads and writes at once, and what it costs, from
// prompts/models.yaml or a user's own file. For a model that is not known there is a safe estimate.
package tokens
