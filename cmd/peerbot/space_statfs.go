//go:build linux || darwin

package main

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeSpace is how much room there is for us on the disk of the folder, or of the one
// that it will stand in.
func freeSpace(folder string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	err := unix.Statfs(folder, &s)
	for errors.Is(err, unix.ENOENT) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
		err = unix.Statfs(folder, &s)
	}
	return s.Bavail * uint64(s.Bsize), err == nil
}
