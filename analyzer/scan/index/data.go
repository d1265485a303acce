package index

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/render"
	"whatif/analyzer/threatmodel"
)

// A tableData is the page's table. It comes as columns, one value a document, and texts that many share as numbers into a list. It is what the page's
// script reads; see page/index.js.
type tableData struct {
	Names      []string        `json:"names"`
	Titles     []string        `json:"titles"`
	Tops       []string        `json:"tops"` // titles of findings
	Top        []int           `json:"top"`
	Around     [][2]string     `json:"around"` // what stands before and after a document's name in its draft's
	Base       []any           `json:"base"`   // of the draft's files, without the ending: a place in around, or the path itself; -1: no draft
	Endings    [][]string      `json:"endings"`
	Ending     []int           `json:"ending"`
	High       []int           `json:"high"`
	Medium     []int           `json:"medium"`
	Low        []int           `json:"low"`
	Open       []int           `json:"open"`
	Categories []string        `json:"categories"`
	Category   []uint32        `json:"category"` // a bit for each
	Kinds      []string        `json:"kinds"`    // of data
	Kind       []uint32        `json:"kind"`     // a bit for each: the document handles highly sensitive data of this kind
	States     []string        `json:"states"`
	State      []int           `json:"state"`
	Reasons    []string        `json:"reasons"`
	Reason     []int           `json:"reason"`
	Detail     map[int]string  `json:"detail"`
	Of         map[int]string  `json:"of"`   // of copies: the name of a document that is not here
	Kin        map[int][]int32 `json:"kin"`  // the document that it is the same as or nearly, the share in percent (100: a copy), its group
	Keys       []string        `json:"keys"` // of questions
	Texts      []string        `json:"texts"`
	Status     []string        `json:"status"` // a letter for each question: a, p, u, - for not asked
	Sets       map[string]sets `json:"sets"`
}

// sets are lists of documents under a name.
type sets map[string]set

// A set lists documents as the distances between their places, the first counted from -1.
type set struct {
	Label string  `json:"label"`
	Docs  []int32 `json:"docs"`
}

// A dictionary numbers texts.
type dictionary struct {
	num  map[string]int
	list []string
}

func (d *dictionary) of(s string) int {
	if n, ok := d.num[s]; ok {
		return n
	}
	if d.num == nil {
		d.num = map[string]int{}
	}
	d.num[s] = len(d.list)
	d.list = append(d.list, s)
	return len(d.list) - 1
}

// scriptData returns the table's data as JSON that may stand within a script element.
func (x *Index) scriptData(kin []kin, sets map[string]sets) ([]byte, error) {
	t := &tableData{Detail: map[int]string{}, Of: map[int]string{}, Kin: map[int][]int32{}, Sets: sets, Categories: append(plains(threatmodel.AbuseCategories), "other"),
		Kinds: append(plains(threatmodel.AssetCategories), "other kinds")}
	var tops, around, endings, states, reasons dictionary
	tops.of("")
	reasons.of("")
	for _, s := range []record.State{record.Done, record.Partial, record.Copy, record.LeftOut, record.Failed} {
		states.of(stateWords(s))
	}
	for i := range x.docs {
		d := &x.docs[i]
		t.add(i, d, kin[i])
		t.Top = append(t.Top, tops.of(shown(d.top)))
		t.State = append(t.State, states.of(stateWords(d.state)))
		t.Reason = append(t.Reason, reasons.of(plain(d.reason)))
		base, kinds := d.base()
		t.Base = append(t.Base, aroundName(base, d.name, &around))
		t.Ending = append(t.Ending, endings.of(strings.Join(kinds, " ")))
		t.Status = append(t.Status, x.letters(d))
	}
	t.Tops, t.States, t.Reasons = tops.list, states.list, reasons.list
	for _, a := range around.list {
		before, after, _ := strings.Cut(a, "\x00")
		t.Around = append(t.Around, [2]string{before, after})
	}
	for _, e := range endings.list {
		t.Endings = append(t.Endings, strings.Fields(e))
	}
	for _, key := range x.keys {
		q := question{Text: shown(key)}
		x.explain(key, &q)
		t.Keys, t.Texts = append(t.Keys, shown(key)), append(t.Texts, q.Text)
	}
	b, err := json.Marshal(t) // it writes <, > and & as \u escapes, so that nothing in it ends the script
	if err != nil {
		return nil, fmt.Errorf("encoding the page's data: %w", err)
	}
	return render.EscapeJSON(b), nil
}

// add adds what a document has of its own.
func (t *tableData) add(i int, d *doc, k kin) {
	t.Names = append(t.Names, shown(cut(d.name, longestName)))
	title := shown(d.title)
	if title == shown(path.Base(d.name)) {
		title = ""
	}
	t.Titles = append(t.Titles, title)
	t.High, t.Medium, t.Low, t.Open = append(t.High, d.high), append(t.Medium, d.medium), append(t.Low, d.lowest()), append(t.Open, d.open)
	t.Category, t.Kind = append(t.Category, d.categories), append(t.Kind, d.sensitive)
	if d.detail != "" {
		t.Detail[i] = shown(d.detail)
	}
	if k.of < 0 && d.of != "" {
		t.Of[i] = shown(cut(d.of, longestName))
	}
	if k.of >= 0 || k.group != int32(i) {
		t.Kin[i] = []int32{k.of, int32(k.share), k.group}
	}
}

// base returns what the names of the draft's files begin with, and their endings.
func (d *doc) base() (base string, endings []string) {
	for _, f := range d.files {
		ending := strings.TrimPrefix(path.Ext(f), ".")
		b := strings.TrimSuffix(f, "."+ending)
		if base == "" {
			base = b
		}
		if b == base && ending != "" && !strings.ContainsAny(ending, " \x00") {
			endings = append(endings, ending)
		}
	}
	if len(endings) == 0 {
		return "", nil
	}
	return base, endings
}

// aroundName returns a base in short: most are the document's name with something before and after it.
func aroundName(base, name string, around *dictionary) any {
	if base == "" {
		return -1
	}
	before, after, found := strings.Cut(base, name)
	if !found || name == "" || shown(cut(name, longestName)) != name || strings.Contains(base, "\x00") {
		return base
	}
	return around.of(before + "\x00" + after)
}

// letters writes the statuses of a document's questions.
func (x *Index) letters(d *doc) string {
	b := make([]byte, len(d.status))
	for i, s := range d.status {
		if b[i] = s; s == 0 {
			b[i] = '-'
		}
	}
	return string(b)
}

func plains[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = plain(string(w))
	}
	return out
}

// A room bounds how many places of documents stand on a page in all.
type room int

// set returns the documents as a set, and whether there was room for them.
func (r *room) set(label string, docs []int32) (set, bool) {
	if *r -= room(len(docs)); *r < 0 {
		return set{}, false
	}
	s := set{Label: label, Docs: make([]int32, len(docs))}
	last := int32(-1)
	for i, d := range docs {
		s.Docs[i], last = d-last, d
	}
	return s, true
}

// setKey is a name for a set that stays the same from run to run, short enough for an address.
func setKey(key string) string {
	if k := shown(key); len(k) <= 80 {
		return k
	}
	return cut(shown(key), 60) + "-" + strconv.FormatUint(uint64(sum32(key)), 16)
}
