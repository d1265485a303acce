package reply

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNumbers(t *testing.T) {
	for text, want := range map[string][]int64{
		"12": {12}, " 12 ": {12}, "S12": {12}, "s12": {12}, "S 12": {12}, "[12]": {12}, "[S12]": {12}, "(12)": {12}, "12.": {12},
		"12)": {12}, "#12": {12}, "12.0": {12}, "12|": {12}, "0": {0}, "sentence 12": {12}, "Sentence: 12": {12}, "No. 12": {12},
		"S3, S5": {3, 5}, "3 and 5": {3, 5}, "3; 5": {3, 5}, "3/5": {3, 5}, "[3][5]": {3, 5}, "[3, 5]": {3, 5}, "sentences 3, 5 and S7": {3, 5, 7},
		"12-14": {12, 13, 14}, "12–14": {12, 13, 14}, "S12-S14": {12, 13, 14}, "12 to 14": {12, 13, 14}, "12..14": {12, 13, 14}, "[12] - [14]": {12, 13, 14},
		"3, 12-13, 20": {3, 12, 13, 20}, "12-12": {12}, "1-20": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
		"12| Users share 2 photos": {12}, "12: The link": {12}, "[12] 2 photos": {12}, "12. No user can": {12}, "S12 - Users": {12}, "12. 13. 14.": {12, 13, 14},
		"3, 5: the links": {3, 5},
	} {
		if got, fault := numbersIn(text, ""); fault != "" || !slices.Equal(got, want) {
			t.Errorf("%q: got %v, %q, want %v", text, got, fault, want)
		}
	}
	for text, want := range map[string]string{
		"":                                   "no number",
		"the link":                           "no number",
		"Users share 2 photos with 12":       "no number",
		"12 people":                          "no number",
		"2, 5 photos":                        "no number",
		"S3 buckets":                         "no number",
		"K12":                                "no number",
		"§12":                                "no number",
		"12a":                                "no number",
		"3.2":                                "no whole number",
		"3.2.1":                              "no whole number",
		"12.05":                              "no whole number",
		"-5":                                 "below zero",
		"14-12":                              "backwards",
		"1-21":                               "more than 20",
		strings.Repeat("12 ", 1000):          "no number",
		"１２":                                 "no number",
		"12" + strings.Repeat(" x", 10) + "": "no number",
	} {
		got, fault := numbersIn(text, "")
		if !strings.Contains(fault, want) || len(got) > 0 {
			t.Errorf("%q: got %v, %q, want it to say %q", text, got, fault, want)
		}
	}
	if got, fault := numbersIn("K3, k5 and [7]", "K"); fault != "" || !slices.Equal(got, []int64{3, 5, 7}) {
		t.Errorf("K: got %v, %q", got, fault)
	}
	if got, fault := numbersIn("S3", "K"); fault == "" || len(got) > 0 {
		t.Errorf("a sentence's number was taken for a K: %v", got)
	}
}

