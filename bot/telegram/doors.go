package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"peerbot/storage"
)

// doors knows who has opened their private chat with the bot: a bot cannot do that
// itself. A person stands there as a keyed hash and nothing else of them.
type doors struct {
	store storage.Store
	vault *storage.Vault
	table storage.Table[door]

	mu   sync.Mutex
	open map[int64]bool // open are doors that were seen open lately, so that nothing is read for them.
}

// door is a private chat that is open.
type door struct {
	Told bool `json:"told,omitempty"` // Told: the person knows that what they type in a group stays there.
}

// maxDoors bounds the doors that are remembered in memory.
const maxDoors = 10_000

func newDoors(store storage.Store, vault *storage.Vault) *doors {
	return &doors{
		store: store, vault: vault, open: map[int64]bool{},
		table: storage.Table[door]{Bucket: "telegram.doors", Vault: vault, Version: 1},
	}
}

func (d *doors) key(id int64) string { return d.vault.ID("telegram door", strconv.FormatInt(id, 10)) }

// note remembers an open door and reports whether it was shut before.
func (d *doors) note(ctx context.Context, id int64) (opened bool, err error) {
	if d.isOpen(ctx, id) {
		return false, nil
	}
	err = d.store.Update(ctx, func(tx storage.Tx) error {
		_, err := d.table.Get(tx, d.key(id))
		if opened = errors.Is(err, storage.ErrNotFound); opened {
			err = d.table.Put(tx, d.key(id), door{})
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("telegram: note an open chat: %w", err)
	}
	d.remember(id, true)
	return opened, nil
}

// shut remembers that the door is shut.
func (d *doors) shut(ctx context.Context, id int64) error {
	d.remember(id, false)
	err := d.store.Update(ctx, func(tx storage.Tx) error { return d.table.Delete(tx, d.key(id)) })
	if err != nil {
		return fmt.Errorf("telegram: note a closed chat: %w", err)
	}
	return nil
}

// isOpen reports whether the bot can write to the person; false where the store cannot
// say.
func (d *doors) isOpen(ctx context.Context, id int64) bool {
	if d.seen(id) {
		return true
	}
	err := d.store.View(ctx, func(r storage.Reader) error {
		_, err := d.table.Get(r, d.key(id))
		return err
	})
	if err == nil {
		d.remember(id, true)
	}
	return err == nil
}

// tell reports whether the person is still to be told about what is typed in groups,
// and remembers that they are told now.
func (d *doors) tell(ctx context.Context, id int64) (first bool) {
	told := func(r storage.Reader) error {
		row, err := d.table.Get(r, d.key(id))
		first = err == nil && !row.Value.Told
		return err
	}
	if d.store.View(ctx, told) != nil || !first {
		return false
	}
	err := d.store.Update(ctx, func(tx storage.Tx) error {
		if err := told(tx); err != nil || !first {
			return err
		}
		return d.table.Put(tx, d.key(id), door{Told: true})
	})
	return err == nil && first
}

func (d *doors) seen(id int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open[id]
}

func (d *doors) remember(id int64, open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !open {
		delete(d.open, id)
		return
	}
	if len(d.open) >= maxDoors {
		clear(d.open)
	}
	d.open[id] = true
}
