package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inflect gives a name the form that a text asks for.
func inflect(name, form string) string {
	if form != "" {
		name = strings.TrimPrefix(name, "the ")
	}
	switch form {
	case "a":
		return withArticle(inSingular(name))
	case "one":
		return inSingular(name)
	case "many":
		return plural(name)
	case "is":
		return choose(isPlural(name), "are", "is")
	case "has":
		return choose(isPlural(name), "have", "has")
	case "them":
		return choose(isPlural(name), "them", "it")
	case "their":
		return choose(isPlural(name), "their", "its")
	}
	return name
}

func choose(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// withArticle sets a or an before a name that takes one: not before plurals, names that cannot be counted, proper names,
// and names that have a determiner or a possessor of their own.
func withArticle(name string) string {
	first, _, _ := strings.Cut(name, " ")
	last := lastWord(name)
	if name == "" || isPlural(name) || uncountable[strings.ToLower(last)] || articleless[strings.ToLower(first)] {
		return name
	}
	if r, _ := utf8.DecodeRuneInString(name); unicode.IsUpper(r) && !isAcronym(first) {
		return name
	}
	return choose(soundsVowel(first), "an ", "a ") + name
}

// definite sets "the" before a name that cannot stand alone.
func definite(name string) string {
	if a := withArticle(name); a != name {
		return "the " + name
	}
	return name
}

// soundsVowel reports whether the word begins with the sound of a vowel.
func soundsVowel(word string) bool {
	if isAcronym(word) {
		return strings.ContainsRune("AEFHILMNORSX8", rune(word[0]))
	}
	w := strings.ToLower(word)
	for _, no := range []string{"uni", "use", "usa", "usu", "uti", "eu", "one", "once", "ur"} {
		if strings.HasPrefix(w, no) && !strings.HasPrefix(w, "unin") && !strings.HasPrefix(w, "unim") && !strings.HasPrefix(w, "urg") {
			return false
		}
	}
	for _, yes := range []string{"hour", "honest", "heir", "8", "11", "18"} {
		if strings.HasPrefix(w, yes) {
			return true
		}
	}
	return w != "" && strings.ContainsRune("aeiou", rune(w[0]))
}

// isAcronym reports whether the word is written in capitals, as SMS or IDs.
func isAcronym(word string) bool {
	upper := 0
	for _, r := range word {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return upper >= 2 && upper >= len(word)-1
}

func lastWord(name string) string {
	// Of "photos of the house" the head is what stands before "of".
	head := name
	for _, prep := range []string{" of ", " for ", " from ", " to ", " in ", " on ", " with ", " that ", " at "} {
		if i := strings.Index(head, prep); i > 0 {
			head = head[:i]
		}
	}
	return head[strings.LastIndexByte(head, ' ')+1:]
}

// isPlural reports whether a verb after the name is plural.
func isPlural(name string) bool {
	if strings.Contains(name, " and ") || strings.Contains(name, ", ") {
		return true
	}
	last := strings.ToLower(lastWord(name))
	switch last {
	case "people", "children", "men", "women", "staff", "police", "they", "we", "you", "users", "feet", "teeth":
		return true
	case "news", "analytics", "sms", "gps", "status", "address", "access", "business", "process", "progress", "campus", "bonus",
		"series", "basis", "diagnosis", "pass", "loss", "class", "ios", "aws", "dns", "https", "canvas", "virus", "lens",
		"bus", "gas", "corpus", "census", "its", "this", "https's", "plus", "minus", "saas", "pos", "always":
		return false
	}
	return strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss") && !strings.HasSuffix(last, "us") &&
		!strings.HasSuffix(last, "is") && !strings.HasSuffix(last, "'s") && len(last) > 3
}

// plural returns the name in the plural.
func plural(name string) string {
	last := lastWord(name)
	if name == "" || isPlural(name) || uncountable[strings.ToLower(last)] {
		return name
	}
	i := strings.Index(name, last)
	stem := name[:i+len(last)]
	rest := name[i+len(last):]
	switch {
	case strings.HasSuffix(last, "person"):
		return stem[:len(stem)-6] + "people" + rest
	case strings.HasSuffix(last, "child"):
		return stem + "ren" + rest
	case strings.HasSuffix(last, "y") && len(last) > 1 && !strings.ContainsRune("aeiou", rune(last[len(last)-2])):
		return stem[:len(stem)-1] + "ies" + rest
	case strings.HasSuffix(last, "s"), strings.HasSuffix(last, "x"), strings.HasSuffix(last, "ch"), strings.HasSuffix(last, "sh"):
		return stem + "es" + rest
	}
	return stem + "s" + rest
}

// inSingular returns the name in the singular.
func inSingular(name string) string {
	last := lastWord(name)
	if !isPlural(name) || !strings.HasSuffix(last, "s") || strings.Contains(name, " and ") {
		return name
	}
	i := strings.Index(name, last) + len(last)
	switch {
	case strings.HasSuffix(last, "ies") && len(last) > 4:
		return name[:i-3] + "y" + name[i:]
	case strings.HasSuffix(last, "sses"), strings.HasSuffix(last, "xes"), strings.HasSuffix(last, "ches"), strings.HasSuffix(last, "shes"):
		return name[:i-2] + name[i:]
	}
	return name[:i-1] + name[i:]
}

// uncountable are heads that take neither a nor a plural.
var uncountable = wordSet(`data information content access money cash credit feedback location history progress support
	software hardware firmware traffic research advice analytics metadata email_content mail storage balance_information
	identity evidence consent health spyware malware spam traffic usage personnel equipment payroll mileage media sms
	attendance activity income debt insurance goodwill compensation cashback airtime turnover stock everything anything something nothing it them this that one`)

// articleless are words that begin a name which needs no article.
var articleless = wordSet(`a an the this that these those my your our their his her its any every each some all both no one two
	three several many most another other such which whose anyone anybody everyone everybody someone somebody nobody he she it they we
	you`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// tidy folds white space, sets capitals where sentences begin and takes out what joining left behind.
func tidy(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, fix := range [][2]string{{" ,", ","}, {" .", "."}, {" ?", "?"}, {" ;", ";"}, {" :", ":"}, {"( ", "("}, {" )", ")"},
		{",,", ","}, {",.", "."}, {",?", "?"}} {
		s = strings.ReplaceAll(s, fix[0], fix[1])
	}
	return capitals(undouble(s))
}

// bareBefore are words after which a name stands without "the"; "open" is one only where it is no verb.
var bareBefore = wordSet(`a an my our your their his her its any every each this these those wrong changed old more private deleted personal forgotten new no such own other shared stolen`)

// undouble removes a word that stands twice in a row, and an article before another determiner.
func undouble(s string) string {
	words := strings.Split(s, " ")
	kept := words[:0]
	for _, w := range words {
		if n := len(kept); n > 0 {
			before := strings.ToLower(kept[n-1])
			if before == strings.ToLower(strings.TrimRight(w, ".,?;:")) && before != "that" && before != "had" {
				kept[n-1] = w
				continue
			}
			if w == "the" && (bareBefore[before] || strings.HasSuffix(before, "'s") || before == "open" && n > 1 && articleless[strings.ToLower(kept[n-2])]) {
				continue
			}
			if (before == "the" || before == "a" || before == "an") && articleless[strings.ToLower(w)] && !strings.EqualFold(w, "one") &&
				!strings.EqualFold(w, "other") && !strings.EqualFold(w, "two") && !strings.EqualFold(w, "three") && !strings.EqualFold(w, "most") &&
				!strings.EqualFold(w, "many") && !strings.EqualFold(w, "several") {
				kept[n-1] = w
				continue
			}
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, " ")
}

// capitals sets a capital at the start of each sentence.
func capitals(s string) string {
	b := []rune(s)
	start := true
	for i, r := range b {
		if start && unicode.IsLetter(r) {
			b[i] = unicode.ToUpper(r)
			start = false
		}
		if unicode.IsDigit(r) {
			start = false
		}
		if (r == '?' || r == '!' || r == '.') && i+1 < len(b) && b[i+1] == ' ' && i > 2 && !(b[i-2] == '.' || b[i-1] == '.') {
			start = true
		}
	}
	return string(b)
}

// agreeing makes the verb that a text begins with agree with a plural before it: " is kept" becomes " are kept".
func agreeing(text string, several bool) string {
	if !several || !strings.HasPrefix(text, " ") {
		return text
	}
	verb, rest, _ := strings.Cut(text[1:], " ")
	if verb == "that" || verb == "who" {
		return " " + verb + agreeing(" "+rest, true)
	}
	for _, irregular := range [][2]string{{"is", "are"}, {"was", "were"}, {"has", "have"}, {"does", "do"}, {"goes", "go"}, {"carries", "carry"},
		{"reaches", "reach"}, {"catches", "catch"}, {"passes", "pass"}, {"belongs", "belong"}} {
		if verb == irregular[0] {
			return " " + irregular[1] + " " + rest
		}
	}
	if pluralised[verb] {
		return " " + strings.TrimSuffix(verb, "s") + " " + rest
	}
	return text
}

// pluralised are verbs that lose their s after a plural.
var pluralised = wordSet(`arrives becomes comes ends gets helps hits holds keeps knows lands leaks leaves lies lives looks makes needs opens
	pops proves reports shows sees stays takes tells turns uses works`)

// afterPreposition reports whether what is written next is no subject: it stands after "of" or the like.
func afterPreposition(written string) bool {
	words := strings.Fields(written)
	if len(words) > 3 {
		words = words[len(words)-3:]
	}
	for i := len(words) - 1; i >= 0; i-- {
		w := strings.ToLower(words[i])
		if i == len(words)-1 && (articleless[w] || bareBefore[w]) {
			continue
		}
		return prepositions[w]
	}
	return false
}

var prepositions = wordSet(`of for with to from in on at by through behind about against over under between into`)
