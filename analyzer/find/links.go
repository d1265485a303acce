package find

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// link deals with a symbolic link. It is followed where it leads to what lies in the same root and is not taken by its own name. So the
// answer does not depend on what comes first, nothing is taken twice, and no link leads in a circle.
func (t *tree) link(p, c *place, raw string) error {
	real, info, left := t.resolve(p, raw)
	folder := info != nil && info.IsDir()
	mayBeFolder := folder || info == nil && filepath.Ext(raw) == ""
	if !t.changed.in(c.rel) && !t.changed.in(real) || !mayBeFolder && t.count(raw) {
		return nil
	}
	if l := t.judge(c, raw, folder); l.Reason != "" {
		left = l
	}
	if why, yes := isForeign(p.dir, raw); yes && folder && !t.opt.Hidden {
		left = Left{Reason: Vendor, Detail: why}
	}
	if left.Reason == "" {
		left = t.mayFollow(real, folder)
	}
	if left.Reason != "" {
		t.tell(c, left)
		return nil
	}
	t.followed[real] = c.name
	c.real, c.linked = real, true
	if !folder {
		return t.followFile(c)
	}
	return t.followFolder(c)
}

// resolve finds out where a link leads, as a path in the root, and what is there, also where that is outside.
func (t *tree) resolve(p *place, raw string) (real string, info os.FileInfo, l Left) {
	where, err := p.dir.Readlink(raw)
	if err != nil {
		return "", nil, Left{Reason: Vanished, Detail: "it was there a moment ago"}
	}
	where = "to " + where
	full, err := filepath.EvalSymlinks(filepath.Join(t.root.real, filepath.FromSlash(p.real), raw))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", nil, Left{Reason: Link, Detail: "it leads nowhere: " + where}
	case err != nil:
		return "", nil, Left{Reason: Link, Detail: "it can't be followed " + where + ": " + cause(err).Error()}
	}
	rel, err := filepath.Rel(t.root.real, full)
	if err != nil || !filepath.IsLocal(rel) {
		info, _ = os.Stat(full) // is it a folder? no more is asked
		return "", info, Left{Reason: Link, Detail: "it leads out of the folder: " + where}
	}
	if info, err = t.top.Lstat(rel); err != nil || info.Mode()&fs.ModeSymlink != 0 {
		return "", nil, Left{Reason: Vanished, Detail: errChanged.Error()}
	}
	return filepath.ToSlash(rel), info, Left{}
}

// mayFollow says why the link to real is not followed.
func (t *tree) mayFollow(real string, folder bool) Left {
	for at := real; ; at = at[:strings.LastIndexByte(at, '/')] {
		if name, ok := t.followed[at]; ok {
			return Left{Reason: Link, Detail: "it leads to " + shown(real) + ", which is taken as " + name}
		}
		if !strings.Contains(at, "/") {
			break
		}
	}
	switch t.reach(real, folder) {
	case byItself:
		return Left{Reason: Link, Detail: "it leads to " + shown(real) + ", which is looked at by that name"}
	case never:
		return Left{Reason: Link, Detail: "it leads to " + shown(real) + ", which is never taken"}
	}
	return Left{}
}

// A reached says whether the walk comes to something without links.
type reached int

const (
	byLinks  reached = iota // only where one is followed
	byItself                // by its own name
	never                   // and no link may lead there
)

// reach goes the way that the walk goes, to a path in the root.
func (t *tree) reach(real string, folder bool) reached {
	if real == "." {
		return byItself
	}
	p := t.base
	names := strings.Split(real, "/")
	how := byItself
	for i, raw := range names {
		if repositories[raw] {
			return never
		}
		c := p.child(entry{raw: raw, name: shown(raw)})
		if t.named[filepath.Join(t.root.real, filepath.FromSlash(c.real))] {
			return byItself
		}
		if i == len(names)-1 && !folder {
			if how == byItself && !t.takes(c, raw) {
				how = byLinks
			}
			break
		}
		if l := t.enter(p, c, raw); l.Reason != "" {
			how = byLinks
			if c.dir = t.openAnyway(p, c, raw); c.dir == nil {
				return never
			}
		}
		defer c.dir.Close()
		p = c
	}
	return how
}

// takes reports whether the walk takes the file c by its own name.
func (t *tree) takes(c *place, raw string) bool {
	return t.news(c) && (t.opt.Document == nil || t.opt.Document(raw)) && t.judge(c, raw, false).Reason == ""
}

// openAnyway opens a folder that is left out by its name, on the way to what a link leads to. Output folders stay shut.
func (t *tree) openAnyway(p, c *place, raw string) *os.Root {
	before, err := p.dir.Lstat(raw)
	if err == nil {
		c.dir, err = p.dir.OpenRoot(raw)
	}
	if t.opened(c, before, err).Reason != "" {
		return nil
	}
	return c.dir
}

// followFile yields the file that a link leads to.
func (t *tree) followFile(c *place) error {
	info, err := t.top.Lstat(filepath.FromSlash(c.real))
	l := t.fit(info, err)
	if l.Reason == "" && isReport(c.real) {
		l = Left{Reason: Report, Detail: "a link to a report of whatif"}
	}
	if l.Reason != "" {
		t.tell(c, l)
		return nil
	}
	return t.yield(File{Name: c.name, Path: t.path(c.rel), Size: info.Size(), tree: t.root.typed, real: c.real})
}

// followFolder walks the folder that a link leads to.
func (t *tree) followFolder(c *place) error {
	before, err := t.top.Lstat(filepath.FromSlash(c.real))
	if err == nil {
		c.dir, err = t.top.OpenRoot(filepath.FromSlash(c.real))
	}
	if c.depth > maxDepth {
		t.tell(c, Left{Reason: TooDeep, Detail: "a link leads there from very deep", Folder: true})
		return nil
	}
	if l := t.opened(c, before, err); l.Reason != "" {
		t.tell(c, l)
		return nil
	}
	defer c.dir.Close()
	return t.folder(c)
}

// taken reports whether what a link led to was taken by another link, and tells so.
func (t *tree) taken(c *place) bool {
	name, taken := t.followed[c.real]
	if taken {
		t.tell(c, Left{Reason: Link, Detail: "it was taken as " + name})
	}
	return taken
}
