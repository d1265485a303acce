package reply

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

type facts struct {
	Cases  []danger `json:"abuse_cases" about:"what could go wrong" also:"cases,dangers"`
	Actors []actor  `json:"actors"`
}

type danger struct {
	S      []int    `json:"s" about:"numbers of the sentences" also:"sentences,evidence"`
	Title  string   `json:"title"`
	Reach  string   `json:"reach" enum:"anyone,user,account_takeover"`
	Steps  []step   `json:"steps,omitempty"`
	Known  []int    `json:"known,omitempty" mark:"K"`
	Terms  []string `json:"terms,omitempty"`
	People int      `json:"people,omitempty"`
	Undone bool     `json:"undone,omitempty"`
	Sure   float64  `json:"sure,omitempty"`
}

type step struct {
	S    []int  `json:"s"`
	Does string `json:"does"`
}

type actor struct {
	S     []int    `json:"s"`
	Name  string   `json:"name"`
	Kinds []string `json:"kinds,omitempty" enum:"person,system"`
}

// verdict is a reply with one list and little else.
type verdict struct {
	Found []actor `json:"found"`
	Note  string  `json:"note,omitempty"`
}

var one = facts{
	Cases:  []danger{{S: []int{3, 5}, Title: "Links are guessed", Reach: "anyone"}},
	Actors: []actor{},
}

const oneJSON = `{"abuse_cases":[{"s":[3,5],"title":"Links are guessed","reach":"anyone"}],"actors":[]}`

func decode[T any](t *testing.T, text string) (T, Report, error) {
	t.Helper()
	var v T
	report, err := Decode(text, &v)
	return v, report, err
}

// printed puts printed quotation marks in the place of the typed ones.
func printed(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, `"`) {
		if i > 0 {
			b.WriteString([]string{"”", "“"}[i%2])
		}
		b.WriteString(part)
	}
	return b.String()
}

// All of these say one, without doubt.
func TestWrappings(t *testing.T) {
	escaped, _ := json.Marshal(oneJSON)
	for name, text := range map[string]string{
		"clean":               oneJSON,
		"white space":         " \n" + strings.ReplaceAll(oneJSON, ",", ",\n\t") + "\n\n",
		"byte order mark":     "\ufeff" + oneJSON,
		"fence":               "```json\n" + oneJSON + "\n```",
		"fence without end":   "```\n" + oneJSON,
		"prose":               "Here is what I found [see 3]:\n" + oneJSON + "\nTell me {if} you need [more]!",
		"braces in prose":     "I use {curly braces} and {s} for it. " + oneJSON,
		"think":               "<think>Maybe {\"abuse_cases\":[],\"actors\":[]}?</think>" + oneJSON,
		"think, orphan end":   "So {\"abuse_cases\":[],\"actors\":[]} it is.\n</think>\n" + oneJSON,
		"thinking, brackets":  "[THINK]hm[/THINK]" + oneJSON,
		"channels":            "<|channel|>analysis<|message|>{\"actors\":[]}<|end|><|start|>assistant<|channel|>final<|message|>" + oneJSON,
		"answer tag":          "<answer>" + oneJSON + "</answer>",
		"result":              `{"result":` + oneJSON + `}`,
		"two around":          `{"response":{"data":` + oneJSON + `,"ok":true}}`,
		"tool call":           `{"name":"report","arguments":` + string(escaped) + `}`,
		"JSON in JSON":        string(escaped),
		"escaped quotes":      strings.ReplaceAll(oneJSON, `"`, `\"`),
		"list of one":         "[" + oneJSON + "]",
		"in the schema":       `{"type":"object","properties":` + oneJSON + `}`,
		"example before":      `Like {"actors":[]}, so: ` + oneJSON,
		"draft before":        strings.Replace(oneJSON, "Links", "Keys", 1) + "\nBetter:\n" + oneJSON,
		"cut draft before":    strings.Replace(oneJSON[:len(oneJSON)-3], "Links", "Keys", 1) + "\n```\nBetter:\n```" + oneJSON,
		"cut draft after":     oneJSON + "\nAgain:\n```json\n" + oneJSON[:len(oneJSON)-3] + "\n```",
		"schema before":       string(Schema(facts{})) + "\n" + oneJSON,
		"trailing commas":     strings.NewReplacer("]", ",]", "}", ",}").Replace(oneJSON),
		"comments":            strings.ReplaceAll(oneJSON, ":", ": /* so */ ") + " // done",
		"comment lines":       strings.ReplaceAll(oneJSON, ",", ", // \"next\"\n # and\n"),
		"single quotes":       strings.ReplaceAll(oneJSON, `"`, `'`),
		"printed quotes":      printed(oneJSON),
		"keys without":        strings.NewReplacer(`"s"`, `s`, `"title"`, `title`, `"abuse_cases"`, `abuse_cases`, `"actors"`, `actors`).Replace(oneJSON),
		"words without":       strings.ReplaceAll(oneJSON, `"`, ``),
		"keys alike":          strings.NewReplacer("abuse_cases", "Abuse Cases", "reach", "REACH", "actors", "actors ").Replace(oneJSON),
		"other names":         strings.NewReplacer("abuse_cases", "Dangers", `"s"`, `"Evidence"`).Replace(oneJSON),
		"unknown keys":        strings.NewReplacer(`"s":`, `"id":"x","why":{"deep":[1,{"s":2}]},"s":`).Replace(oneJSON),
		"no commas":           strings.NewReplacer(`],"title"`, "]\n\"title\"", `","reach"`, "\"\n\"reach\"").Replace(oneJSON),
		"equal signs":         strings.NewReplacer(`":`, `" = `).Replace(oneJSON),
		"arrows":              strings.NewReplacer(`":`, `" => `).Replace(oneJSON),
		"item without list":   `{"abuse_cases":{"s":[3,5],"title":"Links are guessed","reach":"anyone"},"actors":[]}`,
		"items by number":     `{"abuse_cases":{"1":{"s":[3,5],"title":"Links are guessed","reach":"anyone"}},"actors":{}}`,
		"items in an object":  `{"abuse_cases":{"items":[{"s":[3,5],"title":"Links are guessed","reach":"anyone"}]},"actors":[]}`,
		"list in list":        `{"abuse_cases":[[{"s":[[3],[5]],"title":"Links are guessed","reach":"anyone"}]],"actors":[]}`,
		"list for one value":  `{"abuse_cases":[{"s":[3,5],"title":["Links are guessed"],"reach":["anyone"]}],"actors":[]}`,
		"brace missing":       `{"abuse_cases":[{"s":[3,5],"title":"Links are guessed","reach":"anyone"],"actors":[]}`,
		"bracket missing":     `{"abuse_cases":[{"s":[3,5,"title":"Links are guessed","reach":"anyone"}],"actors":[]}`,
		"twice the same list": `{"abuse_cases":[{"s":[3,5],"title":"Links are guessed","reach":"anyone"}],"abuse_cases":[],"actors":[]}`,
	} {
		got, report, err := decode[facts](t, text)
		if err != nil || report.Cut || len(report.Faults) > 0 || !reflect.DeepEqual(got, one) {
			t.Errorf("%s: %s\ngot %+v, %+v, %v", name, text, got, report, err)
		}
	}
}

