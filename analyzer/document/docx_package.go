package document

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"path"
	"strings"
)

// A docxPackage is the zip file that a DOCX is. Parts are found by exact name, and only those that the document's own
// relationships name are ever read, so names that point outside or entries that nobody asks for do no harm.
type docxPackage struct {
	parts map[string][]*zip.File
	left  int64 // bytes that may still be unpacked
	limit int64
}

var cfbMagic = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

// openDocx opens the package, or says what the file is instead.
func openDocx(raw []byte, limit int64) (*docxPackage, error) {
	if err := notDocx(raw); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, damagedDocx("its zip directory cannot be read; was it cut short?")
	}
	p := &docxPackage{parts: map[string][]*zip.File{}, left: limit, limit: limit}
	for _, f := range z.File {
		p.parts[f.Name] = append(p.parts[f.Name], f)
	}
	for name, what := range map[string]string{"content.xml": "an OpenDocument file", "Index/Document.iwa": "a Pages file",
		"xl/workbook.xml": "a spreadsheet", "ppt/presentation.xml": "a presentation"} {
		if len(p.parts[name]) > 0 && len(p.parts["word/document.xml"]) == 0 {
			return nil, otherFormat(what)
		}
	}
	return p, nil
}

// notDocx recognises what is handed over in place of a DOCX.
func notDocx(raw []byte) error {
	switch {
	case bytes.HasPrefix(raw, cfbMagic):
		if bytes.Contains(raw, utf16Name("EncryptedPackage")) {
			return &Error{Err: ErrEncrypted, Detail: "is protected by a password",
				Advice: "open it in a word processor and save a copy without the password"}
		}
		return otherFormat("an old Word file (.doc)")
	case bytes.HasPrefix(raw, []byte(`{\rtf`)):
		return otherFormat("an RTF file")
	case !bytes.HasPrefix(raw, []byte("PK")):
		return &Error{Err: ErrFormat, Detail: "is no DOCX file, for it is no zip archive", Advice: "check that the file's ending says what it is"}
	}
	return nil
}

func utf16Name(name string) []byte {
	var out []byte
	for i := range len(name) {
		out = append(out, name[i], 0)
	}
	return out
}

func otherFormat(what string) error {
	return &Error{Err: ErrFormat, Detail: "is " + what, Advice: "save it as .docx, .pdf or .html and read that"}
}

func damagedDocx(detail string) error {
	return &Error{Err: ErrDamaged, Detail: "is damaged: " + detail, Advice: "open it in a word processor and save it again"}
}

// read unpacks the part of the name; nil if the package has none. Neither the size that the zip declares nor what really comes
// out of it may pass the limit.
func (p *docxPackage) read(name string) ([]byte, error) {
	files := p.parts[name]
	if len(files) == 0 {
		return nil, nil
	}
	if len(files) > 1 {
		return nil, damagedDocx(fmt.Sprintf("it holds the part %q %d times", name, len(files)))
	}
	f := files[0]
	if f.Flags&1 != 0 {
		return nil, &Error{Err: ErrEncrypted, Detail: "is an encrypted archive", Advice: "save a copy without the password"}
	}
	if f.UncompressedSize64 > uint64(p.left) {
		return nil, tooMuchText(p.limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damagedDocx(fmt.Sprintf("its part %q cannot be unpacked", name))
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, p.left+1))
	if int64(len(data)) > p.left {
		return nil, tooMuchText(p.limit)
	}
	if err == zip.ErrFormat && p.outgrows(f) {
		return nil, tooMuchText(p.limit)
	}
	if err != nil {
		return nil, damagedDocx(fmt.Sprintf("its part %q cannot be unpacked", name))
	}
	p.left -= int64(len(data))
	return data, nil
}

// outgrows reports a part that unpacks to more than may still be read, whatever size it declares.
func (p *docxPackage) outgrows(f *zip.File) bool {
	raw, err := f.OpenRaw()
	if err != nil || f.Method != zip.Deflate {
		return false
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(flate.NewReader(raw), p.left+1))
	return n > p.left
}

// mainPart returns the name of the part that the document's text is in.
func (p *docxPackage) mainPart(depth int) (string, error) {
	rels, err := p.relations("", depth)
	if err != nil {
		return "", err
	}
	if name := rels["officeDocument"]; len(p.parts[name]) > 0 {
		return name, nil
	}
	if name := "word/document.xml"; len(p.parts[name]) > 0 {
		return name, nil
	}
	return "", damagedDocx("the part with its text (word/document.xml) is missing")
}

// relations returns the parts that a part refers to, by the last word of the relationship's type. Targets outside of the
// package are left out.
func (p *docxPackage) relations(part string, depth int) (map[string]string, error) {
	dir, file := path.Split(part)
	root, err := p.tree(dir+"_rels/"+file+".rels", depth)
	if err != nil || root == nil {
		return map[string]string{}, err
	}
	rels := map[string]string{}
	for _, r := range root.kids {
		if r.name != "Relationship" || strings.EqualFold(r.attr("TargetMode"), "External") {
			continue
		}
		target := r.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = "/" + dir + target
		}
		kind := path.Base(r.attr("Type"))
		if _, ok := rels[kind]; !ok {
			rels[kind] = strings.TrimPrefix(path.Clean(target), "/")
		}
	}
	return rels, nil
}

// tree reads a whole part; nil if the package has none of the name.
func (p *docxPackage) tree(name string, depth int) (*xmlNode, error) {
	data, err := p.read(name)
	if err != nil || data == nil {
		return nil, err
	}
	x := newXMLReader(data, name, depth)
	return x.root()
}
