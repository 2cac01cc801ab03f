//go:build unix

package bolt

import (
	"os"
	"syscall"
)

// mapped shows the file's first size bytes as they are on the disk, until done is
// called. Reading them where the disk fails is a fault: see guard.
func mapped(file *os.File, size int64) (data []byte, done func() error, err error) {
	data, err = syscall.Mmap(int(file.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	return data, func() error { return syscall.Munmap(data) }, err
}
