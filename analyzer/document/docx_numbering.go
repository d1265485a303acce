package document

import (
	"strconv"
	"strings"
)

// A docxLevel is how one level of a list is numbered.
type docxLevel struct {
	format string // "decimal", "bullet", …
	text   string // "%1.%2"
	start  int
	legal  bool // all parts in decimal
}

type docxList struct {
	abstract string
	starts   map[int]int       // start overrides by level
	levels   map[int]docxLevel // level overrides
	begun    bool
}

// A docxNumbering counts list items and numbered headings as Word does, so that the text shows the numbers that people cite.
type docxNumbering struct {
	abstracts map[string]map[int]docxLevel
	lists     map[string]*docxList
	counts    map[string][]int // by abstract list
}

const docxLevels = 9

func newDocxNumbering(root *xmlNode, styles *docxStyles) *docxNumbering {
	n := &docxNumbering{abstracts: map[string]map[int]docxLevel{}, lists: map[string]*docxList{}, counts: map[string][]int{}}
	if root == nil {
		return n
	}
	links := map[string]string{} // abstract list to the style that defines it
	for _, k := range root.kids {
		switch k.name {
		case "abstractNum":
			n.abstracts[k.attr("abstractNumId")] = readLevels(k)
			if link := k.val("numStyleLink"); link != "" {
				links[k.attr("abstractNumId")] = link
			}
		case "num":
			n.lists[k.attr("numId")] = readList(k)
		}
	}
	for id, style := range links {
		if l := n.lists[styles.get(style).num]; l != nil && len(n.abstracts[id]) == 0 {
			n.abstracts[id] = n.abstracts[l.abstract]
		}
	}
	return n
}

func readLevels(abstract *xmlNode) map[int]docxLevel {
	levels := map[int]docxLevel{}
	for _, l := range abstract.kids {
		if l.name == "lvl" {
			if i, err := strconv.Atoi(l.attr("ilvl")); err == nil {
				levels[i] = readLevel(l)
			}
		}
	}
	return levels
}

func readLevel(l *xmlNode) docxLevel {
	level := docxLevel{format: l.val("numFmt"), text: l.val("lvlText"), start: 1}
	if level.format == "" { // Word wraps newer formats
		level.format = l.val("AlternateContent", "Fallback", "numFmt")
	}
	if len(level.text) > 64 {
		level.text = "" // nobody's number: it would only swell the text
	}
	if start, err := strconv.Atoi(l.val("start")); err == nil {
		level.start = start
	}
	level.legal, _ = l.on("isLgl")
	return level
}

func readList(num *xmlNode) *docxList {
	l := &docxList{abstract: num.val("abstractNumId"), starts: map[int]int{}, levels: map[int]docxLevel{}}
	for _, k := range num.kids {
		if k.name != "lvlOverride" {
			continue
		}
		i, err := strconv.Atoi(k.attr("ilvl"))
		if err != nil {
			continue
		}
		if start, err := strconv.Atoi(k.val("startOverride")); err == nil {
			l.starts[i] = start
		}
		if lvl := k.kid("lvl"); lvl != nil {
			l.levels[i] = readLevel(lvl)
		}
	}
	return l
}

func (n *docxNumbering) level(l *docxList, i int) docxLevel {
	if lv, ok := l.levels[i]; ok {
		return lv
	}
	if lv, ok := n.abstracts[l.abstract][i]; ok {
		return lv
	}
	return docxLevel{format: "bullet", start: 1}
}

// next counts one item of the list at the level, from 0, and returns its number as printed: "" for a bullet. ok is false if
// there is no such list.
func (n *docxNumbering) next(num string, level int) (label string, ok bool) {
	l := n.lists[num]
	if l == nil || level < 0 || level >= docxLevels {
		return "", l != nil
	}
	counts := n.counts[l.abstract]
	if counts == nil {
		counts = make([]int, docxLevels)
		for i := range counts {
			counts[i] = n.level(l, i).start - 1
		}
		n.counts[l.abstract] = counts
	}
	if !l.begun {
		l.begun = true
		for i, start := range l.starts {
			if i >= 0 && i < docxLevels {
				counts[i] = start - 1
			}
		}
	}
	counts[level]++
	for i := level + 1; i < docxLevels; i++ {
		counts[i] = n.level(l, i).start - 1
	}
	return n.label(l, level, counts), true
}

func (n *docxNumbering) label(l *docxList, level int, counts []int) string {
	lv := n.level(l, level)
	if lv.format == "bullet" || lv.format == "none" {
		return ""
	}
	label := lv.text
	for i := 0; i <= level; i++ {
		place := "%" + strconv.Itoa(i+1)
		if !strings.Contains(label, place) {
			continue
		}
		of := n.level(l, i)
		count := counts[i]
		if i < level && count < of.start {
			count = of.start // a level that was never counted shows its first number
		}
		format := of.format
		if lv.legal {
			format = "decimal"
		}
		label = strings.ReplaceAll(label, place, formatNumber(count, format))
	}
	return strings.TrimSpace(label)
}

func formatNumber(n int, format string) string {
	switch format {
	case "lowerLetter":
		return letters(n)
	case "upperLetter":
		return strings.ToUpper(letters(n))
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "decimalZero":
		if n >= 0 && n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "bullet", "none":
		return ""
	}
	return strconv.Itoa(n)
}

// letters counts a, b, …, z, aa, bb, … as Word does.
func letters(n int) string {
	if n < 1 || n > 26*20 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(rune('a'+(n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var out strings.Builder
	for _, r := range []struct {
		value int
		digit string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"},
		{9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.value; n -= r.value {
			out.WriteString(r.digit)
		}
	}
	return out.String()
}
