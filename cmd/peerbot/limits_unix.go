//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// heedLimits lets a write beyond the largest file that is allowed fail as on a full
// disk, which people are told about, and not end the process.
func heedLimits() { signal.Ignore(syscall.SIGXFSZ) }
