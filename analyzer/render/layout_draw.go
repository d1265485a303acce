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
	for _, r := range l.plans {
		d.wires = append(d.wires, l.wire(r, leftX+nodeWidth, hubX, rightX, hubBottom))
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

// wire returns the corners of one route.
func (l *layouter) wire(r *route, leftEdge, hubX, rightEdge, hubBottom int) wire {
	hubEnd := hubX + productWide
	edgeOf := func(s *side) int {
		if s.left {
			return leftEdge
		}
		return rightEdge
	}
	hubOf := func(s *side) int {
		if s.left {
			return hubX
		}
		return hubEnd
	}
	laneOf := func(s *side, lane int) int {
		if s.left {
			return hubX - (lane+1)*laneWidth
		}
		return hubEnd + (lane+1)*laneWidth
	}
	w := wire{edge: r.edge, lines: r.edge.lines()}
	a, b := l.at[r.from], l.at[r.to]
	switch {
	case a == nil:
		w.points = [][2]int{{hubOf(b), r.end.y}, {edgeOf(b), r.end.y}}
	case b == nil:
		w.points = [][2]int{{edgeOf(a), r.start.y}, {hubOf(a), r.start.y}}
	case a == b:
		x := laneOf(a, r.laneA)
		w.points = [][2]int{{edgeOf(a), r.start.y}, {x, r.start.y}, {x, r.end.y}, {edgeOf(a), r.end.y}}
	default:
		x, x2, y := laneOf(a, r.laneA), laneOf(b, r.laneB), hubBottom+r.under*laneWidth
		w.points = [][2]int{{edgeOf(a), r.start.y}, {x, r.start.y}, {x, y}, {x2, y}, {x2, r.end.y}, {edgeOf(b), r.end.y}}
	}
	s, y := a, 0
	if s == nil {
		s, y = b, r.end.y
	} else {
		y = r.start.y
	}
	w.labelX, w.labelY = leftEdge+zonePad+labelWidth/2, y-5
	if !s.left {
		w.labelX = rightEdge - zonePad - labelWidth/2
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
