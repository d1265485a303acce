package tokens

import (
	"math"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

func (r *reader) date(n *yaml.Node, to *string) error {
	if _, err := time.Parse(time.DateOnly, n.Value); n.Kind != yaml.ScalarNode || err != nil {
		return r.fault(n, "as_of must be a date such as 2026-12-01, not %s", shown(n))
	}
	*to = n.Value
	return nil
}

func (r *reader) encoding(n *yaml.Node, to **string) error {
	if n.Kind != yaml.ScalarNode || n.Value != "" && !known(n.Value) {
		return r.fault(n, "encoding must be o200k_base or cl100k_base, not %s; leave it out for an estimate", shown(n))
	}
	*to = &n.Value
	return nil
}

func (r *reader) count(n *yaml.Node, name string, to **int) error {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < 1 || v > mostTokens {
		return r.fault(n, "%s must be a whole number of tokens from 1 to %d, not %s", name, mostTokens, shown(n))
	}
	*to = &v
	return nil
}

func (r *reader) truth(n *yaml.Node, to **bool) error {
	v := n.Value == "true"
	if n.Kind != yaml.ScalarNode || !v && n.Value != "false" {
		return r.fault(n, "reasoning must be true or false, not %s", shown(n))
	}
	*to = &v
	return nil
}

// price reads [input, cached input, output]. Where the cached price is null, cached tokens cost as others.
func (r *reader) price(n *yaml.Node, to **Price) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 3 {
		return r.fault(n, "price must be [input, cached input, output] in US dollars for a million tokens, as [0.25, 0.025, 2]")
	}
	var amounts [3]float64
	for i, item := range n.Content {
		if i == 1 && item.Tag == "!!null" {
			amounts[1] = amounts[0]
			continue
		}
		v, err := strconv.ParseFloat(item.Value, 64)
		if item.Kind != yaml.ScalarNode || err != nil || math.IsNaN(v) || v < 0 || v > mostDollars {
			return r.fault(item, "price has %s; it must be US dollars from 0 to %d", shown(item), mostDollars)
		}
		amounts[i] = v
	}
	*to = &Price{Input: amounts[0], CachedInput: amounts[1], Output: amounts[2]}
	return nil
}

// shown returns what a node holds, for a message.
func shown(n *yaml.Node) string {
	const most = 60
	switch {
	case n.Kind == yaml.ScalarNode && n.Value != "":
		if runes := []rune(n.Value); len(runes) > most {
			return strconv.Quote(string(runes[:most-1]) + "…")
		}
		return strconv.Quote(n.Value)
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	}
	return "nothing"
}
