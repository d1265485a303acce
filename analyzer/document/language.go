package document

import (
	"math/bits"
	"strings"
	"sync"
	"unicode"
)

// commonWords are the words that a language uses all the time, and few others do.
var commonWords = []struct{ code, words string }{
	{"en", "the and of to is that with for are be this must can will should not when by from their it an we user users or has"},
	{"de", "der die und das nicht ist ein eine den mit von zu wird auf für im dem des werden kann sich als auch bei nach oder wenn wir"},
	{"fr", "le les des et une est dans pour que qui par sur avec pas du au aux ce cette sont peut être doit nous vous l'utilisateur ou"},
	{"es", "el los las y que una por con para se del al es su como más puede debe no lo usuario usuarios cuando este esta son"},
	{"pt", "os as e que uma para com não por do da dos das em se ao é pode deve usuário usuários quando um são pelo pela"},
	{"it", "il gli che di e una per con non del della dei nel è sono può deve utente utenti quando si alla dal un questo anche"},
	{"nl", "het een van en is dat niet op te zijn voor met die aan worden kan wordt door moet bij naar ook als gebruiker of"},
	{"sv", "och att det som en är för på med av inte kan ska till har den ett om användare när vi från eller"},
	{"da", "og at det som en er for på med af ikke kan skal til har den et om bruger når vi fra eller blive"},
	{"nb", "og å det som en er for på med av ikke kan skal til har den et om bruker når vi fra eller må blir"},
	{"pl", "i w na z do nie się jest że to dla przez oraz może użytkownik użytkownika są po od gdy lub musi jak"},
	{"tr", "ve bir bu için ile da de kullanıcı olarak olan daha veya gibi değil her kadar sonra tarafından"},
	{"ru", "и в не на что с для как по это пользователь пользователя или при может должен из от если к мы"},
	{"uk", "і в не на що з для як по це користувач користувача або при може повинен із від якщо та ми"},
}

// languagesOf maps each common word to the languages that have it, a bit each.
var languagesOf = sync.OnceValue(func() map[string]uint32 {
	table := map[string]uint32{}
	for i, l := range commonWords {
		for _, w := range strings.Fields(l.words) {
			table[w] |= 1 << i
		}
	}
	return table
})

// scripts that tell the language by themselves, or nearly so.
var scripts = []struct {
	table *unicode.RangeTable
	code  string
}{
	{unicode.Hangul, "ko"}, {unicode.Thai, "th"}, {unicode.Greek, "el"}, {unicode.Hebrew, "he"}, {unicode.Arabic, "ar"},
	{unicode.Devanagari, "hi"}, {unicode.Bengali, "bn"}, {unicode.Tamil, "ta"}, {unicode.Telugu, "te"}, {unicode.Georgian, "ka"},
	{unicode.Armenian, "hy"},
}

// languageSample is how many bytes of text the guess is made from.
const languageSample = 8 << 10

// language guesses the language that d is written in, "" when unsure.
func language(d *Document) string {
	var sample strings.Builder
	step := len(d.Sentences)/150 + 1 // from all over the document
	for i := 0; i < len(d.Sentences) && sample.Len() < languageSample; i += step {
		if s := &d.Sentences[i]; s.Kind != Code && s.Kind != Hidden {
			sample.WriteString(s.Text[:min(len(s.Text), 500)])
			sample.WriteByte('\n')
		}
	}
	text := sample.String()
	if code := byScript(text); code != "" {
		return code
	}
	return byWords(text)
}

// byScript recognizes languages that have a script to themselves.
func byScript(text string) string {
	letters, han, kana := 0, 0, 0
	counts := make([]int, len(scripts))
	for _, r := range text {
		if r < 0x0370 {
			if unicode.IsLetter(r) {
				letters++
			}
			continue
		}
		letters++
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		default:
			for i, s := range scripts {
				if unicode.Is(s.table, r) {
					counts[i]++
					break
				}
			}
		}
	}
	if han+kana > letters/4 && han+kana > 4 {
		if kana*10 > han+kana {
			return "ja"
		}
		return "zh"
	}
	for i, n := range counts {
		if n > letters/2 && n > 4 {
			return scripts[i].code
		}
	}
	return ""
}

// byWords counts the words that are common in each language. The winner must be frequent, and clearly ahead.
func byWords(text string) string {
	counts := make([]int, len(commonWords))
	table := languagesOf()
	words := 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		words++
		for set := table[w]; set != 0; set &= set - 1 {
			counts[bits.TrailingZeros32(set)]++
		}
	}
	best, second := 0, 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	for i, n := range counts {
		if i != best {
			second = max(second, n)
		}
	}
	if n := counts[best]; n >= 2 && n*12 >= words && n > second+second/8 {
		return commonWords[best].code
	}
	return ""
}
