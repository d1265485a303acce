package reply

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Decode reads a model's text into the struct that into points to.
func Decode(text string, into any) (Report, error) {
	start, end := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if start < 0 || end < start {
		return Report{}, fmt.Errorf("the reply holds no JSON object")
	}
	if err := json.Unmarshal([]byte(text[start:end+1]), into); err != nil {
		return Report{}, fmt.Errorf("the reply is no JSON of the wanted form: %w", err)
	}
	return Report{}, nil
}
