package threatmodel

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"unicode"
)

// The prefixes of ids.
const (
	AssetID      = "A"
	ActorID      = "P"
	DependencyID = "D"
	FlowID       = "F"
	StepID       = "J"
	SafeguardID  = "S"
	AbuseID      = "T"
	QuestionID   = "Q"
)

// idDigits is how many hex digits an id has at least. Ids that would be alike get more.
const idDigits = 6

// IDs returns one id for each meaning, "T-81d2f0": the prefix and the first digits of a hash of the document's identity and
// the meaning. Nothing else goes in: neither order nor wording. Where the first digits of two meanings are the same, both
// ids are longer. Meanings that are the same are numbered in their order: "J-81d2f0", "J-81d2f0.2".
func IDs(prefix, document string, meanings []string) []string {
	sums := make([]string, len(meanings))
	short := map[string]string{} // first digits to whole sum, "" once two sums share them
	for i, m := range meanings {
		sum := sha256.Sum256([]byte(prefix + "\x00" + document + "\x00" + m))
		sums[i] = hex.EncodeToString(sum[:])
		head := sums[i][:idDigits]
		if whole, ok := short[head]; ok && whole != sums[i] {
			short[head] = ""
		} else if !ok {
			short[head] = sums[i]
		}
	}
	ids, seen := make([]string, len(meanings)), map[string]int{}
	for i, sum := range sums {
		n := idDigits
		if short[sum[:n]] == "" {
			n = 4 * idDigits
		}
		ids[i] = prefix + "-" + sum[:n]
		if seen[sum]++; seen[sum] > 1 {
			ids[i] += "." + strconv.Itoa(seen[sum])
		}
	}
	return ids
}

// commonNames are names of files that say nothing about which document it is.
var commonNames = map[string]bool{"": true, "readme": true, "index": true, "prd": true, "spec": true, "specification": true,
	"requirement": true, "doc": true, "document": true, "untitled": true, "draft": true, "main": true, "page": true, "new": true,
	"product requirement document": true, "product requirement": true}

// DocumentKey returns what a document's ids are made with: its file's name without folder, ending, version and case, so that the
// same file has the same ids from whichever folder it is analysed, in another format, and after it was edited. Standard
// input and names like "README" go by the title as well.
func DocumentKey(filePath, title string) string {
	base := path.Base(strings.ReplaceAll(filePath, `\`, "/"))
	base = strings.TrimSuffix(base, path.Ext(base))
	name := dropVersion(Fold(base))
	if filePath == "-" || commonNames[name] {
		return name + "\x00" + dropVersion(Fold(title))
	}
	return name
}

// dropVersion takes "v2", "final" and numbers off the end of a folded name.
func dropVersion(name string) string {
	words := strings.Fields(name)
	for len(words) > 1 {
		last := words[len(words)-1]
		digits := strings.Trim(strings.TrimPrefix(last, "v"), "0123456789") == ""
		if !digits && last != "final" && last != "draft" && last != "copy" && last != "v" {
			break
		}
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// Fold returns the form of a name in which two names of the same thing are equal: lower case, one space between words, hyphens
// and underscores as spaces, nouns in the singular, without articles and without whose it is when that is a pronoun or a
// user's ("the user's e-mail addresses", "their email_address" → "email address"). It is made for names in English and changes
// nothing but case and punctuation in others. Fold("") is "", and a name of such words only stays as it is.
func Fold(name string) string {
	var room, keptRoom [16]foldWord // for most names
	words := foldWords(room[:0], name)
	kept := keptRoom[:0]
	for i, w := range words {
		if articles[w.text] || w.possessive && owners[singular(w.text)] && i+1 < len(words) {
			continue
		}
		kept = append(kept, w)
	}
	if len(kept) == 0 {
		kept = words
	}
	var out strings.Builder
	out.Grow(len(name))
	for i, w := range kept {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(singular(w.text))
	}
	return out.String()
}

var articles = map[string]bool{"the": true, "a": true, "an": true, "our": true, "their": true, "his": true, "her": true, "your": true,
	"its": true, "my": true, "this": true, "that": true, "these": true, "those": true, "each": true, "every": true, "all": true,
	"any": true, "some": true}

var owners = map[string]bool{"user": true, "customer": true, "person": true, "people": true, "someone": true, "owner": true,
	"individual": true, "consumer": true}

// A foldWord is one word of a name in lower case.
type foldWord struct {
	text       string
	possessive bool // "user's", "users'"
}

// plain writes apostrophes and e-mail one way.
var plain = strings.NewReplacer("’", "'", "e-mail", "email", "E-mail", "email", "E-Mail", "email")

// foldWords splits a name at everything that is no letter or digit, and appends its words.
func foldWords(words []foldWord, name string) []foldWord {
	if strings.ContainsAny(name, "’-") { // few
		name = plain.Replace(name)
	}
	for f := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	}) {
		owner, owned := strings.CutSuffix(f, "'s")
		if !owned {
			owner, owned = strings.CutSuffix(f, "s'")
			if owned {
				owner += "s"
			}
		}
		if owner = strings.ReplaceAll(owner, "'", ""); owner != "" {
			words = append(words, foldWord{owner, owned})
		}
	}
	return words
}

// singular returns the singular of an English noun in lower case, by the common rules. It is ours, so that ids never change
// with a library.
func singular(w string) string {
	if s, ok := irregular[w]; ok {
		return s
	}
	n := len(w)
	switch {
	case n < 4 || !strings.HasSuffix(w, "s") || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "xes"):
		return w[:n-2]
	}
	return w[:n-1]
}

var irregular = map[string]string{"people": "person", "children": "child", "women": "woman", "men": "man", "addresses": "address",
	"data": "data", "news": "news", "sms": "sms", "gps": "gps", "caches": "cache", "statuses": "status", "aliases": "alias",
	"biases": "bias", "analyses": "analysis", "analytics": "analytics", "https": "https", "aws": "aws", "ids": "id", "pins": "pin",
	"movies": "movie", "cookies": "cookie", "ios": "ios", "selfies": "selfie", "series": "series"}
