package document

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// endings are the formats by the ending of a file's name.
var endings = map[string]Format{
	".md": Markdown, ".markdown": Markdown, ".mdown": Markdown, ".mkd": Markdown, ".mdx": Markdown,
	".txt": Text, ".text": Text,
	".html": HTML, ".htm": HTML, ".xhtml": HTML,
	".docx": DOCX, ".docm": DOCX,
	".pdf": PDF,
}

// FormatOf returns the format that a file's name tells, "" if it tells none.
func FormatOf(path string) Format { return endings[strings.ToLower(filepath.Ext(path))] }

// signatures are the first bytes of files that are no documents, or not such as can be read.
var signatures = []struct{ start, what string }{
	{"\x89PNG", "a PNG picture"}, {"\xff\xd8\xff", "a JPEG picture"}, {"GIF8", "a GIF picture"}, {"\x1f\x8b", "a gzip archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive"}, {"Rar!\x1a\x07", "a RAR archive"}, {"BZh9", "a bzip2 archive"}, {"\xfd7zXZ", "an xz archive"},
	{"\x28\xb5\x2f\xfd", "a zstd archive"}, {"\x7fELF", "a program"}, {"MZ\x90\x00", "a program"}, {"\xca\xfe\xba\xbe", "a program"},
	{"\xcf\xfa\xed\xfe", "a program"}, {"\x00asm", "a program"}, {"SQLite format 3\x00", "a database"}, {"ID3\x03", "a sound file"},
	{"OggS\x00", "a sound file"}, {"RIFF", "a sound, picture or video file"},
}

const saveAs = "save it as .docx, .pdf or text"

// sniff decides the format: what the first bytes show without doubt comes first, then what the caller says, then the ending
// of the name, then a guess.
func sniff(raw []byte, opt Options) (Format, []Warning, error) {
	if len(bytes.TrimSpace(bytes.TrimPrefix(raw, []byte(markUTF8)))) == 0 {
		return "", nil, &Error{Err: ErrEmpty, Detail: "is empty", Advice: "check that it is the right file"}
	}
	shown, err := shownFormat(raw)
	if err != nil {
		return "", nil, err
	}
	told := opt.Format
	if told == "" {
		told = FormatOf(opt.Path)
	}
	switch {
	case shown != "" && told != "" && shown != told:
		return shown, []Warning{mismatch(told, shown)}, nil
	case shown != "":
		return shown, nil, nil
	case told == DOCX || told == PDF:
		if opt.Format == "" && isText(raw) {
			guess := guessText(raw)
			return guess, []Warning{mismatch(told, guess)}, nil
		}
		return told, nil, nil // its loader says what is wrong
	case told != "":
		return told, nil, nil
	}
	return guessText(raw), nil, nil
}

func mismatch(told, shown Format) Warning {
	return Warning{Code: "format_mismatch", Message: fmt.Sprintf("The file is called %s but holds %s, and was read as that.", told, shown)}
}

// shownFormat returns the format that the first bytes show without doubt, "" if they show none, or an error that says what
// the file is instead of a document.
func shownFormat(raw []byte) (Format, error) {
	head := raw[:min(len(raw), 1024)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipFormat(raw)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(raw, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return "", &Error{Err: ErrEncrypted, Detail: "is protected with a password", Advice: "save a copy without the password"}
		}
		return "", &Error{Err: ErrFormat, Detail: "is in the format of old Office versions (.doc)", Advice: saveAs}
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return "", &Error{Err: ErrFormat, Detail: "is in Rich Text Format (.rtf)", Advice: saveAs}
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.start)) && (!utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0) {
			return "", &Error{Err: ErrBinary, Detail: "is " + s.what + ", not a text document", Advice: saveAs}
		}
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(markUTF8)), " \t\r\n\f\x00")
	switch lower := bytes.ToLower(start[:min(len(start), 20)]); {
	case bytes.HasPrefix(start, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return HTML, nil
	}
	return "", nil
}

// zipFormat tells what a zip archive is by the names in it, which stand there unpacked.
func zipFormat(raw []byte) (Format, error) {
	switch {
	case bytes.Contains(raw, []byte("word/document.xml")), bytes.Contains(raw, []byte("word/document2.xml")):
		return DOCX, nil
	case bytes.Contains(raw, []byte("xl/workbook.")):
		return "", &Error{Err: ErrFormat, Detail: "is a spreadsheet (.xlsx)", Advice: saveAs}
	case bytes.Contains(raw, []byte("ppt/presentation.xml")):
		return "", &Error{Err: ErrFormat, Detail: "is a presentation (.pptx)", Advice: "save it as .pdf"}
	case bytes.Contains(raw, []byte("application/vnd.oasis.opendocument")):
		return "", &Error{Err: ErrFormat, Detail: "is an OpenDocument file (.odt)", Advice: saveAs}
	case bytes.Contains(raw, []byte("word/")), bytes.Contains(raw, []byte("[Content_Types].xml")):
		return DOCX, nil // a damaged one: its loader says what is wrong
	}
	return "", &Error{Err: ErrBinary, Detail: "is a zip archive, not a text document", Advice: "unpack it and name the document"}
}

// guessText tells Markdown, HTML and plain text apart.
func guessText(raw []byte) Format {
	head := raw[:min(len(raw), 64<<10)]
	lower := bytes.ToLower(head[:min(len(head), 4096)])
	if bytes.Contains(lower, []byte("<body")) || bytes.Contains(lower, []byte("<head>")) || bytes.Contains(lower, []byte("<div")) && bytes.Contains(lower, []byte("</p>")) {
		return HTML
	}
	signs := 0
	for line := range bytes.Lines(head) {
		signs += markdownSign(string(bytes.TrimRight(line, "\r\n")))
	}
	if signs >= 2 {
		return Markdown
	}
	return Text
}

// markdownSign weighs what in a line only Markdown has.
func markdownSign(line string) int {
	text := strings.TrimLeft(line, " ")
	hashes := len(text) - len(strings.TrimLeft(text, "#"))
	switch {
	case hashes > 0 && hashes <= 6 && strings.HasPrefix(text[hashes:], " "), strings.HasPrefix(text, "```"):
		return 2
	case strings.HasPrefix(text, "- [ ] "), strings.HasPrefix(text, "- [x] "), strings.HasPrefix(text, "|--"), strings.HasPrefix(text, "| --"):
		return 2
	case strings.Contains(text, "]("), strings.Count(text, "**") >= 2:
		return 1
	}
	return 0
}
