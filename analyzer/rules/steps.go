package rules

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A stepRule says what to ask at a step of a journey that has one of its verbs, or one of its words.
type stepRule struct {
	Verbs    []string `yaml:"verbs"`    // stems of the step's main verb
	Words    []string `yaml:"words"`    // phrases, one of which must stand in the step too; empty: any step with the verb
	WhatIfs  []string `yaml:"what_ifs"` // questions; {data} and {actor} are filled in
	NeedData bool     `yaml:"need_data"`
}

// steps reads the rules for steps.
func (r *lexiconReader) steps(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "steps must be a list")
		return
	}
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode {
			r.fault(item, "a step must be a mapping with verbs and what_ifs")
			continue
		}
		r.onlyKeys(item, "verbs", "words", "what_ifs", "need_data")
		var rule stepRule
		if err := item.Decode(&rule); err != nil {
			r.wrong = append(r.wrong, fmt.Errorf("%s:%s", r.file, yamlFault(err)))
			continue
		}
		if len(rule.Verbs) == 0 || len(rule.WhatIfs) == 0 {
			r.fault(item, "a step needs verbs and what_ifs")
			continue
		}
		rule.Verbs = stemsOf(rule.Verbs)
		r.lexicon.steps = append(r.lexicon.steps, rule)
	}
}

// sortedKeys returns the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
