package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"syscall"

	"peerbot/config"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

// kept is an open store with its key proved, and what its engine can do beyond the
// contract.
type kept struct {
	storage.Store
	vault *storage.Vault
	file  *bolt.Store // file is nil for a store in memory.
	path  string
}

// ordered are the buckets that grow at their end.
var ordered = []storage.Bucket{"agenda.due", "letters.waiting"}

// openFile opens the store that the configuration names, and makes store and key at
// the first start.
func openFile(ctx context.Context, cfg config.Store, log *slog.Logger) (*kept, error) {
	file, err := bolt.Open(cfg.Path, bolt.Options{Log: log, Ordered: ordered})
	if err != nil {
		return nil, err
	}
	vault, err := unlock(ctx, file, cfg)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &kept{Store: file, vault: vault, file: file, path: cfg.Path}, nil
}

func unlock(ctx context.Context, s storage.Store, cfg config.Store) (*storage.Vault, error) {
	key, err := installKey(ctx, s, cfg)
	if err != nil {
		return nil, err
	}
	return storage.Unlock(ctx, s, key)
}

func installKey(ctx context.Context, s storage.Store, cfg config.Store) ([]byte, error) {
	if cfg.Key != "" {
		return storage.ParseKey(string(cfg.Key))
	}
	fresh, err := storage.Fresh(ctx, s)
	if err != nil {
		return nil, err
	}
	key, err := storage.LoadKey(keyPath(cfg), fresh, rand.Reader)
	return key, roomless(err)
}

func keyPath(cfg config.Store) string {
	if cfg.KeyFile != "" {
		return cfg.KeyFile
	}
	return cfg.Path + ".key"
}

// openMemory is a store that ends with the process.
func openMemory(ctx context.Context) (*kept, error) {
	key := make([]byte, storage.KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	store := mem.New()
	vault, err := storage.Unlock(ctx, store, key)
	return &kept{Store: store, vault: vault}, err
}

// Compact removes freed bytes from the file, for what was erased.
func (k *kept) Compact(ctx context.Context) error {
	if k.file == nil {
		return nil
	}
	return k.file.Compact(ctx)
}

// roomless adds storage.ErrFull to an error of the system that means it.
func roomless(err error) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return fmt.Errorf("%w: %w", storage.ErrFull, err)
		}
	}
	return err
}
