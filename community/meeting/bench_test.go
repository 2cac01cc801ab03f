package meeting_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/community/member"
	"peerbot/community/space"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// subscribed is how many people the benchmark reminds of one meeting at one minute.
const subscribed = 10_000

// perWrite is how many of them fit a transaction.
const perWrite = 4

// slowDisk is what the benchmark adds to each fsync.
const slowDisk = 5 * time.Millisecond

// house is the meetings over a store on disk, in real time.
type house struct {
	*meeting.Meetings
	agenda  *schedule.Agenda
	outbox  *outbox.Outbox
	members *member.Members
	spaces  *space.Spaces
}

func newHouse(b *testing.B, store storage.Store) house {
	b.Helper()
	vault, err := storage.NewVault(bytes.Repeat([]byte{3}, storage.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	h := house{agenda: schedule.NewAgenda(store, vault, log), outbox: outbox.New(store, vault, log),
		members: member.New(vault), spaces: space.New(vault, space.Home{Zone: "UTC", Lang: "en"})}
	h.Meetings = meeting.New(vault, h.agenda, h.outbox, h.spaces, h.members)
	return h
}

// BenchmarkSubscribers is how long it takes to plan the letters of 10,000 people who are
// reminded of one meeting at one minute, beside one durable transaction for each.
func BenchmarkSubscribers(b *testing.B) {
	for _, added := range []time.Duration{0, slowDisk} {
		b.Run(fmt.Sprint("added=", added), func(b *testing.B) {
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "store.db")
				subscribe(b, path)
				took, one := planAll(b, path, added)
				b.ReportMetric(took.Seconds(), "s/10000")
				b.ReportMetric(one.Seconds()*subscribed/took.Seconds(), "x-one-by-one")
			}
		})
	}
}

// subscribe fills a store with people who were all to be reminded five minutes ago.
func subscribe(b *testing.B, path string) {
	b.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	h := newHouse(b, store)
	start := time.Now().UTC().Truncate(time.Minute).Add(10 * time.Minute)
	then := start.Add(-time.Hour)
	var v meeting.Meeting
	b.StopTimer()
	defer b.StartTimer()
	durably(b, store, func(tx storage.Tx) error {
		home, err := h.spaces.HomeOf(tx, lobby)
		if err != nil {
			return err
		}
		v, err = h.Add(tx, home, "UTC", meeting.Said{Title: "G", When: "every day " + start.Format("15:04"), Length: time.Hour}, "call", then)
		return err
	})
	for from := 0; from < subscribed; from += perWrite {
		durably(b, store, func(tx storage.Tx) error {
			for i := range perWrite {
				if err := h.join(tx, v, fmt.Sprint("p", from+i), then); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (h house) join(tx storage.Tx, v meeting.Meeting, name string, now time.Time) error {
	id := h.members.IDOf(person(name))
	if err := h.members.Put(tx, member.Member{ID: id, Reach: private(name)}); err != nil {
		return err
	}
	_, err := h.Follow(tx, meeting.Follow{Series: v.Series, Home: v.Home, Member: id, Leads: meeting.DefaultLeads()}, now)
	return err
}

// planAll lets the agenda run until every letter is in the outbox, and returns how long
// that took, and how long one small durable transaction does.
func planAll(b *testing.B, path string, added time.Duration) (took, one time.Duration) {
	b.Helper()
	store, err := bolt.Open(path, bolt.Options{Sync: func() error { time.Sleep(added); return nil }})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	h := newHouse(b, store)
	ctx, cancel := context.WithCancel(b.Context())
	var planned atomic.Int64
	plans := h.Plans()
	follow := plans["meeting.follow"]
	plans["meeting.follow"] = func(tx storage.Tx, now time.Time, it schedule.Item) error {
		planned.Add(1)
		return follow(tx, now, it)
	}
	began := time.Now()
	var loop sync.WaitGroup
	loop.Go(func() { h.agenda.Run(ctx, plans) })
	for planned.Load() < subscribed || h.letters(b, store) < subscribed {
		time.Sleep(10 * time.Millisecond)
	}
	took = time.Since(began)
	cancel()
	loop.Wait()
	const few = 100
	began = time.Now()
	for i := range few {
		durably(b, store, func(tx storage.Tx) error {
			return h.members.Put(tx, member.Member{ID: h.members.IDOf(person(fmt.Sprint("p", i))), Reach: private("x")})
		})
	}
	return took, time.Since(began) / few
}

// letters is how many letters wait.
func (h house) letters(b *testing.B, store storage.Store) (n int) {
	b.Helper()
	err := store.View(b.Context(), func(r storage.Reader) error {
		for _, err := range h.outbox.List(r, "") {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func durably(b *testing.B, store storage.Store, fn func(storage.Tx) error) {
	b.Helper()
	if err := store.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}
