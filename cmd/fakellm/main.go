// Fakellm serves a model that plays a script, for tests and demos without a key.
package main

func main() {}
