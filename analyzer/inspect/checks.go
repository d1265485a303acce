package inspect

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode"
)

// checks tell by name whether a value of the right shape could be a secret that works.
var checks = map[string]func(b *book, value string) bool{
	"":         func(*book, string) bool { return true },
	"mixed":    func(_ *book, v string) bool { return classes(v)&(letter|digit) == letter|digit && !isWords(v) },
	"jwt":      func(_ *book, v string) bool { return isJWT(v) },
	"address":  func(b *book, v string) bool { return len(v) >= 3 && !b.stock[strings.ToLower(v)] && !isSlot(v) },
	"basic":    func(b *book, v string) bool { return isBasic(b, v) },
	"token":    func(_ *book, v string) bool { return random(v) && !uuid().MatchString(v) },
	"key":      func(_ *book, v string) bool { return random(v) },
	"password": func(b *book, v string) bool { return isPassword(b, v) },
	"strong":   func(b *book, v string) bool { return isPassword(b, v) && count(classes(v)) >= 3 },
}

// works reports whether the value is neither a sample, a placeholder, nor too plain.
func (b *book) works(s *shape, value string) bool {
	for sample := range b.samples {
		if strings.Contains(value, sample) || strings.Contains(sample, value) {
			return false
		}
	}
	folded := strings.ToLower(value)
	for _, p := range b.placeholders {
		if strings.Contains(folded, p) {
			return false
		}
	}
	return !repeats(value) && entropy(value) >= s.Entropy && checks[s.Check](b, value)
}

// entropy returns the bits a byte of s carries, by how often each stands in it.
func entropy(s string) float64 {
	var n [256]int
	for i := 0; i < len(s); i++ {
		n[s[i]]++
	}
	h := 0.0
	for _, k := range n {
		if k > 0 {
			p := float64(k) / float64(len(s))
			h -= p * math.Log2(p)
		}
	}
	return h
}

// repeats reports a value with one byte six times on end, which no generator makes.
func repeats(s string) bool {
	run := 1
	for i := 1; i < len(s); i++ {
		if s[i] != s[i-1] {
			run = 1
		} else if run++; run >= 6 {
			return true
		}
	}
	return false
}

// The classes of characters of a value.
const (
	small = 1 << iota
	large
	digit
	sign
	letter
)

func classes(s string) int {
	all := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			all |= digit
		case unicode.IsUpper(r):
			all |= large | letter
		case unicode.IsLetter(r):
			all |= small | letter
		case !strings.ContainsRune("-_./:,'’", r):
			all |= sign
		}
	}
	return all
}

func count(classes int) int {
	n := 0
	for _, c := range []int{small, large, digit, sign} {
		if classes&c != 0 {
			n++
		}
	}
	return n
}

// random reports a value that mixes letters and digits as no word, date, path or version does.
func random(v string) bool {
	return classes(v)&(letter|digit) == letter|digit && !isWords(v) && !strings.Contains(v, "://") && strings.Count(v, "/") < 4
}

// isWords reports names glued together: "customer-api-key-2024", "oauth2_client_secret", "X-Api-Key".
func isWords(v string) bool {
	parts := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("-_./:~+", r) })
	for _, p := range parts {
		letters := strings.TrimRight(p, "0123456789")
		digits := len(p) - len(letters)
		if digits > 4 && letters != "" || len(p) > 14 || strings.ContainsAny(letters, "0123456789") || len(letters) > 3 && !hasVowel(letters) {
			return false
		}
		if letters != "" && strings.ToLower(letters[1:]) != letters[1:] && strings.ToUpper(letters) != letters {
			return false
		}
	}
	return true
}

func hasVowel(s string) bool {
	return strings.ContainsAny(strings.ToLower(s), "aeiouyäöüéèáóíúąęıаеёиоуыэюя")
}

var uuid = lazy(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// isSlot reports a part of an address that names what is to be filled in.
func isSlot(v string) bool {
	return strings.EqualFold(v, "password") || strings.EqualFold(v, "pass") || strings.EqualFold(v, "pwd") || strings.EqualFold(v, "secret") ||
		strings.EqualFold(v, "token") || strings.EqualFold(v, "key") || strings.HasPrefix(v, "$") || strings.HasPrefix(v, "%") || strings.HasPrefix(v, ":")
}

// isJWT reports a token whose first part is a header that says how it is signed.
func isJWT(v string) bool {
	head, _, _ := strings.Cut(v, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return false
	}
	var header struct {
		Alg string `json:"alg"`
	}
	return json.Unmarshal(raw, &header) == nil && header.Alg != ""
}

// isBasic reports the base64 form of a name and a password.
func isBasic(b *book, v string) bool {
	raw, err := base64.StdEncoding.DecodeString(v)
	if err != nil {
		return false
	}
	name, password, ok := strings.Cut(string(raw), ":")
	printable := !slices.ContainsFunc([]byte(string(raw)), func(c byte) bool { return c < ' ' || c > '~' })
	return ok && printable && name != "" && password != "" && !b.stock[strings.ToLower(password)] && !isSlot(password)
}

// plainValue finds what stands after "password:" and tells about it instead of being it: lengths, dates, types, addresses.
var plainValue = lazy(`^(?:[\d.,:/+-]*\d[\d.,:/+-]*(?:[a-zA-Z%]{0,12})|(?:min|max|len|sha|md|aes|argon|bcrypt|scrypt|pbkdf|utf|v)[\d_.-]*\w{0,6}[-\d\w]*|\d{1,3}[a-z]{1,4}(?:-[a-z]+)+|https?://.*|.*\(.*|/.*|.*@[\w-]+\.\w+)$`)

// isPassword reports a value that could hardly be a word, a length or a type.
func isPassword(b *book, v string) bool {
	folded := strings.ToLower(v)
	if b.stock[folded] || isSlot(v) || plainValue().MatchString(folded) || uuid().MatchString(v) {
		return false
	}
	have := classes(v)
	if have&letter == 0 || have&(digit|sign) == 0 {
		return false
	}
	if have&sign == 0 && isWords(v) && len(v) > 10 {
		return false
	}
	return have&digit != 0 || count(have) >= 3
}
