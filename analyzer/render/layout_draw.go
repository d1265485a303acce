package render

// draw turns ports and lanes into coordinates.
func (l *layouter) draw() *drawing {
	d := &drawing{}
	leftX := margin + zonePad
	hubX := margin
	if len(l.left.nodes) > 0 {
		hubX = leftX + nodeWidth + zonePad + labelWidth + l.channel(l.left)
	}
	rightX := hubX + productWide + l.channel(l.right) + labelWidth + zonePad
	bottom := max(l.left.bottom(), l.right.bottom())
	d.w = rightX + nodeWidth + zonePad + margin
	if len(l.right.nodes) == 0 {
		d.w = hubX + productWide + zonePad + margin
	}
	hubBottom := l.drawHub(d, hubX, bottom)
	d.h = max(bottom, hubBottom+l.below*laneWidth+zonePad) + margin
	l.drawSide(d, l.left, leftX)
	l.drawSide(d, l.right, rightX)
	f := frame{left: leftX + nodeWidth, right: rightX, hubLeft: hubX, hubRight: hubX + productWide, hubBottom: hubBottom}
	for _, r := range l.plans {
		d.wires = append(d.wires, l.wire(r, f))
	}
	return d
}

// channel returns the width that a side's lanes need.
func (l *layouter) channel(s *side) int {
	if len(s.lanes) == 0 {
		return zonePad
	}
	return zonePad + (len(s.lanes)+1)*laneWidth
}

// drawHub draws the product over all heights that wires reach it at, and returns where it and its frame end.
func (l *layouter) drawHub(d *drawing, x, bottom int) int {
	top := margin + zoneTitle + zonePad/2
	end := max(bottom-zonePad, top+60)
	d.nodes = append(d.nodes, box{x: x, y: top, w: productWide, h: end - top, lines: wrap(l.hub.name, productWide-16, 3), title: l.hub.name, zone: product})
	return end + zonePad
}

// drawSide draws a column's nodes and the frames of its zones.
func (l *layouter) drawSide(d *drawing, s *side, x int) {
	for _, n := range s.nodes {
		b := box{x: x, y: s.top[n], w: nodeWidth, h: s.high[n], lines: wrap(n.name, nodeWidth-16, 3), title: n.name, zone: n.zone}
		if b.h < 60 {
			b.lines = wrap(n.name, nodeWidth-16, 2)
		}
		d.nodes = append(d.nodes, b)
		if k := len(d.zones) - 1; k >= 0 && d.zones[k].zone == n.zone {
			d.zones[k].h = b.y + b.h + zonePad - d.zones[k].y
			continue
		}
		top := b.y - zonePad/2 - zoneTitle
		d.zones = append(d.zones, box{x: x - zonePad, y: top, w: nodeWidth + 2*zonePad, h: b.y + b.h + zonePad - top, title: zoneNames[n.zone], zone: n.zone})
	}
}

// A frame holds the heights and widths that wires turn at: where the columns and the product begin and end.
type frame struct {
	left, right       int // inner edges of the two columns
	hubLeft, hubRight int
	hubBottom         int // below this, wires pass under the product
}

// edge returns where a side's nodes end, hub where the product begins for them, lane where one of their lanes is.
func (f frame) edge(s *side) int {
	if s.left {
		return f.left
	}
	return f.right
}

func (f frame) hub(s *side) int {
	if s.left {
		return f.hubLeft
	}
	return f.hubRight
}

func (f frame) lane(s *side, n int) int {
	if s.left {
		return f.hubLeft - (n+1)*laneWidth
	}
	return f.hubRight + (n+1)*laneWidth
}

// wire returns the corners of one route, and its label where it leaves or reaches a column.
func (l *layouter) wire(r *route, f frame) wire {
	w := wire{edge: r.edge, lines: r.edge.lines()}
	a, b := l.at[r.from], l.at[r.to]
	switch {
	case a == nil:
		w.points = [][2]int{{f.hub(b), r.end.y}, {f.edge(b), r.end.y}}
	case b == nil:
		w.points = [][2]int{{f.edge(a), r.start.y}, {f.hub(a), r.start.y}}
	case a == b:
		x := f.lane(a, r.laneA)
		w.points = [][2]int{{f.edge(a), r.start.y}, {x, r.start.y}, {x, r.end.y}, {f.edge(a), r.end.y}}
	default:
		x, x2, y := f.lane(a, r.laneA), f.lane(b, r.laneB), f.hubBottom+r.under*laneWidth
		w.points = [][2]int{{f.edge(a), r.start.y}, {x, r.start.y}, {x, y}, {x2, y}, {x2, r.end.y}, {f.edge(b), r.end.y}}
	}
	s := a
	if s == nil {
		s = b
	}
	w.labelX, w.labelY = f.left+zonePad+labelWidth/2, w.points[0][1]-5
	if !s.left {
		w.labelX = f.right - zonePad - labelWidth/2
	}
	return w
}

// lines returns the label in at most two lines: as many names as fit whole, and how many more there are.
func (e *edge) lines() []string {
	for n := 4; n > 1; n-- {
		if lines := wrap(e.label(n), labelWidth-18, 3); len(lines) <= 2 {
			return lines
		}
	}
	return wrap(e.label(1), labelWidth-18, 2)
}
