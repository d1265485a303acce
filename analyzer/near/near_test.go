package near

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whatif/analyzer/document"
)

func parse(t testing.TB, text string) *document.Document {
	t.Helper()
	doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "x.md"})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func sketch(t testing.TB, text string) []uint32 {
	t.Helper()
	return Sketch(parse(t, text))
}

// vocabulary makes words that no two seeds share by chance.
func vocabulary(r *rand.Rand, n int) []string {
	all := make([]string, n)
	for i := range all {
		var w strings.Builder
		for range 3 + r.IntN(5) {
			w.WriteByte(byte('a' + r.IntN(26)))
		}
		all[i] = w.String()
	}
	return all
}

// prose writes sentences of ten words.
func prose(r *rand.Rand, words []string, sentences int) []string {
	var all []string
	for range sentences {
		var s []string
		for range 10 {
			s = append(s, words[r.IntN(len(words))])
		}
		all = append(all, strings.Join(s, " ")+".")
	}
	return all
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func TestVersions(t *testing.T) {
	r := source(1)
	text := prose(r, vocabulary(r, 500), 60)
	newer := slices.Clone(text)
	newer[3], newer[40] = "This one was written anew for the second version.", "So was this one, and nobody knows why."
	newer = append(newer, "And one more sentence stands at the end of it.")
	half := append(slices.Clone(text[:30]), prose(source(2), vocabulary(source(3), 500), 30)...)
	groups := Groups([]Item{
		{"prd-v2.md", sketch(t, strings.Join(newer, "\n\n"))},
		{"prd-v1.md", sketch(t, "# A title\n\n"+strings.Join(text, " "))},
		{"PRD-V1 (copy).md", sketch(t, strings.ToUpper(strings.Join(text, "  ")))},
		{"half.md", sketch(t, strings.Join(half, " "))},
		{"tiny.md", sketch(t, "Too few words to tell.")},
		{"tiny2.md", sketch(t, "Too few words to tell.")},
	})
	if len(groups) != 1 || !slices.Equal(groups[0].Names(), []string{"PRD-V1 (copy).md", "prd-v1.md", "prd-v2.md"}) {
		t.Fatalf("the groups are %v", groups)
	}
	if others := groups[0].Others; others[0].Share != 1 || others[1].Share < 0.85 || others[1].Share == 1 {
		t.Errorf("the shares are %v, want 1 and about 0.93", others)
	}
}

// template writes a document of fourteen headings, a line of guidance under each that is always the same, and two sentences of its own.
func template(seed uint64) string {
	r := source(seed)
	words := vocabulary(r, 300)
	var b strings.Builder
	for i := range 14 {
		fmt.Fprintf(&b, "## %d. The section of the company's template that has the number %d\n\n", i, i)
		fmt.Fprintf(&b, "Owner: product management.\n\n%s\n\n", strings.Join(prose(r, words, 2), " "))
	}
	return b.String()
}

func TestTemplate(t *testing.T) {
	var items []Item
	for i := range 40 {
		items = append(items, Item{fmt.Sprintf("doc%02d.md", i), sketch(t, template(uint64(i)+10))})
	}
	if groups := Groups(items); len(groups) > 0 {
		t.Errorf("documents of one template are said to be the same: %v", groups)
	}
	items = append(items, Item{"doc07-old.md", sketch(t, strings.Replace(template(17), "Owner", "Holder", 1))})
	if groups := Groups(items); len(groups) != 1 || !slices.Equal(groups[0].Names(), []string{"doc07-old.md", "doc07.md"}) {
		t.Errorf("the groups are %v, want the two versions of doc07", groups)
	}
}

// TestCrowd holds that documents are found among very many that share a template's words, which fill its bands.
func TestCrowd(t *testing.T) {
	r := source(5)
	common := prose(r, vocabulary(r, 300), 20)
	text := func(i int) string {
		own := prose(source(uint64(i)+100), vocabulary(source(uint64(i)+9000), 300), 16)
		return strings.Join(append(slices.Clone(common), own...), " ")
	}
	var items []Item
	for i := range 300 {
		items = append(items, Item{fmt.Sprintf("doc%03d", i), sketch(t, text(i))})
	}
	items = append(items, Item{"doc299-b", sketch(t, text(299)+" With one more sentence at its end.")})
	if groups := Groups(items); len(groups) != 1 || !slices.Equal(groups[0].Names(), []string{"doc299", "doc299-b"}) {
		t.Errorf("the groups are %v, want doc299 and its copy", groups)
	}
}

// TestChain holds that small steps do not make far documents the same.
func TestChain(t *testing.T) {
	r := source(4)
	words := vocabulary(r, 500)
	text := prose(r, words, 80)
	fresh := prose(r, words, 80)
	var items []Item
	for step := range 20 {
		at := step * 4
		copy(text[at:], fresh[at:at+4])
		items = append(items, Item{fmt.Sprintf("step%02d", step), sketch(t, strings.Join(text, " "))})
	}
	groups := Groups(items)
	if len(groups) < 3 {
		t.Errorf("there are %d groups, want several: %v", len(groups), groups)
	}
	for _, g := range groups {
		for _, name := range g.Names() {
			if slices.Contains([]string{"step00", "step19"}, name) && slices.Contains(g.Names(), "step00") && slices.Contains(g.Names(), "step19") {
				t.Errorf("the ends of the chain are together: %v", g)
			}
		}
	}
}

func TestOther(t *testing.T) {
	r := source(6)
	if s := sketch(t, "# "+strings.Join(prose(r, vocabulary(r, 100), 9), "\n\n## ")); s != nil {
		t.Errorf("headings have the sketch %v", s)
	}
	chinese := strings.Repeat("用户可以在应用中查看所有预订并且取消它们。管理员必须确认每一次取消，系统会发送通知。", 2)
	if s := sketch(t, chinese); len(s) != Size {
		t.Errorf("a text without blanks has no sketch")
	}
	if groups := Groups([]Item{{"a", make([]uint32, 3)}, {"b", make([]uint32, 3)}, {"c", nil}, {"d", nil}}); len(groups) > 0 {
		t.Errorf("sketches of other lengths are grouped: %v", groups)
	}
	if Share(nil, nil) != 0 {
		t.Error("nothing has something in common with nothing")
	}
}

// TestStable holds the sketch to what is on disk since it was first kept.
func TestStable(t *testing.T) {
	got := sketch(t, "The quick brown fox jumps over the lazy dog, and the dog does not mind at all, since it has seen faster foxes on other days of the "+
		"week. Ärger gibt es erst am Abend, wenn der Fuchs mit seinen Freunden kommt.")
	if want := stable; !slices.Equal(got[:4], want) {
		t.Errorf("the sketch begins with %v, want %v", got[:4], want)
	}
}

// jaccard counts what two texts have in common exactly.
func jaccard(a, b *document.Document) float64 {
	set := func(doc *document.Document) map[uint64]bool {
		all := map[uint64]bool{}
		s := sketcher{}
		for i := range doc.Sentences {
			s.sentence(doc.Sentences[i].Text, func(h uint64) { all[h] = true })
		}
		return all
	}
	x, y := set(a), set(b)
	both := 0
	for h := range x {
		if y[h] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

func TestEstimate(t *testing.T) {
	worst := 0.0
	for seed := range uint64(40) {
		r := source(seed)
		words := vocabulary(r, 400)
		a, b := prose(r, words, 50), prose(r, words, 50)
		copy(b, a[:seed*50/40])
		x, y := parse(t, strings.Join(a, " ")), parse(t, strings.Join(b, " "))
		worst = max(worst, math.Abs(Share(Sketch(x), Sketch(y))-jaccard(x, y)))
	}
	if worst > 0.2 {
		t.Errorf("an estimate is off by %.2f", worst)
	}
}

func TestGroupsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few different numbers make all shares possible.
		items := make([]Item, rapid.IntRange(0, 30).Draw(t, "items"))
		base := rapid.SliceOfN(rapid.Uint32Range(0, 3), Size, Size).Draw(t, "base")
		for i := range items {
			s := slices.Clone(base)
			for range rapid.IntRange(0, 40).Draw(t, "changes") {
				s[rapid.IntRange(0, Size-1).Draw(t, "at")] = rapid.Uint32Range(0, 3).Draw(t, "value")
			}
			items[i] = Item{fmt.Sprintf("n%02d", i), s}
		}
		bySketch := map[string][]uint32{}
		for _, it := range items {
			bySketch[it.Name] = it.Sketch
		}
		groups := Groups(items)
		seen := map[string]bool{}
		for _, g := range groups {
			names := g.Names()
			if len(names) < 2 || !slices.IsSorted(names) {
				t.Errorf("a group is %v", names)
			}
			for _, o := range g.Others {
				if share := Share(bySketch[g.First], bySketch[o.Name]); share != o.Share || share < Threshold {
					t.Errorf("%s has %v in common with %s, it says %v", o.Name, share, g.First, o.Share)
				}
			}
			for _, n := range names {
				if seen[n] {
					t.Errorf("%s is in two groups", n)
				}
				seen[n] = true
			}
		}
		if !slices.IsSortedFunc(groups, func(a, b Group) int { return strings.Compare(a.First, b.First) }) {
			t.Errorf("the groups are not in order: %v", groups)
		}
		for i := range items {
			j := rapid.IntRange(i, len(items)-1).Draw(t, "swap")
			items[i], items[j] = items[j], items[i]
		}
		if again := Groups(items); !reflect.DeepEqual(groups, again) {
			t.Errorf("another order gives other groups:\n%v\n%v", groups, again)
		}
	})
}

