package document

import (
	"math"
	"sort"
	"strings"

	"github.com/klippa-app/go-pdfium/responses"
)

// A spanBuilder gathers letters into a span.
type spanBuilder struct {
	text    strings.Builder
	s       pdfSpan
	look    wordLook
	bases   []float64
	sizes   []float64
	letters int
	bold    int
	mono    int
	gap     bool // a blank waits
}

func (b *spanBuilder) space() {
	b.gap = b.letters > 0
	b.s.spaced = b.s.spaced || !b.gap
}

// ends reports whether a letter no longer belongs to the span: it looks different, stands on another line, or far off.
func (b *spanBuilder) ends(c *responses.GetPageTextStructuredChar, look wordLook) bool {
	if b.letters == 0 {
		return false
	}
	if look != b.look {
		return true
	}
	p := c.PointPosition
	size := math.Max(charSize(c), b.sizes[len(b.sizes)-1])
	if p.Left < b.s.right-2*size || p.Left > b.s.right+1.8*size {
		return true
	}
	return p.Bottom > b.s.top+0.2*size || p.Top < b.s.bottom-0.2*size
}

func (b *spanBuilder) add(c *responses.GetPageTextStructuredChar, look wordLook) {
	p := c.PointPosition
	if b.letters == 0 {
		b.look = look
		b.s = pdfSpan{left: p.Left, right: p.Right, top: p.Top, bottom: p.Bottom, spaced: b.s.spaced}
	} else if b.gap {
		b.text.WriteByte(' ')
	}
	b.gap = false
	b.text.WriteString(c.Text)
	b.s.left, b.s.right = math.Min(b.s.left, p.Left), math.Max(b.s.right, p.Right)
	b.s.bottom, b.s.top = math.Min(b.s.bottom, p.Bottom), math.Max(b.s.top, p.Top)
	b.letters++
	b.bases = append(b.bases, p.Bottom)
	b.sizes = append(b.sizes, charSize(c))
	if f := c.FontInformation; f != nil {
		if f.Weight >= 600 || boldFont().MatchString(f.Name) {
			b.bold++
		}
		if f.Flags&1 != 0 || monoFont().MatchString(f.Name) {
			b.mono++
		}
	}
}

func charSize(c *responses.GetPageTextStructuredChar) float64 {
	if c.FontInformation == nil {
		return 0
	}
	return c.FontInformation.RenderedSize
}

func (b *spanBuilder) span(page int) (pdfSpan, bool) {
	if b.letters == 0 {
		return pdfSpan{}, false
	}
	s := b.s
	s.text, s.page, s.hidden, s.tag = b.text.String(), page, b.look.hidden, b.look.tag
	s.base, s.size = median(b.bases), median(b.sizes)
	s.bold, s.mono = b.bold*10 >= b.letters*9, b.mono*10 >= b.letters*9
	return s, true
}

func median(v []float64) float64 {
	sort.Float64s(v)
	return v[len(v)/2]
}
