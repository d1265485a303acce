//go:build race

package review_test

// withRace is whether the race detector is on.
const withRace = true
