package framework

import "testing"

func TestBuiltin(t *testing.T) {
	fw, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range fw.Questions {
		t.Log(q.Key, len(q.Signs))
	}
}
