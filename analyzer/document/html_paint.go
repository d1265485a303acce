package document

import (
	"strconv"
	"strings"
)

var namedPaints = map[string]paint{"white": white, "black": 0, "red": 0xff0000, "blue": 0x0000ff, "green": 0x008000,
	"gray": 0x808080, "grey": 0x808080, "silver": 0xc0c0c0, "snow": 0xfffafa, "ivory": 0xfffff0, "whitesmoke": 0xf5f5f5,
	"yellow": 0xffff00, "navy": 0x000080, "transparent": transparent,
	"inherit": unpainted, "initial": unpainted, "unset": unpainted, "none": transparent, "currentcolor": unpainted}

// parsePaint reads a colour as CSS and old attributes write it. Of a background with more than a colour it tells only that
// there is something.
func parsePaint(value string) paint {
	value = strings.ToLower(strings.TrimSpace(value))
	if p, ok := namedPaints[value]; ok {
		return p
	}
	if strings.HasPrefix(value, "#") {
		return hexPaint(value[1:])
	}
	if inner, ok := strings.CutPrefix(value, "rgb"); ok {
		return rgbPaint(inner)
	}
	if first, _, more := strings.Cut(value, " "); more && !strings.Contains(value, "url(") {
		return parsePaint(first)
	}
	return otherPaint
}

func hexPaint(digits string) paint {
	digits, _, _ = strings.Cut(digits, " ")
	switch len(digits) {
	case 4, 8:
		if strings.Trim(digits[len(digits)/4*3:], "0") == "" {
			return transparent
		}
		digits = digits[:len(digits)/4*3]
	}
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 24)
	if err != nil || len(digits) != 6 {
		return otherPaint
	}
	return paint(n)
}

// rgbPaint reads what follows "rgb": "(255, 255, 255)", "a(0 0 0 / 0)".
func rgbPaint(s string) paint {
	s = strings.TrimPrefix(s, "a")
	inner, _, _ := strings.Cut(strings.TrimPrefix(s, "("), ")")
	parts := strings.FieldsFunc(inner, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) < 3 {
		return otherPaint
	}
	var c paint
	for _, p := range parts[:3] {
		n, ok := cssNumber(p)
		if strings.HasSuffix(p, "%") {
			n *= 2.55
		}
		if !ok || n < 0 || n > 255 {
			return otherPaint
		}
		c = c<<8 | paint(n+0.5)
	}
	if len(parts) > 3 {
		if alpha, ok := cssNumber(parts[3]); ok && alpha < 0.05 {
			return transparent
		}
	}
	return c
}
