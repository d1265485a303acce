package index

import (
	"hash/crc32"
	"html/template"
	"strconv"

	"whatif/analyzer/record"
)

// What stands on the page at most.
const (
	mostThemes   = 100
	mostAssets   = 120
	mostVendors  = 60
	mostEdges    = 5 // vendors of one asset
	mostExamples = 6 // documents of one reason
	mostPlain    = 100
	mostPlaces   = 400_000 // places of documents in all sets
)

// A page is what the template prints.
type page struct {
	*Index
	Style     template.CSS
	Script    template.JS
	Policy    string
	Sum       summary
	Folders   []folder
	MoreDirs  int
	Questions []question
	Themes    []pageTheme
	MoreTheme int
	Assets    []pageAsset
	MoreAsset int
	Vendors   []pageVendor
	MoreVend  int
	Troubles  []trouble
	Plain     []plainDoc // the first documents, for who has no script
	MorePlain int

	kin     []kin
	sets    map[string]sets
	room    room
	hottest [2]folder // the highest counts of one cell, by depth
}

// A pageTheme is a finding that recurs.
type pageTheme struct {
	Key, Rule, Category  string // Key: of its set, "" without one
	Titles               []string
	Docs, High, Findings int
	Examples             []plainDoc
}

// A pageAsset is data, with where it goes.
type pageAsset struct {
	Key, Name, Category, Sensitivity string
	Docs                             int
	To                               []pageEdge
	More                             int
}

type pageEdge struct {
	Key, Name string
	Docs      int
}

// A pageVendor is somebody that data goes to.
type pageVendor struct {
	Key, Name  string
	Docs, High int // High counts the kinds of highly sensitive data
}

// A plainDoc is a document in a plain list.
type plainDoc struct {
	Label, Name, Link       string
	High, Medium, Low, Open int
	State                   record.State
	Top                     string
}

func (x *Index) plainDoc(i int32) plainDoc {
	d := &x.docs[i]
	p := plainDoc{Label: d.label(), Name: shown(cut(d.name, longestName)), High: d.high, Medium: d.medium, Low: d.lowest(), Open: d.open, State: d.state, Top: shown(d.top)}
	if p.Link = d.file("html"); p.Link == "" && len(d.files) > 0 {
		p.Link = d.files[0]
	}
	return p
}

func (x *Index) newPage() (*page, error) {
	p := &page{Index: x, kin: x.kinships(), sets: map[string]sets{}, room: mostPlaces}
	var err error
	if p.Style, p.Script, p.Policy, err = looks(); err != nil {
		return nil, err
	}
	p.Sum = x.summary(p.kin)
	p.Folders, p.MoreDirs = x.folders()
	for _, f := range p.Folders {
		m := &p.hottest[f.Depth]
		m.High, m.Medium, m.Low, m.Open = max(m.High, f.High), max(m.Medium, f.Medium), max(m.Low, f.Low), max(m.Open, f.Open)
	}
	p.Questions = x.questions()
	p.fillThemes()
	p.fillAssets()
	p.fillVendors()
	p.Troubles = x.troubles()
	order, more := bounded(x.byWeight(), mostPlain)
	for _, i := range order {
		p.Plain = append(p.Plain, x.plainDoc(i))
	}
	p.MorePlain = more
	return p, nil
}

// keep puts a set on the page, and returns its key, "" if there was no room.
func (p *page) keep(kind, key, label string, docs []int32) string {
	s, ok := p.room.set(label, docs)
	if !ok {
		return ""
	}
	if p.sets[kind] == nil {
		p.sets[kind] = sets{}
	}
	key = setKey(key)
	p.sets[kind][key] = s
	return key
}

func (p *page) fillThemes() {
	themes, more := bounded(p.recurring(), mostThemes)
	p.MoreTheme = more
	for _, t := range themes {
		out := pageTheme{Rule: shown(t.rule), Category: plain(t.category), Docs: len(t.docs), High: t.high, Findings: t.findings}
		for _, title := range t.titles {
			out.Titles = append(out.Titles, shown(title))
		}
		for _, i := range t.docs[:min(len(t.docs), exampleTitles)] {
			out.Examples = append(out.Examples, p.plainDoc(i))
		}
		label := out.Rule
		if len(out.Titles) > 0 {
			label = out.Titles[0]
		}
		out.Key = p.keep("finding", t.key, label, t.docs)
		p.Themes = append(p.Themes, out)
	}
}

func (p *page) fillAssets() {
	assets, more := bounded(p.sortedAssets(), mostAssets)
	p.MoreAsset = more
	for _, a := range assets {
		out := pageAsset{Name: shown(a.name), Category: plain(a.category), Sensitivity: plain(string(a.sensitivity)), Docs: len(a.docs)}
		out.Key = p.keep("asset", a.key, out.Name, a.docs)
		edges, more := bounded(p.edges(a), mostEdges)
		out.More = more
		for _, e := range edges {
			v := p.vendors[e.vendor]
			name := shown(v.name)
			out.To = append(out.To, pageEdge{p.keep("sent", a.key+" → "+v.key, out.Name+" sent to "+name, e.docs), name, len(e.docs)})
		}
		p.Assets = append(p.Assets, out)
	}
}

func (p *page) fillVendors() {
	vendors, more := bounded(p.sortedVendors(), mostVendors)
	p.MoreVend = more
	for _, v := range vendors {
		out := pageVendor{Name: shown(v.name), Docs: len(v.docs), High: len(v.high)}
		out.Key = p.keep("vendor", v.key, out.Name, v.docs)
		p.Vendors = append(p.Vendors, out)
	}
}

// Heat returns the class of a cell: how its count compares with the highest in its column, of folders of the same depth.
func (p *page) Heat(column string, f folder) string {
	n, most := 0, 0
	switch m := p.hottest[f.Depth]; column {
	case "high":
		n, most = f.High, m.High
	case "medium":
		n, most = f.Medium, m.Medium
	case "low":
		n, most = f.Low, m.Low
	case "open":
		n, most = f.Open, m.Open
	}
	if n == 0 {
		return "heat " + column
	}
	return "heat " + column + " h" + strconv.Itoa(1+n*4/most)
}

// FolderKey is how a filter names a folder.
func (f folder) FolderKey() string {
	if f.Direct {
		return shown(f.Path) + "/."
	}
	return shown(f.Path)
}

// A heatCell is the count of findings of one priority in a folder.
type heatCell struct {
	N                   int
	Level, Folder, Name string
}

// Cell returns the count of a priority.
func (f folder) Cell(level string) heatCell {
	n := map[string]int{"high": f.High, "medium": f.Medium, "low": f.Low}[level]
	return heatCell{n, level, f.FolderKey(), f.Name()}
}

// Width returns the length of a bar of 100.
func (q question) Width(n int) int {
	if q.Asked() == 0 {
		return 0
	}
	return n * 100 / q.Asked()
}

func sum32(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }
