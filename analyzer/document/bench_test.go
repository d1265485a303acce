package document

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

const sampleMarkdown = `# Workspace export %d

Admins can export the whole workspace as a ZIP file, e.g. for an audit. The *link* is sent
by e-mail (see [the spec](https://example.com/spec)) and works for **7 days**. Anyone with
the link can open it.

## Who may do it

Admins can:

- start an export at any time. It takes an hour.
- see who exported what
  1. by day
  2. by person
- [ ] cancel it

| Data | Sent to | Kept |
|------|---------|------|
| name & e-mail | Mailgun | 30 days |
| files | S3 | 7 days |

> As a support agent, I want to see exports, so that I can help.

`

const sampleText = `1. Workspace export

   Admins can export the whole workspace as a ZIP file, e.g. for an audit. The link is
   sent by e-mail (see the spec) and works for 7 days. Anyone with the link can open it.

2. Who may do it

Admins can:
  - start an export at any time. It takes an hour.
  - see who exported what
    a) by day
    b) by person

As a support agent, I want to see exports, so that I can help.

`

// sized repeats a sample to so many bytes.
func sized(sample string, size int) []byte {
	var out strings.Builder
	for i := 0; out.Len() < size; i++ {
		out.WriteString(strings.ReplaceAll(sample, "%d", fmt.Sprint(i)))
	}
	return []byte(out.String())
}

func benchmarkParse(b *testing.B, sample string, format Format) {
	for _, size := range []int{10_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprintf("%dkB", size/1000), func(b *testing.B) {
			raw := sized(sample, size)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(context.Background(), raw, Options{Path: "x", Format: format}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMarkdown(b *testing.B) { benchmarkParse(b, sampleMarkdown, Markdown) }

func BenchmarkText(b *testing.B) { benchmarkParse(b, sampleText, Text) }
