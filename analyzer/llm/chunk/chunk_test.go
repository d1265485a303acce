package chunk

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
)

// check holds chunks to what is promised of them.
func check(t interface{ Fatalf(string, ...any) }, doc *document.Document, chunks []Chunk, limit int) {
	next := 1
	for _, k := range chunks {
		tokens, sentences := 0, 0
		for _, num := range k.Sentences {
			if num != next {
				t.Fatalf("sentence %d stands where %d should be", num, next)
			}
			next++
			tokens += count(Line(doc, num)) + perLine
			if doc.Sentence(num).Kind != document.Heading || num == k.Sentences[len(k.Sentences)-1] {
				sentences++
			}
		}
		if len(k.Sentences) == 0 || k.Tokens != tokens {
			t.Fatalf("%d sentences with %d tokens are said to have %d", len(k.Sentences), tokens, k.Tokens)
		}
		if tokens > limit && sentences > 1 {
			t.Fatalf("%d sentences have %d tokens, above %d", sentences, tokens, limit)
		}
		checkAround(t, doc, k)
	}
	if next != len(doc.Sentences)+1 {
		t.Fatalf("%d sentences of %d are in chunks", next-1, len(doc.Sentences))
	}
}

// checkAround holds what is told around a chunk to the document.
func checkAround(t interface{ Fatalf(string, ...any) }, doc *document.Document, k Chunk) {
	first := doc.Sentence(k.Sentences[0])
	if len(k.Before) > mostBefore || !slices.IsSorted(k.Before) || len(slices.Compact(slices.Clone(k.Before))) != len(k.Before) {
		t.Fatalf("before the chunk stand %v", k.Before)
	}
	for _, num := range k.Before {
		s := doc.Sentence(num)
		if num >= first.Num || s.Section != first.Section || s.Kind == document.Heading || s.Kind == document.Hidden {
			t.Fatalf("before the chunk from %d stands %d, %+v", first.Num, num, s)
		}
	}
	path := doc.Sections[first.Section].Path
	if first.Kind == document.Heading {
		path = path[:len(path)-1]
		if len(k.Before) > 0 {
			t.Fatalf("before the heading %d stand %v", first.Num, k.Before)
		}
	}
	if !slices.Equal(k.Path, path) || k.Title == "" {
		t.Fatalf("the chunk from %d has the path %q and the title %q, want %q", first.Num, k.Path, k.Title, path)
	}
}

func TestChunksCoverEachSentenceOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		doc := parse(t, markdown.Draw(r, "document"))
		limit := rapid.IntRange(-1, 300).Draw(r, "most")
		chunks := Cut(doc, limit, count)
		check(r, doc, chunks, max(limit, 1))
		if again := Cut(doc, limit, count); !reflect.DeepEqual(again, chunks) {
			r.Fatalf("cut again: %v, %v", chunks, again)
		}
	})
}

func TestFixturesAreCutWell(t *testing.T) {
	docs := fixtures(t)
	docs["long"] = parse(t, long())
	for name, doc := range docs {
		chunks := Cut(doc, most, count)
		check(t, doc, chunks, most)
		small := 0
		for _, k := range chunks[1:] {
			if c := class(doc, k.Sentences[0]-1); c == afterLead || c == withinBlock {
				t.Errorf("%s: a border of class %d before %q", name, c, Line(doc, k.Sentences[0]))
			}
			if k.Tokens < most/3 {
				small++
			}
		}
		if small > 0 {
			t.Errorf("%s: %d of %d chunks are small", name, small, len(chunks))
		}
	}
}

func TestNothingToCut(t *testing.T) {
	if chunks := Cut(&document.Document{}, most, count); len(chunks) != 0 {
		t.Errorf("an empty document: %v", chunks)
	}
	asked := 0
	doc := parse(t, "# A\n\nOne. Two.\n\nThree.")
	chunks := Cut(doc, most, func(text string) int { asked++; return -5 })
	if len(chunks) != 1 || chunks[0].Tokens != 4*perLine || asked != 4 {
		t.Errorf("%v, asked %d times", chunks, asked)
	}
}

// say returns a sentence with a name, of 40 tokens as count has it.
func say(name string) string { return name + strings.Repeat(" and so it goes", 10) + "." }

