package document

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// split returns the sentences of a paragraph.
func split(text string) []string {
	var out []string
	for _, c := range appendCuts(nil, text) {
		out = append(out, strings.TrimSpace(text[c[0]:c[1]]))
	}
	return out
}

// In each case "¦" stands where a sentence ends.
func TestSentences(t *testing.T) {
	for _, text := range []string{
		"Admins export data.¦ Users can't.",
		"Dr. Smith and Mrs. Jones agree.¦ They sign.",
		"Use a vendor, e.g. Stripe or Adyen.¦ No others.",
		"Keep it small, i.e. Under ten rows.",
		"See Sec. 3.2 Sharing and p. 5 Below.¦ Then go on.",
		"No.¦ We will not store it.",
		"Compare A vs. B first.",
		"Built by Acme Inc. Holdings in 2024.",
		"It was sold to Acme Inc.¦ The price was low.",
		"Logs, metrics, etc. are kept.¦ Traces are not.",
		"Logs, metrics, etc.¦ Users see none.",
		"Ask J. R. Hartley or Mr. A. Lovelace.¦ Both know.",
		"This is plan B.¦ It is worse.",
		"Version v1.2.3 ships first.¦ Then v2.0.",
		"It costs 3.50 a month.¦ Nothing else.",
		"Open https://example.com/?a=b.c&d=1 to start.¦ Then stop.",
		"Edit config.yaml or README.MD by hand.¦ Save.",
		"Use Node.Js or System.Out for it.",
		"Wait... there is more.¦ Really?!¦ Yes.",
		"Done! 🎉",
		"He asked \"Are you sure?\" before deleting.¦ She left.",
		"(It is optional.)¦ We keep it.",
		"Users pay (see Terms. Section 4 applies) once a month.¦ Done.",
		"1. Foo is here.¦ Bar is there.",
		"a) First option.¦ It works.",
		"Step 3. Click send.¦ It goes out.",
		"The link is sent.¦The user opens it.¦ Fine.",
		"Yahoo! is a company.¦ Ask it.",
		"Starts at 9 a.m. UTC every day.¦ Ends at 5 p.m.¦ The rest is free.",
		"It runs in the U.S. Virgin Islands.¦ It ships.",
		"Only in the U.S.¦ We don't ship abroad.",
		"用户可以导出数据。¦管理员可以删除。¦可以吗？¦可以！",
		"これはテストです。¦次の文です。",
		"يمكن للمستخدم تصدير البيانات.¦ هل هذا آمن؟¦ نعم.",
		"המשתמש יכול לייצא.¦ זה בסדר.",
		"users log in with email.¦ they can reset it.¦ what if it fails?¦ we retry.",
		"iPhone users tap twice.¦ Others once.",
		"Rechnung vom 3. Mai liegt vor.¦ Der Kunde zahlt bzw. Er storniert.",
		"Line one\n¦Line two",
		"A line that is broken\nand goes on.",
		"Press “Delete. Forever.” to confirm.¦ Then wait.",
		"Show \"Link expired. Ask for a new one.\" and stop.¦ Log it.",
		"\"We want it.¦ Now.\"¦ They said so.",
	} {
		want := strings.Split(text, "¦")
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		got := split(strings.ReplaceAll(text, "¦", ""))
		if strings.Join(got, "¦") != strings.Join(want, "¦") {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestLongStretchIsCut(t *testing.T) {
	for name, text := range map[string]string{
		"words":  strings.Repeat("word ", 10000),
		"none":   strings.Repeat("é", 10000),
		"clause": strings.Repeat("a clause of some length; ", 1000),
	} {
		for _, s := range split(text) {
			if len(s) > maxSentence || !utf8.ValidString(s) {
				t.Errorf("%s: piece of %d bytes, valid %v", name, len(s), utf8.ValidString(s))
			}
			if name == "clause" && !strings.HasSuffix(s, ";") {
				t.Errorf("cut at %q, not at a semicolon", s[len(s)-10:])
			}
		}
	}
}

func checkCuts(t interface{ Fatalf(string, ...any) }, text string) {
	at := 0
	for _, c := range appendCuts(nil, text) {
		if c[0] != at || c[1] <= c[0] {
			t.Fatalf("cut %v does not go on from %d in %q", c, at, text)
		}
		at = c[1]
	}
	if at != len(text) {
		t.Fatalf("cuts end at %d of %d in %q", at, len(text), text)
	}
}

func TestCutsCoverTheText(t *testing.T) {
	piece := rapid.SampledFrom([]string{". ", ".", "? ", "e.g. ", "Dr. ", "word", "The ", "Users ", " ", "(", ")", "\n", "。", "中", "1", "é", "\"", ";", "a.m. "})
	rapid.Check(t, func(t *rapid.T) {
		checkCuts(t, strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), ""))
	})
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"", "A. B", "a.The b. c", "\xff. \xff.", "。。(", "1. 2. 3) x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { checkCuts(t, text) })
}
