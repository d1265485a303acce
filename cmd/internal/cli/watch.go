package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"whatif/analyzer/document"
)

func (a *app) watchCommand() *cobra.Command {
	var opt scanOptions
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "watch DIR…",
		Short: "Keep the drafts of a folder up to date while its documents are edited",
		Long: `Scans each DIR as "whatif scan" does, and again whenever a document changes, comes or goes. Only what changed is analysed anew;
of a model only what the changed sentences make necessary is asked. Ctrl-C ends it.

Where the system tells of no changes, as on some network drives, --every looks for them at that pace.`,
		Example: `  whatif watch docs                       keep whatif-scan/index.html open beside the editor
  whatif watch docs -o /tmp/drafts --drafts html
  whatif watch /mnt/share/specs --every 30s`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.settings(cmd.Flags())
			if err != nil {
				return err
			}
			return a.watch(cmd.Context(), s, args, opt, every)
		},
	}
	flags := cmd.Flags()
	outputFlags(flags, &opt)
	scanFlags(flags, &opt)
	flags.DurationVar(&every, "every", 0, "look for changes at this `PACE` instead of being told of them")
	settingFlags(flags, append([]string{"min-priority", "framework", "rules", "quiet"}, limitKeys...)...)
	modelFlags(cmd)
	return cmd
}

// settle is how long nothing must happen before a change counts as done: editors save in several steps.
const settle = 300 * time.Millisecond

// watch scans, waits for a change, and scans again, until ctx ends.
func (a *app) watch(ctx context.Context, s *settings, roots []string, opt scanOptions, every time.Duration) (err error) {
	k, err := a.openScan(ctx, s, roots, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.folder.Close()) }()
	changes, err := newChanges(roots, opt.output, every)
	if err != nil {
		return err
	}
	defer changes.close()
	for first := true; ; first = false {
		if k.now, err = a.now(); err != nil {
			return err
		}
		k.again = !first
		if err := a.scanOnce(ctx, k); err != nil && !errors.Is(err, errReported) {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if first && !k.quiet() {
			a.message("", "waiting for changes; Ctrl-C ends")
		}
		if err := changes.wait(ctx); err != nil {
			return nil
		}
	}
}

// changes tells when something changed below some folders.
type changes struct {
	watcher *fsnotify.Watcher // nil: time alone tells
	every   time.Duration
	skip    os.FileInfo // the output folder
}

// newChanges begins to watch. Where the system can't, it says how to go on without.
func newChanges(roots []string, output string, every time.Duration) (*changes, error) {
	c := &changes{every: every}
	c.skip, _ = os.Stat(output) // it was made before
	if every > 0 {
		return c, nil
	}
	var err error
	if c.watcher, err = fsnotify.NewWatcher(); err != nil {
		return nil, hint(fmt.Errorf("watching for changes: %w", err), "--every 10s looks for them itself")
	}
	for _, root := range roots {
		if err := c.add(root); err != nil {
			c.close()
			return nil, hint(fmt.Errorf("watching %s: %w", root, cause(err)), "--every 10s looks for changes itself")
		}
	}
	return c, nil
}

// add watches a folder with all that are in it, or the folder of a file.
func (c *changes) add(root string) error {
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		return c.watcher.Add(filepath.Dir(root))
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == root:
			return err
		case err != nil || !d.IsDir():
			return nil // what can't be read is not watched; the scan tells of it
		case path != root && c.passedBy(path, d):
			return filepath.SkipDir
		}
		return c.watcher.Add(path)
	})
}

// passedBy reports a folder in which no document is looked for.
func (c *changes) passedBy(path string, d fs.DirEntry) bool {
	if strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" {
		return true
	}
	info, err := d.Info()
	return err == nil && c.skip != nil && os.SameFile(info, c.skip)
}

// wait returns when something changed and nothing has for a moment, or with an error when ctx ended.
func (c *changes) wait(ctx context.Context) error {
	if c.watcher == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(c.every):
			return nil
		}
	}
	var quiet <-chan time.Time // nil until something changed
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-quiet:
			return nil
		case e := <-c.watcher.Events:
			if c.counts(e) {
				quiet = time.After(settle)
			}
		case <-c.watcher.Errors: // events were lost: look at everything
			quiet = time.After(settle)
		}
	}
}

// counts reports a change that may change a draft, and begins to watch folders that are new.
func (c *changes) counts(e fsnotify.Event) bool {
	if e.Has(fsnotify.Create) {
		if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
			return c.add(e.Name) == nil
		}
	}
	base := filepath.Base(e.Name)
	return !e.Has(fsnotify.Chmod) && (document.FormatOf(base) != "" || filepath.Ext(base) == "" || strings.HasSuffix(base, "ignore"))
}

func (c *changes) close() {
	if c.watcher != nil {
		c.watcher.Close()
	}
}
