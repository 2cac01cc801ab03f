package bolt_test

import (
	"path/filepath"
	"testing"

	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/storagetest"
)

func TestConform(t *testing.T) {
	storagetest.Conform(t, func(t *testing.T) storage.Store {
		return open(t, filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	})
}

func open(t testing.TB, path string, o bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // Most tests have closed it themselves.
	return s
}
