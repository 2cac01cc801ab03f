package bolt

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// others are the rights of everybody but the owner.
const others = 0o077

var (
	errShared = errors.New("the folder holds other things too")
	errNoFile = errors.New("something stands there that is no file; give the store a name of its own")
)

// makePrivate sees to it that nobody but the owner reads the store. A folder that
// holds other things is left alone, for it may be the system's; the log says so.
func makePrivate(path string, log *slog.Logger) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return errNoFile
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	switch narrowed, err := narrowFolder(folder, filepath.Base(path)); {
	case err != nil:
		log.Warn("others can look into the folder of the store", "folder", folder, "cause", err)
	case narrowed:
		log.Info("rights of the store's folder narrowed to 0700", "folder", folder)
	}
	switch narrowed, err := narrow(path, fileMode); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fmt.Errorf("narrow the rights: %w", err)
	case narrowed:
		log.Info("rights of the store narrowed to 0600", "file", path)
	}
	return nil
}

// narrowFolder takes others' rights from a folder that holds nothing but the store.
func narrowFolder(folder, store string) (bool, error) {
	info, err := os.Stat(folder)
	if err != nil || info.Mode()&others == 0 {
		return false, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), store) {
			return false, errShared
		}
	}
	return narrow(folder, folderMode)
}

// narrow takes others' rights away, if they have any.
func narrow(path string, mode os.FileMode) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&others == 0 {
		return false, err
	}
	return true, os.Chmod(path, mode)
}
