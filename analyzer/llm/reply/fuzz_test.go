package reply

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// hostile texts are long in ways that a reader may take very long over.
func hostile(size int) map[string]string {
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"items":             `{"abuse_cases":[` + repeat(`{"s":[3],"title":"It leaks","reach":"user"},`),
		"new items":         `{"abuse_cases":[` + repeat(`{"s":[-3],"title":7,"reach":"who"},`) + "]}",
		"one sentence":      `{"abuse_cases":[{"s":[3],"title":"` + repeat("It leaks. ") + `"`,
		"white space":       `{"abuse_cases":[` + repeat(" \n\t"),
		"white space, keys": `{"a"` + repeat(` `) + `:1}`,
		"open lists":        repeat("["),
		"open objects":      repeat("{"),
		"objects in keys":   repeat(`{"s":`),
		"keys alone":        `{` + repeat(`"s"`),
		"quotes":            `{"s":` + repeat(`"`),
		"quotes, commas":    `{"s":[` + repeat(`",`),
		"quotes, comments":  `{"s":"` + repeat(`"/*`),
		"far comment":       `{"s":"` + strings.Repeat(`"/*`, 2*size) + `*/ x`, // long, for a comment's end is found fast
		"quotes, slashes":   `{"s":["` + repeat(`"//`),
		"backslashes":       `"` + repeat(`\`),
		"escaped quotes":    repeat(`\"`),
		"escaped objects":   repeat(`{\"s\":`),
		"think":             repeat("<think>"),
		"thought":           repeat("</think>"),
		"channels":          repeat("<|channel|>analysis"),
		"prose braces":      repeat("so {a b c d e f g h} "),
		"citations":         repeat("[12] "),
		"small objects":     repeat(`{"s":[1],"name":"x"} `),
		"same key":          `{"found":[` + `],` + repeat(`"found":[1],`) + "}",
		"many numbers":      `{"found":[{"name":"x","s":[` + repeat("1-20,") + "]}]}",
		"numbers in text":   `{"found":[{"name":"x","s":"` + repeat("1: ") + `"}]}`,
		"same number":       `{"found":[{"name":"x","s":[` + repeat("1,") + "1]}]}",
		"deep":              `{"found":` + repeat("[") + repeat("]") + "}",
		"fences":            repeat("```json\n{"),
		"closers":           `{"found":[` + repeat("}"),
		"enums":             `{"found":[{"name":"x","s":1,"kinds":"` + repeat("person/") + `"}]}`,
		"bytes":             repeat("\xff{\xfe\""),
	}
}

// Time grows with the length, not with its square: what takes long takes about four times as long as a quarter of it.
func TestHostileTextsAreReadFast(t *testing.T) {
	const size = 1 << 15
	quarter := hostile(size / 4)
	for name, text := range hostile(size) {
		long := timed(text)
		if long < 200*time.Millisecond {
			continue
		}
		short := timed(quarter[name])
		for range 2 { // the least of three: the machine may have been busy
			long, short = min(long, timed(text)), min(short, timed(quarter[name]))
		}
		if long > 8*short {
			t.Errorf("%s: %v, and %v for a quarter of it", name, long, short)
		}
	}
}

// timed returns how long a text takes to read.
func timed(text string) time.Duration {
	start := time.Now()
	var f facts
	_, _ = Decode(text, &f)
	var v verdict
	_, _ = Decode(text, &v)
	return time.Since(start)
}

