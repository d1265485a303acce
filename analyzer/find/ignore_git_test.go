package find

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// gitOr skips where there is no git.
func gitOr(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("SKIPPED, NOT TRIED: git is not installed, and nothing else says what its ignore files mean")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
}

// run runs git in a folder.
func run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// notIgnored returns the paths that git does not ignore.
func notIgnored(t testing.TB, dir string, paths []string) []string {
	t.Helper()
	cmd := exec.Command("git", "check-ignore", "--stdin", "-z", "--no-index")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("git check-ignore: %v: %s", err, said.String())
	}
	ignored := map[string]bool{}
	for path := range strings.SplitSeq(string(out), "\x00") {
		ignored[path] = true
	}
	var rest []string
	for _, path := range paths {
		if !ignored[path] {
			rest = append(rest, path)
		}
	}
	return rest
}

// newRepo makes an empty repository by hand: that is quicker than git init.
func newRepo(t testing.TB, dir string) {
	t.Helper()
	for _, d := range []string{".git/objects", ".git/refs", ".git/info"} {
		check(t, os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o777))
	}
	check(t, os.WriteFile(filepath.Join(dir, ".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o666))
}

// compare compares a walk with what git says of all files of a repository.
func compare(t testing.TB, dir string) (paths, got, want []string) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if rel, _ := filepath.Rel(dir, p); !d.IsDir() {
			paths = append(paths, filepath.ToSlash(rel))
		}
		return err
	}))
	slices.Sort(paths)
	check(t, Walk(t.Context(), []string{dir}, Options{Hidden: true}, func(f File) error {
		rel, err := filepath.Rel(dir, f.Path)
		got = append(got, filepath.ToSlash(rel))
		return err
	}, nil))
	slices.Sort(got)
	return paths, got, notIgnored(t, dir, paths)
}

// sample are the files that the patterns of the table are tried on.
var sample = []string{"a", "b", "foo", "foo.md", "foo.txt", "bar", "Foo.md", "a b", "a  ", "#x", "!x", "ab", "abc", "a-b", "a]b", "a[b", `a\b`, "a^b", "a!b", "a*b",
	"x/a", "x/foo", "x/foo.md", "x/y/a", "x/y/foo", "x/y/foo.md", "x/y/z/foo.md", "foo2/bar", "foo2/bar.md", "foo2/x/bar", "d/e/f/g", "d/g", "d/e/g",
	"docs/a.md", "docs/b.md", "docs/old/a.md", "docs/old/keep.md", "docs/old/deep/keep.md", "keep.md", ".hidden", ".h/a", "é.md", "x/é/ü", "a.b.c", "aXb", "a1b",
	"a\tb", "-x", "build/out/a", "src/build/a", "src/build.md", "log/debug.log", "log/1/debug.log", "x/log/debug.log", "\xff\xfe", "tab\t", "cr\r", "aaaaaaaaaaaaaaaaaaaa"}

