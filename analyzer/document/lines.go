package document

import "sort"

// indexLines notes where each line of Source starts. A line ends with LF, CRLF or a lone CR.
func (d *Document) indexLines() {
	d.lineStarts = append(d.lineStarts[:0], 0)
	for i := 0; i < len(d.Source); i++ {
		switch d.Source[i] {
		case '\n':
			d.lineStarts = append(d.lineStarts, i+1)
		case '\r':
			if i+1 < len(d.Source) && d.Source[i+1] == '\n' {
				continue
			}
			d.lineStarts = append(d.lineStarts, i+1)
		}
	}
}

// LineOf returns the 1-based line that the byte at offset stands in.
func (d *Document) LineOf(offset int) int {
	return sort.Search(len(d.lineStarts), func(i int) bool { return d.lineStarts[i] > offset })
}

// LinesOf returns the first and the last line of a span, 1-based, both inclusive.
func (d *Document) LinesOf(s Span) (first, last int) {
	first = d.LineOf(s.Start)
	if s.End <= s.Start {
		return first, first
	}
	return first, d.LineOf(s.End - 1)
}

// Lines returns how many lines Source has; a line end at the very end opens no further line.
func (d *Document) Lines() int {
	n := len(d.lineStarts)
	if n > 0 && d.lineStarts[n-1] == len(d.Source) {
		n--
	}
	return n
}

// LineStart returns the offset at which a 1-based line begins, that of the nearest line where there is none of that number.
func (d *Document) LineStart(line int) int {
	if len(d.lineStarts) == 0 {
		return 0
	}
	return d.lineStarts[min(max(line, 1), len(d.lineStarts))-1]
}
