package find

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxDepth is how deep folders may lie in each other. Each that is open takes a handle.
const maxDepth = 200

// A tree is one root that is being walked.
type tree struct {
	*walk
	root     root
	top      *os.Root
	base     *place // the root as a place
	changed  *changes
	followed map[string]string // where a link led that was followed, links resolved: the link's name in the scan
}

// A place is a folder on the way.
type place struct {
	dir    *os.Root
	name   string // in the scan
	rel    string // as it was reached from the root, with slashes
	real   string // where it lies in the root, links resolved
	ignore string // the path that patterns speak of: relative to the topmost folder with ignore files
	levels *level
	depth  int
	linked bool // a link led here
}

// child returns what lies in the place under a name, as far as that can be told without looking.
func (p *place) child(e entry) *place {
	return &place{name: join(p.name, e.name), rel: join(p.rel, e.raw), real: join(p.real, e.raw), ignore: join(p.ignore, e.raw),
		levels: p.levels, depth: p.depth + 1, linked: p.linked}
}

// start returns the place of the root itself.
func (t *tree) start() *place {
	above, path := levelsAbove(t.root.real)
	p := &place{dir: t.top, name: t.root.label, ignore: strings.TrimSuffix(path, "/")}
	p.levels = readLevel(p.dir, above, len(path), t.root.typed)
	return p
}

// run walks the whole tree.
func (t *tree) run() error {
	t.base = t.start()
	return t.folder(t.base)
}

// path returns the path of what was reached as rel, for messages.
func (t *tree) path(rel string) string { return filepath.Join(t.root.typed, filepath.FromSlash(rel)) }

// tell tells that something was left out.
func (t *tree) tell(p *place, l Left) {
	l.Name, l.Path = p.name, t.path(p.rel)
	if !l.Folder {
		l.Files = 1
	}
	t.left(l)
}

// folder walks a folder.
func (t *tree) folder(p *place) error {
	t.tellFaults(p)
	list, err := t.list(p.dir)
	if t.ctx.Err() != nil {
		return t.ctx.Err()
	}
	if err != nil && len(list) == 0 && p.depth == 0 {
		return &Error{fmt.Errorf("looking in %s: %w", t.root.typed, cause(err)), "name a folder that you may read"}
	}
	if err != nil {
		t.tell(p, Left{Reason: Unreadable, Detail: cause(err).Error(), Folder: true})
	}
	entries := order(list, func(e fs.DirEntry) bool { return t.leadsToFolder(p, e) })
	list = nil
	output := p.depth == 0 && isOutput(p.dir)
	for _, e := range entries {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		if output && isIndex(e.raw) {
			t.tell(p.child(e), Left{Reason: ScanOutput, Detail: "the index of a scan"})
			continue
		}
		if err := t.entry(p, e); err != nil {
			return err
		}
	}
	return nil
}

// leadsToFolder reports a folder or a link to one, so that it is sorted as such.
func (t *tree) leadsToFolder(p *place, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(filepath.Join(t.root.real, filepath.FromSlash(p.real), e.Name()))
	return err == nil && info.IsDir()
}

// list returns what is in a folder, in any order.
func (t *tree) list(dir *os.Root) ([]fs.DirEntry, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []fs.DirEntry
	for t.ctx.Err() == nil {
		some, err := f.ReadDir(4096)
		list = append(list, some...)
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return list, err
		}
	}
	return list, t.ctx.Err()
}

// tellFaults tells of ignore files that are not used.
func (t *tree) tellFaults(p *place) {
	if p.levels.where != t.path(p.rel) {
		return // they are those of a folder above
	}
	names := make([]string, 0, len(p.levels.faults))
	for name := range p.levels.faults {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.left(Left{Name: join(p.name, name), Path: t.path(join(p.rel, name)), Reason: Unreadable, Detail: p.levels.faults[name].Error(), Files: 1})
	}
}

// entry deals with one thing in a folder.
func (t *tree) entry(p *place, e entry) error {
	if len(t.named) > 0 && t.named[filepath.Join(t.root.real, filepath.FromSlash(join(p.real, e.raw)))] {
		return nil // it is a root of its own
	}
	if e.kind&(fs.ModeDir|fs.ModeSymlink) == 0 && t.changed == nil && t.count(e.raw) {
		return nil // most files of a repository go this short way
	}
	c := p.child(e)
	switch {
	case e.kind.IsDir():
		return t.subfolder(p, c, e.raw)
	case e.kind&fs.ModeSymlink != 0:
		return t.link(p, c, e.raw)
	case !t.news(c) || t.count(e.raw):
		return nil
	}
	if l := t.judge(c, e.raw, false); l.Reason != "" {
		t.tell(c, l)
		return nil
	}
	return t.file(p.dir, c, e.raw)
}

// news reports whether a file changed, or none is asked for that did.
func (t *tree) news(c *place) bool { return t.changed.has(c.rel) || t.changed.has(c.real) }

// mayHaveNews reports the same of a folder, of anything in it.
func (t *tree) mayHaveNews(c *place) bool { return t.changed.in(c.rel) || t.changed.in(c.real) }

// count counts a file that is no document.
func (w *walk) count(name string) bool {
	if w.opt.Document == nil || w.opt.Document(name) {
		return false
	}
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if _, known := w.kinds[ending]; !known && (len(ending) > 16 || len(w.kinds) >= 500) {
		ending = "" // strange names are not to fill the memory
	}
	w.kinds[shown(ending)]++
	return true
}

