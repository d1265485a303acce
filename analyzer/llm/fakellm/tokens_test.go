package fakellm

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTokens(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 1, "word word": 2, "requirement": 2, "12345": 2, "a, b.": 4, "line\nline": 3, "a    b": 3,
		"ссылка": 2, "链接": 2, `{"a":1}`: 5, " ": 1,
	} {
		if got := Tokens(text); got != want {
			t.Errorf("%q has %d tokens, want %d", text, got, want)
		}
	}
}

// TestFirstTokens cuts any text to what it says, at the front and on the borders of letters.
func TestFirstTokens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.String().Draw(r, "text")
		n := rapid.IntRange(0, 50).Draw(r, "n")
		got := firstTokens(text, n)
		if !strings.HasPrefix(text, got) || Tokens(got) > n || strings.ToValidUTF8(got, "") != got {
			r.Errorf("%q cut to %d tokens is %q with %d", text, n, got, Tokens(got))
		}
		if Tokens(text) <= n && strings.TrimRight(got, " ") != strings.TrimRight(text, " ") {
			r.Errorf("%q was cut to %q", text, got)
		}
	})
}

// cached asks with a system and a user text of so many words and returns the cached tokens and all.
func cached(p *played, system, user string, more object) (cached, all int) {
	p.t.Helper()
	body := object{"model": "m", "messages": []object{{"role": "system", "content": system}, {"role": "user", "content": user}}}
	for k, v := range more {
		body[k] = v
	}
	u := p.post("/v1/chat/completions", body).decode(p.t).Usage
	return u.InPrompt.Cached, u.Prompt
}

func TestPrefixCache(t *testing.T) {
	words := func(n int, word string) string { return strings.Repeat(word+" ", n) }
	s := start(t, Script{})
	common := words(1300, "same")
	if got, all := cached(s, common, words(200, "one"), nil); got != 0 || all < 1500 {
		t.Errorf("the first prompt has %d of %d cached", got, all)
	}
	if got, all := cached(s, common, words(200, "one"), nil); got != 1408 || all < 1500 { // 1,024 + 3·128
		t.Errorf("the same prompt has %d of %d cached", got, all)
	}
	if got, _ := cached(s, common, words(200, "two"), nil); got != 1280 { // 1,024 + 2·128: the common part
		t.Errorf("a prompt that begins the same has %d cached", got)
	}
	if got, _ := cached(s, "x"+common, words(200, "one"), nil); got != 0 {
		t.Errorf("a prompt that begins with something else has %d cached", got)
	}
	if got, _ := cached(s, common, words(200, "one"), object{"model": "other"}); got != 0 {
		t.Errorf("another model has %d cached", got)
	}
	if got, _ := cached(s, words(500, "same"), words(100, "one"), nil); got != 0 {
		t.Errorf("a short prompt has %d cached", got)
	}
	small := start(t, Script{Cache: Cache{From: 64, Step: 1}})
	cached(small, words(100, "same"), "one", nil)
	if got, _ := cached(small, words(100, "same"), "two", nil); got < 100 || got > 107 {
		t.Errorf("with steps of 1 there are %d cached", got)
	}
	off := start(t, Script{Cache: Cache{Off: true}})
	cached(off, common, "one", nil)
	if got, _ := cached(off, common, "one", nil); got != 0 {
		t.Errorf("a cache that is off has %d", got)
	}
}

// TestSchemaInPrefix counts the schema as the beginning of the prompt, where the script says so.
func TestSchemaInPrefix(t *testing.T) {
	other := []byte(strings.Replace(string(schema), "title", "heading", -1))
	system := strings.Repeat("same ", 1300)
	plain, first := start(t, Script{}), start(t, Script{SchemaInPrefix: true})
	for _, tt := range []struct {
		s    *played
		want int
	}{{plain, 1280}, {first, 0}} {
		cached(tt.s, system, "one", strict("facts", schema))
		if got, _ := cached(tt.s, system, "two", strict("facts", other)); got != tt.want {
			t.Errorf("with another schema %d are cached, want %d", got, tt.want)
		}
		if got, _ := cached(tt.s, system, "three", strict("facts", schema)); got < 1280 {
			t.Errorf("with the same schema %d are cached", got)
		}
	}
}
