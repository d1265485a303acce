package llm

// Prompts are the templates of what is said to the model.
type Prompts struct{}

// BuiltinPrompts returns the embedded templates.
func BuiltinPrompts() (*Prompts, error) { return &Prompts{}, nil }

// LoadPrompts returns the embedded templates with those of a directory in their place, by file name. Errors name file and line.
func LoadPrompts(dir string) (*Prompts, error) { return &Prompts{}, nil }

// Names lists the templates' file names, in the order in which they are used.
func (p *Prompts) Names() []string { return nil }

// Source returns the text of a template, and whether there is one of that name.
func (p *Prompts) Source(name string) (string, bool) { return "", false }

// Sum returns the SHA-256 of all templates, in hex.
func (p *Prompts) Sum() string { return "" }
