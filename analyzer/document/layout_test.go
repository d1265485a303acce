package document

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// layoutOf writes a document down, a line a sentence: kind, depth, lead and text.
func layoutOf(t *testing.T, src string, format Format) string {
	t.Helper()
	d, err := Parse(context.Background(), []byte(src), Options{Path: "x." + string(format), Format: format})
	if err != nil {
		t.Fatal(err)
	}
	checkDocument(t, d)
	var out strings.Builder
	for i, s := range d.Sentences {
		fmt.Fprintf(&out, "%d %s", s.Num, s.Kind)
		if s.Kind == Heading {
			fmt.Fprintf(&out, "%d", d.Sections[s.Section].Level)
		}
		if s.Lead > 0 {
			fmt.Fprintf(&out, " <%d", s.Lead)
		}
		if s.Depth > 1 {
			fmt.Fprintf(&out, " depth %d", s.Depth)
		}
		if i > 0 && d.Sentences[i-1].Block == s.Block {
			out.WriteString(" +")
		}
		fmt.Fprintf(&out, ": %s", s.Text)
		for _, c := range s.Cells {
			if c.Header != "" {
				fmt.Fprintf(&out, " [%s=%s]", c.Header, c.Text)
			}
		}
		for _, v := range s.Veiled {
			fmt.Fprintf(&out, " {%s}", d.Source[v.Start:v.End])
		}
		out.WriteString("\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func lines(s ...string) string { return strings.Join(s, "\n") }

func testOutlines(t *testing.T, format Format, tests []struct{ name, src, want string }) {
	t.Helper()
	for _, test := range tests {
		if got := layoutOf(t, test.src, format); got != test.want {
			t.Errorf("%s: %q\ngot:\n%s\nwant:\n%s", test.name, test.src, got, test.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	testOutlines(t, Markdown, []struct{ name, src, want string }{
		{"headings", "# A *b*\n\nC\n=\n\nD\n-\n\n### E `f` ###\n", "1 heading1: A b\n2 heading1: C\n3 heading2: D\n4 heading3: E f"},
		{"soft wrap", "One\ntwo. Three\n  four.", "1 prose: One two.\n2 prose +: Three four."},
		{"hard break", "Name: X\\\nRole: Y  \nand z", "1 prose: Name: X\n2 prose +: Role: Y and z"},
		{"no space between ideographs", "用户可以\n导出数据。", "1 prose: 用户可以导出数据。"},
		{"emphasis", "A **b** _c_ ~~no more~~ d.", "1 prose: A b c d. {no more}"},
		{"struck out whole", "- ~~An old wish.~~\n- A new one.", "1 hidden: An old wish.\n2 list_item: A new one."},
		{"links", "See [the *spec*](http://x.y \"t\") and [ref][r] or <http://a.b/c>.\n\n[r]: http://z", "1 prose: See the spec and ref or http://a.b/c."},
		{"pictures", "![A diagram](x.png \"t\")", "1 prose: A diagram"},
		{"code span", "Call `a.b()` and ``c`d``.", "1 prose: Call a.b() and c`d."},
		{"entities", "A &amp; b &#65; &copy; &nope; \\* \\a.", "1 prose: A & b A © &nope; * \\a."},
		{"list with a lead-in", "Admins can:\n\n- read. Much.\n  - deep\n- write\n\nNext.",
			"1 prose: Admins can:\n2 list_item <1: read.\n3 list_item <1 +: Much.\n4 list_item <3 depth 2: deep\n5 list_item <1: write\n6 prose: Next."},
		{"no lead-in", "It ends.\n\n1. one\n\n   more\n2. two", "1 prose: It ends.\n2 list_item: one\n3 list_item <2: more\n4 list_item: two"},
		{"tasks", "- [x] done\n- [ ] open", "1 list_item: done\n2 list_item: open"},
		{"user story", "As a **user**, I want x.\n\n- As an admin I can y.", "1 user_story: As a user, I want x.\n2 user_story: As an admin I can y."},
		{"table", "| A | B |\n|---|:-:|\n| c\\|d | *e* |\n| f |", "1 table_row: A | B\n2 table_row: c|d | e [A=c|d] [B=e]\n3 table_row: f [A=f] [B=]"},
		{"quote", "> One\n> two.\n>\n> - three", "1 prose: One two.\n2 list_item: three"},
		{"callout", "> [!WARNING]\n> Do not.", "1 prose: Do not."},
		{"footnotes in place", "One.[^x] Two.\n\n[^x]: A note.\n\nC.", "1 prose: One.\n2 prose +: Two.\n3 prose: A note.\n4 prose: C."},
		{"code", "```go\na\n\nb\n```\n\n    c\n\n~~~mermaid\nA-->B\n~~~", "1 code: a\n2 code: b\n3 code: c\n4 code: A-->B"},
		{"front matter", "---\ntitle: 'X'\n---\nBody.", "1 code: title: 'X'\n2 prose: Body."},
		{"TOML front matter", "+++\ntitle = \"X\"\n+++\nBody.", "1 code: title = \"X\"\n2 prose: Body."},
		{"a rule is no front matter", "---\n\nBody.\n\n---\n\nMore.", "1 prose: Body.\n2 prose: More."},
		{"labels between rules", "---\nNote: this is prose\nof two lines.\n\n---\n\nMore.", "1 prose: Note: this is prose of two lines.\n2 prose: More."},
		{"comment block", "A.\n\n<!-- Say that all is well. -->\n\nB.", "1 prose: A.\n2 hidden: Say that all is well.\n3 prose: B."},
		{"comment in a sentence", "A <!-- not for you --> b.", "1 prose: A b. {<!-- not for you -->}"},
		{"comment after a sentence", "A. <!-- not for you -->", "1 prose: A.\n2 hidden +: not for you"},
		{"machine comment", "<!-- prettier-ignore -->\n\nA.", "1 prose: A."},
		{"comment as a link", "[//]: # (Not for your eyes)\n\nA.", "1 hidden: Not for your eyes\n2 prose: A."},
		{"hidden element", "<div style=\"display:none\">\n\nSay *yes* now.\n\n- And more of it.\n\n</div>\n\nB.", "1 hidden: Say yes now.\n2 hidden: And more of it.\n3 prose: B."},
		{"hidden span", "A <span hidden>not this</span> b.", "1 prose: A b. {not this}"},
		{"hidden to the end", "A.\n\n<div hidden>\n\nNot this one.", "1 prose: A.\n2 hidden: Not this one."},
		{"hidden until within a block", "<div hidden>\n\nNot this one.\n\n</div><p>This one.</p>", "1 hidden: Not this one.\n2 prose: This one."},
		{"HTML block", "<p>A <b>c</b>.</p>\n<ul><li>d</li></ul>\n\nE.", "1 prose: A c.\n2 list_item: d\n3 prose: E."},
		{"HTML table", "<table><tr><th>A</th><th>B</th></tr>\n<tr><td>c</td><td>d</td></tr></table>", "1 table_row: A | B\n2 table_row: c | d [A=c] [B=d]"},
		{"inline HTML", "A<br>b <kbd>c</kbd> H<sub>2</sub>O.", "1 prose: A b c H2O."},
		{"details", "<details><summary>More</summary>\n\nText.\n\n</details>", "1 prose: More\n2 prose: Text."},
		{"zero-width", "Pass\u200b\u200b\u200cword.", "1 prose: Password. {\u200b\u200b\u200c}"},
		{"tags", "Fine.\U000E0041\U000E0042 Yes.", "1 prose: Fine.\n2 prose +: Yes."},
		{"CR", "# A\rB\rc.\r\r- d", "1 heading1: A\n2 prose: B c.\n3 list_item: d"},
		{"table under text", "A\nb | c\n--- | ---\nd | e", "1 prose: A\n2 table_row: b | c\n3 table_row: d | e [b=d] [c=e]"},
	})
}

func TestText(t *testing.T) {
	testOutlines(t, Text, []struct{ name, src, want string }{
		{"numbered headings", "1. Scope\n\nIt is small.\n\n1.1 Details\n\nNone.\n\n2) More\n\nYes.",
			"1 heading2: 1. Scope\n2 prose: It is small.\n3 heading3: 1.1 Details\n4 prose: None.\n5 heading2: 2) More\n6 prose: Yes."},
		{"numbered paragraphs", "4. Roles\n\n   4.1  Requests go to the manager as it stands in the record.  Nobody\n        else is asked.\n\n   4.2  Records come from the old system in the night at about\n        02:00 hours.",
			"1 heading2: 4. Roles\n2 prose: 4.1 Requests go to the manager as it stands in the record.\n3 prose +: Nobody else is asked.\n4 prose: 4.2 Records come from the old system in the night at about 02:00 hours."},
		{"a numbered list", "Do this.\n\n1. Open it\n2. Close it\n\n3. Go home", "1 prose: Do this.\n2 list_item: Open it\n3 list_item: Close it\n4 list_item: Go home"},
		{"items under which their text goes on", "PLAN\n\n1. Ask first. It takes long\n   and ends.\n2. Then pay\n   by card.",
			"1 heading1: PLAN\n2 list_item: Ask first.\n3 list_item +: It takes long and ends.\n4 list_item: Then pay by card."},
		{"capitals", "GUEST KEYS\n\nOWNERS\nThey share.\n\nTBD", "1 heading1: GUEST KEYS\n2 heading2: OWNERS\n3 prose: They share.\n4 prose: TBD"},
		{"underlines", "Main\n====\n\nPart\n----\nText here.\n\nOther\n-----\nMore.", "1 heading1: Main\n2 heading2: Part\n3 prose: Text here.\n4 heading2: Other\n5 prose: More."},
		{"section word", "SECTION 3 — Data\n\nIt is.\n\nAppendix A: Terms\n\nNone.", "1 heading2: SECTION 3 — Data\n2 prose: It is.\n3 heading2: Appendix A: Terms\n4 prose: None."},
		{"a title alone", "Guest access\n\nIt opens doors.\n\nOpen questions\n- Who pays?", "1 heading1: Guest access\n2 prose: It opens doors.\n3 heading2: Open questions\n4 list_item: Who pays?"},
		{"wrapped", "A long paragraph that was wrapped by its author at\nsome column goes on. It has two\nsentences.", "1 prose: A long paragraph that was wrapped by its author at some column goes on.\n2 prose +: It has two sentences."},
		{"labels", "Owner: Jane\nStatus: Draft", "1 prose: Owner: Jane\n2 prose: Status: Draft"},
		{"list", "Admins can:\n  - read it\n    again and again\n      * deep\n  - write\n\nThe end.",
			"1 prose: Admins can:\n2 list_item <1: read it again and again\n3 list_item <2 depth 2: deep\n4 list_item <1: write\n5 prose: The end."},
		{"letters", "a) one\nb) two\n   (i) three\n   (ii) four\nc) five", "1 list_item: one\n2 list_item: two\n3 list_item <2 depth 2: three\n4 list_item <2 depth 2: four\n5 list_item: five"},
		{"bullets", "• one\n• two\n– three", "1 list_item: one\n2 list_item: two\n3 list_item <2 depth 2: three"},
		{"item of two paragraphs", "1) One.\n\n   More of it.\n\n2) Two.", "1 list_item: One.\n2 list_item <1: More of it.\n3 list_item: Two."},
		{"a number where the line broke", "It takes no more time than\n5. Then it stops.", "1 prose: It takes no more time than 5.\n2 prose +: Then it stops."},
		{"terms", "Owner\n   The one who\n   pays.\n\nNext one here is plain.", "1 prose: Owner\n2 list_item <1: The one who pays.\n3 prose: Next one here is plain."},
		{"bars", "| A | B |\n|---|---|\n| c | d |", "1 table_row: A | B\n2 table_row: c | d [A=c] [B=d]"},
		{"tabs", "Field\tSent to\nphone number of the user\tthe company Twilio", "1 table_row: Field | Sent to\n2 table_row: phone number of the user | the company Twilio [Field=phone number of the user] [Sent to=the company Twilio]"},
		{"columns", "Field     To       Kept\n-----     --       ----\nphone     Twilio   30 days", "1 table_row: Field | To | Kept\n2 table_row: phone | Twilio | 30 days [Field=phone] [To=Twilio] [Kept=30 days]"},
		{"mail", "> We keep it\n> for ever.\nNo, we do not.", "1 prose: We keep it for ever.\n2 prose: No, we do not."},
		{"line a paragraph", strings.Repeat("Words in a long line. ", 10) + "\nAnother line.", lines(longLine(10)...) + "\n11 prose: Another line."},
		{"fence", "```\nx = 1\n```\nDone.", "1 code: x = 1\n2 prose: Done."},
		{"CRLF", "A line\r\ngoes on.\r\n\r\n- b\r\n", "1 prose: A line goes on.\n2 list_item: b"},
	})
}

func longLine(n int) []string {
	out := []string{"1 prose: Words in a long line."}
	for i := 2; i <= n; i++ {
		out = append(out, fmt.Sprintf("%d prose +: Words in a long line.", i))
	}
	return out
}

func TestTitle(t *testing.T) {
	for _, test := range []struct{ path, src, want string }{
		{"x.md", "---\ntitle: \"The: title\"\n---\n# Other", "The: title"},
		{"x.md", "## Small\n\n# Large *one*", "Large one"},
		{"x.md", "## Small\n\nText.", "Small"},
		{"docs/guest-access_v2.md", "Text.", "guest access v2"},
		{"-", "Text.", "Untitled"},
		{"x.txt", "Subject: The lock\n\nText.", "The lock"},
	} {
		d, err := Parse(context.Background(), []byte(test.src), Options{Path: test.path, Format: map[bool]Format{true: Text, false: Markdown}[strings.HasSuffix(test.path, "txt")]})
		if err != nil {
			t.Fatal(err)
		}
		if d.Title != test.want {
			t.Errorf("title of %q is %q, want %q", test.src, d.Title, test.want)
		}
	}
}

func TestHiddenTextIsReportedOnce(t *testing.T) {
	d, err := Parse(context.Background(), []byte("# A\n\nB <!-- say that all is well --> c.\n\n<!-- and more of that -->\n\n~~gone it is~~ d."), Options{Path: "x.md"})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Warnings) != 2 || !hasWarning(d, "struck_text") {
		t.Fatalf("warnings %v", d.Warnings)
	}
	w := d.Warnings[0]
	if w.Code != "hidden_text" || w.Sentence != 2 || !strings.Contains(w.Message, "2 pieces") || !strings.Contains(w.Message, "line 3") {
		t.Errorf("warning %+v", w)
	}
	if s := d.SectionOf(2); s == nil || s.Title != "A" || d.SectionOf(99) != nil {
		t.Errorf("section of sentence 2 is %v", s)
	}
}
