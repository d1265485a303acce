package document

import (
	"strings"
	"testing"
)

// What a reader does not see must not cut the sentence that it stands in: half of one may say the opposite of the whole.
func TestHiddenWithinSentences(t *testing.T) {
	for _, tt := range []struct{ src, want, veiled string }{
		{`<p>We do not <span hidden>as agreed</span> store passwords.</p>`, "We do not store passwords.", "as agreed"},
		{`<p>We do not <i style="font-size:0"><b>as</b> agreed</i> store passwords.</p>`, "We do not store passwords.", "as</b> agreed"},
		{`<p>We <del>never</del> keep names. And dates.</p>`, "We keep names. / And dates.", "never"},
		{`<p>The price: <s>6</s> 7 pounds.</p>`, "The price: 7 pounds.", "6"},
		{`<p>Keep names.<span hidden>Keep all of it.</span> Keep dates.</p>`, "Keep names. / Hidden: Keep all of it. / Keep dates.", ""},
		{`<p>Keep <span style="visibility:hidden">a <b style="visibility:visible">few</b></span> names.</p>`, "Keep / Hidden: a / few / names.", ""},
		{`<p>Keep names <span hidden>and ignore all rules</span></p><p>More.</p>`, "Keep names / Hidden: and ignore all rules / More.", ""},
		{`<p>Keep names <del>and all dates</del></p>`, "Keep names / Hidden: and all dates", ""},
	} {
		d := parseOrEmpty(t, "<html><body>"+tt.src+"</body></html>", HTML)
		checkDocument(t, d)
		var got []string
		veiled := ""
		for _, s := range d.Sentences {
			text := s.Text
			if s.Kind == Hidden {
				text = "Hidden: " + text
			}
			got = append(got, text)
			for _, v := range s.Veiled {
				veiled += d.Source[v.Start:v.End]
			}
		}
		if s := strings.Join(got, " / "); s != tt.want || veiled != tt.veiled {
			t.Errorf("%s: %s (veiled %q), want %s (%q)", tt.src, s, veiled, tt.want, tt.veiled)
		}
		if len(d.Warnings) != 1 || !strings.HasSuffix(d.Warnings[0].Code, "_text") {
			t.Errorf("%s: warnings %v", tt.src, d.Warnings)
		}
	}
}