// tables are ignore files, one for the root each.
var tables = []string{
	"foo", "/foo", "foo/", "/foo/", "foo/*", "foo2/*", "foo2/**", "foo2/**/bar", "**/foo", "**/foo.md", "x/**/foo.md", "x/**", "**/", "**", "*", "/*", "*/", "/**", "/**/",
	"x/*", "x/*/", "*/foo", "*/*/foo", "*.md", "/*.md", "!*.md", "*\n!*.md", "*\n!*/\n!*.md", "*\n!/docs/\n!docs/*.md", "docs/*\n!docs/old", "docs/old\n!docs/old/keep.md",
	"docs/old/*\n!docs/old/keep.md", "docs/**\n!docs/**/\n!docs/**/keep.md", "docs/**/a.md", "**/old/**", "**/old", "old/**", "a**b", "a**", "**b", "x**/foo", "x/**foo",
	"x/y**/foo.md", "foo**/bar", "foo2**/bar", "d/**/**/g", "d/**/g", "d/***/g", "***", "****/g", "d/*/g", "d/*/*/g", "d/e*g", "d?g", "d[/]g", "d[!a]g", "d[^x]e",
	"a b", `a\ b`, "a  ", `a\ \ `, `a \ `, `a\  `, "a   \t", "foo ", "foo\t", "foo\r\nbar\r\n", "\r\nfoo\r", "\xef\xbb\xbffoo", "x\n\xef\xbb\xbffoo", "#x", `\#x`, "!x", `\!x`, "!\\!x", "!!x",
	`a\b`, `a\\b`, `\a`, `foo\`, `foo\\`, `\`, `\*`, `a\*b`, `a\?b`, `a[*]b`, "a[b", "a[b]", "a[]", "a[]]b", "a[!]]b", "a[^]]b", "a[]-a]b", "a[[]b", "a[\\]]b", "a[a-c]b", "a[0-9]b", "a[9-0]b",
	"a[X-Z]b", "a[!0-9]b", "a[^0-9]b", "a[-^]b", "a[^-]b", "a[a-]b", "a[a\\-c]b", "a[\\0-\\9]b", "a[[:digit:]]b", "a[[:upper:]]b", "a[[:space:]]b", "a[[:punct:]]b", "a[[:nosuch:]]b",
	"a[[:digit:]-z]b", "a[[:digit]b", "a[[:]b", "a[[::]]b", "a[[:alpha:][:digit:]]b", "a[![:alpha:]]b", "a[[:blank:]]b", "a[[:cntrl:]]b", "a[[:graph:]]b", "a[[:print:]]b",
	"a[[:xdigit:]]b", "a[[:alnum:]]b", "a[[:lower:]]b", "a[", "a[a-", "a[a-\\", "[a-c]", "[!a-c]*", "?", "??", "???", "?*", "*?*", "*a*", "*a", "a*", "*.*", "*.*.*", "x?a", "x*a",
	"é.md", "?.md", "??.md", "\xff*", "*\xfe", "[\xc3]*", "[\x80-\xff]*", "-x", "/a\n/b", "//a", "a//", "/", "!", "!/", "//", "\n", "\n\n", " ", "  foo", "x/", "x//", "./a", "../a", "x/../a", "x/./a",
	"build/", "/build/", "build/out", "log/*.log", "log/**/*.log", "**/log/*.log", "**/*.log", "log/**/debug.log", "FOO.md", "foo.MD", "foo\x00bar", "*.md\n!keep.md\nkeep.md\n!/keep.md",
	`docs\/a.md`, `docs/\a.md`, `docs/\*.md`, `**\/a.md`, `docs/**\/a.md`, "docs\\", "docs/old\\/keep.md", "a*a*a*a*a*a*a*a*a*a*a*b", "**/**/**/**/a", "**/a/**/b/**", "cr\r", "cr\r\r", "tab\t",
	"x/y/*\n!x/y/foo", "/x/*\n!/x/y\n/x/y/*\n!/x/y/foo.md", "*\n!x\n!x/y\n!x/y/a", "x\n!x/", "x/\n!x", ".*", ".h/", ".hidden\n!.h*",
}

func TestIgnoreFilesMeanWhatTheyMeanToGit(t *testing.T) {
	gitOr(t)
	dir := t.TempDir()
	newRepo(t, dir)
	for _, name := range sample {
		full := filepath.Join(dir, filepath.FromSlash(name))
		check(t, os.MkdirAll(filepath.Dir(full), 0o777))
		if err := os.WriteFile(full, []byte("x"), 0o666); err != nil {
			t.Logf("SKIPPED, NOT TRIED: this file system does not take %q", name)
		}
	}
	agreed, compared := 0, 0
	for _, table := range tables {
		check(t, os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(table), 0o666))
		paths, got, want := compare(t, dir)
		if !slices.Equal(got, want) {
			t.Errorf("%q:\n got %q\nwant %q", table, only(got, want), only(want, got))
			continue
		}
		agreed++
		compared += len(paths)
	}
	t.Logf("git and find agree on %d of %d ignore files, with %d paths", agreed, len(tables), compared)
}

// only returns what is in a and not in b.
func only(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

var paths = flag.Bool("paths", false, "log how many paths were compared with git")

// Any ignore files, in several folders and in .git/info/exclude.
func TestIgnoreFilesMeanWhatTheyMeanToGitAtRandom(t *testing.T) {
	gitOr(t)
	compared, ignored := 0, 0
	piece := rapid.SampledFrom([]string{"a", "b", "c", "ab", ".", "*", "**", "?", "/", "/", "/**/", "[ab]", "[!a]", "[a-c]", "[^b-]", `\a`, `\*`, `\`, "[", "]", " ", "!", "#", "[[:alpha:]]"})
	line := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "", "", "!", "/", "**/", "#"}).Draw(t, "start") +
			strings.Join(rapid.SliceOfN(piece, 1, 5).Draw(t, "pieces"), "") + rapid.SampledFrom([]string{"", "", "/", " ", "\r", "/**", "/*"}).Draw(t, "end")
	})
	file := rapid.Map(rapid.SliceOfN(line, 1, 6), func(l []string) string { return strings.Join(l, "\n") })
	dir := t.TempDir()
	newRepo(t, dir)
	words := []string{"a", "b", "ab", "a.b", "abc"}
	for _, x := range words {
		plant(t, dir, x+".c")
		for _, y := range words {
			plant(t, dir, x+"/"+y+".c")
			plant(t, dir, x+"/"+y+"/ba")
			plant(t, dir, x+"/b/a/"+y)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		for _, name := range []string{".gitignore", ".git/info/exclude", "a/.gitignore", "b/.gitignore", "a/b/.gitignore"} {
			plant(t, dir, name+"=\n"+file.Draw(rt, name))
		}
		all, got, want := compare(t, dir)
		if !slices.Equal(got, want) {
			rt.Fatalf("taken although git ignores it: %q\nleft out although git does not ignore it: %q", only(got, want), only(want, got))
		}
		compared += len(all)
		ignored += len(all) - len(want)
	})
	if *paths {
		fmt.Printf("git and find agree on %d paths, of which %d are ignored\n", compared, ignored)
	}
}
