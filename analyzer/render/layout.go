package render

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Sizes of the drawing, in SVG units; one is a CSS pixel at full size.
const (
	nodeWidth   = 146
	productWide = 96
	labelWidth  = 172 // of the strip between a column and the product that labels stand in
	laneHeight  = 42  // of one port: a label of two lines and the line itself
	laneWidth   = 12  // between two vertical stretches
	nodeGap     = 14
	zoneGap     = 30
	zonePad     = 14
	zoneTitle   = 26
	margin      = 8
	lineHeight  = 14
	fontSize    = 12
)

// A box is a rectangle with lines of text.
type box struct {
	x, y, w, h int
	lines      []string
	title      string // in full
	zone       zone
}

// A wire is an edge as drawn: corners from its source to its destination, and its label's lines over the first stretch.
type wire struct {
	*edge
	points         [][2]int
	lines          []string
	labelX, labelY int // middle of the label, base line of its last line
}

// A drawing is a graph laid out.
type drawing struct {
	w, h  int
	zones []box
	nodes []box
	wires []wire
}

// A port is where a wire meets a node: a height of its own, so that no two wires share a horizontal stretch.
type port struct {
	y int
}

// A side is one of the two columns at the product's sides.
type side struct {
	left  bool
	nodes []*node
	ports map[*node][]*port
	lanes lanes
	top   map[*node]int
	high  map[*node]int
}

// layout puts people and staff to the left of the product, internal systems and vendors to its right. The product is one
// tall box, so that what goes in or out is a straight line at the height of the other end; all other wires turn in a channel
// beside the product, and pass below it.
func layout(g *graph) *drawing {
	l := &layouter{g: g, at: map[*node]*side{}, hub: &node{name: zoneNames[product], zone: product}}
	l.left, l.right = l.newSide(true, people, staff), l.newSide(false, internal, outside)
	l.plan()
	l.channels()
	return l.draw()
}

type layouter struct {
	g           *graph
	left, right *side
	at          map[*node]*side // nil for the product
	hub         *node           // drawn also when nothing reaches it: it is what the document is about
	plans       []*route
	below       int // wires that pass below the product
}

// A route is an edge with its ports.
type route struct {
	*edge
	start, end *port // nil at the product
	laneA      int   // of the channel on the source's side, counted from the product
	laneB      int   // on the destination's, if that is the other side
	under      int   // which of the wires below the product, from 0
}

func (l *layouter) newSide(left bool, zones ...zone) *side {
	s := &side{left: left, ports: map[*node][]*port{}, top: map[*node]int{}, high: map[*node]int{}}
	for _, z := range zones {
		for _, n := range l.g.nodes {
			if n.zone == z {
				s.nodes = append(s.nodes, n)
				l.at[n] = s
			}
		}
	}
	return s
}

// plan gives every wire its ports and every node its height and place.
func (l *layouter) plan() {
	for _, e := range l.g.edges {
		r := &route{edge: e}
		if s := l.at[e.from]; s != nil {
			r.start = s.port(e.from)
		}
		if s := l.at[e.to]; s != nil {
			r.end = s.port(e.to)
		}
		l.plans = append(l.plans, r)
	}
	for _, s := range []*side{l.left, l.right} {
		s.place()
	}
}

func (s *side) port(n *node) *port {
	p := &port{}
	s.ports[n] = append(s.ports[n], p)
	return p
}

// place stacks the side's nodes, each as high as its ports need, zones apart.
func (s *side) place() {
	y := margin
	last := zone(-1)
	for _, n := range s.nodes {
		if n.zone != last {
			if last >= 0 {
				y += zonePad + zoneGap - nodeGap
			}
			y += zoneTitle + zonePad/2
			last = n.zone
		}
		h := max(len(s.ports[n])*laneHeight, 44)
		s.top[n], s.high[n] = y, h
		first := y + (h-len(s.ports[n])*laneHeight)/2
		for i, p := range s.ports[n] {
			p.y = first + i*laneHeight + laneHeight - 12
		}
		y += h + nodeGap
	}
}

// bottom returns where the side's last box ends, its zone's frame included.
func (s *side) bottom() int {
	if len(s.nodes) == 0 {
		return 0
	}
	n := s.nodes[len(s.nodes)-1]
	return s.top[n] + s.high[n] + zonePad
}

// lanes hands out vertical lanes so that two stretches in one lane never meet.
type lanes [][][2]int

// take returns the first lane that is free from one height to another.
func (ls *lanes) take(a, b int) int {
	if a > b {
		a, b = b, a
	}
	for i, lane := range *ls {
		free := true
		for _, t := range lane {
			if a <= t[1]+laneHeight/2 && t[0] <= b+laneHeight/2 {
				free = false
			}
		}
		if free {
			(*ls)[i] = append(lane, [2]int{a, b})
			return i
		}
	}
	*ls = append(*ls, [][2]int{{a, b}})
	return len(*ls) - 1
}

// channels gives every wire that does not end at the product its lanes.
func (l *layouter) channels() {
	const deep = 1 << 20 // below everything
	bent := make([]*route, 0, len(l.plans))
	for _, r := range l.plans {
		if r.start != nil && r.end != nil {
			bent = append(bent, r)
		}
	}
	sort.SliceStable(bent, func(i, j int) bool { return bent[i].span() < bent[j].span() })
	for _, r := range bent {
		a, b := l.at[r.from], l.at[r.to]
		if a == b {
			r.laneA = a.lanes.take(r.start.y, r.end.y)
			continue
		}
		r.laneA, r.laneB, r.under = a.lanes.take(r.start.y, deep), b.lanes.take(r.end.y, deep), l.below
		l.below++
	}
}

func (r *route) span() int { return max(r.start.y-r.end.y, r.end.y-r.start.y) }

// wrap breaks text into at most n lines that fit the width; what is cut ends in an ellipsis.
func wrap(text string, width, n int) []string {
	var lines []string
	line := ""
	words := strings.Fields(text)
	for len(words) > 0 {
		word := words[0]
		try := strings.TrimSpace(line + " " + word)
		if textWidth(try) <= width {
			line, words = try, words[1:]
			continue
		}
		if line == "" {
			head := fitting(word, width)
			line, words[0] = head, word[len(head):]
		}
		if len(lines) == n-1 {
			return append(lines, ellipsis(line, width))
		}
		lines, line = append(lines, line), ""
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting returns as much of a long word as fits the width, at least one character.
func fitting(word string, width int) string {
	for i := range word {
		if _, size := utf8.DecodeRuneInString(word[i:]); textWidth(word[:i+size]) > width && i > 0 {
			return word[:i]
		}
	}
	return word
}

func ellipsis(line string, width int) string {
	for line != "" && textWidth(line+"…") > width {
		_, size := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-size]
	}
	return strings.TrimRight(line, " ,") + "…"
}

// textWidth estimates how wide s is at the drawing's font size, on the safe side of the usual sans-serif fonts.
func textWidth(s string) int {
	w := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljtfrI.,:;'!|()[] ", r):
			w += 45
		case strings.ContainsRune("mwMW@%—…", r):
			w += 110
		case r >= 0x1100:
			w += 125
		case r >= 'A' && r <= 'Z':
			w += 88
		default:
			w += 74
		}
	}
	return w * fontSize / 125
}
