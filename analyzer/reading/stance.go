package reading

// takeStances decides each sentence's stance from its words and its section's heading.
func (t *Text) takeStances() {}