// A list may stand in the place of the only object that holds it, or its items one after the other.
func TestListForObject(t *testing.T) {
	want := []actor{{S: []int{1}, Name: "Nurse"}, {S: []int{2}, Name: "Clerk"}}
	a, b := `{"s":[1],"name":"Nurse"}`, `{"s":[2],"name":"Clerk"}`
	for name, text := range map[string]string{
		"object":       `{"found":[` + a + `,` + b + `]}`,
		"list":         `[` + a + `,` + b + `]`,
		"fenced list":  "Two:\n```json\n[" + a + "," + b + "]\n```",
		"lines":        a + "\n" + b,
		"prose":        "First " + a + ", second " + b + ".",
		"unknown name": `{"people":[` + a + `,` + b + `]}`,
	} {
		got, report, err := decode[verdict](t, text)
		if err != nil || report.Cut || len(report.Faults) > 0 || !reflect.DeepEqual(got.Found, want) {
			t.Errorf("%s: got %+v, %+v, %v", name, got, report, err)
		}
	}
	if got, _, err := decode[verdict](t, "[]"); err != nil || len(got.Found) != 0 {
		t.Errorf("an empty list: %+v, %v", got, err)
	}
}

func TestNothingOfTheForm(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "holds no JSON object",
		"I'm sorry, I can't do that.":   "holds no JSON object",
		"See {curly} braces.":           "holds no JSON object",
		"<think>hm</think>":             "holds no JSON object",
		"<html><body>502</body></html>": "holds no JSON object",
		"null":                          "holds no JSON object",
		`{"error":"busy"}`:              "none of the wanted properties",
		"{}":                            "none of the wanted properties",
		string(Schema(facts{})):         "wanted",
		Describe(facts{}):               "wanted",
		"Answer as " + Describe(facts{}) + "\n12| Users share links.": "wanted",
		`{"abuse_cases":"none at all","actors":7}`:                    `"none at all" is no object`,
		`{"abuse_cases":[{"s":[1`:                                     "ends before anything in it is whole",
		`{"abu`:                                                       "ends before anything in it is whole",
	} {
		before := facts{Actors: []actor{{Name: "kept"}}}
		got := before
		_, err := Decode(text, &got)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"abuse_cases"`) {
			t.Errorf("%s:\ngot %v, want it to say %q", text, err, want)
		}
		if !reflect.DeepEqual(got, before) {
			t.Errorf("%s: the struct was changed to %+v", text, got)
		}
	}
}

// What stands inside the thinking is taken when nothing else is there, and told.
// TestProseIsNoEmptyList tells a reply without JSON from one that says that there is nothing, also where the form is one list.
func TestProseIsNoEmptyList(t *testing.T) {
	var form struct {
		Verdicts []struct {
			Claim int `json:"claim"`
		} `json:"verdicts"`
	}
	for _, text := range []string{"", "Of course! Here are the verdicts.", "<think>none</think>"} {
		if _, err := Decode(text, &form); err == nil || !strings.Contains(err.Error(), "holds no JSON object") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{`{"verdicts":[]}`, "[]", "Nothing to judge: []"} {
		if _, err := Decode(text, &form); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnswerInsideThinking(t *testing.T) {
	for _, text := range []string{"<think>" + oneJSON + "</think>", "<think>I say " + oneJSON, "So: " + oneJSON + "</think>"} {
		got, report, err := decode[facts](t, text)
		if err != nil || !reflect.DeepEqual(got, one) || len(report.Faults) != 1 || !strings.Contains(report.Faults[0], "thinking") {
			t.Errorf("%s: got %+v, %+v, %v", text, got, report, err)
		}
	}
	text := strings.Replace(oneJSON, "Links are", "</think> is", 1)
	if got, _, err := decode[facts](t, text); err != nil || got.Cases[0].Title != "</think> is guessed" {
		t.Errorf("a tag in a text: %+v, %v", got, err)
	}
}

func TestCutOff(t *testing.T) {
	whole := `{"abuse_cases":[{"s":[3,5],"title":"Links are guessed","reach":"anyone"},{"s":[12,13],"title":"Files leak","reach":"user","terms":["file","open link"]}],"actors":[{"s":[1],"name":"Nurse"}]}`
	var full facts
	if err := json.Unmarshal([]byte(whole), &full); err != nil {
		t.Fatal(err)
	}
	for end := 1; end < len(whole); end++ {
		for _, style := range []string{"", "```"} {
			text := whole[:end]
			got, report, err := decode[facts](t, style+text)
			if !report.Cut {
				t.Fatalf("%s: not seen as cut", text)
			}
			if len(report.Faults) > 0 {
				t.Errorf("%s: faults %q", text, report.Faults)
			}
			first := strings.Contains(text, `"anyone"`)
			if (err == nil) != first {
				t.Errorf("%s: error %v", text, err)
			}
			if len(got.Cases) > 0 && (!first || !reflect.DeepEqual(got.Cases[0], full.Cases[0])) {
				t.Errorf("%s: got %+v", text, got)
			}
			if len(got.Cases) > 1 && !(reflect.DeepEqual(got.Cases[1], full.Cases[1]) || strings.HasSuffix(text, `"user"`) || strings.Contains(text, `"user",`)) {
				t.Errorf("%s: got %+v", text, got)
			}
			if len(got.Actors) > 0 && !reflect.DeepEqual(got.Actors, full.Actors) {
				t.Errorf("%s: got %+v", text, got)
			}
		}
	}
}

