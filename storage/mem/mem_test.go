package mem_test

import (
	"testing"

	"peerbot/storage"
	"peerbot/storage/mem"
	"peerbot/storage/storagetest"
)

func TestConform(t *testing.T) {
	storagetest.Conform(t, func(*testing.T) storage.Store { return mem.New() })
}
