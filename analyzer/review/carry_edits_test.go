package review_test

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"whatif/analyzer/document"
	"whatif/analyzer/threatmodel"
)

// A scene is a document on its way to being edited.
type scene struct {
	raw, path string
	doc       *document.Document
	target    threatmodel.Citation // the sentence that the edit is about
	twins     []string             // sentences of other things, for the kinds of danger of this fixture
	others    map[string]string    // what sentences of this fixture say in other words
	became    map[string][]string  // what sentences say after the edit; one that is not here says what it said
}

// An edit changes a document. It reports false where it can't.
type edit struct {
	name  string
	whole bool // it is about the document, whatever the target
	do    func(*scene) bool
}

// say puts text in the place of the target, whose sentence then says so; nothing is that it is gone.
func (s *scene) say(text string, says ...string) bool {
	s.raw = s.raw[:s.target.Start] + text + s.raw[s.target.End:]
	s.became[s.target.Quote] = says
	return text != s.target.Quote
}

// all changes the whole text, and every sentence of it alike.
func (s *scene) all(change func(string) string) bool {
	was := s.raw
	s.raw = change(s.raw)
	for i := range s.doc.Sentences {
		q := s.doc.Quote(&s.doc.Sentences[i])
		s.became[q] = []string{change(q)}
	}
	return s.raw != was
}

var prose = regexp.MustCompile(`^(\s*(?:[A-Z]{1,4}-?\d+(?:\.\d+)*[.:]?\s+)?)(\S.*[.])$`)

// parts are the number of a requirement in prose and its words; ok is false for cells of tables and the like.
func (s *scene) parts() (number, words string, ok bool) {
	m := prose.FindStringSubmatch(strings.Join(strings.Fields(s.target.Quote), " "))
	if m == nil || strings.ContainsAny(m[2], "|") || strings.Count(m[2], " ") < 5 {
		return "", "", false
	}
	return m[1], m[2], true
}

func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

var otherWords = strings.NewReplacer(" shall ", " must ", " can ", " is able to ", " will ", " is going to ", " receive ", " get ", " receives ", " gets ",
	" any ", " every ", " each ", " every single ", " may ", " might ", " must ", " has to ", " is sent ", " goes out ", " about ", " around ")

var heading = regexp.MustCompile(`(?m)^(#+)( +)(.*)$`)

// sections are the parts of a text that begin with a heading of the second level; the first is what stands before.
func sections(raw string) []string {
	at := regexp.MustCompile(`(?m)^## `).FindAllStringIndex(raw, -1)
	var out []string
	from := 0
	for _, m := range at {
		out = append(out, raw[from:m[0]])
		from = m[0]
	}
	return append(out, raw[from:])
}

