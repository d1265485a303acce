package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A fillIn is a text with slots for the document's own words.
//
// "{link}" is what a condition called link; "{a link}" has the article it needs, "{one link}" and "{many link}" are its singular and plural, "{is link}" and
// "{has link}" are the verb it needs, "{it link}" its pronoun; "{asset|their data}" says what to write where the document
// has no word for it. Text in square brackets is left out where a slot in it is empty.
type fillIn struct {
	source string
	pieces []piece
}

// A piece is plain text, a slot, or an optional stretch.
type piece struct {
	text               string
	slot, form, orElse string
	optional           []piece
}

// documentSlots are the slots that any text may use: the most sensitive thing near the finding, several of them, who acts,
// what is relied on, a number or time that is stated, the section's title, and the words of the document themselves.
var documentSlots = []string{"asset", "assets", "actor", "dependency", "quantity", "section", "said"}

var slotForms = []string{"", "a", "one", "many", "is", "has", "them", "their"}

func (t fillIn) isEmpty() bool { return len(t.pieces) == 0 }

// parseFill parses the text. Its error says what is wrong with it.
func parseFill(source string) (fillIn, error) {
	pieces, rest, err := parsePieces(source, false)
	if err == nil && rest != "" {
		err = fmt.Errorf("text %q: a ] without its [", source)
	}
	return fillIn{source, pieces}, err
}

func parsePieces(s string, inside bool) (pieces []piece, rest string, err error) {
	for s != "" {
		i := strings.IndexAny(s, "{}[]")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			pieces = append(pieces, piece{text: s[:i]})
		}
		if i == len(s) {
			s = ""
			break
		}
		mark := s[i]
		s = s[i+1:]
		switch mark {
		case '{':
			slot, after, ok := strings.Cut(s, "}")
			if !ok || strings.ContainsAny(slot, "{[]") {
				return nil, "", fmt.Errorf("text: { without its } before %q", s)
			}
			p, err := parseSlot(slot)
			if err != nil {
				return nil, "", err
			}
			pieces, s = append(pieces, p), after
		case '[':
			if inside {
				return nil, "", fmt.Errorf("text: [ within [ before %q", s)
			}
			inner, after, err := parsePieces(s, true)
			if err != nil {
				return nil, "", err
			}
			pieces, s = append(pieces, piece{optional: inner}), after
		case ']':
			if inside {
				return pieces, s, nil
			}
			return nil, "", fmt.Errorf("text: ] without its [ before %q", s)
		default:
			return nil, "", fmt.Errorf("text: } without its { before %q", s)
		}
	}
	if inside {
		return nil, "", fmt.Errorf("text: [ without its ]")
	}
	return pieces, "", nil
}

func parseSlot(s string) (piece, error) {
	name, orElse, _ := strings.Cut(s, "|")
	words := strings.Fields(name)
	p := piece{orElse: strings.TrimSpace(orElse)}
	switch len(words) {
	case 1:
		p.slot = words[0]
	case 2:
		p.form, p.slot = strings.ToLower(words[0]), words[1]
	default:
		return p, fmt.Errorf("text: a slot is {name}, {form name} or {name|else}, not {%s}", s)
	}
	if p.form == "an" {
		p.form = "a"
	}
	if !slices.Contains(slotForms, p.form) {
		return p, fmt.Errorf("text: unknown form %q in {%s}; known are %s", p.form, s, strings.Join(slotForms[1:], ", "))
	}
	return p, nil
}

// check says what is wrong with the text where only the given slots are there; the map says which of them are always
// filled. The others need a word to fall back on, or brackets.
func (t fillIn) check(slots map[string]bool) string { return checkPieces(t.pieces, slots, false) }

func checkPieces(pieces []piece, slots map[string]bool, optional bool) string {
	for _, p := range pieces {
		if p.optional != nil {
			if fault := checkPieces(p.optional, slots, true); fault != "" {
				return fault
			}
			continue
		}
		if p.slot == "" {
			continue
		}
		sure, known := slots[p.slot]
		if !known {
			return fmt.Sprintf("there is nothing called {%s}", p.slot)
		}
		if !sure && p.orElse == "" && !optional {
			return fmt.Sprintf("{%s} may be empty: give it a word to fall back on, or set it in [ ]", p.slot)
		}
	}
	return ""
}

// with writes the text with the words given by slot.
func (t fillIn) with(words map[string]string) string {
	var b strings.Builder
	writePieces(&b, t.pieces, words)
	return tidy(b.String())
}

func writePieces(b *strings.Builder, pieces []piece, words map[string]string) {
	several := false // the slot just written is a subject in the plural
	for _, p := range pieces {
		switch {
		case p.optional != nil:
			if filled(p.optional, words) {
				writePieces(b, p.optional, words)
			}
		case p.slot == "":
			b.WriteString(agreeing(p.text, several))
		default:
			name := inflect(cmp.Or(words[p.slot], p.orElse), p.form)
			several = (p.form == "" || p.form == "many") && isPlural(name) && !afterPreposition(b.String())
			b.WriteString(name)
			continue
		}
		several = false
	}
}

func filled(pieces []piece, words map[string]string) bool {
	return !slices.ContainsFunc(pieces, func(p piece) bool { return p.slot != "" && p.orElse == "" && words[p.slot] == "" })
}
