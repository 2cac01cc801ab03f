//go:build !unix

package bolt

import (
	"io"
	"os"
)

// mapped reads the file's first size bytes; done has nothing to do.
func mapped(file *os.File, size int64) (data []byte, done func() error, err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(file, data)
	return data, func() error { return nil }, err
}
