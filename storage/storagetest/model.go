package storagetest

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerbot/storage"
)

// world is a store as two maps of strings.
type world map[storage.Bucket]map[string]string

func (w world) clone() world {
	next := world{}
	for b, m := range w {
		next[b] = maps.Clone(m)
	}
	return next
}

func (w world) set(b storage.Bucket, k, v string) {
	if w[b] == nil {
		w[b] = map[string]string{}
	}
	w[b][k] = v
}

func (w world) list(b storage.Bucket, from, to []byte) (all string) {
	for _, k := range slices.Sorted(maps.Keys(w[b])) {
		if bytes.Compare([]byte(k), from) < 0 || to != nil && bytes.Compare([]byte(k), to) >= 0 {
			continue
		}
		if all != "" {
			all += " "
		}
		all += k + "=" + w[b][k]
	}
	return all
}

// step is one thing that a transaction does.
type step struct {
	what     string
	bucket   storage.Bucket
	key, end string
}

var steps = rapid.Custom(func(t *rapid.T) step {
	return step{
		what:   rapid.SampledFrom([]string{"put", "put", "put", "delete", "get", "scan"}).Draw(t, "what"),
		bucket: rapid.SampledFrom([]storage.Bucket{"a", "b"}).Draw(t, "bucket"),
		key:    rapid.StringMatching(`[\x00ab\x{7f}]{1,3}`).Draw(t, "key"),
		end:    rapid.StringMatching(`[\x00ab\x{7f}]{1,2}`).Draw(t, "end"),
	}
})

// model compares the store with maps, within each transaction and after it.
func model(t *testing.T, s storage.Store) {
	before := world{}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "updates") {
			todo := rapid.SliceOfN(steps, 0, 20).Draw(rt, "steps")
			fail := rapid.Bool().Draw(rt, "fail")
			var after world
			err := s.Update(t.Context(), func(tx storage.Tx) error {
				after = before.clone()
				for i, st := range todo {
					if err := st.run(rt, tx, after, i); err != nil {
						return err
					}
				}
				if fail {
					return errOurs
				}
				return nil
			})
			switch {
			case err == nil:
				before = after
			case !fail || !errors.Is(err, errOurs):
				rt.Fatalf("update: %v", err)
			}
			for _, b := range []storage.Bucket{"a", "b"} {
				if got, want := dump(t, s, b), before.list(b, nil, nil); got != want {
					rt.Fatalf("bucket %s: %q, want %q", b, got, want)
				}
			}
		}
	})
}

// run does the step to both and compares what they answer.
func (st step) run(t *rapid.T, tx storage.Tx, w world, i int) error {
	key, value := []byte(st.key), string(rune('0'+i))
	switch st.what {
	case "put":
		w.set(st.bucket, st.key, value)
		return tx.Put(st.bucket, key, []byte(value))
	case "delete":
		delete(w[st.bucket], st.key)
		return tx.Delete(st.bucket, key)
	case "get":
		got, err := tx.Get(st.bucket, key)
		want, found := w[st.bucket][st.key]
		if found && string(got) != want || found == errors.Is(err, storage.ErrNotFound) {
			t.Fatalf("get %q: %q, %v, want %q", st.key, got, err, want)
		}
	case "scan":
		got, err := list(tx, st.bucket, key, []byte(st.end))
		if want := w.list(st.bucket, key, []byte(st.end)); err != nil || got != want {
			t.Fatalf("scan %q to %q: %q, %v, want %q", st.key, st.end, got, err, want)
		}
	}
	return nil
}