// tellKinds tells of the files that are no documents: the most frequent ending first.
func (w *walk) tellKinds() {
	endings := slices.SortedFunc(maps.Keys(w.kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(w.kinds[b], w.kinds[a]), cmp.Compare(a, b))
	})
	for _, e := range endings {
		w.left(Left{Reason: NotADocument, Detail: e, Files: w.kinds[e]})
	}
}

// judge says why a file that can be a document is left out, or a link to a folder, as far as its name tells.
func (t *tree) judge(c *place, raw string, folder bool) Left {
	switch by, ignored := c.levels.ignored(c.ignore, false); {
	case raw[0] == '.' && !t.opt.Hidden:
		return Left{Reason: Hidden, Detail: "its name begins with a dot"}
	case isReport(raw):
		return Left{Reason: Report, Detail: "a report of whatif"}
	case ignored:
		return Left{Reason: Ignored, Detail: by}
	}
	return t.globbed(c.name, folder)
}

// globbed says whether Include and Exclude leave out a name.
func (w *walk) globbed(name string, folder bool) Left {
	if len(w.exclude) > 0 && speakOf(w.exclude, name, folder) {
		return Left{Reason: Excluded, Detail: "by --exclude", Folder: folder}
	}
	if len(w.include) > 0 && !folder && !speakOf(w.include, name, false) {
		return Left{Reason: Excluded, Detail: "not in --include"}
	}
	return Left{}
}

// file looks at a file that is to be taken, and yields it.
func (t *tree) file(dir *os.Root, c *place, raw string) error {
	if c.linked && t.taken(c) {
		return nil
	}
	info, err := dir.Lstat(raw)
	if l := t.fit(info, err); l.Reason != "" {
		t.tell(c, l)
		return nil
	}
	return t.yield(File{Name: c.name, Path: t.path(c.rel), Size: info.Size(), tree: t.root.typed, real: c.real})
}

// fit says why a file is left out, as far as its state tells.
func (w *walk) fit(info os.FileInfo, err error) Left {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Left{Reason: Vanished, Detail: "it was there a moment ago"}
	case err != nil:
		return Left{Reason: Unreadable, Detail: cause(err).Error()}
	case !info.Mode().IsRegular():
		return Left{Reason: Special, Detail: kindOf(info.Mode())}
	case info.Size() == 0:
		return Left{Reason: Empty, Detail: "it has no bytes"}
	case w.opt.MaxBytes > 0 && info.Size() > w.opt.MaxBytes:
		return Left{Reason: TooLarge, Detail: fmt.Sprintf("it has %d bytes, over the limit of %d", info.Size(), w.opt.MaxBytes)}
	}
	return Left{}
}

// kindOf names what is no regular file.
func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeSymlink != 0:
		return "a link"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// subfolder enters a folder and walks it.
func (t *tree) subfolder(p, c *place, raw string) error {
	if !t.mayHaveNews(c) || (c.linked && t.taken(c)) {
		return nil
	}
	if l := t.enter(p, c, raw); l.Reason != "" {
		t.tell(c, l)
		return nil
	}
	defer c.dir.Close()
	return t.folder(c)
}

// enter opens the folder c that lies in p, unless it is left out: then it says why.
func (t *tree) enter(p, c *place, raw string) Left {
	if l := t.judgeFolder(p, c, raw); l.Reason != "" {
		l.Folder = true
		return l
	}
	if c.depth > maxDepth {
		return Left{Reason: TooDeep, Detail: fmt.Sprintf("it lies in more than %d folders", maxDepth), Folder: true}
	}
	before, err := p.dir.Lstat(raw)
	if err == nil {
		c.dir, err = p.dir.OpenRoot(raw)
	}
	return t.opened(c, before, err)
}

// opened looks at a folder that was opened; before is what it was taken for.
func (t *tree) opened(c *place, before os.FileInfo, err error) Left {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Left{Reason: Vanished, Detail: "it was there a moment ago", Folder: true}
	case err != nil:
		return Left{Reason: Unreadable, Detail: cause(err).Error(), Folder: true}
	}
	l := Left{Folder: true}
	switch now, err := c.dir.Stat("."); {
	case err != nil:
		l.Reason, l.Detail = Unreadable, cause(err).Error()
	case !os.SameFile(before, now):
		l.Reason, l.Detail = Vanished, errChanged.Error()
	case slices.ContainsFunc(t.skip, func(s os.FileInfo) bool { return os.SameFile(s, now) }):
		l.Reason, l.Detail = ScanOutput, "the output folder"
	case isOutput(c.dir):
		l.Reason, l.Detail = ScanOutput, "the output folder of a scan"
	default:
		c.levels = readLevel(c.dir, c.levels, len(c.ignore)+1, t.path(c.rel))
		return Left{}
	}
	c.dir.Close()
	return l
}

// judgeFolder says why a folder is left out, as far as its name and what stands beside it tell.
func (t *tree) judgeFolder(p, c *place, raw string) Left {
	if repositories[raw] {
		return Left{Reason: Hidden, Detail: "the repository's own files"}
	}
	if !t.opt.Hidden {
		if raw[0] == '.' {
			return Left{Reason: Hidden, Detail: "its name begins with a dot"}
		}
		if why, yes := isForeign(p.dir, raw); yes {
			return Left{Reason: Vendor, Detail: why}
		}
	}
	if by, ignored := c.levels.ignored(c.ignore, true); ignored {
		return Left{Reason: Ignored, Detail: by}
	}
	return t.globbed(c.name, true)
}
