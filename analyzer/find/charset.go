package find

import "strings"

// A charSet is a set of bytes: git matches bytes, not characters.
type charSet [4]uint64

func (s *charSet) add(c byte)      { s[c/64] |= 1 << (c % 64) }
func (s *charSet) has(c byte) bool { return s[c/64]&(1<<(c%64)) != 0 }

func (s *charSet) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
	}
}

// parseSet reads a set from its [ to its ], and returns how many bytes it takes. It reports false for one that has no end, or a class
// that is none, as in [[:nosuch:]].
func parseSet(text string) (s *charSet, n int, ok bool) {
	s = &charSet{}
	i := 1
	negated := i < len(text) && (text[i] == '!' || text[i] == '^')
	if negated {
		i++
	}
	before := -1 // the character from which a range may reach; -1: none
	for first := true; ; first = false {
		if i >= len(text) {
			return nil, 0, false
		}
		c := text[i]
		switch {
		case c == ']' && !first:
			if negated {
				s.invert()
			}
			return s, i + 1, true
		case c == '\\':
			if i++; i >= len(text) {
				return nil, 0, false
			}
			s.add(text[i])
			before = int(text[i])
		case c == '-' && before >= 0 && i+1 < len(text) && text[i+1] != ']':
			if i++; text[i] == '\\' {
				if i++; i >= len(text) {
					return nil, 0, false
				}
			}
			s.addRange(byte(before), text[i])
			before = -1
		case strings.HasPrefix(text[i:], "[:"):
			end := strings.IndexByte(text[i+2:], ']')
			if end < 0 {
				return nil, 0, false
			}
			name := text[i+2 : i+2+end]
			if !strings.HasSuffix(name, ":") { // no class: the bracket is one of the set
				s.add('[')
				before = '['
				break
			}
			if !s.addClass(strings.TrimSuffix(name, ":")) {
				return nil, 0, false
			}
			i += 2 + end
			before = -1
		default:
			s.add(c)
			before = int(c)
		}
		i++
	}
}

func (s *charSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// addClass adds a class of ASCII characters by its POSIX name, and reports whether there is such a class. Space is git's: without
// vertical tabs and form feeds.
func (s *charSet) addClass(name string) bool {
	ranges, ok := map[string]string{
		"alnum": "azAZ09", "alpha": "azAZ", "blank": "  \t\t", "cntrl": "\x00\x1f\x7f\x7f", "digit": "09", "graph": "!~", "lower": "az",
		"print": " ~", "punct": "!/:@[`{~", "space": "  \t\n\r\r", "upper": "AZ", "xdigit": "09afAF",
	}[name]
	for i := 0; i+1 < len(ranges); i += 2 {
		s.addRange(ranges[i], ranges[i+1])
	}
	return ok
}
