package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"peerbot/storage"
)

// kinds says which of storage's errors an error of bbolt or of the system is.
var kinds = []struct {
	is   error
	errs []error
}{
	{storage.ErrInUse, []error{berrors.ErrTimeout}},
	{storage.ErrClosed, []error{berrors.ErrDatabaseNotOpen, berrors.ErrTxClosed}},
	{storage.ErrDamaged, []error{berrors.ErrInvalid, berrors.ErrChecksum, berrors.ErrVersionMismatch, berrors.ErrInvalidMapping}},
	{storage.ErrReadOnly, []error{fs.ErrPermission, syscall.EROFS}},
	{storage.ErrFull, []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}},
}

// known adds storage's error to one that has a meaning there. Some errors of bbolt
// hold the system's as text alone ("file resize error: %s"), hence the second look.
func known(err error) error {
	if err == nil {
		return nil
	}
	for _, kind := range kinds {
		for _, e := range kind.errs {
			var system syscall.Errno
			if errors.Is(err, e) || errors.As(e, &system) && strings.Contains(err.Error(), e.Error()) {
				return fmt.Errorf("%w: %w", kind.is, err)
			}
		}
	}
	return err
}

// guard runs what touches the file. bbolt panics over a damaged page, and a page
// that is missing from the file is a memory fault: both become ErrDamaged.
func guard(touch func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", storage.ErrDamaged, p)
		}
	}()
	return touch()
}
