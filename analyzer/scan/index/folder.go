package index

import (
	"path"
	"slices"
	"strings"

	"whatif/analyzer/record"
)

// A folder counts what its documents have, those of folders below included.
type folder struct {
	Path                    string // as in the scan; "" for all
	Direct                  bool   // only what lies right in it
	Depth                   int    // on the page: 0 or 1
	Docs, Failed            int
	High, Medium, Low, Open int
}

const (
	mostFolders    = 48 // on a page
	mostSubfolders = 5  // of one folder
)

// folders lists the folders to show: those in which the tree divides first, and below each the heaviest ones. more counts those that
// are not shown.
func (x *Index) folders() (list []folder, more int) {
	all := map[string]*folder{}
	below := map[string][]string{}
	for i := range x.docs {
		x.spread(&x.docs[i], all, below)
	}
	at := ""
	for len(below[at]) == 1 && all[at+"/."] == nil {
		at = below[at][0]
	}
	top := heaviest(all, below[at])
	if here := all[at+"/."]; here != nil {
		top = append(top, here)
	}
	top, more = bounded(top, mostFolders)
	subs := min(mostSubfolders, (mostFolders-len(top))/max(len(top), 1))
	for _, f := range top {
		list = append(list, *f)
		if f.Direct || len(below[f.Path]) < 2 {
			continue
		}
		inside, rest := bounded(heaviest(all, below[f.Path]), subs)
		more += rest
		for _, sub := range inside {
			deeper := *sub
			deeper.Depth = 1
			list = append(list, deeper)
		}
	}
	return list, more
}

// spread adds a document to all folders that it lies in.
func (x *Index) spread(d *doc, all map[string]*folder, below map[string][]string) {
	dir := path.Dir(strings.TrimLeft(d.name, "/"))
	if dir == "." {
		dir = ""
	}
	take(all, dir+"/.").add(d)
	for {
		f, known := all[dir]
		if !known {
			f = take(all, dir)
		}
		f.add(d)
		if dir == "" {
			return
		}
		up := path.Dir(dir)
		if up == "." {
			up = ""
		}
		if !known {
			below[up] = append(below[up], dir)
		}
		dir = up
	}
}

// take returns the folder with the path, which ends in "/." for what lies right in it.
func take(all map[string]*folder, dir string) *folder {
	if all[dir] == nil {
		name, direct := strings.CutSuffix(dir, "/.")
		all[dir] = &folder{Path: name, Direct: direct}
	}
	return all[dir]
}

func (f *folder) add(d *doc) {
	f.Docs++
	f.High, f.Medium, f.Low, f.Open = f.High+d.high, f.Medium+d.medium, f.Low+d.lowest(), f.Open+d.open
	if d.state == record.Failed {
		f.Failed++
	}
}

// heaviest lists folders by what they have.
func heaviest(all map[string]*folder, dirs []string) []*folder {
	out := make([]*folder, len(dirs))
	for i, dir := range dirs {
		out[i] = all[dir]
	}
	slices.SortFunc(out, func(a, b *folder) int {
		for _, d := range []int{b.High - a.High, b.Medium - a.Medium, b.Low - a.Low, b.Docs - a.Docs} {
			if d != 0 {
				return d
			}
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out
}

// Name is the folder in words.
func (f folder) Name() string {
	name := shown(f.Path)
	switch {
	case f.Depth > 0:
		name = shown(path.Base(f.Path))
	case name == "" && f.Direct:
		return "not in a folder"
	}
	if f.Direct {
		return "right in " + name + "/"
	}
	return name + "/"
}
