// Package gate decides whether findings fail a check: those that are pressing, undecided and not in the baseline.
//
// In come records, decisions and a baseline; out come a verdict and its forms for people, code hosts and test runners.
package gate
