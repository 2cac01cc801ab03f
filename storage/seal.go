package storage

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// Vault holds the install key. It hashes ids before they become keys and seals
// values under a key of their owner, which is itself sealed under the install key
// and kept in the bucket "keys". Destroying the owner's key erases the owner.
//
// A sealed value is 0x01, the 8-byte name of the key, a random 24-byte nonce and
// the XChaCha20-Poly1305 box; bucket, key and owner are its associated data, so
// that a value moved elsewhere does not open. Vault caches no key: each Seal and
// Open reads the owner's key in its own transaction, and an erased one is gone at
// once. That read counts once a transaction and owner.
type Vault struct {
	hashes sync.Pool // hashes are HMACs under the key of the ids.
	wrap   ownKey    // wrap seals the owners' keys.
	own    ownKey    // own seals what is the install's.
}

// KeySize is the length of an install key in bytes.
const KeySize = 32

const (
	keys       Bucket = "keys"
	sealedV1          = 0x01
	nameSize          = 8
	headerSize        = 1 + nameSize + chacha20poly1305.NonceSizeX
)

// ownKey is a key with a name. The name tells a value sealed under an erased key
// from a damaged one when the owner has come back and has a new key.
type ownKey struct {
	name []byte
	box  cipher.AEAD
}

// NewVault takes the install key, KeySize bytes of randomness.
func NewVault(install []byte) (*Vault, error) {
	if len(install) != KeySize {
		return nil, fmt.Errorf("install key has %d bytes, not %d: %w", len(install), KeySize, ErrWrongKey)
	}
	var v Vault
	key, err := hkdf.Key(sha256.New, install, nil, "peerbot hash", KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	v.hashes.New = func() any { return hmac.New(sha256.New, key) }
	for info, to := range map[string]*ownKey{"peerbot wrap": &v.wrap, "peerbot own": &v.own} {
		secret, err := hkdf.Key(sha256.New, install, nil, info, KeySize)
		if err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
		if *to, err = newOwnKey(make([]byte, nameSize), secret); err != nil {
			return nil, err
		}
	}
	return &v, nil
}

func newOwnKey(name, secret []byte) (ownKey, error) {
	box, err := chacha20poly1305.NewX(secret)
	if err != nil {
		return ownKey{}, fmt.Errorf("key of %d bytes: %w", len(secret), err)
	}
	return ownKey{name: name, box: box}, nil
}

// ID is a keyed hash of the parts as 26 characters of base32, lower case: how a
// platform's id, a letter's id or a slot becomes a key. Equal parts give equal ids
// within an install and nowhere else.
func (v *Vault) ID(parts ...string) string {
	h := v.hashes.Get().(hash.Hash)
	defer v.hashes.Put(h)
	h.Reset()
	var space [128]byte
	text := space[:0]
	for _, p := range parts {
		text = append(binary.AppendUvarint(text, uint64(len(p))), p...)
	}
	h.Write(text)
	return lower32.EncodeToString(h.Sum(space[:0])[:16])
}

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Seal encrypts plain under owner's key, which is made on first use; bucket and key
// are bound to it. Owner "" is the install itself, which cannot be erased. It costs
// one read of a transaction, and one write when the key is made; none for "".
func (v *Vault) Seal(tx Tx, owner string, b Bucket, key, plain []byte) ([]byte, error) {
	k, err := v.find(tx, owner)
	if errors.Is(err, ErrErased) {
		k, err = v.make(tx, owner)
	}
	if err != nil {
		return nil, fmt.Errorf("seal in %s: %w", b, err)
	}
	return k.seal(plain, bound(b, key, owner)), nil
}

// Open undoes Seal. ErrErased: the owner's key is gone, or it is a new one since
// they came back. ErrDamaged: the value was changed, or sealed for another place.
func (v *Vault) Open(r Reader, owner string, b Bucket, key, sealed []byte) ([]byte, error) {
	k, err := v.find(r, owner)
	if err != nil {
		return nil, fmt.Errorf("open in %s: %w", b, err)
	}
	plain, err := k.open(sealed, bound(b, key, owner))
	if err != nil {
		return nil, fmt.Errorf("open in %s: %w", b, err)
	}
	return plain, nil
}

// Erase destroys the owner's key. Everything sealed under it is lost at once; the
// bytes leave the file with the next compaction. An owner who comes back gets a new key.
func (v *Vault) Erase(tx Tx, owner string) error {
	return tx.Delete(keys, v.keyOf(owner))
}

func (v *Vault) keyOf(owner string) []byte { return []byte(v.ID("key of", owner)) }

// find returns the owner's key, or ErrErased when there is none.
func (v *Vault) find(r Reader, owner string) (ownKey, error) {
	if owner == "" {
		return v.own, nil
	}
	at := v.keyOf(owner)
	wrapped, err := r.Get(keys, at)
	if errors.Is(err, ErrNotFound) {
		return ownKey{}, ErrErased
	}
	if err != nil {
		return ownKey{}, err
	}
	plain, err := v.wrap.open(wrapped, bound(keys, at, owner))
	if err != nil {
		return ownKey{}, err
	}
	return newOwnKey(plain[:nameSize], plain[nameSize:])
}

// make gives the owner a fresh key and keeps it wrapped. Keys and nonces come from
// crypto/rand and from nowhere else: here a caller's choice could only do harm.
func (v *Vault) make(tx Tx, owner string) (ownKey, error) {
	plain := random(nameSize + KeySize)
	at := v.keyOf(owner)
	if err := tx.Put(keys, at, v.wrap.seal(plain, bound(keys, at, owner))); err != nil {
		return ownKey{}, err
	}
	return newOwnKey(plain[:nameSize], plain[nameSize:])
}

func (k ownKey) seal(plain, bound []byte) []byte {
	out := make([]byte, 0, headerSize+len(plain)+k.box.Overhead())
	out = append(out, sealedV1)
	out = append(out, k.name...)
	out = append(out, random(chacha20poly1305.NonceSizeX)...)
	return k.box.Seal(out, out[1+nameSize:], plain, bound)
}

func (k ownKey) open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < headerSize || sealed[0] != sealedV1 {
		return nil, ErrDamaged
	}
	if string(sealed[1:1+nameSize]) != string(k.name) {
		return nil, ErrErased
	}
	plain, err := k.box.Open(nil, sealed[1+nameSize:headerSize], sealed[headerSize:], bound)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// bound is the associated data: the three parts, each with its length before it.
func bound(b Bucket, key []byte, owner string) []byte {
	var out []byte
	for _, part := range []string{string(b), string(key), owner} {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

// random returns n random bytes; crypto/rand.Read never fails.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
