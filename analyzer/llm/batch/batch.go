// Package batch asks a model through the provider's Batch API, which takes hours and costs half.
//
// In come questions that no reply is known of; out goes one batch of them, and later their replies into the cache. What is on its way is
// kept in a folder, so that another run, on another machine, goes on.
package batch
