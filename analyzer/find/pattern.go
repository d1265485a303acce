package find

import (
	"bytes"
	"strings"
)

// A pattern is a line of an ignore file.
type pattern struct {
	text    string // the line, for people
	from    string // the file that it stands in, for people
	negated bool   // what it matches is taken after all
	folder  bool   // it speaks of folders only
	base    bool   // it is matched with the last name of a path: it has no slash
	start   string // what stands before the first wildcard
	rest    glob   // from the first wildcard on; nil: there is none
	ending  bool   // of the form *start: what begins with the wildcard is a plain ending
}

// parsePatterns reads an ignore file. Later lines have more force.
func parsePatterns(data []byte) []pattern {
	var list []pattern
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		line, _, _ = strings.Cut(line, "\x00")
		if p, ok := parsePattern(trimSpaces(line)); ok {
			list = append(list, p)
		}
	}
	return list
}

// trimSpaces removes spaces at the end of a line, but for one that a backslash keeps.
func trimSpaces(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '\\':
			if i++; i == len(line) {
				return line
			}
		}
		end = i + 1
	}
	return line[:end]
}

// parsePattern reads a line. It reports false for one that can match nothing.
func parsePattern(line string) (pattern, bool) {
	text, negated := strings.CutPrefix(line, "!")
	p, ok := parseGlob(text)
	p.text, p.negated = line, negated
	return p, ok
}

// parseGlob reads a line without the mark of negation.
func parseGlob(text string) (pattern, bool) {
	p := pattern{text: text}
	text, p.folder = strings.CutSuffix(text, "/")
	p.base = !strings.Contains(text, "/")
	if !p.base {
		text = strings.TrimPrefix(text, "/")
	}
	if text == "" {
		return p, false
	}
	wild := strings.IndexAny(text, special)
	switch {
	case wild < 0:
		p.start = text
		return p, true
	case p.base && text[0] == '*' && len(text) > 1 && !strings.ContainsAny(text[1:], special):
		p.start, p.ending = text[1:], true
		return p, true
	case p.base:
		wild = 0
	}
	ok := false
	p.start = text[:wild]
	p.rest, ok = compile(text[wild:], !p.base)
	return p, ok
}

// match reports whether the pattern speaks of a path, relative to the pattern's own folder, with slashes.
func (p *pattern) match(path string, folder bool) bool {
	if p.folder && !folder {
		return false
	}
	if p.base {
		path = path[strings.LastIndexByte(path, '/')+1:]
	}
	if p.ending {
		return strings.HasSuffix(path, p.start)
	}
	if p.rest == nil {
		return path == p.start
	}
	after, ok := strings.CutPrefix(path, p.start)
	return ok && p.rest.match(after)
}

// last returns the last of the patterns that speaks of a path: it decides. It returns nil if none does.
func last(list []pattern, path string, folder bool) *pattern {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].match(path, folder) {
			return &list[i]
		}
	}
	return nil
}

// speakOf reports whether any of the globs speaks of a path or of a folder in it.
func speakOf(globs []pattern, path string, folder bool) bool {
	for i := range path {
		if path[i] == '/' && last(globs, path[:i], true) != nil {
			return true
		}
	}
	return last(globs, path, folder) != nil
}
