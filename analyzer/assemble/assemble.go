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
	return &threatmodel.Draft{SchemaVersion: threatmodel.SchemaVersion}
}
