package member

import (
	"errors"
	"fmt"
	"time"

	"peerbot/storage"
)

// block says that one person wants nothing to do with another. Its key is a keyed
// hash of both, in this order, and By one of the first: nobody can read from the
// store who is meant, and it outlives the one who was blocked.
type block struct {
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

func blocksTable(vault *storage.Vault) storage.Table[block] {
	return storage.Table[block]{Bucket: "blocks", Vault: vault, Version: 1,
		Owner: func(block) string { return "" },
		Indexes: []storage.Index[block]{
			{Name: "by", Keys: func(b block) []string { return []string{b.By} }},
		}}
}

// MayMeet is the one gate before every one-to-one contact: age band, blocks, pairs
// that ended. Someone who did not say their age meets no minor and is taken for none.
func (m *Members) MayMeet(r storage.Reader, a, b string) (bool, error) {
	if a == b {
		return false, nil
	}
	first, err := m.Get(r, a)
	if err != nil {
		return false, err
	}
	second, err := m.Get(r, b)
	if err != nil {
		return false, err
	}
	if (first.Band == Minor) != (second.Band == Minor) {
		return false, nil
	}
	apart, err := m.apart(r, a, b)
	return !apart, err
}

// apart reports whether either of the two blocked the other.
func (m *Members) apart(r storage.Reader, a, b string) (bool, error) {
	for _, key := range []string{m.blockKey(a, b), m.blockKey(b, a)} {
		_, err := m.blocks.Get(r, key)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return true, fmt.Errorf("block: %w", err)
		}
	}
	return false, nil
}

// Block keeps b from ever being brought together with a; b never learns.
func (m *Members) Block(tx storage.Tx, a, b string, now time.Time) error {
	v := block{By: m.blocker(a), Since: now}
	if err := m.blocks.Put(tx, m.blockKey(a, b), v); err != nil {
		return fmt.Errorf("block: %w", err)
	}
	return nil
}

func (m *Members) blockKey(a, b string) string { return m.vault.ID("block", a, b) }

func (m *Members) blocker(a string) string { return m.vault.ID("blocker", a) }