// The last item is kept if the text ended in what it could do without, and only then.
func TestCutItem(t *testing.T) {
	type row struct {
		Name string   `json:"name"`
		S    []int    `json:"s"`
		Tags []string `json:"tags,omitempty"`
		Pays []int    `json:"pays,omitempty"`
	}
	type rows struct {
		Rows []row `json:"rows"`
	}
	first := row{Name: "A", S: []int{1}}
	for text, want := range map[string][]row{
		`{"name":"B","s":[12,13`:                    {first},
		`{"name":"B","s":[12,13,`:                   {first},
		`{"name":"B","s":[12,13]`:                   {first, {Name: "B", S: []int{12, 13}}},
		`{"name":"B","s":[12,13],"tags":["x","y`:    {first, {Name: "B", S: []int{12, 13}, Tags: []string{"x"}}},
		`{"name":"B","s":[12,13],"tags":["x","y"]}`: {first, {Name: "B", S: []int{12, 13}, Tags: []string{"x", "y"}}},
		`{"s":[12,13],"name":"B`:                    {first},
		`{"name":"B","s":[2],"pays":[7,1`:           {first, {Name: "B", S: []int{2}, Pays: []int{7}}}, // it may be 12
	} {
		got, report, err := decode[rows](t, `{"rows":[{"name":"A","s":[1]},`+text)
		if err != nil || !report.Cut || len(report.Faults) > 0 || !reflect.DeepEqual(got.Rows, want) {
			t.Errorf("%s: got %+v, %+v, %v", text, got, report, err)
		}
	}
}

// The fence that closes ends the text, also when brackets do not.
func TestCutInFence(t *testing.T) {
	got, report, err := decode[facts](t, "```json\n{\"abuse_cases\":[{\"s\":[3,5],\"title\":\"Links are guessed\",\"reach\":\"anyone\"},\n{\"s\":[7\n```\nHope it helps.")
	if err != nil || !report.Cut || !reflect.DeepEqual(got.Cases, one.Cases) {
		t.Errorf("got %+v, %+v, %v", got, report, err)
	}
}