// Each of these values stands in the place of the field's, and is understood without a fault.
func TestValuesOfOtherTypes(t *testing.T) {
	for _, c := range []struct {
		field, value string
		want         danger
	}{
		{"s", `["S12","[13]",14.0,"15.",1.6e1]`, danger{S: []int{12, 13, 14, 15, 16}}},
		{"s", `"S3, S5"`, danger{S: []int{3, 5}}},
		{"s", `12`, danger{S: []int{12}}},
		{"s", `[S12, S13]`, danger{S: []int{12, 13}}},
		{"s", `[#12, 13]`, danger{S: []int{12, 13}}},
		{"s", `[{"s":12},{"n":"13"}]`, danger{S: []int{12, 13}}},
		{"s", `[[12,13],14]`, danger{S: []int{12, 13, 14}}},
		{"s", `[12,12,"S12"]`, danger{S: []int{12}}},
		{"s", `"none"`, danger{S: []int{}}},
		{"s", `[0x]`, danger{S: []int{}}},
		{"known", `["K3","4"]`, danger{Known: []int{3, 4}}},
		{"title", `12.50`, danger{Title: "12.50"}},
		{"title", `true`, danger{Title: "true"}},
		{"title", `["It leaks.","It stays."]`, danger{Title: "It leaks. It stays."}},
		{"title", `["it leaks","it stays"]`, danger{Title: "it leaks; it stays"}},
		{"title", `{"text":"It leaks"}`, danger{Title: "It leaks"}},
		{"title", "\"It\nleaks\tnow\"", danger{Title: "It leaks now"}},
		{"title", `"It \_leaks\' \d"`, danger{Title: `It _leaks' \d`}},
		{"title", `"a\u0000b\u200bc\u202ed\ufefff \ud83d\ude00 \ud83d"`, danger{Title: "abcdf 😀 \ufffd"}},
		{"title", "\"a\xffb\"", danger{Title: "a\ufffdb"}},
		{"title", `"he said "yes, all" and left"`, danger{Title: `he said "yes, all" and left`}},
		{"title", `'it's the nurse's, isn't it'`, danger{Title: "it's the nurse's, isn't it"}},
		{"title", `"see https://a.example/b?c={d}, [e] // f # g"`, danger{Title: "see https://a.example/b?c={d}, [e] // f # g"}},
		{"title", `the nurse leaves`, danger{Title: "the nurse leaves"}},
		{"reach", `"Account Takeover"`, danger{Reach: "account_takeover"}},
		{"reach", `"account-takeover"`, danger{Reach: "account_takeover"}},
		{"reach", `["USER"]`, danger{Reach: "user"}},
		{"reach", `"users"`, danger{Reach: "user"}},
		{"reach", `"Anyone (no login)"`, danger{Reach: "anyone"}},
		{"reach", `"anyone: no login"`, danger{Reach: "anyone"}},
		{"people", `"1,200"`, danger{People: 1200}},
		{"people", `"7"`, danger{People: 7}},
		{"people", `[7]`, danger{People: 7}},
		{"undone", `"yes"`, danger{Undone: true}},
		{"undone", `True`, danger{Undone: true}},
		{"undone", `1`, danger{Undone: true}},
		{"undone", `"No."`, danger{Undone: false}},
		{"undone", `False`, danger{Undone: false}},
		{"sure", `"0.8"`, danger{Sure: 0.8}},
		{"sure", `.8`, danger{Sure: 0.8}},
		{"sure", `"0,8"`, danger{Sure: 0.8}},
		{"sure", `1`, danger{Sure: 1}},
		{"sure", `NaN`, danger{}},
		{"sure", `None`, danger{}},
		{"terms", `"keys, open links; and files"`, danger{Terms: []string{"keys, open links", "and files"}}},
		{"terms", `"keys, open links, files"`, danger{Terms: []string{"keys", "open links", "files"}}},
		{"terms", `"Keys, which anyone may copy, are open"`, danger{Terms: []string{"Keys, which anyone may copy, are open"}}},
		{"terms", `"- keys\n- 3 files\n2. links"`, danger{Terms: []string{"keys", "3 files", "links"}}},
		{"terms", `"[\"keys\", 'files']"`, danger{Terms: []string{"keys", "files"}}},
		{"terms", `""`, danger{Terms: []string{}}},
		{"steps", `{"s":1,"does":"opens"}`, danger{Steps: []step{{S: []int{1}, Does: "opens"}}}},
		{"steps", `["{\"s\":[1],\"does\":\"opens\"}"]`, danger{Steps: []step{{S: []int{1}, Does: "opens"}}}},
	} {
		text := fmt.Sprintf("{\"actors\":[],\"abuse_cases\":[{\"s\":[1],\"title\":\"t\",\"reach\":\"user\",\n%q : %s}]}", c.field, c.value)
		want := danger{S: []int{1}, Title: "t", Reach: "user"}
		field := func(d *danger) reflect.Value {
			for _, f := range shapeOf(danger{}).fields {
				if f.name == c.field {
					return reflect.ValueOf(d).Elem().Field(f.index)
				}
			}
			return reflect.Value{}
		}
		field(&want).Set(field(&c.want))
		switch c.field { // there once only
		case "s", "title", "reach":
			text = strings.Replace(text, map[string]string{"s": `"s":[1],`, "title": `"title":"t",`, "reach": `"reach":"user",`}[c.field], "", 1)
		}
		got, report, err := decode[facts](t, text)
		if c.value == `[0x]` { // no figures
			if len(report.Faults) != 1 {
				t.Errorf("%s: faults %q", text, report.Faults)
			}
			report.Faults = nil
		}
		if err != nil || report.Cut || len(report.Faults) > 0 || len(got.Cases) != 1 || !reflect.DeepEqual(got.Cases[0], want) {
			t.Errorf("%s\ngot  %+v, %+v, %v\nwant %+v", text, got, report, err, want)
		}
	}
}

