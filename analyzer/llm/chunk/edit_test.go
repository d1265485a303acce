package chunk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
)

// most is the size of chunks that the engine asks for when it is told no other.
const most = 1000

// count stands for a tokenizer: about four letters to a token.
func count(text string) int { return len(text)/4 + 1 }

// parse reads Markdown.
func parse(t testing.TB, markdown string) *document.Document {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(markdown), document.Options{Path: "prd.md", Format: document.Markdown})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// sent writes a chunk as a model is sent it: what lies around it, what stands before, and its lines.
func sent(doc *document.Document, k Chunk) string {
	lines := slices.Clone(k.Path)
	for _, num := range k.Before {
		lines = append(lines, "before: "+Line(doc, num))
	}
	for i, num := range k.Sentences {
		lines = append(lines, fmt.Sprintf("%d| %s", i+1, Line(doc, num)))
	}
	return strings.Join(lines, "\n")
}

// lines writes only the lines of a chunk.
func lines(doc *document.Document, k Chunk) string {
	k.Path, k.Before = nil, nil
	return sent(doc, k)
}

// anew counts the chunks of a document that are not among those known.
func anew(known map[string]bool, after *document.Document, most int, write func(*document.Document, Chunk) string) int {
	n := 0
	for _, k := range Cut(after, most, count) {
		if !known[write(after, k)] {
			n++
		}
	}
	return n
}

// written returns all chunks of a document as they are written.
func written(doc *document.Document, most int, write func(*document.Document, Chunk) string) map[string]bool {
	known := map[string]bool{}
	for _, k := range Cut(doc, most, count) {
		known[write(doc, k)] = true
	}
	return known
}

// edits are what people do to a sentence of a document. They return the source with it done.
var edits = map[string]func(source string, span document.Span) string{
	"change": func(source string, s document.Span) string {
		at := s.Start + strings.LastIndexByte(source[s.Start:s.End], ' ') + 1
		return source[:at] + "really " + source[at:]
	},
	"rewrite": func(source string, s document.Span) string {
		return source[:s.Start] + "What stood here was put quite another way by somebody." + source[s.End:]
	},
	"insert": func(source string, s document.Span) string {
		return source[:s.End] + " Somebody thought of one more thing that had to be said." + source[s.End:]
	},
	"delete": func(source string, s document.Span) string { return source[:s.Start] + source[s.End:] },
}

// A tally counts edits by how many chunks they changed: 0, 1, 2 and more.
type tally [4]int

func (c *tally) add(n int) { c[min(n, 3)]++ }

func (c tally) total() int { return c[0] + c[1] + c[2] + c[3] }

// editAll does each edit to up to limit sentences of a document and tallies what they changed.
func editAll(t *testing.T, doc *document.Document, limit int, into map[string]*tally) {
	var nums []int
	for _, s := range doc.Sentences {
		if s.Kind == document.Prose || s.Kind == document.UserStory || s.Kind == document.ListItem {
			nums = append(nums, s.Num)
		}
	}
	step, known := max(1, len(nums)/limit), written(doc, most, sent)
	for i := 0; i < len(nums); i += step {
		for name, edit := range edits {
			after := parse(t, edit(doc.Source, doc.Sentence(nums[i]).Span))
			if into[name] == nil {
				into[name] = &tally{}
			}
			into[name].add(anew(known, after, most, sent))
		}
	}
}

