package fakellm

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// A value is JSON with its keys in their order, which replies keep as the real one's do.
type value struct {
	kind byte     // '{', '[', '"', '0', 't' for both truths, 'n'
	keys []string // of an object
	vals []*value // of an object or array
	text string   // of a string without its quotes; of a number and a truth as written
}

// Most levels that a value may have.
const maxLevels = 100

// parseValue reads the one value in data.
func parseValue(data []byte) (*value, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	v, err := readValue(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// readValue reads the next value.
func readValue(dec *json.Decoder) (*value, error) {
	dec.UseNumber()
	return nextValue(dec, 0)
}

func nextValue(dec *json.Decoder, depth int) (*value, error) {
	if depth > maxLevels {
		return nil, errors.New("nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case string:
		return &value{kind: '"', text: t}, nil
	case json.Number:
		return &value{kind: '0', text: t.String()}, nil
	case bool:
		if t {
			return &value{kind: 't', text: "true"}, nil
		}
		return &value{kind: 't', text: "false"}, nil
	case json.Delim:
		return nextValues(dec, byte(t), depth)
	}
	return &value{kind: 'n', text: "null"}, nil
}

// nextValues reads what is in an object or array, and its end.
func nextValues(dec *json.Decoder, open byte, depth int) (*value, error) {
	v := &value{kind: open}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v.keys = append(v.keys, key.(string)) // the decoder sees to it
		}
		member, err := nextValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		v.vals = append(v.vals, member)
	}
	_, err := dec.Token()
	return v, err
}

// get returns a member of an object, nil if there is none or v is no object. The last of equal keys counts.
func (v *value) get(key string) *value {
	if v == nil || v.kind != '{' {
		return nil
	}
	for i := len(v.keys) - 1; i >= 0; i-- {
		if v.keys[i] == key {
			return v.vals[i]
		}
	}
	return nil
}

// str returns a member's text if it is a string.
func (v *value) str(key string) string {
	if m := v.get(key); m != nil && m.kind == '"' {
		return m.text
	}
	return ""
}

// json writes the value.
func (v *value) json() string {
	var b bytes.Buffer
	v.write(&b)
	return b.String()
}

func (v *value) write(b *bytes.Buffer) {
	switch v.kind {
	case '"':
		b.WriteString(quoted(v.text))
	case '{', '[':
		b.WriteByte(v.kind)
		for i, m := range v.vals {
			if i > 0 {
				b.WriteByte(',')
			}
			if v.kind == '{' {
				b.WriteString(quoted(v.keys[i]) + ":")
			}
			m.write(b)
		}
		b.WriteByte(v.kind + 2) // } and ] come two after { and [
	default:
		b.WriteString(v.text)
	}
}

// set adds a member to an object.
func (v *value) set(key string, m *value) *value {
	v.keys, v.vals = append(v.keys, key), append(v.vals, m)
	return v
}

func text(s string) *value { return &value{kind: '"', text: s} }
