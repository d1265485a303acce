package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// modelFlags gives a command the flags of a model. Help lists them apart, below those that most people need.
func modelFlags(cmd *cobra.Command, keys ...string) {
	if keys == nil {
		keys = modelKeys()
	}
	settingFlags(cmd.Flags(), keys...)
	cmd.SetUsageFunc(func(c *cobra.Command) error {
		apart := pflag.NewFlagSet("", pflag.ContinueOnError)
		apart.SortFlags = false
		for _, key := range keys {
			f := c.Flags().Lookup(key)
			apart.AddFlag(&pflag.Flag{Name: f.Name, Usage: f.Usage, Value: f.Value, DefValue: f.DefValue, NoOptDefVal: f.NoOptDefVal})
			f.Hidden = true
			defer func() { f.Hidden = false }()
		}
		if err := c.Root().UsageFunc()(c); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.OutOrStderr(), "\nFlags of the model:\n%s", apart.FlagUsages())
		return err
	})
}
