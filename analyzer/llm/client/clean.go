package client

import (
	"net/url"
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

// maskParts blanks words that begin or end as the key does: servers echo keys with asterisks in the middle.
func (c *Client) maskParts(s string) string {
	key := c.cfg.APIKey
	if len(key) < 12 {
		return s
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || strings.ContainsRune(`"'()[]<>,;:`+"`", r) })
	for _, f := range fields {
		masked := strings.ContainsAny(f, "*…") || strings.Contains(f, "...")
		begins := len(f) >= 6 && strings.HasPrefix(f, key[:6])
		if begins || masked && (strings.HasPrefix(f, key[:3]) || strings.Contains(f, key[len(key)-4:])) {
			s = strings.ReplaceAll(s, f, "[secret]")
		}
	}
	return s
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
