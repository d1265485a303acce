// Emptycobra is the program that the start-up of whatif is measured against: cobra with one command that prints a line.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "empty"}
	root.AddCommand(&cobra.Command{Use: "version", RunE: func(*cobra.Command, []string) error {
		_, err := fmt.Println("empty 1.0.0")
		return err
	}})
	if root.Execute() != nil {
		os.Exit(2)
	}
}
