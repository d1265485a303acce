package reply

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// A style is one way in which a model may write a value other than as JSON.
type style struct {
	name   string
	quote  string    // around texts and names
	bare   bool      // names without quotes
	last   string    // after the last item or property
	colon  string    // after a name
	comma  string    // between items and properties
	yes    [2]string // false, true
	number func(f field, n int64) string
	alone  bool                     // a list of one is its item
	key    func(name string) string // how a name is written
	raw    bool                     // line ends in texts as they are
	before string
	after  string
}

var styles = []style{
	{name: "clean"},
	{name: "trailing commas", last: ",\n"},
	{name: "comments", comma: ", // \"x\": [1],\n", colon: ": /* } */ "},
	{name: "line ends for commas", comma: "\n"},
	{name: "semicolons", comma: "; "},
	{name: "single quotes", quote: "'"},
	{name: "printed quotes", quote: "“”"},
	{name: "names without quotes", bare: true},
	{name: "Python", quote: "'", yes: [2]string{"False", "True"}, last: ","},
	{name: "words for bools", yes: [2]string{`"no"`, `"Yes"`}},
	{name: "numbers as texts", number: func(_ field, n int64) string { return fmt.Sprintf(`"%d"`, n) }},
	{name: "numbers with a point", number: func(_ field, n int64) string { return fmt.Sprintf("%d.0", n) }},
	{name: "marks", number: mark(`"%s%d"`)},
	{name: "marks in brackets", number: mark(`"[%s%d]"`)},
	{name: "marks without quotes", number: mark("%s%d")},
	{name: "numbers as list marks", number: func(_ field, n int64) string { return fmt.Sprintf(`"%d."`, n) }},
	{name: "one item for a list", alone: true},
	{name: "capitals", key: strings.ToUpper},
	{name: "hyphens", key: func(name string) string { return strings.ReplaceAll(name, "_", "-") }},
	{name: "without underscores", key: func(name string) string { return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", "") }},
	{name: "line ends in texts", raw: true},
	{name: "fence", before: "Sure!\n```json\n", after: "\n```\nAsk me [anything] {else}."},
	{name: "thinking", before: "<think>{\"abuse_cases\": [], \"actors\": [{}]}</think>"},
	{name: "wrapped", before: `{"result":`, after: `}`},
	{name: "listed", before: `[`, after: `]`},
}

// mark writes numbers with their letter.
func mark(format string) func(field, int64) string {
	return func(f field, n int64) string {
		letter := "S"
		if m := f.shape.elemOrSelf().mark; m != "" {
			letter = m
		}
		return fmt.Sprintf(format, letter, n)
	}
}

func (s *shape) elemOrSelf() *shape {
	if s.kind == listKind {
		return s.elem
	}
	return s
}

// write writes a value in the style. The field is the one that it stands in.
func (st style) write(b *strings.Builder, f field, s *shape, v reflect.Value) {
	comma := st.comma
	if comma == "" {
		comma = ","
	}
	switch s.kind {
	case objectKind:
		b.WriteString("{")
		for i, f := range s.fields {
			if i > 0 {
				b.WriteString(comma)
			}
			name := f.name
			if st.key != nil {
				name = st.key(name)
			}
			if !st.bare {
				name = st.quoted(name)
			}
			b.WriteString(name)
			if b.WriteString(st.colon); st.colon == "" {
				b.WriteString(":")
			}
			st.write(b, f, f.shape, v.Field(f.index))
		}
		b.WriteString(st.last + "}")
	case listKind:
		if st.alone && v.Len() == 1 && s.elem.kind != textKind {
			st.write(b, f, s.elem, v.Index(0))
			return
		}
		b.WriteString("[")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(comma)
			}
			st.write(b, f, s.elem, v.Index(i))
		}
		if v.Len() > 0 {
			b.WriteString(st.last)
		}
		b.WriteString("]")
	case intKind:
		if st.number != nil {
			b.WriteString(st.number(f, v.Int()))
			return
		}
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case boolKind:
		if st.yes[1] != "" {
			b.WriteString(st.yes[map[bool]int{true: 1}[v.Bool()]])
			return
		}
		b.WriteString(strconv.FormatBool(v.Bool()))
	case textKind:
		b.WriteString(st.quoted(v.String()))
	default:
		data, _ := json.Marshal(v.Interface())
		b.Write(data)
	}
}

