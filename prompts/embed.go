// Package prompts holds the data that whatif thinks with: framework, packs, lexicon, rules, templates.
//
// All of it is embedded in the program. Code reads it through [FS] by path relative to this folder.
package prompts

import "embed"

// FS holds the files of this folder.
//
//go:embed *.yaml packs/*.yaml lexicon/*.yaml rules/*.yaml template/* llm/*
var FS embed.FS
