package index

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"whatif/analyzer/record"
	"whatif/analyzer/threatmodel"
)

// A doc is what is kept of a record.
type doc struct {
	name, of                   string
	title, top                 string // cut; top is the title of the most pressing finding
	topRank                    int
	reason, detail             string
	sha, format, language      string
	bytes                      int64
	sentences                  int
	likeness                   float64
	state                      record.State
	files                      []string
	high, medium, low, unrated int    // findings
	open                       int    // questions for the product manager
	categories                 uint32 // of findings: a bit for each of threatmodel.AbuseCategories, the last for all others
	sensitive                  uint32 // categories of highly sensitive data: a bit for each of threatmodel.AssetCategories
	status                     []byte // of questions, by their places in Index.keys; 0: not asked
}

// Longest texts that are kept, in characters.
const (
	longestPath   = 4096 // bytes, on most systems
	longestName   = 1000 // on a page
	longestTitle  = 160
	longestDetail = 300
	longestAsset  = 80
)

func (x *Index) newDoc(r *record.Record) doc {
	return doc{name: r.Name, of: cut(r.Of, longestPath), title: cut(r.Title, longestTitle), reason: x.intern(cut(r.Reason, longestTitle)), detail: x.intern(cut(r.Detail, longestDetail)),
		sha: cut(r.SHA256, 64), format: x.word(r.Format), language: x.word(r.Language), bytes: r.Bytes, sentences: r.Sentences, likeness: r.Likeness,
		state: r.State, files: localFiles(r.Files)}
}

// localFiles returns the files that lie in the output folder: records come from a disk, and a link may lead nowhere else.
func localFiles(files []string) []string {
	var out []string
	for _, f := range files {
		if fs.ValidPath(f) && f != "." && len(f) <= longestPath {
			out = append(out, f)
		}
	}
	return out
}

// file returns the draft's file with the ending, "" if there is none.
func (d *doc) file(ending string) string {
	for _, f := range d.files {
		if strings.HasSuffix(f, "."+ending) {
			return f
		}
	}
	return ""
}

// lowest counts what is of low priority or of none: people see both as one.
func (d *doc) lowest() int { return d.low + d.unrated }

// label names the document for people.
func (d *doc) label() string {
	if t := shown(d.title); t != "" {
		return t
	}
	return shown(path.Base(d.name))
}

// sensitiveNames lists the kinds of highly sensitive data.
func (d *doc) sensitiveNames() []string { return names(d.sensitive, threatmodel.AssetCategories) }

// names spells out the bits of a set. The bit after the last is for all that is not in the vocabulary.
func names[T ~string](set uint32, vocabulary []T) []string {
	var out []string
	for i, name := range vocabulary {
		if set&(1<<i) != 0 {
			out = append(out, string(name))
		}
	}
	if set>>len(vocabulary) != 0 && !slices.Contains(out, "other") {
		out = append(out, "other")
	}
	return out
}

// bit returns the bit of a word of a vocabulary.
func bit[T ~string](word T, vocabulary []T) uint32 {
	i := slices.Index(vocabulary, word)
	if i < 0 {
		i = len(vocabulary)
	}
	return 1 << i
}

// addQuestion takes in how far the document answers a question.
func (x *Index) addQuestion(d *doc, q *record.Question) {
	key := cut(q.Key, longestAsset)
	num, ok := x.keyNum[key]
	if !ok {
		num = len(x.keys)
		key = strings.Clone(key)
		x.keyNum[key] = num
		x.keys = append(x.keys, key)
		x.asks = append(x.asks, ask{})
	}
	for len(d.status) <= num {
		d.status = append(d.status, 0)
	}
	d.status[num] = statusOf(q.Status)
	// As the report of one document counts: what is put to the product manager.
	if q.Ask != threatmodel.AskAppSec && q.Status != threatmodel.Answered && !q.Spare {
		d.open++
	}
}

// byWeight lists the documents with the most pressing findings first.
func (x *Index) byWeight() []int32 {
	order := make([]int32, len(x.docs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		p, q := &x.docs[a], &x.docs[b]
		for _, d := range []int{q.high - p.high, q.medium - p.medium, q.lowest() - p.lowest(), q.open - p.open} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	return order
}
