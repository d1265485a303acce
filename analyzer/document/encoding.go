package document

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

// decode sets Source and Encoding from the file's bytes. UTF-8 stays as it is, byte for byte, so that offsets into Source
// are offsets into the file; single bytes that are not UTF-8 stay too, and are shown as U+FFFD where they are read.
func (d *Document) decode(raw []byte) error {
	order, mark := utf16Order(raw)
	switch {
	case order != nil:
		d.Source = decodeUTF16(raw[mark:], order)
		d.Encoding = "utf-16le"
		if order == binary.BigEndian {
			d.Encoding = "utf-16be"
		}
		raw = []byte(d.Source)
	case utf8.Valid(raw):
		d.Source, d.Encoding = string(raw), "utf-8"
	case d.Format == HTML && namesCharset(raw):
		return nil
	case mostlyUTF8(raw):
		d.Source, d.Encoding = string(raw), "utf-8"
		d.warn("invalid_utf8", fmt.Sprintf("The file is UTF-8 but for %s, shown as \uFFFD.", count(badBytes(raw), "byte")))
	default:
		if !isText(raw) {
			return errBinary
		}
		s, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil {
			return &Error{Err: ErrBinary, Detail: "is in no known encoding", Advice: "save it as UTF-8"}
		}
		d.Source, d.Encoding = string(s), "windows-1252"
		d.warn("encoding_fallback", "The file is not UTF-8 and was read as Windows-1252, which is a guess; offsets are into the decoded text.")
	}
	if !isText(raw) {
		return errBinary
	}
	if n := strings.Count(d.Source, "\x00"); n > 0 {
		d.warn("nul_bytes", fmt.Sprintf("The file has %s, which were left out.", count(n, "NUL byte")))
	}
	return nil
}

var errBinary = &Error{Err: ErrBinary, Detail: "is a binary file, not a text document", Advice: saveAs}

func (d *Document) warn(code, message string) {
	d.Warnings = append(d.Warnings, Warning{Code: code, Message: message})
}

// count writes a number and what is counted.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// utf16Order recognizes UTF-16 by its mark, of so many bytes, or by the NULs between Latin letters.
func utf16Order(raw []byte) (order binary.ByteOrder, mark int) {
	switch {
	case bytes.HasPrefix(raw, []byte(markUTF16LE)):
		return binary.LittleEndian, 2
	case bytes.HasPrefix(raw, []byte(markUTF16BE)):
		return binary.BigEndian, 2
	}
	head := raw[:min(len(raw), 2048)&^1]
	nuls := [2]int{}
	for i, c := range head {
		if c == 0 {
			nuls[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half >= 4 && nuls[1] > half*3/4 && nuls[0] == 0:
		return binary.LittleEndian, 0
	case half >= 4 && nuls[0] > half*3/4 && nuls[1] == 0:
		return binary.BigEndian, 0
	}
	return nil, 0
}

func decodeUTF16(raw []byte, order binary.ByteOrder) string {
	var out strings.Builder
	out.Grow(len(raw)/2 + len(raw)/8)
	for i := 0; i+1 < len(raw); i += 2 {
		r := rune(order.Uint16(raw[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(raw) {
				low = rune(order.Uint16(raw[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out.WriteRune(r)
	}
	if len(raw)%2 == 1 {
		out.WriteRune(utf8.RuneError)
	}
	return out.String()
}

func namesCharset(raw []byte) bool {
	m := metaCharset().FindSubmatch(raw[:min(len(raw), 4096)])
	if m == nil {
		return false
	}
	_, ok := charsets[strings.ToLower(string(m[1]))]
	return ok
}

// mostlyUTF8 reports bytes of which more are in multi-byte characters of UTF-8 than are not UTF-8 at all. In another encoding
// such characters are next to impossible.
func mostlyUTF8(raw []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > bad
}

func badBytes(raw []byte) int {
	bad := 0
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		i += n
	}
	return bad
}

// validUTF8 shows bytes that are not UTF-8 as U+FFFD, as browsers do.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out, err := unicode.UTF8.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return out
}

// isText reports bytes with hardly any control characters among them.
func isText(raw []byte) bool {
	head := raw[:min(len(raw), 256<<10)]
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != 0x1b {
			control++
		}
	}
	return control*50 <= len(head)
}
