//go:build !unix

package main

// heedLimits has nothing to do where no such limits are.
func heedLimits() {}

// freeSpace does not know how much room is left where it is.
func freeSpace(string) (bytes uint64, known bool) { return 0, false }
