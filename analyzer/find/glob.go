package find

import "strings"

// A glob is what stands behind the first wildcard of a pattern. It matches what git's wildmatch does, in time that grows with the
// length of the pattern times that of the text, whatever the pattern: all its places are followed at once.
type glob []token

// A token is one step of a glob.
type token struct {
	kind kind
	char byte
	set  *charSet
}

type kind byte

const (
	literal  kind = iota // the character
	anyChar              // ?: any but a slash
	oneOf                // […]: one of a set, but no slash
	star                 // *: any number of characters but slashes
	allStar              // **: any number of characters
	skipPath             // before ** and a slash: both may be left out
)

// special are the characters with a meaning of their own.
const special = `*?[\`

// compile reads a glob. It reports false for one that can match nothing: a set without an end, a backslash at the end. With paths, two
// stars that stand alone between slashes reach over slashes.
func compile(text string, paths bool) (glob, bool) {
	var g glob
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '\\':
			if i+1 == len(text) {
				return nil, false
			}
			g = append(g, token{kind: literal, char: text[i+1]})
			i += 2
		case '?':
			g = append(g, token{kind: anyChar})
			i++
		case '[':
			set, n, ok := parseSet(text[i:])
			if !ok {
				return nil, false
			}
			g = append(g, token{kind: oneOf, set: set})
			i += n
		case '*':
			n := len(text[i:]) - len(strings.TrimLeft(text[i:], "*"))
			g = append(g, stars(text, i, n, paths)...)
			i += n
		default:
			g = append(g, token{kind: literal, char: c})
			i++
		}
	}
	return g, true
}

// stars returns what n stars at an offset mean.
func stars(text string, at, n int, paths bool) glob {
	rest := text[at+n:]
	alone := n > 1 && (at == 0 || text[at-1] == '/') && (rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`))
	switch {
	case !paths || !alone:
		return glob{{kind: star}}
	case rest != "" && rest[0] == '/':
		return glob{{kind: skipPath}, {kind: allStar}}
	}
	return glob{{kind: allStar}}
}

// match reports whether the glob matches the whole text.
func (g glob) match(text string) bool {
	var few [2][64]bool
	now, next := few[0][:], few[1][:]
	if len(g) >= len(few[0]) {
		now, next = make([]bool, len(g)+1), make([]bool, len(g)+1)
	}
	now, next = now[:len(g)+1], next[:len(g)+1]
	now[0] = true
	g.spread(now)
	for i := 0; i < len(text); i++ {
		clear(next)
		if !g.step(now, next, text[i]) {
			return false
		}
		g.spread(next)
		now, next = next, now
	}
	return now[len(g)]
}

// step puts into next the places that are reached from those in now by the character, and reports whether there are any.
func (g glob) step(now, next []bool, c byte) (any bool) {
	for i, t := range g {
		if !now[i] {
			continue
		}
		to := -1
		switch t.kind {
		case literal:
			if c == t.char {
				to = i + 1
			}
		case anyChar:
			if c != '/' {
				to = i + 1
			}
		case oneOf:
			if c != '/' && t.set.has(c) {
				to = i + 1
			}
		case star:
			if c != '/' {
				to = i
			}
		case allStar:
			to = i
		}
		if to >= 0 {
			next[to], any = true, true
		}
	}
	return any
}

// spread adds the places that are reached without a character: stars match nothing too.
func (g glob) spread(places []bool) {
	for i, t := range g {
		if !places[i] {
			continue
		}
		switch t.kind {
		case star, allStar:
			places[i+1] = true
		case skipPath:
			places[i+1], places[i+3] = true, true
		}
	}
}
