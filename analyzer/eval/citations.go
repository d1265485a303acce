package eval

import (
	"reflect"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// verify counts the citations of a draft, and those that hold: the quote stands at its offsets, on its lines, in its sentence.
func verify(doc *document.Document, draft *threatmodel.Draft) Citations {
	var n Citations
	eachCitation(reflect.ValueOf(draft).Elem(), func(c threatmodel.Citation) {
		n.Total++
		if holds(doc, c) {
			n.Verified++
		}
	})
	return n
}

var citationType = reflect.TypeFor[threatmodel.Citation]()

// eachCitation calls do for each citation in v, whatever field it is in.
func eachCitation(v reflect.Value, do func(threatmodel.Citation)) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == citationType {
			do(v.Interface().(threatmodel.Citation))
			return
		}
		for i := range v.NumField() {
			eachCitation(v.Field(i), do)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachCitation(v.Index(i), do)
		}
	}
}

// holds checks one citation against the document. In HTML the quote is what a reader sees of the sentence, in other formats
// the bytes themselves.
func holds(doc *document.Document, c threatmodel.Citation) bool {
	s := doc.Sentence(c.Sentence)
	if s == nil || c.Start < s.Span.Start || c.End > s.Span.End || c.Start >= c.End {
		return false
	}
	if first, last := doc.LinesOf(document.Span{Start: c.Start, End: c.End}); first != c.LineStart || last != c.LineEnd {
		return false
	}
	if doc.Format == document.HTML {
		return c.Quote == doc.Quote(s)
	}
	return c.Quote == doc.Quote(&document.Sentence{Span: document.Span{Start: c.Start, End: c.End}})
}
