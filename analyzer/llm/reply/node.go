package reply

import (
	"encoding/json"
	"strings"
)

// maxNesting is how deep lists and objects are read. What lies deeper is left out: no form that is asked for goes below five.
const maxNesting = 40

// A nodeKind is what a value is, as the model wrote it.
type nodeKind int

const (
	absent nodeKind = iota // null, NaN, a placeholder, or a value that the text ended in
	boolNode
	numberNode
	textNode
	listNode
	objectNode
)

// A node is a value of a reply.
type node struct {
	kind  nodeKind
	text  string // of a text, or the figures of a number
	yes   bool   // of a bool
	keys  []string
	items []node // of a list, or the values of an object's keys
	cut   bool   // the text ended within it
}

// readStrict reads a text that is JSON and nothing else. It reports false for any other.
func readStrict(text string) (node, bool) {
	if !json.Valid([]byte(text)) {
		return node{}, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return strictValue(d, 0), true
}

// strictValue takes the next value. Errors cannot be: the text is known to be valid.
func strictValue(d *json.Decoder, depth int) node {
	token, _ := d.Token()
	switch t := token.(type) {
	case bool:
		return node{kind: boolNode, yes: t}
	case json.Number:
		return node{kind: numberNode, text: t.String()}
	case string:
		return node{kind: textNode, text: t}
	case json.Delim:
		n := node{kind: listNode}
		if t == '{' {
			n.kind = objectNode
		}
		if depth >= maxNesting {
			skipStrict(d)
			return node{}
		}
		for d.More() {
			if n.kind == objectNode {
				key, _ := d.Token()
				n.keys = append(n.keys, key.(string))
			}
			n.items = append(n.items, strictValue(d, depth+1))
		}
		_, _ = d.Token()
		return n
	}
	return node{}
}

// skipStrict passes over the rest of a list or object.
func skipStrict(d *json.Decoder) {
	for open := 1; open > 0; {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
	}
}

// isSchema reports the schema itself, said back in place of a value.
func (n *node) isSchema() bool {
	if n.kind != objectNode {
		return false
	}
	typed, told := false, len(n.keys) == 1
	for i, key := range n.keys {
		switch key {
		case "type":
			switch n.items[i].text {
			case "object", "array", "string", "integer", "number", "boolean":
				typed = n.items[i].kind == textNode
			}
		case "properties", "items", "enum", "description":
			told = true
		}
	}
	return typed && told
}