func FuzzSketch(f *testing.F) {
	f.Add(strings.Repeat("a b c d e ", 20))
	f.Add("用户\xff\x00 Ä")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := document.Parse(context.Background(), []byte(text), document.Options{Path: "x.md", Format: document.Markdown})
		if err != nil {
			return
		}
		if n := len(Sketch(doc)); n != 0 && n != Size {
			t.Errorf("the sketch has %d numbers", n)
		}
	})
}

// stable is how the sketch of the test begins.
var stable = []uint32{451823389, 93731393, 11817868, 6077266}

// TestFixtures holds that no two of the repository's documents are the same, and that an edited one is found again.
func TestFixtures(t *testing.T) {
	var items []Item
	for _, pattern := range []string{"*.md", "dev/*.md", "test/*.md", "fresh/*.md", "injection/base/*.md"} {
		found, err := filepath.Glob("../../fixtures/" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no fixtures match %s: %v", pattern, err)
		}
		for _, file := range found {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, Item{file, sketch(t, string(data))})
			edited := strings.NewReplacer("30 days", "60 days", "administrator", "manager", "Version 1", "Version 2").Replace(string(data)) + "\n\nOne more sentence.\n"
			items = append(items, Item{file + ".old", sketch(t, edited)})
		}
	}
	groups := Groups(items)
	for _, g := range groups {
		if len(g.Others) != 1 || g.Others[0].Name != g.First+".old" {
			t.Errorf("a group is %v", g)
		}
	}
	if len(groups)*2 != len(items) {
		t.Errorf("of %d documents the edited ones of %d are found", len(items)/2, len(groups))
	}
}
