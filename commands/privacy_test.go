package commands_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

func TestPrivacyOfAStranger(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		reply := d.says(ana, lobby, "/privacy")
		d.wants(reply, "Nothing is kept about you", "person who runs this bot", "30 days")
		if !reply.Private {
			t.Error("the room can read it")
		}
	})
}

func TestPrivacyShowsAndDownloadsEverything(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(ana, lobby, chat.Host|chat.Mentor)
		d.says(ana, lobby, "/settings zone:Berlin language:es quiet:22-7 lockscreen:open plain:yes")
		d.says(ana, lobby, "/settings language:en")
		d.wants(d.says(ana, lobby, "/mydata"), "everything that is kept", "Berlin time", "English", "22:00 to 07:00",
			"lock screen", "screen reader", "mentor and host")

		reply := d.says(ana, lobby, "/privacy download")
		if len(reply.Files) != 1 {
			t.Fatalf("there are %d files", len(reply.Files))
		}
		var got struct {
			Kept []struct {
				Name  string
				Value any
			}
		}
		if err := json.Unmarshal(read(t, reply.Files[0]), &got); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, fact := range got.Kept {
			names = append(names, fact.Name)
		}
		want := []string{"zone", "language", "quiet_hours", "lock_screen", "plain", "duty"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("the file (-want +got):\n%s", diff)
		}
	})
}

func read(t *testing.T, f chat.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil || int64(len(text)) != f.Size {
		t.Fatalf("the file has %d bytes and says %d (%v)", len(text), f.Size, err)
	}
	return text
}

func TestPrivacyErase(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.give(ana, lobby, chat.Host)
		d.says(ana, lobby, "/settings zone:Berlin")
		d.says(bea, lobby, "/settings zone:Madrid")

		ask := d.says(ana, lobby, "/privacy erase")
		d.wants(ask, "cannot be undone", "Berlin time", "21 December")
		d.wants(d.says(ana, lobby, "/privacy"), "Berlin time") // Asking changes nothing.

		d.wants(d.presses(ana, lobby, ask, "Erase everything"), "is erased", "What you wrote in a chat", "21 December")
		d.wants(d.says(ana, lobby, "/privacy"), "Nothing is kept about you")
		d.wants(d.says(bea, lobby, "/privacy"), "Madrid time")

		id := d.deps.Members.IDOf(ana)
		if diff := cmp.Diff([]string{id}, d.erased); diff != "" {
			t.Errorf("the log outside the store (-want +got):\n%s", diff)
		}
		if d.compacted != 1 {
			t.Errorf("the file was compacted %d times", d.compacted)
		}
		if n := left(d, "agenda"); n > 0 {
			t.Error("the sweep still stands in the agenda")
		}
	})
}

func TestPrivacyEraseWorksOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		ask := d.says(ana, lobby, "/privacy erase")
		d.presses(ana, lobby, ask, "Erase everything")
		d.says(ana, lobby, "/settings zone:Berlin")
		d.presses(ana, lobby, ask, "Erase everything")
		d.wants(d.says(ana, lobby, "/privacy"), "Berlin time")
	})
}

func TestNobodyErasesAnother(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.says(ana, lobby, "/settings zone:Berlin")
		ask := d.says(ana, lobby, "/privacy erase")
		d.presses(bea, lobby, ask, "Erase everything")
		d.wants(d.says(bea, lobby, "/privacy_erase"), "")
		d.wants(d.says(ana, lobby, "/privacy"), "Berlin time")
		if len(d.erased) > 0 {
			t.Errorf("%d people are in the log", len(d.erased))
		}
	})
}

// A crash after the first transaction leaves nothing behind: the agenda goes on from
// there, step by step, however much there is.
func TestAnErasingThatWasCutShortIsFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, mem.New(), nil)
		d.now = time.Now()
		id := d.deps.Members.IDOf(ana)
		for i := range 50 {
			d.update(func(tx storage.Tx) error { return d.deps.Spaces.Give(tx, fmt.Sprint(i), id, chat.Host, d.now) })
		}
		ask := d.says(ana, lobby, "/privacy erase")
		d.deps.Store = &crashing{Store: d.store, after: 1}
		d.reopen()
		d.wants(d.presses(ana, lobby, ask, "Erase everything"), "is erased")
		if n := left(d, "duties"); n != 50 {
			t.Fatalf("%d duties are left after the crash, want 50", n)
		}

		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.deps.Agenda.Run(ctx, commands.Plans(d.deps)) }()
		time.Sleep(10 * time.Minute)
		if n := left(d, "duties") + left(d, "agenda"); n > 0 {
			t.Errorf("%d records are left", n)
		}
		stop()
		<-ended
	})
}

func left(d *desk, b storage.Bucket) (n int) {
	d.update(func(tx storage.Tx) error {
		n = 0
		for range tx.Scan(b, nil, nil) {
			n++
		}
		return nil
	})
	return n
}

// crashing lets a number of Updates through, and refuses the rest.
type crashing struct {
	storage.Store
	after int
}

func (c *crashing) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if c.after == 0 {
		return errors.New("crashed")
	}
	c.after--
	return c.Store.Update(ctx, fn)
}

// After an erasing nothing of the person can be found in the file, and before it
// nothing can be read there.
func TestNothingOfAnErasedPersonIsInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store", "test.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, s, nil)
	d.deps.Compact = s.Compact
	d.reopen()
	id := fill(d)
	canaries := []string{ana.ID, "note-canary", "letter-canary", "home-canary"}
	if found := inFile(t, path, canaries); len(found) > 0 {
		t.Errorf("before: %q can be read in the file", found)
	}
	ask := d.says(ana, private(ana), "/privacy erase")
	d.presses(ana, private(ana), ask, "Erase everything")
	if found := inFile(t, path, append(canaries, id)); len(found) > 0 {
		t.Errorf("after: %q can be read in the file", found)
	}
}

func inFile(t *testing.T, path string, canaries []string) (found []string) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range canaries {
		if bytes.Contains(file, []byte(canary)) {
			found = append(found, canary)
		}
	}
	return found
}

func TestPrivacyKnowsTheTermOfBackups(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.now = time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)
		d.wants(d.says(ana, lobby, "/privacy erase"), "30 January")
	})
}
