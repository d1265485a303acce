package inspect

import "strings"

// A literals finds which of many words stand in a text, in one pass. Words are grouped: what is told is the groups that have a
// word in the text. It is what keeps a document of any size from being read by every pattern.
type literals struct {
	words   []literal
	groups  int
	anyKeys keys         // of the words that may begin within a word
	keys    keys         // of all words
	first   [slots]int32 // by the hash of the key, the last word that was added, counted from 1
}

type literal struct {
	text   string
	group  int32
	within bool  // may begin within a word
	whole  bool  // ends with a word: two letters are too common as a beginning
	next   int32 // word with the same hash, counted from 1
}

// keys are a set of keys, by hash.
type keys [slots / 64]uint64

// slots is how many values the hash of a key has.
const slots = 1 << 16

func (k *keys) add(key uint32)      { h := hash(key); k[h>>6] |= 1 << (h & 63) }
func (k *keys) has(key uint32) bool { h := hash(key); return k[h>>6]&(1<<(h&63)) != 0 }

func hash(key uint32) uint32 { return key * 2654435761 >> 16 }

// shortKey marks a key of two bytes, which no text has as its third one.
const shortKey = 0xff

// add adds a word, folded, of two bytes at least, to a group.
func (l *literals) add(text string, group int, within bool) {
	key := uint32(text[0]) | uint32(text[1])<<8 | shortKey<<16
	if len(text) > 2 {
		key = key&0xffff | uint32(text[2])<<16
	}
	if len(text) <= 3 && text[0] >= 'a' && text[0] <= 'z' {
		within = false // "ai" is not looked for in "email"
	}
	l.keys.add(key)
	if within {
		l.anyKeys.add(key)
	}
	w := literal{text: text, group: int32(group), within: within, whole: len(text) == 2 && wordByte(text[0]) && wordByte(text[1]), next: l.first[hash(key)]}
	l.words = append(l.words, w)
	l.first[hash(key)] = int32(len(l.words))
	l.groups = max(l.groups, group+1)
}

// find stamps the groups that have a word in text, which is folded. It returns the groups stamped.
func (l *literals) find(text string, stamp []int32, with int32, found []int32) []int32 {
	start := true
	for i := 0; i+1 < len(text); i++ {
		c := text[i]
		set := &l.anyKeys
		if start {
			set = &l.keys
		}
		start = !('a' <= c && c <= 'z' || '0' <= c && c <= '9')
		key := uint32(c) | uint32(text[i+1])<<8
		if set.has(key | shortKey<<16) {
			found = l.check(text, i, key|shortKey<<16, stamp, with, found)
		}
		if i+2 < len(text) && set.has(key|uint32(text[i+2])<<16) {
			found = l.check(text, i, key|uint32(text[i+2])<<16, stamp, with, found)
		}
	}
	return found
}

// check stamps the groups of the words with the key that stand at text[i:].
func (l *literals) check(text string, i int, key uint32, stamp []int32, with int32, found []int32) []int32 {
	for n := l.first[hash(key)]; n > 0; n = l.words[n-1].next {
		w := &l.words[n-1]
		if stamp[w.group] == with || !strings.HasPrefix(text[i:], w.text) {
			continue
		}
		if !w.within && i > 0 && wordByte(text[i-1]) || w.whole && i+2 < len(text) && wordByte(text[i+2]) {
			continue
		}
		stamp[w.group] = with
		found = append(found, w.group)
	}
	return found
}

func wordByte(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
