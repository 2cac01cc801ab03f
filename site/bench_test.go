package site_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"peerbot/community/meeting"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// fill puts a community's meetings into the store, without the bounds of what people
// may add.
func (h *house) fill(n int) {
	h.t.Helper()
	vault := h.vault
	table := storage.Table[meeting.Meeting]{Bucket: "meetings", Vault: vault, Version: 1,
		Owner: func(m meeting.Meeting) string { return m.Home },
		Indexes: []storage.Index[meeting.Meeting]{
			{Name: "home", Keys: func(m meeting.Meeting) []string { return []string{m.Home} }},
			{Name: "series", Keys: func(m meeting.Meeting) []string { return []string{m.Series} }},
		}}
	zones := []string{"America/New_York", "Europe/Madrid", "America/Bogota", "Australia/Sydney"}
	for from := 0; from < n; from += 20 {
		h.update(func(tx storage.Tx) error {
			for i := from; i < min(n, from+20); i++ {
				id := vault.ID("many", fmt.Sprint(i))
				first := spoken.DateOf(h.now).AddDays(i % 7)
				v := meeting.Meeting{ID: id, Series: id, Home: h.home, Changed: h.now, Rule: schedule.Rule{
					Unit: spoken.Weekly, Every: 1, Days: []spoken.Day{{Weekday: first.Weekday()}}, First: first,
					At: spoken.Clock(i % 1440), Zone: zones[i%len(zones)], Length: time.Hour}}
				v.Title, v.Kind, v.Notes = fmt.Sprint("Meeting ", i), meeting.Support, "Some words about what it is and how it goes."
				if err := table.Put(tx, id, v); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// BenchmarkCalendar serves a community's calendar of 1,000 meetings from a file, to who
// has it not and to who has it.
func BenchmarkCalendar(b *testing.B) {
	store, err := bolt.Open(filepath.Join(b.TempDir(), "store", "test.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	h := newHouse(b, store)
	h.fill(1000)
	at := "/calendar/" + h.open(meeting.HomeCalendar, h.home, true) + ".ics"
	first := h.get(at)
	_ = first.Body.Close()
	has := first.Header.Get("ETag")
	for _, test := range []struct {
		name, has string
		status    int
	}{{"new", "", http.StatusOK}, {"known", has, http.StatusNotModified}} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				h.now = h.now.Add(time.Minute)
				r := h.get(at, "If-None-Match", test.has)
				if _ = r.Body.Close(); r.StatusCode != test.status {
					b.Fatalf("it is answered %d", r.StatusCode)
				}
			}
		})
	}
}
