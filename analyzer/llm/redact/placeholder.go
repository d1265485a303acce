package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// A kind is what sort of thing a value is. Where two overlap, the lower one names both: what holds a secret is never put back.
type kind int

const (
	secret kind = iota
	lookalike
	card
	account
	email
	address
	phone
	name
	own
)

// kinds say how each is written in a placeholder, and what a person calls it.
var kinds = [...]struct{ mark, name string }{
	secret: {"SECRET", "secret"}, lookalike: {"MARK", "text that looks like a placeholder"}, card: {"CARD", "card number"}, account: {"ACCOUNT", "account number"},
	email: {"EMAIL", "e-mail address"}, address: {"IP", "IP address"}, phone: {"PHONE", "telephone number"}, name: {"NAME", "name"}, own: {"HIDDEN", "pattern of your own"},
}

const (
	leastDigits   = 4
	strangeDigits = 12 // of a value that is not the document's
	mostDigits    = 64 // of a SHA-256
)

// placeholder returns the placeholder of v with so many digits.
func (v value) placeholder(digits int) string {
	sum := sha256.Sum256([]byte(kinds[v.kind].mark + "\x00" + v.text))
	return "[" + kinds[v.kind].mark + "-" + strings.ToUpper(hex.EncodeToString(sum[:])[:digits]) + "]"
}

// placeholders finds what looks like a placeholder. In a document it is a value like any other and hidden itself, so that
// nothing that was not hidden is ever put "back".
var placeholders = lazy(`\[[A-Z]{2,7}-[0-9A-F]{4,64}\]`)

func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