func TestFaults(t *testing.T) {
	long := strings.Repeat("é", mostRunes+5)
	for _, c := range []struct {
		text  string
		want  facts
		fault string
	}{
		{`{"actors":[{"name":"Nurse"}],"abuse_cases":[]}`, facts{Actors: []actor{{Name: "Nurse"}}, Cases: []danger{}}, `item 1 of actors: "s" is missing`},
		{`{"actors":[]}`, facts{Actors: []actor{}}, `"abuse_cases" is missing`},
		{`{"actors":[],"abuse_cases":null}`, facts{Actors: []actor{}}, `"abuse_cases" is missing`},
		{`{"actors":[{"s":[1],"name":"N","kinds":["person","robot"]}],"abuse_cases":[]}`,
			facts{Actors: []actor{{S: []int{1}, Name: "N", Kinds: []string{"person"}}}, Cases: []danger{}},
			`item 2 of kinds in item 1 of actors: "robot" is none of person, system`},
		{`{"actors":[],"abuse_cases":[{"s":[1],"title":"t","reach":"everybody"}]}`,
			facts{Actors: []actor{}, Cases: []danger{{S: []int{1}, Title: "t"}}},
			`reach in item 1 of abuse_cases: "everybody" is none of anyone, user, account_takeover`},
		{`{"actors":[],"abuse_cases":[{"s":[1],"title":"t","reach":"user, anyone"}]}`,
			facts{Actors: []actor{}, Cases: []danger{{S: []int{1}, Title: "t", Reach: "user"}}},
			`reach in item 1 of abuse_cases: one of anyone, user, account_takeover is wanted: "user" was taken from "user, anyone"`},
		{`{"actors":[{"s":[-1,2,99999999999999999999,1e99,2.5,true,"x"],"name":"N"}],"abuse_cases":[]}`,
			facts{Actors: []actor{{S: []int{2}, Name: "N"}}, Cases: []danger{}}, "item 1 of s in item 1 of actors: -1 is out of all bounds|" +
				"item 3 of s in item 1 of actors: 99999999999999999999 is out of all bounds|item 4 of s in item 1 of actors: 1e99 is out of all bounds|" +
				"item 5 of s in item 1 of actors: 2.5 is no whole number|item 6 of s in item 1 of actors: true is no number|item 7 of s in item 1 of actors: \"x\" is no number"},
		{`{"actors":[{"s":[1],"name":"N"},{"s":[1],"name":"N"},{"s":["1"],"name":" N"}],"abuse_cases":[]}`,
			facts{Actors: []actor{{S: []int{1}, Name: "N"}}, Cases: []danger{}}, "actors: 2 items say what others say, and count once"},
		{`{"actors":["Nurse",{"s":[1],"name":"N"},{"x":1},null],"abuse_cases":[]}`,
			facts{Actors: []actor{{S: []int{1}, Name: "N"}}, Cases: []danger{}},
			`item 1 of actors: "Nurse" is no object|item 3 of actors: nothing of it was understood|item 4 of actors: nothing is no object`},
		{`{"actors":[{"s":[1],"name":"` + long + `"}],"abuse_cases":[]}`,
			facts{Actors: []actor{{S: []int{1}, Name: long[:2*mostRunes]}}, Cases: []danger{}},
			"name in item 1 of actors: the text is longer than 2000 characters and was cut"},
		{`{"actors":[],"abuse_cases":[{"s":[1],"title":"t","reach":"user","people":-4,"sure":"NaN","undone":"perhaps","known":"S3"}]}`,
			facts{Actors: []actor{}, Cases: []danger{{S: []int{1}, Title: "t", Reach: "user", Known: []int{}}}},
			`item 1 of known in item 1 of abuse_cases: "S3" is no number|people in item 1 of abuse_cases: -4 is out of all bounds|` +
				`undone in item 1 of abuse_cases: "perhaps" is neither true nor false|sure in item 1 of abuse_cases: "NaN" is no number`},
	} {
		got, report, err := decode[facts](t, c.text)
		if err != nil || report.Cut || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s\ngot  %+v, %v\nwant %+v", c.text, got, err, c.want)
		}
		if said := strings.Join(report.Faults, "|"); said != c.fault {
			t.Errorf("%s\nsaid %s\nwant %s", c.text, said, c.fault)
		}
	}
}

func TestBounds(t *testing.T) {
	var items []string
	for i := range 500 {
		items = append(items, fmt.Sprintf(`{"s":[%d],"name":"N%d"}`, i, i))
	}
	got, report, err := decode[verdict](t, `{"found":[`+strings.Join(items, ",")+`]}`)
	if err != nil || len(got.Found) != mostItems || len(report.Faults) != 1 || !strings.Contains(report.Faults[0], "500 items") {
		t.Errorf("500 items: %d were read, %q, %v", len(got.Found), report.Faults, err)
	}
	got, report, err = decode[verdict](t, `{"found":[`+strings.Repeat(`{"s":[-1],"name":"\u202e`+strings.Repeat("x", 5000)+`"},`, 300)+`]}`)
	if err != nil || len(got.Found) != 1 || len(report.Faults) != mostFaults+1 || report.Faults[mostFaults] == "" {
		t.Errorf("many faults: %d, %v", len(report.Faults), err)
	}
	for _, f := range report.Faults {
		if utf8.RuneCountInString(f) > 400 || strings.ContainsRune(f, '\u202e') {
			t.Errorf("fault: %q", f)
		}
	}
}