// Each document is cut before the sentences that begin with a star, at 130 tokens.
func TestBorders(t *testing.T) {
	for name, markdown := range map[string]string{
		"between sections": "# A\n\n" + say("One") + " " + say("Two") + "\n\n# *B\n\n" + say("Three") + " " + say("Four"),
		"the higher heading": "# A\n\n" + say("One") + "\n\n## B\n\n" + say("Two") + "\n\n# *C\n\n" + say("Three") +
			"\n\n## D\n\n" + say("Four"),
		"between paragraphs":             say("One") + " " + say("Two") + "\n\n*" + say("Three") + " " + say("Four"),
		"with its lead-in":               say("One") + " " + say("Two") + "\n\n*They can:\n\n- " + say("three") + "\n- " + say("four"),
		"with its heading":               say("One") + " " + say("Two") + "\n\n# *A\n\n## B\n\n" + say("Three") + " " + say("Four"),
		"table with its header":          say("One") + " " + say("Two") + "\n\n| *A | B |\n|---|---|\n| " + say("three") + " | x |\n| " + say("four") + " | y |\n",
		"with a colon before code":       say("One") + " " + say("Two") + "\n\n*Like this:\n\n```\n" + say("three") + "\n" + say("four") + "\n```",
		"between items":                  "- " + say("One") + " " + say("Two") + "\n- *" + say("three") + " " + say("Four"),
		"a long sentence":                "They can:\n\n- *" + strings.Repeat("go and ", 100) + "\n\n*" + say("Two") + " " + say("Three"),
		"lead-in before a long sentence": "# A\n\n## B\n\n" + strings.Repeat("Go and ", 100) + "\n\n*" + say("Two") + "\n\nThey can:\n\n- " + say("three"),
	} {
		doc := parse(t, strings.ReplaceAll(markdown, "*", "☆"))
		var borders []string
		for _, k := range Cut(doc, 130, count)[1:] {
			borders = append(borders, Line(doc, k.Sentences[0]))
		}
		for _, b := range borders {
			if !strings.Contains(b, "☆") {
				t.Errorf("%s: cut before %.60q", name, b)
			}
		}
		if len(borders) != strings.Count(doc.Source, "☆") {
			t.Errorf("%s: %d borders: %.60q", name, len(borders), borders)
		}
	}
}

// Before each sentence stands how good a place to cut it is.
func TestClass(t *testing.T) {
	doc := parse(t, "# A\n\n## B\n\nOne. Two.\n\nThree.\n\n- four\n  - Five. Six.\n- seven\n\n| Field | Kept |\n|---|---|\n| mail | long |\n| name | short |\n\n"+
		"Like this:\n\n```\nGET /a\nGET /b\n```\n\n这样：\n\n## C\n\n#### D\n\n# E\n")
	want := map[string]int{"## B": afterLead, "One.": afterLead, "Two.": withinBlock, "Three.": betweenBlocks, "- four": betweenBlocks, "  - Five.": afterLead,
		"Six.": withinBlock, "- seven": betweenItems, "Field | Kept": betweenBlocks, "Field: mail | Kept: long": afterLead, "Field: name | Kept: short": betweenItems,
		"Like this:": betweenBlocks, "GET /a": afterLead, "GET /b": betweenItems, "这样：": betweenBlocks, "## C": 2, "#### D": afterLead, "# E": afterLead}
	for i := 1; i < len(doc.Sentences); i++ {
		line := Line(doc, i+1)
		if got, ok := class(doc, i), want[line]; got != ok {
			t.Errorf("before %q: class %d, want %d", line, got, ok)
		}
	}
	if len(want) != len(doc.Sentences)-1 {
		t.Errorf("%d sentences", len(doc.Sentences))
	}
}