func FuzzDecode(f *testing.F) {
	for _, text := range hostile(200) {
		f.Add(text)
	}
	f.Add(oneJSON)
	f.Add("<think>{</think>```json\n{'abuse_cases': [{s: S3, title: “a”, reach: Anyone, known: ['K1-K3'], sure: .5},],}\n```")
	f.Add(`{"found":"[{\"s\":\"12-14\",\"name\":null}]","note":["a","b"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var v facts
		report, err := Decode(text, &v)
		checkBounds(t, reflect.ValueOf(v), shapeOf(v))
		if len(report.Faults) > mostFaults+2 {
			t.Fatalf("%d faults", len(report.Faults))
		}
		if err != nil {
			if !reflect.DeepEqual(v, facts{}) {
				t.Fatalf("changed with an error: %+v", v)
			}
			return
		}
		data, _ := json.Marshal(v) // what was understood is understood again, without a doubt
		var again facts
		report, err = Decode(string(data), &again)
		if len(report.Faults) > 0 && !strings.Contains(strings.Join(report.Faults, ""), "missing") &&
			!strings.Contains(strings.Join(report.Faults, ""), "none of") {
			t.Fatalf("%s: %q", data, report.Faults)
		}
		if err == nil {
			if second, _ := json.Marshal(again); string(second) != string(data) && !strings.Contains(string(data), `"reach":""`) {
				t.Fatalf("got  %s\nthen %s", data, second)
			}
		}
		var w verdict
		_, _ = Decode(text, &w)
		checkBounds(t, reflect.ValueOf(w), shapeOf(w))
	})
}

// checkBounds holds what was read to the bounds of its form.
func checkBounds(t *testing.T, v reflect.Value, s *shape) {
	switch s.kind {
	case objectKind:
		for _, f := range s.fields {
			checkBounds(t, v.Field(f.index), f.shape)
		}
	case listKind:
		if v.Len() > mostItems {
			t.Fatalf("%d items", v.Len())
		}
		for i := range v.Len() {
			checkBounds(t, v.Index(i), s.elem)
		}
	case intKind:
		if v.Int() < 0 || v.Int() > mostNumber {
			t.Fatalf("the number %d", v.Int())
		}
	case realKind:
		if !(v.Float() >= 0 && v.Float() <= mostNumber) {
			t.Fatalf("the number %v", v.Float())
		}
	case textKind:
		text := v.String()
		if len(s.enum) > 0 && text != "" && !strings.Contains(","+strings.Join(s.enum, ",")+",", ","+text+",") {
			t.Fatalf("%q is none of %q", text, s.enum)
		}
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > mostRunes || strings.ContainsFunc(text, unseen) || strings.TrimSpace(text) != text {
			t.Fatalf("the text %q", text)
		}
	}
}

// FuzzTolerant holds the tolerant parser to encoding/json on all that is JSON.
func FuzzTolerant(f *testing.F) {
	f.Add(oneJSON)
	f.Add(`{"a":"b\"c\\","d":[1e5,-0.1,{"":null}],"a":[[],{}],"e":"\ud83d\ude00\u0041"}`)
	f.Add(`["a", "b:c", ",", "}", {"x" : "y\/"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		trimmed := strings.TrimSpace(text)
		if !utf8.ValidString(text) || trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
			return
		}
		strict, ok := readStrict(trimmed)
		if !ok || longKey(strict) {
			return
		}
		p := parser{src: trimmed}
		if got := p.value(nil); p.ended || !p.done() || !reflect.DeepEqual(got, strict) {
			t.Fatalf("%s\ngot  %+v\nwant %+v", text, got, strict)
		}
	})
}

// longKey reports a property's name that is near the bound, or white space so long that it is not looked through.
func longKey(n node) bool {
	for i, item := range n.items {
		if i < len(n.keys) && len(n.keys[i]) > longestKey/8 || longKey(item) {
			return true
		}
	}
	return false
}

func BenchmarkDecodeClean(b *testing.B) {
	text := `{"abuse_cases":[` + strings.TrimSuffix(strings.Repeat(oneJSON[len(`{"abuse_cases":[`):len(oneJSON)-len(`],"actors":[]}`)]+",", 30), ",") + `],"actors":[]}`
	benchmark(b, text)
}

func BenchmarkDecodeTolerant(b *testing.B) {
	text := "```json\n{'abuse_cases':[" + strings.Repeat("{'s':['S3','S5'],'title':'Links are guessed','reach':'Anyone',},", 30) + "],'actors':[]}\n```"
	benchmark(b, text)
}

func BenchmarkDecodeMegabyte(b *testing.B) {
	benchmark(b, hostile(1 << 20)["items"])
}

func benchmark(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var v facts
		if _, err := Decode(text, &v); err != nil {
			b.Fatal(err)
		}
	}
}
