package tokens

// An entry is what a file says of the models whose names fit one of its patterns. What it does not say is nil.
type entry struct {
	patterns  []pattern
	encoding  *string
	context   *int
	output    *int
	reasoning *bool
	price     *Price
	asOf      string
}

// fits reports whether a pattern fits one of the forms of a name.
func (e *entry) fits(n name) bool {
	return e.pattern(n) != nil
}

func (e *entry) pattern(n name) *pattern {
	for i := range e.patterns {
		for _, form := range n.forms {
			if e.patterns[i].fits(form) {
				return &e.patterns[i]
			}
		}
	}
	return nil
}

// tell writes what the entry says over what the model has.
func (e *entry) tell(m *Model, n name) {
	p := e.pattern(n)
	m.Name = p.text
	set(&m.Encoding, e.encoding)
	set(&m.Context, e.context)
	set(&m.Output, e.output)
	set(&m.Reasoning, e.reasoning)
	// A tag may mean a free, a halved or a local model, a fine-tuned one costs more: the price of the plain name is not theirs.
	if e.price != nil && (!n.special || p.tagged) {
		m.Price, m.Priced, m.AsOf = *e.price, true, e.asOf
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