// quoted writes a text in quotes, with what must be escaped in it.
func (st style) quoted(text string) string {
	data, _ := json.Marshal(text)
	text = string(data)
	if st.raw {
		return strings.ReplaceAll(text, " ", "\n")
	}
	open := []rune(st.quote)
	if len(open) == 0 {
		return text
	}
	text = strings.ReplaceAll(text[1:len(text)-1], `\"`, `"`)
	for _, q := range st.quote {
		text = strings.ReplaceAll(text, string(q), `\`+string(q))
	}
	if open[0] == '“' {
		text = strings.ReplaceAll(text, `"`, `\"`)
	}
	return string(open[0]) + text + string(open[len(open)-1])
}

// value draws a value as the schema allows it: with texts in one line, and no two equal items.
func value(t *rapid.T, s *shape) reflect.Value {
	v := reflect.New(s.goType).Elem()
	switch s.kind {
	case objectKind:
		for _, f := range s.fields {
			v.Field(f.index).Set(value(t, f.shape))
		}
	case listKind:
		v.Set(reflect.MakeSlice(s.goType, 0, 0))
		seen := map[string]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			e := value(t, s.elem)
			data, _ := json.Marshal(e.Interface())
			if !seen[string(data)] {
				v.Set(reflect.Append(v, e))
			}
			seen[string(data)] = true
		}
	case intKind:
		v.SetInt(int64(rapid.IntRange(0, mostNumber).Draw(t, "int")))
	case realKind:
		v.SetFloat(rapid.Float64Range(0, mostNumber).Draw(t, "real"))
	case boolKind:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case textKind:
		if len(s.enum) > 0 {
			v.SetString(rapid.SampledFrom(s.enum).Draw(t, "enum"))
			break
		}
		words := rapid.SliceOfN(rapid.OneOf(rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.N, unicode.P, unicode.S).Filter(func(r rune) bool { return !unseen(r) }), 1, 8, -1),
			rapid.SampledFrom([]string{"it's", `"x",`, `"a": 1,`, "},", "]", "[1]", "{", "//", "/*", "# no", `\`, "null", "S12", "```", "“so”,", ",", "<think>"})), 0, 5).Draw(t, "words")
		v.SetString(strings.Join(words, " "))
	}
	return v
}

// mapText puts every text of a value, at any depth, through f.
func mapText(v reflect.Value, f func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(f(v.String()))
	case reflect.Slice:
		for i := range v.Len() {
			mapText(v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			mapText(v.Field(i), f)
		}
	}
}

// Whatever the schema allows is read exactly, also when it is written as no JSON should be.
func TestStylesAreReadExactly(t *testing.T) {
	for _, st := range styles {
		t.Run(st.name, rapid.MakeCheck(func(t *rapid.T) {
			s := shapeOf(facts{})
			v := value(t, s)
			if st.quote == "“”" {
				mapText(v, strings.NewReplacer("“", "o", "”", "o", "„", "o", "‟", "o", "＂", "o").Replace) // within such quotes nobody could tell them apart
			}
			var b strings.Builder
			b.WriteString(st.before)
			st.write(&b, field{}, s, v)
			b.WriteString(st.after)
			var got facts
			report, err := Decode(b.String(), &got)
			if err != nil || report.Cut || len(report.Faults) > 0 {
				t.Fatalf("%s\n%+v, %v", b.String(), report, err)
			}
			if want := v.Interface().(facts); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\ngot  %+v\nwant %+v", b.String(), got, want)
			}
		}))
	}
}

// The tolerant parser reads JSON as encoding/json does.
func TestTolerantParserReadsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.MarshalIndent(value(t, shapeOf(facts{})).Interface(), "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent"))
		if err != nil {
			t.Fatal(err)
		}
		strict, ok := readStrict(string(data))
		p := parser{src: string(data)}
		if tolerant := p.value(nil); !ok || p.ended || !p.done() || !reflect.DeepEqual(tolerant, strict) {
			t.Fatalf("%s\ngot  %+v\nwant %+v", data, tolerant, strict)
		}
	})
}

// What is cut anywhere gives items that stand in the whole, in their order.
func TestCutKeepsWholeItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := value(t, shapeOf(facts{})).Interface().(facts)
		data, _ := json.Marshal(v)
		end := rapid.IntRange(0, len(data)-1).Draw(t, "end")
		var got facts
		report, err := Decode(string(data[:end]), &got)
		if end > 0 && !report.Cut {
			t.Fatalf("%s: not seen as cut (%v)", data[:end], err)
		}
		for i, d := range got.Cases {
			w := v.Cases[i]
			if !reflect.DeepEqual(d.S, w.S) || d.Title != w.Title || d.Reach != w.Reach || len(d.Steps) > len(w.Steps) {
				t.Fatalf("%s: got %+v, want %+v", data[:end], d, w)
			}
		}
		for i, a := range got.Actors {
			if !reflect.DeepEqual(a.S, v.Actors[i].S) || a.Name != v.Actors[i].Name {
				t.Fatalf("%s: got %+v, want %+v", data[:end], a, v.Actors[i])
			}
		}
	})
}
