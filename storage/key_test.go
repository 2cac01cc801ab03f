package storage_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peerbot/storage"
	"peerbot/storage/mem"
)

// zeros is a source of randomness that is none.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestLoadKey(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db.key")
	_, err := storage.LoadKey(path, false, zeros{})
	wantErr(t, "a missing one", err, storage.ErrNoKey)
	if _, err := storage.LoadKey(path, true, io.LimitReader(zeros{}, 31)); err == nil {
		t.Error("made of too little randomness")
	}
	made, err := storage.LoadKey(path, true, io.MultiReader(strings.NewReader(strings.Repeat("k", 16)), zeros{}))
	if want := append(bytes.Repeat([]byte("k"), 16), make([]byte, 16)...); err != nil || !bytes.Equal(made, want) {
		t.Errorf("made %x, %v", made, err)
	}
	for _, fresh := range []bool{false, true} {
		if got, err := storage.LoadKey(path, fresh, zeros{}); err != nil || !bytes.Equal(got, made) {
			t.Errorf("loaded %x, %v, want %x", got, err, made)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("its rights: %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
	if _, err := storage.LoadKey(filepath.Join(dir, "none", "key"), true, zeros{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a missing folder: %v", err)
	}
}

func TestParseKey(t *testing.T) {
	good := strings.Repeat("0f", storage.KeySize)
	if key, err := storage.ParseKey(" " + good + "\r\n"); err != nil || !bytes.Equal(key, bytes.Repeat([]byte{15}, storage.KeySize)) {
		t.Errorf("%x, %v", key, err)
	}
	for _, bad := range []string{"", "0", good[:62], good + "00", good[:62] + "xy", good[:32] + " " + good[32:]} {
		_, err := storage.ParseKey(bad)
		wantErr(t, bad, err, storage.ErrWrongKey)
		if bad != "" && bad != "0" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}

func TestUnlock(t *testing.T) {
	s, ctx := mem.New(), t.Context()
	right, wrong := bytes.Repeat([]byte{1}, storage.KeySize), bytes.Repeat([]byte{2}, storage.KeySize)
	fresh := func(want bool) {
		t.Helper()
		if got, err := storage.Fresh(ctx, s); err != nil || got != want {
			t.Errorf("fresh: %v, %v, want %v", got, err, want)
		}
	}
	fresh(true)
	v, err := storage.Unlock(ctx, s, right)
	if err != nil || v.ID("x") != vault(t, 1).ID("x") {
		t.Fatalf("the first time: %v", err)
	}
	fresh(false)
	if _, err := storage.Unlock(ctx, s, right); err != nil {
		t.Errorf("again: %v", err)
	}
	_, err = storage.Unlock(ctx, s, wrong)
	wantErr(t, "with another key", err, storage.ErrWrongKey)
	_, err = storage.Unlock(ctx, s, right[:31])
	wantErr(t, "with half a key", err, storage.ErrWrongKey)
	if _, err := storage.Unlock(ctx, s, right); err != nil {
		t.Errorf("after a wrong one: %v", err)
	}
}
