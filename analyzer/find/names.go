package find

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shown returns a name as valid UTF-8: bytes that are none are written as \xNN.
func shown(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, size := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[0])
		} else {
			b.WriteString(name[:size])
		}
		name = name[size:]
	}
	return b.String()
}

// join joins paths with slashes. Unlike path.Join it takes them as they are.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// An entry is one of a folder's names.
type entry struct {
	raw  string // as the file system has it
	name string // as it is shown, unique in the folder
	sort string // by which it is sorted: a folder's ends with a slash, so that the names of all files come in order
	kind fs.FileMode
}

// order gives each of a folder's entries its name and sorts them.
func order(list []fs.DirEntry, folder func(fs.DirEntry) bool) []entry {
	entries := make([]entry, len(list))
	odd := false
	for i, e := range list {
		name := shown(e.Name())
		odd = odd || name != e.Name()
		entries[i] = entry{raw: e.Name(), name: name, kind: e.Type()}
	}
	if odd {
		distinguish(entries)
	}
	for i, e := range list {
		if entries[i].sort = entries[i].name; folder(e) {
			entries[i].sort += "/"
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.sort, b.sort) })
	return entries
}

// distinguish makes names unique again that became the same by being shown: a file may really be called `\xff`.
func distinguish(entries []entry) {
	taken := map[string]bool{}
	for _, e := range entries {
		if e.name == e.raw {
			taken[e.name] = true
		}
	}
	odd := make([]*entry, 0, 1)
	for i := range entries {
		if entries[i].name != entries[i].raw {
			odd = append(odd, &entries[i])
		}
	}
	slices.SortFunc(odd, func(a, b *entry) int { return strings.Compare(a.raw, b.raw) })
	for _, e := range odd {
		e.name = free(e.name, taken)
	}
}

// free returns the name, or the name with the first number that makes it unlike those taken, and takes it.
func free(name string, taken map[string]bool) string {
	unique := name
	ext := path.Ext(name)
	for n := 2; taken[unique]; n++ {
		unique = strings.TrimSuffix(name, ext) + "~" + strconv.Itoa(n) + ext
	}
	taken[unique] = true
	return unique
}
