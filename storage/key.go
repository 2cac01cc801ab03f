package storage

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// install holds one record, sealed for the install itself: it opens with the key
// that the store was begun with, and with no other.
const install Bucket = "install"

var checkKey = []byte("check")

// Unlock returns the Vault of the store, after it has proved that the install key is
// the store's; a new store is bound to it. ErrWrongKey: nothing was changed.
func Unlock(ctx context.Context, s Store, key []byte) (*Vault, error) {
	v, err := NewVault(key)
	if err != nil {
		return nil, err
	}
	fresh, err := Fresh(ctx, s)
	if err == nil && fresh {
		err = s.Update(ctx, v.bind)
	}
	if err == nil {
		err = s.View(ctx, v.prove)
	}
	if err != nil {
		return nil, fmt.Errorf("unlock the store: %w", err)
	}
	return v, nil
}

// Fresh reports whether the store has never been unlocked, and so holds nothing that
// an install key would be needed for.
func Fresh(ctx context.Context, s Store) (fresh bool, err error) {
	err = s.View(ctx, func(r Reader) error {
		_, err := r.Get(install, checkKey)
		if fresh = errors.Is(err, ErrNotFound); fresh {
			return nil
		}
		return err
	})
	return fresh, err
}

func (v *Vault) bind(tx Tx) error {
	sealed, err := v.Seal(tx, "", install, checkKey, nil)
	if err != nil {
		return err
	}
	return tx.Put(install, checkKey, sealed)
}

func (v *Vault) prove(r Reader) error {
	sealed, err := r.Get(install, checkKey)
	if err != nil {
		return err
	}
	if _, err := v.Open(r, "", install, checkKey, sealed); err != nil {
		return ErrWrongKey
	}
	return nil
}

// LoadKey reads the install key from the file at path. Where there is no file and
// the store is fresh, it makes one of 0600 with a key from random; it never writes
// over a file. ErrNoKey: there is no file, and the store's records need one.
func LoadKey(path string, fresh bool, random io.Reader) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !fresh {
			return nil, fmt.Errorf("read install key %s: %w", path, ErrNoKey)
		}
		return makeKey(path, random)
	}
	if err != nil {
		return nil, fmt.Errorf("read install key: %w", err)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("read install key %s: %w", path, err)
	}
	return key, nil
}

// ParseKey reads an install key from text: 64 hexadecimal digits, white space
// around them. The error never holds the text.
func ParseKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("not %d hexadecimal digits: %w", 2*KeySize, ErrWrongKey)
	}
	return key, nil
}

// makeKey writes a new key. The file takes its name when it is whole on the disk,
// by a link, which fails where a file has that name.
func makeKey(path string, random io.Reader) ([]byte, error) {
	key := make([]byte, KeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("make install key: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return nil, fmt.Errorf("make install key: %w", err)
	}
	_, err = fmt.Fprintf(part, "%x\n", key)
	if err = errors.Join(err, part.Sync(), part.Close()); err == nil {
		err = os.Link(part.Name(), path)
	}
	if err = errors.Join(err, os.Remove(part.Name()), syncFolder(path)); err != nil {
		return nil, fmt.Errorf("make install key: %w", err)
	}
	return key, nil
}

// syncFolder makes a file's new name last through a crash.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
