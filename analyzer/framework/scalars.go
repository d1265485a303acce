package framework

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

func contains(list []string, word string) bool { return slices.Contains(list, word) }

// text reads one line of text; white space is folded.
func (r *reader) text(n *yaml.Node, name string) string {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, "%s must be text, not %s", name, kindOf(n))
		return ""
	}
	text := strings.Join(strings.Fields(n.Value), " ")
	switch {
	case n.Tag == "!!null" || text == "":
		r.fail(n, "%s is empty", name)
	case len(text) > maxText:
		r.fail(n, "%s has %d bytes; the limit is %d", name, len(text), maxText)
	case strings.ContainsFunc(text, invisible):
		r.fail(n, "%s holds control or invisible characters", name)
	default:
		return text
	}
	return ""
}

// invisible reports whether c would be acted upon, or lost, where text is shown.
func invisible(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == unicode.ReplacementChar
}

// textInto returns a field that reads text.
func (r *reader) textInto(name string, to *string) field {
	return field{name, func(n *yaml.Node) { *to = r.text(n, name) }}
}

// number reads a whole number from low to high, and low where it is none.
func (r *reader) number(n *yaml.Node, name string, low, high int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
		r.fail(n, "%s must be a whole number from %d to %d, not %s", name, low, high, shown(n))
		return low
	}
	return v
}

// oneOf reads a word of a vocabulary.
func (r *reader) oneOf(n *yaml.Node, name string, vocabulary ...string) string {
	word := r.text(n, name)
	if word != "" && !contains(vocabulary, word) {
		r.fail(n, "%s", unknown(name, word, vocabulary))
	}
	return word
}

// list returns the items of a list, at most limit.
func (r *reader) list(n *yaml.Node, name string, limit int) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "%s must be a list, not %s", name, kindOf(n))
		return nil
	}
	if len(n.Content) > limit {
		r.fail(n, "%s has %d items; the limit is %d", name, len(n.Content), limit)
		return n.Content[:limit]
	}
	return n.Content
}

func shown(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		return strconv.Quote(clip(n.Value))
	}
	return kindOf(n)
}

// signs reads words and phrases. Each is kept once, in lower case.
func (r *reader) signs(n *yaml.Node, name string) []string {
	var signs []string
	for _, item := range r.list(n, name, maxSigns) {
		sign := strings.ToLower(r.text(item, "a sign"))
		switch fault := signFault(sign); {
		case sign == "" || contains(signs, sign):
		case fault != "":
			r.fail(item, "sign %q %s", clip(sign), fault)
		default:
			signs = append(signs, sign)
		}
	}
	return signs
}

// signFault says what is wrong with the writing of a sign, or "".
func signFault(sign string) string {
	if len(sign) > maxSign {
		return "is too long; the limit is " + strconv.Itoa(maxSign) + " bytes"
	}
	for word := range strings.FieldsSeq(sign) {
		for alternative := range strings.SplitSeq(word, "|") {
			if !strings.ContainsFunc(alternative, letterOrDigit) {
				return "has an alternative without letters"
			}
		}
		if i := strings.IndexFunc(word, func(c rune) bool { return !letterOrDigit(c) && !strings.ContainsRune("|_-'’.", c) }); i >= 0 {
			return "holds " + strconv.Quote(word[i:]) + "; it must be words, | between alternatives, _ within one"
		}
	}
	return ""
}

func letterOrDigit(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c)
}

// Plain returns the sign with the first of each word's alternatives: "a|b c_d" is "a c d".
func Plain(sign string) string {
	words := strings.Fields(sign)
	for i, w := range words {
		first, _, _ := strings.Cut(w, "|")
		words[i] = strings.ReplaceAll(first, "_", " ")
	}
	return strings.Join(words, " ")
}
