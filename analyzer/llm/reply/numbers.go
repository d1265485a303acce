package reply

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A numberReader reads numbers as models name sentences: "12", "S12", "[12]", "12.", "12.0", "S3, S5 and 7", "sentences 12-14",
// "12| The words of it". Anything else might be words of the document with a number in them, which names no sentence.
type numberReader struct {
	text  string
	words []string // that may stand before a number
	nums  []int64
	open  bool // a dash or the like came after the last number
	ends  bool // after the last number came what sets it apart from the words of its sentence
}

// numbersIn returns the numbers that a text names, and what is wrong with it. The mark is the letter that they may carry.
func numbersIn(text, mark string) ([]int64, string) {
	r := numberReader{text: text, words: []string{"no", "nos", "nr", "number", "numbers", "id", "ids"}}
	if mark == "" {
		r.words = append(r.words, "s", "sentence", "sentences", "line", "lines")
	} else {
		r.words = append(r.words, strings.ToLower(mark))
	}
	if len(text) > mostRunes {
		return nil, "is no number"
	}
	fault := r.read()
	if fault == "" && len(r.nums) == 0 {
		fault = "is no number"
	}
	return r.nums, fault
}

func (r *numberReader) read() string {
	for at := 0; at < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		switch {
		case c >= '0' && c <= '9':
			n, fault := r.number(r.text[at:])
			if fault != "" {
				return fault
			}
			at += n
			continue
		case unicode.IsLetter(c):
			n, ok := r.word(r.text[at:])
			if !ok {
				return r.foreign()
			}
			at += n
			continue
		case strings.ContainsRune("-–—‑…−", c), strings.HasPrefix(r.text[at:], ".."):
			if len(r.nums) == 0 && digitAt(r.text, at+size) {
				return "is below zero"
			}
			r.open = len(r.nums) > 0
			if c == '.' {
				size = 2
			}
		case strings.ContainsRune(",;&+/", c):
			r.open, r.ends = false, false
		case strings.ContainsRune(".:|)](", c):
			r.ends = true
		case c == '#', c == '[', c == '"', c == '\'', c == '<', c == '>', c == '{', c == '}', unicode.IsSpace(c), unseen(c):
		default:
			return r.foreign()
		}
		at += size
	}
	return ""
}

// foreign ends the reading at words that name no number. What stands before them counts if they are set apart from it.
func (r *numberReader) foreign() string {
	if len(r.nums) > 0 && (r.ends || r.open) {
		return ""
	}
	r.nums = nil
	return "is no number"
}

// word takes a word, and reports whether it may stand among numbers.
func (r *numberReader) word(text string) (int, bool) {
	n := strings.IndexFunc(text, func(c rune) bool { return !unicode.IsLetter(c) })
	if n < 0 {
		n = len(text)
	}
	switch word := strings.ToLower(text[:n]); {
	case word == "to", word == "through":
		r.open = len(r.nums) > 0
	case word == "and", word == "or":
		r.open, r.ends = false, false
	default:
		if r.ends && !digitAt(strings.TrimLeft(text[n:], " .#"), 0) { // words of the sentence that begin like a name
			return n, false
		}
		return n, slices.Contains(r.words, word)
	}
	return n, true
}

// number takes a number, or the end of a range, and returns its length.
func (r *numberReader) number(text string) (int, string) {
	if r.ends && len(r.nums) > 0 && !r.open && r.sentenceGoesOn(text) {
		return len(text), ""
	}
	n := 0
	var num int64
	for ; digitAt(text, n); n++ {
		num = min(num*10+int64(text[n]-'0'), 2*mostNumber)
	}
	if strings.HasPrefix(text[n:], ".") && digitAt(text, n+1) {
		zeros := len(text[n+1:]) - len(strings.TrimLeft(text[n+1:], "0"))
		if n += 1 + zeros; zeros == 0 || digitAt(text, n) || strings.HasPrefix(text[n:], ".") && digitAt(text, n+1) {
			r.nums = nil
			return 0, "is no whole number"
		}
	}
	if r.open {
		first := r.nums[len(r.nums)-1]
		switch {
		case num < first:
			r.nums = r.nums[:len(r.nums)-1]
			return 0, "runs backwards"
		case num-first >= mostRange:
			r.nums = r.nums[:len(r.nums)-1]
			return 0, fmt.Sprintf("stands for more than %d numbers: name those that count", mostRange)
		}
		for first < num {
			first++
			r.nums = append(r.nums, first)
		}
	} else {
		r.nums = append(r.nums, num)
	}
	r.open, r.ends = false, false
	return n, ""
}

// sentenceGoesOn reports whether words follow the number that begins a text.
func (r *numberReader) sentenceGoesOn(text string) bool {
	text = text[:min(len(text), 40)]
	i := strings.IndexFunc(text, unicode.IsLetter)
	if i < 0 {
		return false
	}
	end := strings.IndexFunc(text[i:], func(c rune) bool { return !unicode.IsLetter(c) })
	if end < 0 {
		end = len(text) - i
	}
	word := strings.ToLower(text[i : i+end])
	return !slices.Contains(r.words, word) && word != "and" && word != "or" && word != "to" && word != "through"
}
