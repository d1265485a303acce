//go:build race

package main

// withRace says that the race detector is at work, with which all takes eight times as long.
const withRace = true