// fixtures returns the Markdown documents of the project.
func fixtures(t testing.TB) map[string]*document.Document {
	t.Helper()
	docs := map[string]*document.Document{}
	for _, pattern := range []string{"*.md", "test/*.md", "fresh/*.md"} {
		paths, err := filepath.Glob(filepath.Join("../../../fixtures", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no fixtures: %v", err)
		}
		for _, path := range paths {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Base(path) != "README.md" {
				docs[filepath.Base(path)] = parse(t, string(source))
			}
		}
	}
	return docs
}

// long writes a document of about forty pages: sections in sections, paragraphs, lists and tables.
func long() string {
	r := rand.New(rand.NewPCG(4, 40))
	words := strings.Fields("users admins guests links files reports alerts invoices teams may must can see share export delete approve send " +
		"every day at once by mail without notice when the owner agrees before a partner asks for seven days after the trial ends")
	sentence := func(n int) string {
		var b strings.Builder
		for i := range n {
			w := words[r.IntN(len(words))]
			if i == 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			} else {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
		return b.String()
	}
	var b strings.Builder
	b.WriteString("# Ledger for teams\n\n")
	for i := 1; i <= 16; i++ {
		fmt.Fprintf(&b, "## %d. %s\n\n", i, sentence(3))
		for j := 1; j <= 4; j++ {
			fmt.Fprintf(&b, "### %d.%d %s\n\n", i, j, sentence(4))
			for range 2 + r.IntN(3) {
				for range 2 + r.IntN(4) {
					b.WriteString(sentence(8+r.IntN(18)) + ". ")
				}
				b.WriteString("\n\n")
			}
			b.WriteString("Owners can:\n\n")
			for range 2 + r.IntN(5) {
				b.WriteString("- " + sentence(6+r.IntN(10)) + "\n")
			}
			b.WriteByte('\n')
			if j%2 == 0 {
				b.WriteString("| Field | Kept for |\n|---|---|\n")
				for range 2 + r.IntN(6) {
					fmt.Fprintf(&b, "| %s | %s |\n", sentence(2), sentence(3))
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// An edit of one sentence changes the chunk that it is in, seldom a second one, and next to never more. With what is shown before
// a chunk and the titles around it: all that makes a model be asked again.
func TestEditsChangeFewChunks(t *testing.T) {
	share := map[string]map[string]*tally{"fixtures": {}, "long": {}, "flat": {}}
	for _, doc := range fixtures(t) {
		editAll(t, doc, 3, share["fixtures"])
	}
	editAll(t, parse(t, long()), 20, share["long"])
	var flat []string // the same without headings and lists: nothing but paragraphs of like length
	for line := range strings.Lines(long()) {
		if strings.Count(line, ". ") > 1 {
			flat = append(flat, line)
		}
	}
	editAll(t, parse(t, strings.Join(flat, "\n")), 15, share["flat"])
	for where, tallies := range share {
		for name, c := range tallies {
			t.Logf("%s, %s: 0, 1, 2 and more chunks changed by %v edits", where, name, *c)
			two, more := 15, 2 // percent
			if where == "flat" {
				two, more = 45, 15 // without headings the words alone tell where to cut, and other words may tell otherwise
			}
			if c[2]*100 > c.total()*two || c[3]*100 > c.total()*more || where == "long" && c[3] > 0 {
				t.Errorf("%s, %s: too many chunks changed: %v", where, name, *c)
			}
		}
	}
}

// Whatever the document, words that are put into the middle of a sentence change no more than the chunks around it.
func TestAnyEditIsNear(t *testing.T) {
	var changed tally
	rapid.Check(t, func(r *rapid.T) {
		before := parse(t, markdown.Draw(r, "document")+markdown.Draw(r, "more"))
		var nums []int
		for _, s := range before.Sentences {
			if s.Kind == document.Prose || s.Kind == document.ListItem {
				nums = append(nums, s.Num)
			}
		}
		span := before.Sentence(rapid.SampledFrom(nums).Draw(r, "sentence")).Span
		after := parse(t, edits["change"](before.Source, span))
		if len(after.Sentences) != len(before.Sentences) {
			r.Skip("another document")
		}
		n := anew(written(before, 120, lines), after, 120, lines) // a lead-in is shown before all that it leads into
		changed.add(n)
		if n > 4 {
			r.Fatalf("%d chunks of %d changed", n, len(Cut(after, 120, count)))
		}
	})
	t.Logf("0, 1, 2 and more chunks changed by %v edits", changed)
	if changed[3]*100 > changed.total()*5 {
		t.Errorf("too many chunks changed: %v", changed)
	}
}
