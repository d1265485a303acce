package near

import (
	"cmp"
	"slices"
)

// Threshold is the share of runs that documents have in common to be nearly the same: of two versions of a page that differ in one word of
// twenty it is about 0.75.
const Threshold = 0.7

// An Item is a document to compare.
type Item struct {
	Name   string
	Sketch []uint32 // as [Sketch] returned it; one of another length is left out
}

// A Group lists documents that are nearly the same, at least two. The first in the order of names stands for the group: each of the others was compared
// with it, so that a row of small steps from one document to another does not make them the same.
type Group struct {
	First  string
	Others []Other // in order of their names
}

// An Other is nearly the same as the first of its group.
type Other struct {
	Name  string
	Share float64 // of runs that it has in common with the first, as estimated: in steps of 1/64, give or take 0.06; 1 means the same text
}

// Names returns the names of all, the first first.
func (g *Group) Names() []string {
	names := []string{g.First}
	for _, o := range g.Others {
		names = append(names, o.Name)
	}
	return names
}

// Share returns how much two documents have in common, from 0 to 1, as estimated by their sketches.
func Share(a, b []uint32) float64 {
	if len(a) != Size || len(b) != Size {
		return 0
	}
	return float64(same(a, b)) / Size
}

func same(a, b []uint32) int {
	n := 0
	for i, v := range a {
		if v == b[i] {
			n++
		}
	}
	return n
}

// Sketches are compared only where all numbers of one of their bands are equal. Of documents that have 0.7 in common, 99 in 100 have such a
// band, and nearly all that have more.
const (
	bands = 16
	rows  = Size / bands
)

// crowd is how many documents are compared because of one and the same band. A band that more of them have is of a template's words, and tells
// nothing; documents that are the same have others in common.
const crowd = 64

// Groups puts documents that are nearly the same together. The order of the items does not matter. Groups are in the order of their first names.
func Groups(items []Item) []Group {
	order := make([]int32, 0, len(items))
	for i := range items {
		if len(items[i].Sketch) == Size {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(items[a].Name, items[b].Name), slices.Compare(items[a].Sketch, items[b].Sketch))
	})
	s := search{items: items, firsts: map[band][]int32{}, asked: make([]int32, len(items)), groupOf: map[int32]int{}}
	for n, i := range order {
		s.place(i, int32(n+1))
	}
	s.groups = slices.DeleteFunc(s.groups, func(g Group) bool { return len(g.Others) == 0 })
	return s.groups
}

// A band is a place in a sketch with what stands there.
type band struct {
	place  int
	values [rows]uint32
}

// A search has seen some items, in the order of names.
type search struct {
	items   []Item
	firsts  map[band][]int32 // items that are the first of a group, by band
	asked   []int32          // by item: the number of the last one that was compared with it
	groups  []Group          // one for each first, in order
	groupOf map[int32]int    // by first
}

// place puts an item, the num-th, into the group whose first it is most like, or makes it the first of its own.
func (s *search) place(i, num int32) {
	sketch := s.items[i].Sketch
	best, most := int32(-1), 0
	for place := range bands {
		for _, first := range s.firsts[bandOf(sketch, place)] {
			if s.asked[first] == num {
				continue
			}
			s.asked[first] = num
			if n := same(sketch, s.items[first].Sketch); n > most || n == most && n > 0 && s.groupOf[first] < s.groupOf[best] {
				best, most = first, n
			}
		}
	}
	if float64(most) >= Threshold*Size {
		g := &s.groups[s.groupOf[best]]
		g.Others = append(g.Others, Other{s.items[i].Name, float64(most) / Size})
		return
	}
	s.groupOf[i] = len(s.groups)
	s.groups = append(s.groups, Group{First: s.items[i].Name})
	for place := range bands {
		b := bandOf(sketch, place)
		if len(s.firsts[b]) < crowd {
			s.firsts[b] = append(s.firsts[b], i)
		}
	}
}

func bandOf(sketch []uint32, place int) band {
	return band{place, [rows]uint32(sketch[place*rows:])}
}
