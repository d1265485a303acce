package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whatif/analyzer/threatmodel"
)

// plain returns a vocabulary's word as people write it: "account_takeover" is "account takeover".
func plain[T ~string](s T) string {
	words := strings.ReplaceAll(string(s), "_", " ")
	if rest, ok := strings.CutPrefix(words, "ai "); ok {
		return "AI " + rest
	}
	return words
}

// class returns a word that is safe as part of a class name, whatever the draft says.
func class(l threatmodel.Level) string {
	if l.Rank() == 0 {
		return "none"
	}
	return string(l)
}

// basisWords say how a statement stands on the text.
func basisWords(b threatmodel.Basis) string {
	switch b {
	case threatmodel.Stated:
		return "The text says so"
	case threatmodel.Absent:
		return "The text is silent on it"
	}
	return "It follows from the text, in our reading"
}

// sureWords say how sure the draft is.
func sureWords(l threatmodel.Level) string {
	switch l {
	case threatmodel.High:
		return "we are fairly sure"
	case threatmodel.Medium:
		return "we are moderately sure"
	case threatmodel.Low:
		return "this is a guess worth a look"
	}
	return ""
}

// originWords say which engine found something.
func originWords(o threatmodel.Origin) string {
	switch o {
	case threatmodel.FromLLM:
		return "found by the model"
	case threatmodel.FromBoth:
		return "found by the built-in rules and by the model"
	}
	return "found by the built-in rules"
}

// trust joins basis, confidence and origin into one sentence.
func trust(b threatmodel.Basis, c threatmodel.Level, o threatmodel.Origin) string {
	s := basisWords(b)
	if sure := sureWords(c); sure != "" {
		s += "; " + sure
	}
	return s + " (" + originWords(o) + ")."
}

// matchWords label a citation that is not word for word; "" for one that is.
func matchWords(m threatmodel.Match) string {
	switch m {
	case threatmodel.Normalized:
		return "same words, other spacing or quotes"
	case threatmodel.Fuzzy:
		return "aligned by words: please check"
	}
	return ""
}

var reasonWords = map[threatmodel.DropReason]string{
	threatmodel.NoSuchSentence: "pointed at a sentence that is not there",
	threatmodel.QuoteNotFound:  "quoted words that are not in the document",
	threatmodel.Unsupported:    "not supported by the sentences it pointed to",
	threatmodel.Contradicted:   "the document says otherwise",
	threatmodel.Safeguarded:    "the document already deals with it",
	threatmodel.Duplicate:      "the same as another finding",
	threatmodel.OutOfScope:     "the document rules it out of scope",
	threatmodel.BelowThreshold: "weaker than what is shown, or than what was asked for",
	threatmodel.Invalid:        "malformed",
}

func dropWords(r threatmodel.DropReason) string {
	if w := reasonWords[r]; w != "" {
		return w
	}
	return plain(r)
}

// stateWords name a review's state.
func stateWords(s threatmodel.ReviewState) string {
	switch s {
	case threatmodel.StateAccepted:
		return "accepted"
	case threatmodel.StateEdited:
		return "accepted with edits"
	case threatmodel.StateRejected:
		return "rejected"
	case threatmodel.StateNeedsInfo:
		return "needs information"
	}
	return "not reviewed yet"
}

// count returns "1 finding", "2 findings", "no findings"; a plural that is not made with an s comes as a second word.
func count(n int, one string, many ...string) string {
	word := one + "s"
	if len(many) > 0 {
		word = many[0]
	}
	switch n {
	case 0:
		return "no " + word
	case 1:
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + word
}

// list joins words as prose does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// quoted puts each word into quotation marks.
func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "“" + fold(w) + "”"
	}
	return out
}

// searched lists the words that were looked for, at most ten of them and how many more.
func searched(words []string) string {
	const shown = 10
	if len(words) <= shown+1 {
		return strings.Join(quoted(words), ", ")
	}
	return strings.Join(quoted(words[:shown]), ", ") + " and " + count(len(words)-shown, "more", "more")
}

// upper returns s with its first letter large.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// stop returns s ending in a mark that ends a sentence.
func stop(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "。") {
		return s
	}
	return s + "."
}

// short cuts s to at most n characters at a word's end, marking the cut.
func short(s string, n int) string {
	s = fold(s)
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	cut := n - 1
	for i := cut; i > n*2/3; i-- {
		if runes[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:–-") + "…"
}

// money prints an amount in dollars with as many digits as it needs.
func money(usd float64) string {
	if usd < 0.01 {
		return fmt.Sprintf("$%.4f", usd)
	}
	return fmt.Sprintf("$%.2f", usd)
}

// thousands prints n with a comma every three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// more says how many places beyond those shown speak of a thing that is cited in part; "" for one that is cited in full.
func more(mentions, shown int) string {
	if mentions <= shown {
		return ""
	}
	return fmt.Sprintf(" and %d more places", mentions-shown)
}
