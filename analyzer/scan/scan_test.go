package scan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"whatif/analyzer/find"
	"whatif/analyzer/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A pretender makes drafts that are their document's text in capitals.
type pretender struct {
	made  atomic.Int64
	after func(n int64) error // what Make returns the n-th time; nil: no error
	names sync.Map
}

func (p *pretender) Make(ctx context.Context, t Task) (*Made, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if n := p.made.Add(1); p.after != nil {
		if err := p.after(n); err != nil {
			return nil, err
		}
	}
	p.names.Store(t.Name, true)
	r := &record.Record{Name: t.Name, Path: t.Path, SHA256: t.SHA256, State: record.Done, Title: string(t.Content)}
	return &Made{Num: t.Num, Record: r, Files: []File{{"md", []byte(strings.ToUpper(string(t.Content)))}, {"json", []byte("{}")}}}, nil
}

// docs writes documents and returns them as they would be found.
func docs(t testing.TB, texts map[string]string) []find.File {
	dir := t.TempDir()
	var files []find.File
	for name, text := range texts {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		files = append(files, find.File{Name: name, Path: path, Size: int64(len(text))})
	}
	slices.SortFunc(files, func(a, b find.File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

func open(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func run1(t testing.TB, f *Folder, files []find.File, p *pretender, settings string) Summary {
	t.Helper()
	sum, err := Run(t.Context(), files, Options{Line: Local{Maker: p, Workers: 3}, Keep: f, Settings: settings, Open: osOpen})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func osOpen(f find.File) (*os.File, error) { return os.Open(f.Path) }

func records(t testing.TB, f *Folder) map[string]*record.Record {
	t.Helper()
	all := map[string]*record.Record{}
	if err := f.Records(func(r *record.Record) error { all[r.Name] = r; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRunTwice(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b/c.md": "two", "b/d.md": "two", "e.md": "three"})
	dir := t.TempDir()
	f, p := open(t, dir), &pretender{}
	if sum := run1(t, f, files, p, "s"); sum != (Summary{Found: 4, Made: 4}) || p.made.Load() != 3 {
		t.Errorf("first run: %+v, %d analysed", sum, p.made.Load())
	}
	got := records(t, f)
	if r := got["b/d.md"]; r.State != record.Copy || r.Of != "b/c.md" {
		t.Errorf("the copy is %+v", r)
	}
	draft, err := os.ReadFile(filepath.Join(dir, "drafts/b/c.md.threatmodel.md"))
	if err != nil || string(draft) != "TWO" {
		t.Errorf("the draft is %q, %v", draft, err)
	}
	if sum := run1(t, f, files, p, "s"); sum != (Summary{Found: 4, Kept: 4}) || p.made.Load() != 3 {
		t.Errorf("second run: %+v, %d analysed", sum, p.made.Load())
	}
	if sum := run1(t, f, files, p, "other settings"); sum.Made != 4 {
		t.Errorf("with other settings: %+v", sum)
	}
}

func TestRunAgainDoesWhatIsMissing(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "two", "c.md": "three"})
	dir := t.TempDir()
	f, p := open(t, dir), &pretender{}
	run1(t, f, files, p, "s")
	for name, damage := range map[string]func() error{
		"removed draft": func() error { return os.Remove(filepath.Join(dir, "drafts/a.md.threatmodel.md")) },
		"cut draft": func() error {
			return os.WriteFile(filepath.Join(dir, "drafts/b.md.threatmodel.md"), []byte("T"), 0o666)
		},
		"edited document": func() error {
			return os.WriteFile(files[2].Path, []byte("more"), 0o666)
		},
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if sum := run1(t, f, files, p, "s"); sum != (Summary{Found: 3, Made: 1, Kept: 2}) {
			t.Errorf("%s: %+v", name, sum)
		}
	}
}

// A copy whose original changed is analysed itself, and the other way round.
func TestCopiesFollow(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "one"})
	f, p := open(t, t.TempDir()), &pretender{}
	run1(t, f, files, p, "s")
	if err := os.WriteFile(files[0].Path, []byte("two"), 0o666); err != nil {
		t.Fatal(err)
	}
	run1(t, f, files, p, "s")
	if r := records(t, f)["b.md"]; r.State != record.Done || r.Title != "one" {
		t.Errorf("the former copy is %+v", r)
	}
	if err := os.WriteFile(files[0].Path, []byte("one"), 0o666); err != nil {
		t.Fatal(err)
	}
	run1(t, f, files, p, "s")
	if r := records(t, f)["b.md"]; r.State != record.Copy || r.Of != "a.md" {
		t.Errorf("the copy is %+v", r)
	}
	if left, _ := filepath.Glob(filepath.Join(f.Dir, "drafts", "b.md*")); len(left) > 0 {
		t.Errorf("the copy's old draft is still there: %v", left)
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	texts := map[string]string{}
	for i := range 40 {
		texts[fmt.Sprintf("d%02d.md", i)] = fmt.Sprint("text ", i)
	}
	files := docs(t, texts)
	f := open(t, t.TempDir())
	enough := errors.New("enough")
	first := &pretender{after: func(n int64) error {
		if n > 10 {
			return enough
		}
		return nil
	}}
	sum, err := Run(t.Context(), files, Options{Line: Local{Maker: first, Workers: 3}, Keep: f, Settings: "s", Open: osOpen})
	if !errors.Is(err, enough) || sum.Made != 10 || sum.Undone != 30 {
		t.Fatalf("%+v, %v", sum, err)
	}
	second := &pretender{}
	if sum := run1(t, f, files, second, "s"); sum.Kept != 10 || sum.Made != 30 {
		t.Errorf("%+v", sum)
	}
	first.names.Range(func(name, _ any) bool {
		if _, again := second.names.Load(name); again {
			t.Errorf("%v was done again", name)
		}
		return true
	})
}

func TestCancelled(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "two", "c.md": "three"})
	ctx, cancel := context.WithCancel(t.Context())
	p := &pretender{after: func(int64) error { cancel(); return nil }}
	sum, err := Run(ctx, files, Options{Line: Local{Maker: p, Workers: 1}, Keep: open(t, t.TempDir()), Settings: "s", Open: osOpen})
	if !errors.Is(err, context.Canceled) || sum.Made < 1 || sum.Made+sum.Undone != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestVanishedAndTooLarge(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "two two two", "c.md": "three"})
	if err := os.Remove(files[0].Path); err != nil {
		t.Fatal(err)
	}
	f := open(t, t.TempDir())
	if _, err := Run(t.Context(), files, Options{Line: Local{Maker: &pretender{}, Workers: 2}, Keep: f, Open: osOpen, MaxBytes: 8}); err != nil {
		t.Fatal(err)
	}
	got := records(t, f)
	if r := got["a.md"]; r.State != record.Failed || r.Reason != "vanished" {
		t.Errorf("%+v", r)
	}
	if r := got["b.md"]; r.State != record.LeftOut || r.Reason != "too_large" {
		t.Errorf("%+v", r)
	}
	if r := got["c.md"]; r.State != record.Done {
		t.Errorf("%+v", r)
	}
}

// What can't be written ends the run with one error, and leaves the state good.
func TestOutputCannotBeWritten(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "two", "c.md": "three", "d.md": "four"})
	dir := t.TempDir()
	f := open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "drafts"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	sum, err := Run(t.Context(), files, Options{Line: Local{Maker: &pretender{}, Workers: 2}, Keep: f, Open: osOpen})
	if err == nil || !strings.Contains(err.Error(), "threatmodel.md") || strings.Contains(err.Error(), "\n") || sum.Made != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestForget(t *testing.T) {
	files := docs(t, map[string]string{"a.md": "one", "b.md": "two"})
	f, p := open(t, t.TempDir()), &pretender{}
	run1(t, f, files, p, "s")
	if gone, err := f.Forget(func(name string) bool { return name == "a.md" }); gone != 1 || err != nil {
		t.Errorf("%d gone, %v", gone, err)
	}
	if f.Len() != 1 || records(t, f)["a.md"] == nil {
		t.Errorf("%d are left", f.Len())
	}
	if left, _ := filepath.Glob(filepath.Join(f.Dir, "drafts", "*")); len(left) != 2 {
		t.Errorf("the drafts are %v", left)
	}
}

func TestTwoScansOnOneOutput(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := OpenFolder(dir); !errors.Is(err, ErrTaken) {
		t.Errorf("the error is %v", err)
	}
}

// A link that somebody put into the output does not lead a draft out of it.
func TestLinkInOutput(t *testing.T) {
	files := docs(t, map[string]string{"a/b.md": "one"})
	dir, elsewhere := t.TempDir(), t.TempDir()
	f := open(t, dir)
	if err := os.Symlink(elsewhere, filepath.Join(dir, "drafts")); err != nil {
		t.Skip(err)
	}
	if _, err := Run(t.Context(), files, Options{Line: Local{Maker: &pretender{}, Workers: 1}, Keep: f, Open: osOpen}); err == nil {
		t.Error("no error")
	}
	if got, _ := filepath.Glob(filepath.Join(elsewhere, "*", "*")); len(got) > 0 {
		t.Errorf("written outside: %v", got)
	}
}
