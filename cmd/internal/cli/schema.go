package cli

import (
	"github.com/spf13/cobra"

	"whatif/analyzer/threatmodel"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a draft",
		Long: `Prints the JSON Schema (2020-12) of what "whatif analyze FILE -o draft.json" writes. Every draft validates against it. Fields may
be added in later versions; none changes its meaning.`,
		Example:           "  whatif schema > draft.schema.json",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			schema, err := threatmodel.Schema()
			if err != nil {
				return err
			}
			return a.print(schema)
		},
	}
}
