package redact

import (
	"math/big"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// personal adds the addresses and numbers by which a person is found.
func personal(text string, spans []span) []span {
	if strings.Contains(text, "@") {
		spans = each(text, spans, email, emails(), nil)
	}
	if strings.Count(text, ":") >= 2 {
		spans = each(text, spans, address, ip6(), isIP)
	}
	digits := densest(text)
	if digits >= 4 && strings.Count(text, ".") >= 3 {
		spans = each(text, spans, address, ip4(), isIP)
	}
	if digits < leastNumber {
		return spans
	}
	spans = each(text, spans, card, cards(), isCard)
	spans = each(text, spans, account, accounts(), isAccount)
	return each(text, spans, phone, phones(), isPhone)
}

// leastNumber is how many digits a telephone number has, of which there are the shortest that are looked for.
const leastNumber = 6

// densest returns how many digits the longest stretch without letters holds.
func densest(text string) int {
	most, digits := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
			most = max(most, digits)
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			digits = 0
		}
	}
	return most
}

// Local parts and hosts may be in any script. An address has a dot in its host; "@ann" alone is nobody's.
var (
	emails   = lazy(`[\pL\pM\pN][\pL\pM\pN._%+'-]*@[\pL\pN](?:[\pL\pM\pN-]*[\pL\pM\pN])?(?:\.[\pL\pN](?:[\pL\pM\pN-]*[\pL\pM\pN])?)+`)
	ip4      = lazy(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ip6      = lazy(`(?i)[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*(?:\d{1,3}(?:\.\d{1,3}){3})?`)
	cards    = lazy(`\b[3-6]\d{3}(?:[ -]?\d){9,15}\b`)
	accounts = lazy(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	phones   = lazy(`(?:\+|\b00)?(?:\(\+?\d{1,4}\)|\d)(?:[ \x{a0}./-]{0,2}(?:\(\d{1,5}\)|\d))+`)
)

// each adds the matches that the check takes.
func each(text string, spans []span, k kind, expr *regexp.Regexp, check func(text string, start, end int) bool) []span {
	for _, at := range expr.FindAllStringIndex(text, -1) {
		if check == nil || check(text, at[0], at[1]) {
			spans = append(spans, span{at[0], at[1], k})
		}
	}
	return spans
}

// isIP reports an address of some machine, not a version, a time or a machine's address of itself.
func isIP(text string, start, end int) bool {
	ip, err := netip.ParseAddr(text[start:end])
	if err != nil || ip.IsLoopback() || ip.IsUnspecified() || end-start < 7 || glued(text, start, end) {
		return false
	}
	before := strings.ToLower(lastWord(text[:start]))
	return !(ip.Is4() && (strings.HasPrefix(before, "v") && len(before) <= 8 || before == "release" || before == "section" || before == "firmware" || before == "build" || before == "chapter"))
}

// isCard reports a number with the check digit of a payment card.
func isCard(text string, start, end int) bool {
	sum, n := 0, 0
	for i := end - 1; i >= start; i-- {
		if text[i] < '0' || text[i] > '9' {
			continue
		}
		d := int(text[i] - '0')
		if n++; n%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return n >= 13 && n <= 19 && sum%10 == 0 && !glued(text, start, end)
}

// isAccount reports an international bank account number whose check digits hold (ISO 13616).
func isAccount(text string, start, end int) bool {
	number := strings.ReplaceAll(text[start:end], " ", "")
	if len(number) < 15 || len(number) > 34 {
		return false
	}
	var digits strings.Builder
	for _, r := range number[4:] + number[:4] {
		if r >= 'A' {
			digits.WriteString([]string{"10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
				"30", "31", "32", "33", "34", "35"}[r-'A'])
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// cues are words before a telephone number.
var cues = lazy(`(?i)(?:\b(?:tel|phone|telephone|mobile|cell|fax|call|ring|dial|sms|text|whatsapp|signal|telefon|handy|mobil|téléphone|teléfono|móvil|telefone|cellulare|telefono)\b|тел|电话|電話|☎|📞)[^\pL\d]{0,4}(?:(?:no|number|nr|us|at|on|is|:)[^\pL\d]{0,3}){0,2}$`)

var (
	dates = lazy(`^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2,4}|\d{4} ?[-/.] ?\d{2,4}|[1-9]\d{0,2}(?:[., ]\d{3})+)(?:[ T.:/-]+\d{1,2}){0,4}$`)
	// Numbers as people write them: (555) 123-4567, 555-123-4567, 0171 2345678, 030/123456; and in pairs, 06 12 34 56 78.
	grouped = lazy(`^(?:\(\d{2,5}\)[ ./-]?\d[\d ./-]{4,}|\d{3}[-. ]\d{3}[-. ]\d{4}|0\d{1,4}[ /-]\d[\d ./-]{4,}|1[- .]\d{3}[-. ]\d{3}[-. ]\d{4})$`)
	paired  = lazy(`^0[1-9](?:[ .-]\d\d){4}$`)
)

// isPhone reports digits written as a telephone number: with the sign of a country, in the groups that people write, or after a word
// that says so. Dates, prices, versions and numbers of orders are none.
func isPhone(text string, start, end int) bool {
	number := text[start:end]
	digits := 0
	for i := 0; i < len(number); i++ {
		if '0' <= number[i] && number[i] <= '9' {
			digits++
		}
	}
	if digits < leastNumber || digits > 15 || glued(text, start, end) {
		return false
	}
	if paired().MatchString(number) {
		return true
	}
	if dates().MatchString(number) {
		return false
	}
	if number[0] == '+' || strings.HasPrefix(number, "00") && digits > 10 && number[2] != '0' {
		return digits >= 8
	}
	if isMeasure(text, start, end) {
		return false
	}
	if digits >= 9 && grouped().MatchString(number) {
		return true
	}
	from := max(0, start-40)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	return cues().MatchString(text[from:start])
}

// isMeasure reports a number with a currency or a unit.
func isMeasure(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text[:start], " "))
	after, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[end:], " "))
	return unicode.Is(unicode.Sc, before) || unicode.Is(unicode.Sc, after) || after == '%' || before == '#' || before == '№'
}

// glued reports a stretch that is part of something longer: an identifier, a version, a path.
func glued(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, n := utf8.DecodeRuneInString(text[end:])
	if unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune("_#-/.=&$€£", before) && start > 0 {
		return true
	}
	if unicode.IsLetter(after) || unicode.IsDigit(after) || after == '_' && end < len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[min(end+n, len(text)):])
	return strings.ContainsRune("-/.:", after) && end < len(text) && (unicode.IsLetter(next) || unicode.IsDigit(next))
}

// lastWord returns the word that text ends with, blanks left out.
func lastWord(text string) string {
	text = strings.TrimRight(text, " ")
	return text[strings.LastIndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
}
