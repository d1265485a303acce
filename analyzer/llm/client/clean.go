package client

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords is how many bytes of a server's words get into a message.
const maxWords = 300

// clean makes words of a server's fit for a message: secrets out, one line, bounded. Servers do echo keys.
func (c *Client) clean(s string) string {
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "[secret]")
	}
	return clean(c.maskParts(clean(s, 4*maxWords)), maxWords)
}

// longPart is how many bytes of a secret in a row are given away by a word that holds them; a secret must be half as long again to be
// known by a part.
const longPart = 8

// maskParts blanks words that hold a part of a secret: servers echo keys cut, broken over lines, and with asterisks in the middle.
func (c *Client) maskParts(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || strings.ContainsRune(`"'()[]<>,;:`+"`", r) })
	for _, f := range fields {
		if c.maskedKey(f) || slices.ContainsFunc(c.secrets, func(secret string) bool { return holdsPart(f, secret) }) {
			s = strings.ReplaceAll(s, f, "[secret]")
		}
	}
	return s
}

// maskedKey reports a word that begins as the key does, or has its beginning or end beside marks for what was left out.
func (c *Client) maskedKey(word string) bool {
	key := c.cfg.APIKey
	if len(key) < longPart*3/2 {
		return false
	}
	masked := strings.ContainsAny(word, "*…") || strings.Contains(word, "...")
	return len(word) >= 6 && strings.HasPrefix(word, key[:6]) || masked && (strings.HasPrefix(word, key[:3]) || strings.Contains(word, key[len(key)-4:]))
}

func holdsPart(word, secret string) bool {
	if len(word) < longPart || len(secret) < longPart*3/2 {
		return false
	}
	for i := 0; i+longPart <= len(word); i++ {
		if strings.Contains(secret, word[i:i+longPart]) {
			return true
		}
	}
	return false
}

// withoutKey takes the key out of what a model says, which is kept and shown: a server that repeats what it is sent repeats the key.
func (c *Client) withoutKey(text string) string {
	if key := c.cfg.APIKey; len(key) >= 2*longPart { // what stands for a key with servers that want none is shorter, and may be a word
		return strings.ReplaceAll(text, key, "[secret]")
	}
	return text
}

// clean puts s on one line of at most limit bytes, without control, format and invalid characters.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Co), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + "…"
}

// quoted sets words of a server's apart from ours.
func quoted(s string) string { return "“" + s + "”" }

// publicQuery blanks the values of the base address's own query.
func (c *Client) publicQuery(q url.Values) string {
	for name := range c.base.Query() {
		q[name] = []string{"…"}
	}
	return q.Encode()
}
