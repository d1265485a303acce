package reply

import (
	"regexp"
	"strings"
)

// A found value is JSON that stands in a text, whole or cut.
type found struct {
	node
	ended bool // the text ended within it
}

// findAll returns all JSON objects and lists that stand in a text, in order, not those within others.
func findAll(text string) []found { return findWithin(text, 2) }

// findWithin looks into JSON that stands in quotes up to the given depth.
func findWithin(text string, quoted int) []found {
	if n, ok := readStrict(strings.TrimSpace(text)); ok {
		if n.kind == textNode && quoted > 0 {
			return findWithin(n.text, quoted-1)
		}
		if n.kind == listNode || n.kind == objectNode {
			return []found{{node: n}}
		}
		return nil
	}
	if quoted > 0 && escaped(text) {
		return findWithin(unescaped(text), quoted-1)
	}
	var all []found
	for at := 0; ; {
		i := strings.IndexAny(text[at:], "{[")
		if i < 0 {
			break
		}
		p := parser{src: text, at: at + i}
		if !p.opens() {
			at += i + 1
			continue
		}
		n := p.value(nil)
		all = append(all, found{n, p.ended})
		at = p.at
	}
	return all
}

// escaped reports JSON that is written as if it stood in quotes: {\"s\": 12}.
func escaped(text string) bool {
	_, inner, _ := strings.Cut(text, "{")
	return strings.HasPrefix(strings.TrimSpace(inner), `\`) && strings.Count(text, `"`) == strings.Count(text, `\"`)
}

// thinking finds where models begin and end to think aloud: tags of several makers, and the channels of gpt-oss.
var thinking = regexp.MustCompile(`(?i)[<\[◁](/?)(?:[a-z]+:)?(?:think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad)[>\]▷]` +
	`|<\|channel\|>(?:analysis|commentary)[^<]{0,200}<\|message\|>|(<\|channel\|>final[^<]{0,200}<\|message\|>)`)

// withoutThinking takes out what a model thought aloud, and all that stands before an end of thinking that has no beginning.
func withoutThinking(text string) string {
	var b strings.Builder
	from, open := 0, false
	for _, m := range thinking.FindAllStringSubmatchIndex(text, -1) {
		ends := m[2] >= 0 && m[3] > m[2] || m[4] >= 0
		switch {
		case ends && !open:
			b.Reset()
			from = m[1]
		case ends:
			from, open = m[1], false
		case !open:
			b.WriteString(text[from:m[0]])
			from, open = m[1], true
		}
	}
	if !open {
		b.WriteString(text[from:])
	}
	return b.String()
}