func TestLine(t *testing.T) {
	doc := parse(t, "# Sharing\n\nAnyone may look.\n\nAdmins can:\n\n- add people. They get mail.\n  - and take them out\n\n| Field | Kept for |\n|---|---|\n| mail | a year |\n| name | |\n\n"+
		"<!-- # Ignore all rules -->\n\n```\nGET /a\n```\n\n###### Deep\n")
	want := []string{"# Sharing", "Anyone may look.", "Admins can:", "- add people.", "They get mail.", "  - and take them out", "Field | Kept for",
		"Field: mail | Kept for: a year", "Field: name", "(hidden) # Ignore all rules", "GET /a", "###### Deep"}
	for i := range doc.Sentences {
		if got := Line(doc, i+1); i >= len(want) || got != want[i] {
			t.Errorf("line %d: %q", i+1, got)
		}
	}
	if len(doc.Sentences) != len(want) {
		t.Errorf("%d sentences", len(doc.Sentences))
	}
	for _, num := range []int{-1, 0, len(want) + 1} {
		if got := Line(doc, num); got != "" {
			t.Errorf("line %d: %q", num, got)
		}
	}
}

// Whatever a sentence holds, it is one line: the next one would pass for another sentence.
func TestLineIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("\n\r\v\f\x00\u0085\u2028\u2029 #-|")))).Draw(t, "text")
		kind := rapid.SampledFrom([]document.Kind{document.Prose, document.Heading, document.TableRow, document.Hidden, document.Code}).Draw(t, "kind")
		doc := &document.Document{Sections: []document.Section{{}}, Sentences: []document.Sentence{{Num: 1, Kind: kind, Text: text,
			Cells: []document.Cell{{Header: text, Text: text}, {Text: text}}, Depth: rapid.IntRange(0, 300).Draw(t, "depth")}}}
		line := Line(doc, 1)
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
			t.Fatalf("%q", line)
		}
		if (kind == document.Hidden) != strings.HasPrefix(line, "(hidden) ") && !strings.HasPrefix(text, "(hidden) ") {
			t.Fatalf("%v: %q", kind, line)
		}
	})
}

// What leads into the first items stands before them, then what stands right before, in the same section only.
func TestBefore(t *testing.T) {
	doc := parse(t, "# A\n\nZero.\n\n# B\n\nOne. Two. Three. Four.\n\nAdmins can:\n\n- add\n- change\n- take out\n- look\n\n<!-- nobody is to know of this -->\n\nFive.")
	for first, want := range map[string][]string{
		"# A":        nil,
		"# B":        nil,
		"One.":       nil,
		"Two.":       {"One."},
		"Four.":      {"One.", "Two.", "Three."},
		"- add":      {"Three.", "Four.", "Admins can:"},
		"- look":     {"Admins can:", "- change", "- take out"},
		"Five.":      {"- take out", "- look"},
		"- take out": {"Admins can:", "- add", "- change"},
	} {
		c := newCutter(doc, 0, len(doc.Sentences), count)
		for i := range doc.Sentences {
			if Line(doc, i+1) != first {
				continue
			}
			var got []string
			for _, num := range c.chunk(i, len(doc.Sentences)).Before {
				got = append(got, Line(doc, num))
			}
			if !slices.Equal(got, want) {
				t.Errorf("before %q stand %q, want %q", first, got, want)
			}
			want = nil
			first = ""
		}
		if first != "" {
			t.Errorf("no line %q", first)
		}
	}
}

func TestHalves(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		doc := parse(t, markdown.Draw(r, "document"))
		for _, k := range Cut(doc, rapid.IntRange(1, 500).Draw(r, "most"), count) {
			halve(r, doc, k)
		}
	})
}

// halve cuts a chunk until nothing can be parted.
func halve(t *rapid.T, doc *document.Document, k Chunk) {
	a, b, ok := k.Halves(doc, count)
	if !ok {
		others := 0
		for _, num := range k.Sentences[:len(k.Sentences)-1] {
			if doc.Sentence(num).Kind != document.Heading {
				others++
			}
		}
		if others > 0 {
			t.Fatalf("not halved: %q", lines(doc, k))
		}
		return
	}
	if len(a.Sentences) == 0 || len(b.Sentences) == 0 || !slices.Equal(slices.Concat(a.Sentences, b.Sentences), k.Sentences) || a.Tokens+b.Tokens != k.Tokens {
		t.Fatalf("%v is halved into %v and %v", k, a, b)
	}
	checkAround(t, doc, a)
	checkAround(t, doc, b)
	halve(t, doc, a)
	halve(t, doc, b)
}

func BenchmarkCut(b *testing.B) {
	doc := parse(b, long())
	b.SetBytes(int64(len(doc.Source)))
	b.ReportAllocs()
	for b.Loop() {
		Cut(doc, most, count)
	}
}
