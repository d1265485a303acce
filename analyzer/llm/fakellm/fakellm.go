// Package fakellm is a model server for tests and demos that speaks OpenAI's chat interface.
//
// In comes a script (replies by what a request holds, latency, faults); out comes an http.Handler that plays it, checks requests
// as strictly as the real one, counts tokens with a prefix cache, and logs what it was asked.
package fakellm
