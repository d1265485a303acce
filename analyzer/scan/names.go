package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	draftFolder = "drafts"
	// draftMark stands in the name of each draft, before its format's ending: a document or a folder is hardly called so.
	draftMark = ".threatmodel"
	// Most file systems take 255 bytes for a name; the draft's ending and that of a temporary file come on top.
	longestPart = 160
	longestName = 900
)

// draftName returns where a draft of the document with the name goes, relative to the output folder, without the format's ending:
// the document's own path, with what some system does not take in a name escaped as in an address ("%0A"). Two names have two places.
func draftName(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = safePart(part)
	}
	safe := path.Join(parts...)
	if len(safe) > longestName {
		safe = path.Join("long", digest(name, 16)+"-"+parts[len(parts)-1])
	}
	return path.Join(draftFolder, safe) + draftMark
}

// safePart makes one part of a path such as every usual file system takes, and short enough.
func safePart(part string) string {
	var b strings.Builder
	for i := 0; i < len(part); {
		r, size := utf8.DecodeRuneInString(part[i:])
		if bad(r, size) || (i == 0 && (r == '-' || r == '.')) || (i+size == len(part) && (r == ' ' || r == '.')) {
			for _, c := range []byte(part[i : i+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(part[i : i+size])
		}
		i += size
	}
	safe := b.String()
	if len(safe) > longestPart {
		cut := longestPart - 17
		for !utf8.RuneStart(safe[cut]) {
			cut--
		}
		safe = safe[:cut] + "~" + digest(part, 8)
	}
	if device(safe) {
		safe = "%" + safe
	}
	return safe
}

// bad reports a character that some file system does not take, or that could mislead who reads the name.
func bad(r rune, size int) bool {
	return r < 0x20 || r == 0x7f || (r == utf8.RuneError && size == 1) || strings.ContainsRune(`%\:*?"<>|`, r) ||
		(r >= 0x80 && r < 0xa0) || (r >= 0x200b && r <= 0x200f) || (r >= 0x2028 && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0xfeff
}

// device reports a name that Windows keeps for a device, whatever its ending.
func device(part string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(part), ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '1' && stem[3] <= '9'
}

// digest returns the first n bytes of a name's SHA-256 in hex.
func digest(name string, n int) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:n])
}

// shown returns a path as valid UTF-8: bytes that are none are written as \xNN.
func shown(p string) string {
	if utf8.ValidString(p) {
		return p
	}
	var b strings.Builder
	for len(p) > 0 {
		r, size := utf8.DecodeRuneInString(p)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, p[0])
		} else {
			b.WriteRune(r)
		}
		p = p[size:]
	}
	return b.String()
}
