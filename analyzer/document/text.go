package document

import (
	"context"
	"strings"
)

func init() { loaders[Text] = loadText }

// loadText reads paragraphs set off by blank lines.
func loadText(ctx context.Context, b *builder, raw []byte, limits Limits) error {

	at := 0
	for _, para := range strings.SplitAfter(b.doc.Source, "\n\n") {
		kind := Prose
		level := 0
		text, start := para, at
		if t := strings.TrimLeft(para, "#"); t != para {
			kind, level = Heading, len(para)-len(t)
			text, start = t, at+level
		}
		b.add(block{kind: kind, level: level, runs: []run{{text: text, start: start, end: start + len(text)}}})
		at += len(para)
	}
	return nil
}
