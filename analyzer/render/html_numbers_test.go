package render

import (
	"context"
	"strings"
	"testing"

	"whatif/analyzer/document"
)

// Items of ordered lists keep their numbers, others their bullets.
func TestListNumbers(t *testing.T) {
	for _, tt := range []struct {
		format    document.Format
		src, want string
	}{
		{document.Markdown, "1. Pay.\n2. Ship.\n   1. Pack.\n   2. Post.\n3. Rate.\n", "1. 2. 1. 2. 3."},
		{document.Markdown, "1. Pay. It is slow.\n1. Ship.\n1. Rate.\n", "1. 2. 3."},
		{document.Markdown, "4) **Pay** now.\n5) Ship.\n", "4) 5)"},
		{document.Markdown, "- Pay.\n- Ship.\n", "- -"},
		{document.Markdown, "- Pay.\n  1. Card.\n  2. Cash.\n- Ship.\n  1. Post.\n", "- 1. 2. - 1."},
		{document.Markdown, "1. Pay.\n\nThen wait.\n\n1. Ship.\n", "1. 1."},
		{document.Markdown, "> 1. Pay.\n> 2. Ship.\n", "1. 2."},
		{document.Markdown, "1. As a guest, I want to pay by card.\n2. As a host, I want to be paid.\n", "1. 2."},
		{document.Text, "Steps:\n\na) Pay by card\nb) Ship the box\n", "a) b)"},
		{document.HTML, "<ol><li>Pay.</li><li><p>Ship.</p><ol><li>Pack.<li>Post.</ol></li><li>Rate it. Be fair.</li></ol>", "1. 2. 1. 2. 3."},
		{document.HTML, "<ul><li>Pay.</li><!-- <ol> --><li>Ship.<ol start=4><li>Pack.</li><li value='9'>Post.</li></ol></li></ul>", "- - 4. 9."},
		{document.HTML, "<ol><li>Pay.</li></ol><p>Then wait.</p><OL class=x><LI>Ship.</LI></OL>", "1. 1."},
	} {
		doc, err := document.Parse(context.Background(), []byte(tt.src), document.Options{Format: tt.format})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range docGroups(doc, nil) {
			for _, item := range g.Items {
				switch {
				case item.Marker != "":
					got = append(got, item.Marker)
				case g.Kind == document.ListItem:
					got = append(got, "-")
				}
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q: %s, want %s", tt.src, s, tt.want)
		}
	}
}