var edits = []edit{
	{"reworded here and there", false, func(s *scene) bool {
		number, words, ok := s.parts()
		other := number + otherWords.Replace(words)
		return ok && s.say(other, other)
	}},
	{"in other words", true, func(s *scene) bool {
		for was, now := range s.others {
			if strings.Count(s.raw, was) != 1 {
				panic("the fixture does not say: " + was)
			}
			s.raw = strings.Replace(s.raw, was, now, 1)
			s.became[was] = []string{now}
		}
		return true
	}},
	{"every fourth word left out", false, func(s *scene) bool {
		number, words, ok := s.parts()
		var kept []string
		for i, w := range strings.Fields(words) {
			if i%4 != 2 {
				kept = append(kept, w)
			}
		}
		other := number + strings.Join(kept, " ")
		return ok && s.say(other, other)
	}},
	{"with an opening", false, func(s *scene) bool {
		number, words, ok := s.parts()
		other := number + "As agreed with the steering group, " + lower(words)
		return ok && s.say(other, other)
	}},
	{"with a closing", false, func(s *scene) bool {
		number, words, ok := s.parts()
		other := number + strings.TrimSuffix(words, ".") + " from the second release on."
		return ok && s.say(other, other)
	}},
	{"moved to the end", false, func(s *scene) bool {
		_, _, ok := s.parts()
		text := s.target.Quote
		return ok && s.say("") && func() bool { s.raw += "\n\n## Moved\n\n" + text + "\n"; delete(s.became, text); return true }()
	}},
	{"split in two", false, func(s *scene) bool {
		number, words, ok := s.parts()
		at := strings.Index(words, ", ")
		if i := strings.Index(words, " and "); at < 0 || i > 0 && len(words)/2-i < at-len(words)/2 {
			at = i
		}
		if !ok || at < 10 {
			return false
		}
		first, second := number+words[:at]+".", "This "+strings.TrimPrefix(strings.TrimPrefix(words[at:], ","), " and")
		return s.say(first+" "+second, first, second)
	}},
	{"merged with the next", false, func(s *scene) bool {
		_, words, ok := s.parts()
		if !ok || s.target.Sentence >= len(s.doc.Sentences) {
			return false
		}
		next := s.doc.Quote(&s.doc.Sentences[s.target.Sentence])
		end := s.doc.Sentences[s.target.Sentence].Span.End
		if !strings.HasSuffix(next, ".") || s.doc.Sentences[s.target.Sentence].Kind == document.Heading {
			return false
		}
		text := strings.TrimSuffix(s.target.Quote, ".") + ", and " + lower(next)
		s.raw = s.raw[:s.target.Start] + text + s.raw[end:]
		s.became[s.target.Quote], s.became[next] = []string{text}, []string{text}
		return words != ""
	}},
	{"deleted", false, func(s *scene) bool { _, _, ok := s.parts(); return ok && s.say("") }},
	{"a twin before it", false, func(s *scene) bool {
		at := strings.Index(s.raw, "\n\n") + 1
		s.raw = s.raw[:at] + "\n" + s.twins[s.target.Sentence%len(s.twins)] + "\n" + s.raw[at:]
		return true
	}},
	{"deleted, and a twin elsewhere", false, func(s *scene) bool {
		_, _, ok := s.parts()
		return ok && s.say("") && func() bool { s.raw += "\n\n## Later\n\n" + strings.Join(s.twins, "\n\n") + "\n"; return true }()
	}},
	{"set in bold", false, func(s *scene) bool {
		number, words, ok := s.parts()
		return ok && s.say(number+"**"+strings.TrimSuffix(words, ".")+"**.", number+words)
	}},
	{"its section is deleted", false, func(s *scene) bool {
		var kept []string
		for _, part := range sections(s.raw) {
			if !strings.Contains(part, s.target.Quote) || !strings.HasPrefix(part, "## ") {
				kept = append(kept, part)
				continue
			}
			for i := range s.doc.Sentences {
				if q := s.doc.Quote(&s.doc.Sentences[i]); strings.Contains(part, q) && strings.Count(s.raw, q) == 1 {
					s.became[q] = nil
				}
			}
		}
		was := s.raw
		s.raw = strings.Join(kept, "")
		return s.raw != was
	}},
	{"twins of all at the top", true, func(s *scene) bool {
		at := strings.Index(s.raw, "\n\n") + 1
		s.raw = s.raw[:at] + "\n" + strings.Join(s.twins, "\n\n") + "\n" + s.raw[at:]
		return true
	}},
	{"headings in another language", true, func(s *scene) bool {
		n := 0
		s.raw = heading.ReplaceAllStringFunc(s.raw, func(h string) string {
			if n++; n == 1 {
				return h
			}
			return heading.ReplaceAllString(h, "$1 Abschnitt über die Anforderungen")
		})
		return n > 1
	}},
	{"headings and requirements numbered anew", true, func(s *scene) bool {
		return s.all(func(t string) string {
			t = regexp.MustCompile(`\b((?:N?FR|R|US|REQ)-?)(\d)`).ReplaceAllString(t, "${1}1$2")
			return regexp.MustCompile(`(?m)^(#+ )(\d)`).ReplaceAllString(t, "${1}1$2")
		})
	}},
	{"sections the other way round", true, func(s *scene) bool {
		parts := sections(strings.TrimSpace(s.raw) + "\n\n")
		slices.Reverse(parts[1:])
		s.raw = strings.Join(parts, "")
		return len(parts) > 2
	}},
	{"as a text file", true, func(s *scene) bool {
		s.path = strings.TrimSuffix(s.path, ".md") + ".txt"
		s.raw = strings.NewReplacer("**", "", "`", "").Replace(heading.ReplaceAllString(s.raw, "$3"))
		return true
	}},
	{"the file has another name", true, func(s *scene) bool { s.path = "elsewhere/launch-plan.md"; return true }},
	{"another name, and numbered anew", true, func(s *scene) bool {
		s.path = "launch-plan.md"
		return s.all(func(t string) string {
			return regexp.MustCompile(`\b((?:N?FR|R|US|REQ)-?)(\d)`).ReplaceAllString(t, "${1}2$2")
		})
	}},
	{"lines wrapped anew", true, func(s *scene) bool {
		s.raw = regexp.MustCompile(`([a-z,])\n([a-z])`).ReplaceAllString(s.raw, "$1 $2")
		return true
	}},
	{"a foreword", true, func(s *scene) bool {
		at := strings.Index(s.raw, "\n")
		s.raw = s.raw[:at+1] + "\nThis page was moved here from the old wiki.\n" + s.raw[at+1:]
		return true
	}},
	{"another title", true, func(s *scene) bool {
		s.raw = heading.ReplaceAllString(s.raw[:strings.Index(s.raw, "\n")], "# Programme two") + s.raw[strings.Index(s.raw, "\n"):]
		return true
	}},
}
