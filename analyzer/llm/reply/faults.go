package reply

import (
	"fmt"
	"strings"
)

// faults gathers what was wrong, each with its place.
type faults struct {
	said []string
	more int // that had no room
}

func (f *faults) add(at *place, format string, args ...any) {
	if len(f.said) == mostFaults {
		f.more++
		return
	}
	text := fmt.Sprintf(format, args...)
	if where := at.String(); where != "" {
		text = where + ": " + text
	}
	f.said = append(f.said, text)
}

// reset forgets what was said since a mark, the length and more of that time.
func (f *faults) reset(mark faults) { f.said, f.more = f.said[:len(mark.said)], mark.more }

func (f *faults) list() []string {
	if f.more == 0 {
		return f.said
	}
	return append(f.said[:len(f.said):len(f.said)], fmt.Sprintf("and %d more", f.more))
}

// A place is where in the wanted form something stands. The zero place is the root.
type place struct {
	above *place
	name  string // of a property; "" for an item of a list
	item  int    // 1-based
}

// String tells the place from the inside out: `"reach" in item 3 of abuse_cases`.
func (p *place) String() string {
	var parts []string
	for ; p != nil; p = p.above {
		switch {
		case p.name == "" && p.above != nil && p.above.name != "":
			parts = append(parts, fmt.Sprintf("item %d of %s", p.item, p.above.name))
			p = p.above
		case p.name == "":
			parts = append(parts, fmt.Sprintf("item %d", p.item))
		default:
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, " in ")
}

// quote shows what a model wrote, in short.
func quote(text string) string {
	text, _ = clean(text, 40)
	return fmt.Sprintf("%q", text)
}
