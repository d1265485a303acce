package inspect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A phrase is written as items parted by blanks; prompts/inspect.yaml says how. Here it becomes a regular expression on folded
// text, with the groups of words of which each must stand in a text that it could match.

const (
	gap      = "..."
	between  = `[^\pL\pN]+`
	loose    = `[^\pL\pN]+(?:.{0,60}?[^\pL\pN]+)?`
	looseCJK = `.{0,24}?`
)

// A phraseParser compiles phrases.
type phraseParser struct {
	words map[string]string // "$name" to alternatives
	tight bool              // of a language that parts no words
}

// parse returns the expression of a phrase; its group "s" is where the phrase begins.
func (p *phraseParser) parse(phrase string) (expr string, required [][]string, err error) {
	var out strings.Builder
	joint := `(?:^|[^\pL\pN])`
	if p.tight {
		joint = ""
	}
	first := true
	for _, item := range strings.Fields(phrase) {
		switch {
		case item == "^":
			joint = `^[^\pL\pN]*`
			continue
		case item == gap:
			joint = loose
			if p.tight {
				joint = looseCJK
			}
			continue
		}
		optional := strings.HasSuffix(item, "?")
		alternatives, missing, err := p.alternatives(strings.TrimSuffix(item, "?"))
		if err != nil {
			return "", nil, err
		}
		optional = optional || missing
		one := p.item(alternatives)
		switch {
		case first && optional:
			return "", nil, fmt.Errorf("the first item of %q may not be missing", phrase)
		case first:
			out.WriteString(joint + "(?P<s>" + one + ")")
		case optional:
			out.WriteString("(?:" + joint + one + ")?")
		default:
			out.WriteString(joint + one)
		}
		first, joint = false, between
		if p.tight {
			joint = `[^\pL\pN]*`
		}
		if lits := necessary(alternatives); !optional && lits != nil {
			required = append(required, lits)
		}
	}
	if !p.tight {
		out.WriteString(`(?:[^\pL\pN]|$)`)
	}
	if len(required) == 0 {
		return "", nil, fmt.Errorf("%q has no item that must be there, of two letters at least", phrase)
	}
	return out.String(), selective(required), nil
}

// alternatives splits an item. An empty alternative means that the item may be missing.
func (p *phraseParser) alternatives(item string) (all []string, missing bool, err error) {
	for _, a := range strings.Split(item, "|") {
		name, ok := strings.CutPrefix(a, "$")
		switch {
		case a == "":
			missing = true
		case ok && p.words[name] == "":
			return nil, false, fmt.Errorf("there are no words $%s", name)
		case ok:
			all = append(all, strings.Split(p.words[name], "|")...)
		default:
			all = append(all, a)
		}
	}
	for i := range all {
		all[i] = foldPattern(all[i])
	}
	return all, missing, nil
}

// item returns the expression of alternatives.
func (p *phraseParser) item(alternatives []string) string {
	var out []string
	for _, a := range alternatives {
		stem, open := strings.CutSuffix(a, "*")
		expr := regexp.QuoteMeta(stem)
		expr = strings.ReplaceAll(strings.ReplaceAll(expr, `\*`, `[\pL\pM]*`), "_", `[^\pL\pN]{1,3}`)
		if open {
			expr += `[\pL\pM]*`
		}
		out = append(out, expr)
	}
	return "(?:" + strings.Join(out, "|") + ")"
}

// common words stand in so many texts that to search for them is a waste.
var common = setOf(strings.Fields("the is are be as to with in an all any this that these for you your it of has have was were no not only now and from on at by if every each must should can will may"))

// selective leaves out the groups with common words, if two others are left.
func selective(required [][]string) [][]string {
	var out [][]string
	for _, words := range required {
		if !slices.ContainsFunc(words, func(w string) bool { return common[w] }) {
			out = append(out, words)
		}
	}
	if len(out) < 2 {
		return required
	}
	return out
}

// necessary returns a literal of each alternative that any text with it has, nil if one has none of two bytes.
func necessary(alternatives []string) []string {
	var out []string
	for _, a := range alternatives {
		longest := ""
		for _, part := range strings.FieldsFunc(a, func(r rune) bool { return r == '_' || r == '*' || r == '\'' }) {
			if len(part) > len(longest) {
				longest = part
			}
		}
		if len(longest) < 2 {
			return nil
		}
		out = append(out, longest)
	}
	return out
}

// foldPattern folds the letters of a pattern and leaves its marks, escapes among them, as they are.
func foldPattern(pattern string) string {
	var out strings.Builder
	for _, r := range pattern {
		if r < utf8.RuneSelf {
			out.WriteRune(r)
		} else {
			foldRune(&out, r)
		}
	}
	return out.String()
}
