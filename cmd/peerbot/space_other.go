//go:build !linux && !darwin

package main

// freeSpace does not know how much room is left where it is.
func freeSpace(string) (bytes uint64, known bool) { return 0, false }
