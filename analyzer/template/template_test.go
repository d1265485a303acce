package template

import (
	"os"
	"testing"

	"whatif/analyzer/framework"
)

func TestScratch(t *testing.T) {
	fw, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		out, _ := os.Create("/tmp/h3/sheet." + f)
		if err := Write(out, f, fw, Options{Packs: []string{"export"}, Feature: "Tide <b>pool</b> | map"}); err != nil {
			t.Error(err)
		}
		out.Close()
	}
}
