package threatmodel

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema returns the JSON Schema (2020-12) of a draft, made from the types and the vocabularies, indented, with a line end.
func Schema() ([]byte, error) {
	s, err := schema()
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return append(data, '\n'), nil
}

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	s, err := jsonschema.For[Draft](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[Level]():          enum(Levels),
		reflect.TypeFor[AssetCategory]():  enum(AssetCategories),
		reflect.TypeFor[AbuseCategory]():  enum(AbuseCategories),
		reflect.TypeFor[ActorKind]():      enum(ActorKinds),
		reflect.TypeFor[DependencyKind](): enum(DependencyKinds),
		reflect.TypeFor[Basis]():          enum(Bases),
		reflect.TypeFor[Origin]():         enum(Origins),
		reflect.TypeFor[DropReason]():     enum(DropReasons),
		reflect.TypeFor[QuestionStatus](): enum(QuestionStatuses),
		reflect.TypeFor[Ask]():            enum(Asks),
		reflect.TypeFor[ReviewState]():    enum(ReviewStates),
		reflect.TypeFor[Match]():          enum(Matches),
	}})
	if err != nil {
		return nil, fmt.Errorf("making the schema: %w", err)
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "Draft threat model"
	open(s, reflect.TypeFor[Draft](), comments())
	s.Properties["schema_version"].Enum = []any{SchemaVersion}
	s.Properties["engine"].Properties["kind"].Enum = enum(EngineKinds).Enum
	s.Properties["document"].Properties["format"].Enum = enum(Formats).Enum
	s.Properties["dropped"].Items.Properties["kind"].Enum = enum(DroppedKinds).Enum
	return s, nil
})

func enum[T ~string](all []T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range all {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// open walks down a schema made from t: lists are never null, numbers never negative, objects may get more fields, and
// everything is described by its comment in the source.
func open(s *jsonschema.Schema, t reflect.Type, comments map[string]string) {
	switch t.Kind() {
	case reflect.Slice:
		s.Type, s.Types = "array", nil
		open(s.Items, t.Elem(), comments)
	case reflect.Struct:
		s.AdditionalProperties = nil
		s.Description = comments[t.Name()]
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			open(s.Properties[name], f.Type, comments)
			if c := comments[t.Name()+"."+name]; c != "" {
				s.Properties[name].Description = c
			}
		}
	case reflect.Int, reflect.Float64:
		s.Minimum = new(float64)
	}
}

//go:embed draft.go
var source string

// comments returns the doc comments of the draft's types, by name, and of their fields, as "Type.field".
func comments() map[string]string {
	typeLine := regexp.MustCompile(`^type (\w+) struct`)
	fieldLine := regexp.MustCompile("`json:\"(\\w+)\"`(?:\\s*// (.*))?$")
	out := map[string]string{}
	var doc []string
	name := ""
	for line := range strings.Lines(source) {
		line = strings.TrimRight(line, "\n")
		if text, ok := strings.CutPrefix(line, "// "); ok {
			doc = append(doc, text)
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			name = m[1]
			out[name] = strings.Join(doc, " ")
		}
		if m := fieldLine.FindStringSubmatch(line); m != nil {
			out[name+"."+m[1]] = m[2]
		}
		doc = nil
	}
	return out
}
