package threatmodel

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// filled returns a draft in which every field has a value and every list one element.
func filled() *Draft {
	d := new(Draft)
	fill(reflect.ValueOf(d).Elem())
	d.SchemaVersion, d.Engine.Kind, d.Document.Format, d.Dropped[0].Kind = SchemaVersion, "rules", "md", "asset"
	return d
}

func fill(v reflect.Value) {
	words := map[reflect.Type]string{reflect.TypeFor[Level](): "high", reflect.TypeFor[AssetCategory](): "health",
		reflect.TypeFor[AbuseCategory](): "fraud", reflect.TypeFor[ActorKind](): "staff", reflect.TypeFor[DependencyKind](): "vendor",
		reflect.TypeFor[Basis](): "stated", reflect.TypeFor[Origin](): "both", reflect.TypeFor[DropReason](): "invalid",
		reflect.TypeFor[QuestionStatus](): "partly", reflect.TypeFor[Ask](): "pm", reflect.TypeFor[ReviewState](): "edited",
		reflect.TypeFor[Match](): "fuzzy"}
	switch v.Kind() {
	case reflect.String:
		if v.SetString("<text> & \"more\""); words[v.Type()] != "" {
			v.SetString(words[v.Type()])
		}
	case reflect.Int:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func empty() *Draft {
	d := &Draft{SchemaVersion: SchemaVersion, Engine: Engine{Kind: "rules"}, Document: Document{Format: "md"}}
	d.Complete()
	return d
}

// independent compiles the schema with a validator that shares no code with the one in the tool.
func independent(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("draft.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("draft.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func value(t *testing.T, d *Draft) map[string]any {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

func TestSchemaFitsDrafts(t *testing.T) {
	s := independent(t)
	for name, d := range map[string]*Draft{"filled": filled(), "empty": empty()} {
		if err := s.Validate(value(t, d)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	more := value(t, filled())
	more["added_later"] = true
	if err := s.Validate(more); err != nil {
		t.Errorf("a field more: %v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := independent(t)
	first := func(v map[string]any, list string) map[string]any { return v[list].([]any)[0].(map[string]any) }
	tests := map[string]func(map[string]any){
		"wrong version":     func(v map[string]any) { v["schema_version"] = "2" },
		"wrong priority":    func(v map[string]any) { first(v, "abuse_cases")["priority"] = "urgent" },
		"wrong category":    func(v map[string]any) { first(v, "assets")["category"] = "secret" },
		"wrong reason":      func(v map[string]any) { first(v, "dropped")["reason"] = "dull" },
		"wrong kind":        func(v map[string]any) { first(v, "dropped")["kind"] = "thing" },
		"wrong state":       func(v map[string]any) { first(v, "abuse_cases")["review"].(map[string]any)["state"] = "done" },
		"wrong match":       func(v map[string]any) { first(first(v, "assets"), "citations")["match"] = "close" },
		"null for a list":   func(v map[string]any) { v["assets"] = nil },
		"a missing field":   func(v map[string]any) { delete(first(v, "assets"), "citations") },
		"a negative number": func(v map[string]any) { first(first(v, "assets"), "citations")["start"] = -1 },
	}
	for name, spoil := range tests {
		v := value(t, filled())
		spoil(v)
		if s.Validate(v) == nil {
			t.Errorf("%s: not refused", name)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(bytes.NewReader(data)); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

// TestSchemaHasEveryField holds the schema to the types: every field is there, required and described.
func TestSchemaHasEveryField(t *testing.T) {
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[AbuseCase]().NumField() {
		f := reflect.TypeFor[AbuseCase]().Field(i)
		if p := s.Properties["abuse_cases"].Items.Properties[f.Tag.Get("json")]; p == nil {
			t.Errorf("no property for %s", f.Name)
		}
	}
	if n, want := len(s.Properties["abuse_cases"].Items.Required), reflect.TypeFor[AbuseCase]().NumField(); n != want {
		t.Errorf("%d fields of an abuse case are required, want %d", n, want)
	}
	for _, want := range []string{"A Citation points to one sentence", "most pressing first", "ids of assets"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no description says %q", want)
		}
	}
}

func TestDecode(t *testing.T) {
	data, err := json.Marshal(filled())
	if err != nil {
		t.Fatal(err)
	}
	d, err := Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, filled()) {
		t.Error("a draft does not read back the same")
	}
	if _, err := Decode(strings.NewReader(`{"schema_version": "99"}`)); !errors.Is(err, ErrVersion) {
		t.Errorf("another version: %v", err)
	}
	for _, bad := range []string{"", "null", "[]", "{}", "{", `{"schema_version": 1}`, string(data) + "{}"} {
		if _, err := Decode(strings.NewReader(bad)); err == nil {
			t.Errorf("%.20q is decoded", bad)
		}
	}
}
