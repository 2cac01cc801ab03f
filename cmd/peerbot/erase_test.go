package main

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/chacha20"

	"peerbot/storage"
)

// TestAfterEraseNothingIsLeft erases one of several people. Then a thief with the
// install key and all files finds nothing of them, and everything of the others.
func TestAfterEraseNothingIsLeft(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t)
	synctest.Test(t, func(t *testing.T) {
		s := perform(t, inFile, cfg)
		defer s.stop()
		s.playEvening()
		time.Sleep(28 * time.Hour) // Some letters have gone out, some are to come.
		ids, others := idsOf(t, s.p.store.vault, owner), []string{"teal open note", "Circle of the Falcon"}
		loot := s.plunder()
		loot.has("before", true, ofOwner...)
		loot.has("before", true, others...)
		s.say(owner + ": /privacy erase")
		s.say(owner + ": [Erase everything]")
		loot = s.plunder()
		loot.has("after", false, append(ids, ofOwner...)...)
		loot.has("after", true, others...)
		for _, c := range canaries {
			c.missing(t, contents(t, filepath.Dir(cfg.Store.Path))) // The log of erasures too.
		}
		s.say(owner + ": /privacy show")
		s.sees("Nothing is kept about you.", 1)
		before := s.out.String()
		time.Sleep(72 * time.Hour)
		s.plunder().has("three days later", false, ofOwner...)
		if after := s.out.String()[len(before):]; strings.Contains(after, owner) {
			t.Errorf("somebody who was erased is still written to:\n%s", after)
		}
	})
}

// loot is what a thief has.
type loot struct {
	t    *testing.T
	text []byte
}

// has fails unless each of the texts is among the loot, or none is.
func (l loot) has(when string, want bool, texts ...string) {
	l.t.Helper()
	for _, text := range texts {
		if (canary{text: text}).found(l.text) != want {
			l.t.Errorf("%s the thief has %q: %v, want %v", when, text, !want, want)
		}
	}
}

// idsOf are the names under which a member is known in the store, as text and as the
// bytes that the text stands for.
func idsOf(t *testing.T, v *storage.Vault, who string) (ids []string) {
	t.Helper()
	member := v.ID("member", "console", who)
	for _, id := range []string{member, v.ID("key of", member), v.ID("draft", "console", who, "")} {
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(id))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id, string(raw))
	}
	return ids
}

// How a sealed value begins, as storage.Vault says: a version, the name of the key,
// and a nonce.
const (
	version1  = 0x01
	nameSize  = 8
	boxAt     = 1 + nameSize + chacha20.NonceSizeX
	longest   = 8 << 10 // longest is how much of a value is undone, in bytes.
	installed = "\x00\x00\x00\x00\x00\x00\x00\x00"
)

// plunder is all that someone can read who has the install key and every file but
// the log of erasures: what stands in the clear, and every sealed value opened with
// every key that can be had. A thief does not care whether a value is whole or lies
// where it belongs, in a record or on a free page: the stream behind whatever looks
// like the beginning of one is undone.
func (s *stage) plunder() loot {
	s.t.Helper()
	install, err := installKey(s.t.Context(), s.p.store, s.p.cfg.Store)
	if err != nil {
		s.t.Fatal(err)
	}
	var files []byte
	for name, content := range contents(s.t, filepath.Dir(s.p.cfg.Store.Path)) {
		if !strings.HasSuffix(name, ".erased") {
			files = append(files, content...)
		}
	}
	values := map[string][][]byte{} // by the name of their key
	for i := range max(0, len(files)-boxAt) {
		if files[i] == version1 {
			name := string(files[i+1 : i+1+nameSize])
			values[name] = append(values[name], files[i+1+nameSize:min(i+longest, len(files))])
		}
	}
	keys := map[string][]byte{installed: derive(s.t, install, "peerbot own")}
	for _, wrapped := range values[installed] {
		if own := undo(s.t, derive(s.t, install, "peerbot wrap"), wrapped); len(own) >= nameSize+storage.KeySize {
			keys[string(own[:nameSize])] = own[nameSize : nameSize+storage.KeySize]
		}
	}
	l := loot{s.t, files}
	for name, key := range keys {
		for _, value := range values[name] {
			l.text = append(l.text, undo(s.t, key, value)...)
		}
	}
	return l
}

func derive(t *testing.T, install []byte, use string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, install, nil, use, storage.KeySize)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// undo decrypts what follows a nonce, and leaves out to ask whether it was changed.
func undo(t *testing.T, key, value []byte) []byte {
	t.Helper()
	stream, err := chacha20.NewUnauthenticatedCipher(key, value[:chacha20.NonceSizeX])
	if err != nil {
		t.Fatal(err)
	}
	stream.SetCounter(1) // Block 0 made the key of the seal.
	plain := make([]byte, len(value)-chacha20.NonceSizeX)
	stream.XORKeyStream(plain, value[chacha20.NonceSizeX:])
	return plain
}
