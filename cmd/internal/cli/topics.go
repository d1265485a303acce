package cli

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// help holds the texts of the help topics, one file each; the first line is the short description.
//
//go:embed help/*.txt
var help embed.FS

// topicNames are the help topics in the order in which they are listed.
func topicNames() []string {
	return []string{"formats", "exports", "evidence", "rule-files", "labels", "settings", "model", "privacy", "scaling", "ignore-files", "classes", "decisions", "exit-codes"}
}

// topics returns the help topics: commands without a run, which cobra lists apart.
func topics() []*cobra.Command {
	var list []*cobra.Command
	for _, name := range topicNames() {
		text, err := help.ReadFile("help/" + name + ".txt")
		if err != nil {
			panic(err) // the file is missing from the program: found by any test that builds the commands
		}
		short, long, _ := strings.Cut(string(text), "\n")
		if name == "exit-codes" {
			long += exitCodeTable()
		}
		list = append(list, &cobra.Command{Use: name, Short: short, Long: strings.Trim(long, "\n")})
	}
	return list
}

func exitCodeTable() string {
	var b strings.Builder
	for _, c := range ExitCodes() {
		fmt.Fprintf(&b, "  %d  %s\n", c.Code, c.Meaning)
	}
	return b.String()
}
