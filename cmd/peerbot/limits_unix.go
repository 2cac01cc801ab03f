//go:build unix

package main

import (
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// heedLimits lets a write beyond the largest file that is allowed fail as on a full
// disk, which people are told about, and not end the process.
func heedLimits() { signal.Ignore(syscall.SIGXFSZ) }

// freeSpace is how much room there is for us on the disk of the folder, or of the one
// that it will stand in.
func freeSpace(folder string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	err := unix.Statfs(folder, &s)
	for errors.Is(err, unix.ENOENT) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
		err = unix.Statfs(folder, &s)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), err == nil
}
