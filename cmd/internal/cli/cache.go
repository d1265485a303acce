package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whatif/analyzer/render"
	"whatif/analyzer/store"
)

func (a *app) cacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Look at the replies that are kept, and remove them",
		Long: `Replies of a model are kept, so that nothing is asked and paid for twice: a second run of the same document asks nothing. They lie
in a directory of your own and may hold words of your documents. The oldest go when there are more than --cache-size.`,
		Example: `  whatif cache                          where they are, how many, how old
  whatif cache clear --older 30d        remove those that were not used for 30 days
  whatif cache clear                    remove all`,
		Args: a.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.cacheInfo(cmd, false) },
	}
	settingFlags(cmd.Flags(), "cache-dir", "cache-size")
	cmd.AddCommand(a.cacheInfoCommand(), a.cacheClearCommand())
	return cmd
}

func (a *app) cacheInfoCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "info",
		Short:             "Tell where replies are kept, how many there are, and how old",
		Example:           "  whatif cache info --json",
		Args:              noArguments,
		RunE:              func(cmd *cobra.Command, _ []string) error { return a.cacheInfo(cmd, asJSON) },
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	settingFlags(cmd.Flags(), "cache-dir", "cache-size")
	return cmd
}

// A cacheReport is what "whatif cache info --json" prints.
type cacheReport struct {
	Dir     string     `json:"dir"`
	Replies int        `json:"replies"`
	Bytes   int64      `json:"bytes"`
	Most    int64      `json:"most_bytes"`
	Damaged int        `json:"damaged"`
	Oldest  *time.Time `json:"oldest"` // of last use
	Newest  *time.Time `json:"newest"`
}

func (a *app) cacheInfo(cmd *cobra.Command, asJSON bool) error {
	s, kept, err := a.cacheOf(cmd)
	if err != nil {
		return err
	}
	stats, err := kept.Stats()
	if err != nil {
		return fmt.Errorf("looking at the replies: %w", err)
	}
	most, _ := parseSize(s.text("cache-size"))
	r := cacheReport{Dir: stats.Dir, Replies: stats.Entries, Bytes: stats.Bytes, Most: most, Damaged: stats.Damaged}
	if stats.Entries > 0 {
		r.Oldest, r.Newest = &stats.Oldest, &stats.Newest
	}
	return a.write(func(w io.Writer) error {
		if asJSON {
			return writeJSON(w, r)
		}
		fmt.Fprintf(w, "%s: %s, %s of at most %s\n", render.EscapeTerminal(r.Dir), replies(r.Replies), roughSize(r.Bytes), s.text("cache-size"))
		if r.Oldest != nil {
			fmt.Fprintf(w, "last used: the oldest on %s, the newest on %s\n", r.Oldest.Local().Format(time.DateOnly), r.Newest.Local().Format(time.DateOnly))
		}
		if r.Damaged > 0 {
			fmt.Fprintf(w, "damaged: %d, which are as good as none\n", r.Damaged)
		}
		return nil
	})
}

func (a *app) cacheClearCommand() *cobra.Command {
	var older string
	cmd := &cobra.Command{
		Use:     "clear",
		Short:   "Remove the replies that are kept",
		Example: "  whatif cache clear\n  whatif cache clear --older 30d",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var before time.Time
			if older != "" {
				age, err := parseAge(older)
				if err != nil {
					return fmt.Errorf("--older: %w", err)
				}
				before = time.Now().Add(-age)
			}
			_, kept, err := a.cacheOf(cmd)
			if err != nil {
				return err
			}
			n, bytes, err := kept.Clear(before)
			if err != nil {
				return fmt.Errorf("removing replies: %w", err)
			}
			a.message("", fmt.Sprintf("removed %s, %s", replies(n), roughSize(bytes)))
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringVar(&older, "older", "", "only those that were not used for this long: 30d, 12h")
	settingFlags(cmd.Flags(), "cache-dir", "cache-size")
	return cmd
}

func (a *app) cacheOf(cmd *cobra.Command) (*settings, *store.Store, error) {
	s, err := a.settings(cmd.Flags())
	if err != nil {
		return nil, nil, err
	}
	kept, err := a.replyStore(s)
	return s, kept, err
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return thousands(n) + " replies"
}

// roughSize writes bytes as people say them: "3.4 MB".
func roughSize(bytes int64) string {
	for _, u := range units[:3] {
		if bytes >= u.bytes {
			return fmt.Sprintf("%.1f %s", float64(bytes)/float64(u.bytes), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// parseAge reads "30d", or what a duration of Go's looks like.
func parseAge(text string) (time.Duration, error) {
	const most = 100 * 365 // days
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= most {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no age; write it as 30d or 12h", text)
}
