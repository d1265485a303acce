package fakellm

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A claim is one that the prompt asks to be judged: "Claim 2: Anyone can …", with its sentences as "- …" below it.
type claim struct {
	number  int
	carried bool // as far as a toy can tell
}

var (
	claimHeads = regexp.MustCompile(`(?m)^Claim (\d{1,4}): (.*)$`)
	longWords  = regexp.MustCompile(`\pL{4,}`)
)

// claimsIn finds the claims of a prompt. One counts as carried when its sentences have two of its longer words.
func claimsIn(user string) []claim {
	heads := claimHeads.FindAllStringSubmatchIndex(user, -1)
	var list []claim
	for i, h := range heads {
		end := len(user)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		n, _ := strconv.Atoi(user[h[2]:h[3]]) // at most four digits
		list = append(list, claim{n, shared(user[h[4]:h[5]], user[h[1]:end]) >= 2})
	}
	return list
}

// shared counts the longer words that two texts share, by their beginnings.
func shared(one, other string) int {
	stems := func(text string) []string {
		var list []string
		for _, w := range longWords.FindAllString(strings.ToLower(text), -1) {
			list = append(list, firstBytes(w, 5))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	n, others := 0, stems(other)
	for _, s := range stems(one) {
		if _, ok := slices.BinarySearch(others, s); ok {
			n++
		}
	}
	return n
}

func firstBytes(s string, n int) string { return s[:runeAt(s, min(n, len(s)))] }
