package document

import (
	"bytes"
	"fmt"
	"strings"
)

// frontMatter reads the YAML or TOML that a file may begin with, and returns where the Markdown begins. A title in it is the
// document's; its lines are sentences of kind [Code].
func frontMatter(b *builder, base int) int {
	src := b.doc.Source
	fence, at := nextLine(src, base)
	if fence != "---" && fence != "+++" {
		return base
	}
	const longest = 1 << 16
	first := at
	for at < len(src) && at-first < longest {
		start := at
		var line string
		line, at = nextLine(src, at)
		switch {
		case line == fence || fence == "---" && line == "...":
			readFront(b, first, start)
			return at
		case line == "" && start == first, !frontLine().MatchString(line):
			return base // a rule with text below it
		}
	}
	return base
}

// nextLine returns the line at an offset, white space at its end left out, and where the next one begins.
func nextLine(src string, at int) (line string, next int) {
	i := strings.IndexAny(src[at:], "\r\n")
	if i < 0 {
		return strings.TrimRight(src[at:], " \t"), len(src)
	}
	next = at + i + 1
	if src[at+i] == '\r' && next < len(src) && src[next] == '\n' {
		next++
	}
	return strings.TrimRight(src[at:at+i], " \t"), next
}

var (
	frontLine  = lazy(`^(?:$|[\s#\]}-]|\[[\w."-]+\]|["']?\w[\w .-]*["']?\s*[:=](?:\s|$|["'\[{\d]))`)
	frontTitle = lazy(`^(?i:title|"title")\s*[:=]\s*(.+)$`)
)

func readFront(b *builder, from, to int) {
	for from < to {
		line, next := nextLine(b.doc.Source, from)
		if m := frontTitle().FindStringSubmatch(line); m != nil && b.doc.Title == "" {
			b.doc.Title = unquoteFront(m[1])
		}
		b.add(block{kind: Code, runs: []run{{text: line, start: from, end: from + len(line)}}})
		from = next
	}
}

// unquoteFront reads a plain or quoted value of one line.
func unquoteFront(value string) string {
	value = strings.TrimSpace(value)
	for _, q := range []string{`"`, `'`} {
		if inner, ok := strings.CutPrefix(value, q); ok {
			inner, _, _ = strings.Cut(inner, q)
			return inner
		}
	}
	if strings.ContainsAny(value[:1], ">|&*[{") {
		return ""
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value)
}

// checkNesting refuses Markdown that nests lists and quotes deeper than limit, which costs the parser time that grows with
// the square of the depth. A line adds a level by each marker that it begins with; a list goes on under the column of its
// marker.
func checkNesting(src []byte, limit int) error {
	var columns []int // of the list markers that the line at hand may stand under
	number := 0
	for line := range bytes.Lines(src) {
		number++
		depth := 0
		column := 0
		for {
			n, list := marker(line, &column)
			if n == 0 {
				break
			}
			if depth == 0 && list {
				for len(columns) > 0 && columns[len(columns)-1] >= column {
					columns = columns[:len(columns)-1]
				}
				columns = append(columns, column)
				depth = len(columns) - 1
			}
			depth++
			line = line[n:]
			if depth <= limit {
				continue
			}
			if !isRule(line) {
				return &Error{Err: ErrTooDeep, Detail: fmt.Sprintf("line %d: lists or quotes are nested more than %d deep", number, limit),
					Advice: "flatten it, or raise --max-nesting"}
			}
			break
		}
	}
	return nil
}

// marker returns how many bytes of line are white space and one marker of a list or quote, 0 if it begins with none, and
// sets column to where the marker stands.
func marker(line []byte, column *int) (n int, list bool) {
	i := 0
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		*column++
		if line[i] == '\t' {
			*column += 3
		}
		i++
	}
	if i == len(line) {
		return 0, false
	}
	start := i
	switch c := line[i]; {
	case c == '>':
		*column++
		return i + 1, false
	case c == '-' || c == '*' || c == '+':
		i++
	default:
		for i < len(line) && i < start+9 && line[i] >= '0' && line[i] <= '9' {
			i++
		}
		if i == start || i == len(line) || line[i] != '.' && line[i] != ')' {
			return 0, false
		}
		i++
	}
	if i < len(line) && line[i] != ' ' && line[i] != '\t' && line[i] != '\n' && line[i] != '\r' {
		return 0, false
	}
	*column += i - start
	return i, true
}

// isRule reports the rest of a line that draws a rule: the same mark again and again.
func isRule(line []byte) bool {
	rest := bytes.TrimSpace(line)
	return len(rest) > 0 && bytes.IndexByte([]byte("-*_"), rest[0]) >= 0 && len(bytes.Trim(rest, string(rest[0])+" \t")) == 0
}
