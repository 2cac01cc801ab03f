package storage_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerbot/storage"
	"peerbot/storage/mem"
)

// TestRange compares an index's range with a sorted list, zero bytes included.
func TestRange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, tab := mem.New(), notes(t)
		key := rapid.StringOfN(rapid.RuneFrom([]rune("\x00\x01\x02ab")), 0, 3, -1)
		filed := map[string]string{}
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			for i, who := range rapid.SliceOfN(key, 0, 8).Draw(rt, "filed") {
				own := string(rune('a' + i))
				filed[own] = who
				if err := tab.Put(tx, own, note{Who: who}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		from, to := key.Draw(rt, "from"), key.Draw(rt, "to")
		var want, got []storage.Filed
		for own, who := range filed {
			if who >= from && (who < to || to == "") {
				want = append(want, storage.Filed{Under: who, Key: own})
			}
		}
		slices.SortFunc(want, func(a, b storage.Filed) int {
			return slices.Compare([]string{a.Under, a.Key}, []string{b.Under, b.Key})
		})
		err = s.View(t.Context(), func(r storage.Reader) error {
			for f, err := range tab.Range(r, "who", from, to) {
				if err != nil {
					return err
				}
				got = append(got, f)
			}
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			rt.Fatalf("from %q to %q: %v, want %v (%v)", from, to, got, want, err)
		}
	})
}
