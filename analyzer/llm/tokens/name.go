package tokens

import (
	"regexp"
	"slices"
	"strings"
)

// longestName is how many bytes of a model's name are looked at; names come from servers.
const longestName = 200

// A name is a model's name in the forms in which an entry may know it.
type name struct {
	forms   []string // folded: as written, without providers, without tag, without date
	special bool     // it has a tag, or was fine-tuned
}

var (
	// A date or a snapshot: -2026-01-15, @20250929, -20250929, -0613, -2512, -05-20, -09-2025.
	datePattern = regexp.MustCompile(`[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{2}-\d{2}(\d{2})?)$`)
	// Amazon's versions: -v1:0, -v2, -1:0.
	amazonPattern = regexp.MustCompile(`-v\d+(:\d+)?$|-\d:\d$`)
	// "us.", "anthropic.": the region and maker before Amazon's names.
	makerPattern = regexp.MustCompile(`^[a-z]{2,}\.`)
)

// formsOf returns the forms of a model's name.
func formsOf(text string) name {
	var n name
	text = strings.ToLower(strings.TrimSpace(text))
	text = text[:min(len(text), longestName)]
	if rest, ok := strings.CutPrefix(text, "ft:"); ok { // ft:gpt-4o-mini-2024-07-18:org:name:id
		text, _, _ = strings.Cut(rest, ":")
		n.special = true
	}
	text = amazonPattern.ReplaceAllString(text, "")
	n.add(text)
	if i := strings.LastIndexByte(text, ':'); i > 0 {
		n.special = true
		n.add(text[:i])
	}
	return n
}

// add adds a name with and without its providers, with and without its date.
func (n *name) add(text string) {
	for {
		n.addForm(fold(text))
		n.addForm(fold(datePattern.ReplaceAllString(text, "")))
		_, rest, ok := strings.Cut(text, "/")
		if !ok {
			end := len(makerPattern.FindString(text))
			rest, ok = text[end:], end > 0
		}
		if !ok {
			return
		}
		text = rest
	}
}

func (n *name) addForm(form string) {
	if form != "" && !slices.Contains(n.forms, form) {
		n.forms = append(n.forms, form)
	}
}

var folder = strings.NewReplacer(".", "-", "_", "-", " ", "-")

// fold makes the spellings of a name one: "gpt-4.1" and "GPT_4-1".
func fold(text string) string { return folder.Replace(strings.ToLower(text)) }

// A pattern fits names; "*" in it stands for any text.
type pattern struct {
	text   string   // as written
	parts  []string // folded, between the "*"
	tagged bool     // it names a tag
}

func newPattern(text string) pattern {
	return pattern{text: text, parts: strings.Split(fold(text), "*"), tagged: strings.Contains(text, ":")}
}

// fits reports whether the pattern fits all of a folded name.
func (p *pattern) fits(form string) bool {
	last := len(p.parts) - 1
	if last == 0 {
		return form == p.parts[0]
	}
	form, ok := strings.CutPrefix(form, p.parts[0])
	if !ok {
		return false
	}
	for _, part := range p.parts[1:last] {
		i := strings.Index(form, part)
		if i < 0 {
			return false
		}
		form = form[i+len(part):]
	}
	return strings.HasSuffix(form, p.parts[last])
}
