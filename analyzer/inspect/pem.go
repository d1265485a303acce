package inspect

import (
	"strings"

	"whatif/analyzer/document"
)

// A private key in PEM stands in one sentence or goes over many: each line of code is one.

var (
	keyBegin = lazy(`-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----`)
	keyEnd   = lazy(`-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----`)
	keyLine  = lazy(`^[\s|>*"'\\n]*[A-Za-z0-9+/=]{4,}[\s|"'\\n]*$|^(?:Proc-Type|DEK-Info|Version|Comment|Charset): `)
	keyBody  = lazy(`[A-Za-z0-9+/=]{16,}`)
)

const (
	keyMark      = "-----BEGIN "
	mostKeyLines = 400
	leastKeyBody = 40 // bytes; an Ed25519 key has 64
)

// keyBlocks finds private keys, each sentence of which is a secret.
func keyBlocks(doc *document.Document) []Secret {
	var out []Secret
	for i := 0; i < len(doc.Sentences); i++ {
		text := doc.Sentences[i].Text
		if !strings.Contains(text, keyMark) {
			continue
		}
		for _, at := range keyBegin().FindAllStringIndex(text, -1) {
			lines, last := keyAt(doc, i, at)
			out = append(out, lines...)
			i = max(i, last)
		}
	}
	return out
}

// keyAt returns the sentences of the key whose first line stands at at in the sentence with index first, and the index of its last one.
func keyAt(doc *document.Document, first int, at []int) ([]Secret, int) {
	text := doc.Sentences[first].Text
	if end := keyEnd().FindStringIndex(text[at[1]:]); end != nil {
		if body(text[at[1]:at[1]+end[0]]) < leastKeyBody {
			return nil, first
		}
		key := privateKey(first, at[0], at[1]+end[1])
		key.begins = true
		return []Secret{key}, first
	}
	lines, size, i, ended := []Secret{privateKey(first, at[0], len(text))}, body(text[at[1]:]), first+1, false
	for ; i < len(doc.Sentences) && i-first < mostKeyLines; i++ {
		line := doc.Sentences[i].Text
		if end := keyEnd().FindStringIndex(line); end != nil {
			lines = append(lines, privateKey(i, 0, end[1]))
			size += body(line[:end[0]])
			ended = true
			break
		}
		if doc.Sentences[i].Kind == document.Heading || !keyLine().MatchString(line) {
			i--
			break
		}
		size += body(line)
		lines = append(lines, privateKey(i, 0, len(line)))
	}
	for n := len(lines); !ended && n > 1 && !keyBody().MatchString(doc.Sentences[lines[n-1].Sentence-1].Text); n-- {
		lines = lines[:n-1] // a word after a key that was cut off
	}
	if size < leastKeyBody {
		return nil, first
	}
	lines[0].begins = true
	return lines, min(i, len(doc.Sentences)-1)
}

func privateKey(i, from, to int) Secret {
	return Secret{Sentence: i + 1, Start: from, End: to, Kind: "private_key", name: "private key", sure: true}
}

// body counts the bytes that could be a key's.
func body(text string) int {
	n := 0
	for _, part := range keyBody().FindAllString(text, -1) {
		if !repeats(part) {
			n += len(part)
		}
	}
	return n
}

// keyLines finds private keys in a text that stands alone.
func keyLines(text string) []Secret {
	var out []Secret
	for from := 0; ; {
		at := keyBegin().FindStringIndex(text[from:])
		if at == nil {
			return out
		}
		start, inner, to := from+at[0], from+at[1], len(text)
		if end := keyEnd().FindStringIndex(text[inner:]); end != nil {
			to = inner + end[1]
		}
		if body(text[inner:to]) >= leastKeyBody {
			out = append(out, Secret{Start: start, End: to, Kind: "private_key", name: "private key", sure: true})
		}
		from = inner
	}
}
