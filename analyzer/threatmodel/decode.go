package threatmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrVersion is returned by [Decode] for a draft of another version of the form.
var ErrVersion = errors.New("a draft of another schema version")

// Decode reads a saved draft. It refuses what does not fit the schema (a word outside a vocabulary, a missing field), so that a
// draft that was read is as good as one that was made. Fields that this version does not know are left out.
func Decode(r io.Reader) (*Draft, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	var version struct {
		SchemaVersion string `json:"schema_version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	if version.SchemaVersion != "" && version.SchemaVersion != SchemaVersion {
		return nil, fmt.Errorf("reading a draft: %w: it has %q, this program reads %q", ErrVersion, clip(version.SchemaVersion), SchemaVersion)
	}
	if err := validate(data); err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	d := new(Draft)
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	d.Complete()
	return d, nil
}

// validate checks data against the schema.
func validate(data []byte) error {
	s, err := schema()
	if err != nil {
		return err
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		return fmt.Errorf("resolving the schema: %w", err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	return resolved.Validate(value)
}

// clip keeps a message short.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
