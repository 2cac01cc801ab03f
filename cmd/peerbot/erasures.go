package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"peerbot/commands"
	"peerbot/storage"
)

// The log of erasures lies beside the store, a line each: when, and a keyed hash of who.
// The store says in turn how much of it has been carried out in it, so that a copy from
// before an erasure is told from a store in which that person has come back since.
const erasures storage.Bucket = "erasures"

// erasuresDone is the one key in there.
const erasuresDone = "done"

func (k *kept) erasureLog() string { return k.path + ".erased" }

// noteErased writes down that somebody is erased, before anything goes. The first
// Update under the context that it returns notes that it was done.
func (k *kept) noteErased(ctx context.Context, id string) (context.Context, error) {
	if k.file == nil {
		return ctx, nil
	}
	log, err := os.OpenFile(k.erasureLog(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	var size int64
	if err == nil {
		_, err = fmt.Fprintln(log, now().UTC().Format(time.RFC3339), id)
		if info, other := log.Stat(); other == nil {
			size = info.Size()
		}
		err = errors.Join(err, log.Sync(), log.Close())
	}
	if err != nil {
		return ctx, fmt.Errorf("note an erasure: %w", roomless(err))
	}
	return storage.Also(ctx, func(tx storage.Tx) error { return markErased(tx, size) }), nil
}

// markErased notes how much of the log has been carried out.
func markErased(tx storage.Tx, size int64) error {
	done, err := erasedUpTo(tx)
	if err != nil || size <= done {
		return err
	}
	return tx.Put(erasures, []byte(erasuresDone), binary.BigEndian.AppendUint64(nil, uint64(size)))
}

func erasedUpTo(r storage.Reader) (int64, error) {
	b, err := r.Get(erasures, []byte(erasuresDone))
	if errors.Is(err, storage.ErrNotFound) || err == nil && len(b) != 8 {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how much was erased: %w", err)
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// eraseAgain carries out what the log says and the store has not seen: it is an older
// copy, or the program died in between.
func (p *program) eraseAgain(ctx context.Context) error {
	if p.store.file == nil {
		return nil
	}
	text, err := os.ReadFile(p.store.erasureLog())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the log of erasures: %w", err)
	}
	var done int64
	if err := p.store.View(ctx, func(r storage.Reader) (err error) { done, err = erasedUpTo(r); return err }); err != nil {
		return err
	}
	size := int64(len(text))
	if done >= size {
		return nil
	}
	n := 0
	for line := range strings.Lines(string(text[done:])) {
		_, id, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		if err := commands.EraseAgain(ctx, p.deps, id, now()); err != nil {
			return err
		}
		n++
	}
	p.log.Warn("people were erased again, because this store is from before they erased themselves", "people", n)
	return p.store.Update(ctx, func(tx storage.Tx) error { return markErased(tx, size) })
}

// erasedSince reports whether somebody was erased after the time.
func (k *kept) erasedSince(t time.Time) bool {
	info, err := os.Stat(k.erasureLog())
	return err == nil && info.ModTime().After(t)
}
