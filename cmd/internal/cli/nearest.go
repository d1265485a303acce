package cli

// nearest returns the name that is most like word, when one is like it at all. The first of equals wins.
func nearest(word string, names []string) (string, bool) {
	best, found := "", false
	least := 1 + len(word)/3
	for _, name := range names {
		if d := distance(word, name); d < least || (d == least && !found) {
			best, least, found = name, d, true
		}
	}
	return best, found
}

// distance counts the letters to add, leave out or replace to turn a into b. Two neighbours swapped count as one.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows = [3][]int{last, row, before}
	}
	return rows[1][len(b)]
}
