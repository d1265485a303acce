package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"whatif/analyzer/render"
)

const variablePrefix = "WHATIF_"

// keyVariable holds the key. It is no setting: it can be given nowhere else, and is never shown.
const keyVariable = "WHATIF_API_KEY"

// checkVariables finds WHATIF_ variables that set nothing, such as misspelt ones. It names them and never shows a value.
func checkVariables(env map[string]string) error {
	var known []string
	for _, def := range allSettings() {
		known = append(known, envName(def.key))
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, variablePrefix) || env[name] == "" || slices.Contains(known, name) || name == keyVariable {
			continue
		}
		err := fmt.Errorf("%s is set, but no setting has that name", name)
		if near, ok := nearestVariable(name, known); ok {
			return hint(err, "did you mean %s?", near)
		}
		return hint(err, "`whatif help settings` says how settings are named; unset it")
	}
	return nil
}

// nearestVariable leaves the prefix, which all share, out of the comparison.
func nearestVariable(name string, known []string) (string, bool) {
	keys := make([]string, len(known))
	for i, k := range known {
		keys[i] = strings.TrimPrefix(k, variablePrefix)
	}
	near, ok := nearest(strings.TrimPrefix(name, variablePrefix), keys)
	return variablePrefix + near, ok
}

// checkSeparators refuses a list of reports with commas, which would otherwise become one file of an odd name.
func checkSeparators(name, value string) error {
	parts := strings.Split(value, ",")
	for _, p := range parts[:len(parts)-1] {
		if _, ok := render.ForEnding(p); ok || p == "-" || strings.HasSuffix(p, "/") {
			return hint(fmt.Errorf("%s: commas do not separate files", name), "write %c between them", filepath.ListSeparator)
		}
	}
	return nil
}
