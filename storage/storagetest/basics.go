package storagetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"peerbot/storage"
)

func missing(t *testing.T, s storage.Store) {
	must(t, s, func(tx storage.Tx) error {
		_, err := tx.Get("a", []byte("k"))
		wantErr(t, "get from a new bucket", err, storage.ErrNotFound)
		if err := tx.Put("a", []byte("other"), nil); err != nil {
			return err
		}
		_, err = tx.Get("a", []byte("k"))
		wantErr(t, "get beside an own write", err, storage.ErrNotFound)
		return tx.Delete("a", []byte("k"))
	})
	err := s.View(t.Context(), func(r storage.Reader) error {
		_, err := r.Get("a", []byte("k"))
		return err
	})
	wantErr(t, "get in a view", err, storage.ErrNotFound)
}

func buckets(t *testing.T, s storage.Store) {
	put(t, s, "a", "k", "1")
	put(t, s, "b", "k", "2")
	must(t, s, func(tx storage.Tx) error { return tx.Delete("a", []byte("k")) })
	want(t, "a", dump(t, s, "a"), "")
	want(t, "b", dump(t, s, "b"), "k=2")
}

func emptyValue(t *testing.T, s storage.Store) {
	check := func(r storage.Reader) error {
		for _, k := range []string{"nil", "empty"} {
			if v, err := r.Get("a", []byte(k)); err != nil || v == nil || len(v) != 0 {
				t.Errorf("%s: %v, %v", k, v, err)
			}
		}
		return nil
	}
	must(t, s, func(tx storage.Tx) error {
		err := errors.Join(tx.Put("a", []byte("nil"), nil), tx.Put("a", []byte("empty"), []byte{}))
		return errors.Join(err, check(tx))
	})
	if err := s.View(t.Context(), check); err != nil {
		t.Error(err)
	}
}

func copies(t *testing.T, s storage.Store) {
	var kept [][]byte
	spoil := func(b []byte) {
		for i := range b {
			b[i] = '!'
		}
	}
	keep := func(b []byte) { kept = append(kept, b) }
	must(t, s, func(tx storage.Tx) error {
		k, v := []byte("k"), []byte("v")
		err := tx.Put("a", k, v)
		spoil(k)
		spoil(v)
		got, err2 := tx.Get("a", []byte("k"))
		spoil(got)
		return errors.Join(err, err2)
	})
	must(t, s, func(tx storage.Tx) error {
		got, err := tx.Get("a", []byte("k"))
		spoil(got)
		for e, err := range tx.Scan("a", nil, nil) {
			spoil(e.Key)
			spoil(e.Value)
			return err
		}
		return err
	})
	must(t, s, func(tx storage.Tx) error {
		got, err := tx.Get("a", []byte("k"))
		keep(got)
		for e, err := range tx.Scan("a", nil, nil) {
			keep(e.Value)
			return err
		}
		return err
	})
	put(t, s, "a", "k", "w")
	for _, v := range kept {
		want(t, "a value after its transaction", string(v), "v")
	}
	want(t, "the store", dump(t, s, "a"), "k=w")
}

func keyLength(t *testing.T, s storage.Store) {
	longest := bytes.Repeat([]byte("k"), storage.MaxKey)
	must(t, s, func(tx storage.Tx) error { return tx.Put("a", longest, nil) })
	for name, key := range map[string][]byte{"nil": nil, "empty": {}, "too long": append(longest, 'k')} {
		err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Put("a", key, nil) })
		wantErr(t, "put of a key that is "+name, err, storage.ErrKey)
		err = s.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete("a", key) })
		wantErr(t, "delete of a key that is "+name, err, storage.ErrKey)
	}
}

func order(t *testing.T, s storage.Store) {
	put(t, s, "a", "b", "1", "\xff", "2", "\x00", "3", "ab", "4", "a", "5", "a\x00", "6")
	for _, c := range []struct {
		from, to []byte
		want     string
	}{
		{nil, nil, "\x00=3 a=5 a\x00=6 ab=4 b=1 \xff=2"},
		{[]byte{}, nil, "\x00=3 a=5 a\x00=6 ab=4 b=1 \xff=2"},
		{nil, []byte{}, ""},
		{[]byte("a"), []byte("b"), "a=5 a\x00=6 ab=4"},
		{[]byte("a"), storage.End([]byte("a")), "a=5 a\x00=6 ab=4"},
		{[]byte("aa"), nil, "ab=4 b=1 \xff=2"},
		{nil, []byte("a\x00"), "\x00=3 a=5"},
		{[]byte("b"), []byte("a"), ""},
		{[]byte("\xff\xff"), nil, ""},
	} {
		err := s.View(t.Context(), func(r storage.Reader) error {
			got, err := list(r, "a", c.from, c.to)
			want(t, "in a view from "+string(c.from)+" to "+string(c.to), got, c.want)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		must(t, s, func(tx storage.Tx) error {
			got, err := list(tx, "a", c.from, c.to)
			want(t, "in an update from "+string(c.from)+" to "+string(c.to), got, c.want)
			return err
		})
	}
}

func ownWrites(t *testing.T, s storage.Store) {
	put(t, s, "a", "a", "1", "c", "1", "e", "1")
	must(t, s, func(tx storage.Tx) error {
		err := errors.Join(
			tx.Put("a", []byte("b"), []byte("2")), tx.Put("a", []byte("c"), []byte("2")),
			tx.Delete("a", []byte("a")), tx.Put("a", []byte("f"), []byte("2")))
		got, err2 := list(tx, "a", nil, nil)
		want(t, "all", got, "b=2 c=2 e=1 f=2")
		got, err3 := list(tx, "a", []byte("b"), []byte("f"))
		want(t, "from b to f", got, "b=2 c=2 e=1")
		_, err4 := tx.Get("a", []byte("a"))
		wantErr(t, "get of what was deleted", err4, storage.ErrNotFound)
		return errors.Join(err, err2, err3, tx.Delete("a", []byte("b")), tx.Put("a", []byte("a"), []byte("3")))
	})
	want(t, "afterwards", dump(t, s, "a"), "a=3 c=2 e=1 f=2")
}

func writesDuringScan(t *testing.T, s storage.Store) {
	put(t, s, "a", "b", "1", "d", "1", "f", "1", "h", "1")
	must(t, s, func(tx storage.Tx) error {
		var seen []string
		for e, err := range tx.Scan("a", nil, []byte("k")) {
			if err != nil {
				return err
			}
			seen = append(seen, string(e.Key)+string(e.Value))
			switch string(e.Key) {
			case "b":
				err = errors.Join(tx.Put("a", []byte("a"), nil), tx.Put("a", []byte("c"), nil),
					tx.Delete("a", []byte("d")), tx.Put("a", []byte("f"), []byte("2")))
			case "f":
				err = errors.Join(tx.Put("a", []byte("g"), nil), tx.Delete("a", []byte("g")), tx.Delete("a", []byte("f")))
			case "h":
				err = errors.Join(tx.Put("a", []byte("i"), nil), tx.Put("a", []byte("k"), nil))
			}
			if err != nil {
				return err
			}
		}
		want(t, "the scan", strings.Join(seen, " "), "b1 c f2 h1 i")
		return nil
	})
}

var errOurs = errors.New("ours")

func failure(t *testing.T, s storage.Store) {
	put(t, s, "a", "k", "1")
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		return errors.Join(tx.Put("a", []byte("k"), []byte("2")), tx.Put("new", []byte("k"), nil), errOurs)
	})
	wantErr(t, "update", err, errOurs)
	err = s.View(t.Context(), func(storage.Reader) error { return errOurs })
	wantErr(t, "view", err, errOurs)
	want(t, "a", dump(t, s, "a"), "k=1")
	want(t, "new", dump(t, s, "new"), "")
}

// caught is what fn panicked with.
func caught(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}

func panics(t *testing.T, s storage.Store) {
	p := caught(func() {
		_ = s.Update(t.Context(), func(tx storage.Tx) error {
			_ = tx.Put("a", []byte("k"), nil)
			panic(errOurs)
		})
	})
	if p != errOurs {
		t.Errorf("panicked with %v, want %v", p, errOurs)
	}
	want(t, "a", dump(t, s, "a"), "")
	p = caught(func() { _ = s.View(t.Context(), func(storage.Reader) error { panic(errOurs) }) })
	if p != errOurs {
		t.Errorf("view panicked with %v, want %v", p, errOurs)
	}
	put(t, s, "a", "k", "1")
}

func nested(t *testing.T, s storage.Store) {
	p := caught(func() {
		_ = s.Update(t.Context(), func(storage.Tx) error {
			return s.Update(t.Context(), func(storage.Tx) error { return nil })
		})
	})
	if p == nil {
		t.Error("a nested Update did not panic")
	}
	put(t, s, "a", "k", "1")
}

func ended(t *testing.T, s storage.Store) {
	put(t, s, "a", "k", "1")
	var late []storage.Reader
	must(t, s, func(tx storage.Tx) error { late = append(late, tx); return nil })
	_ = s.Update(t.Context(), func(tx storage.Tx) error { late = append(late, tx); return errOurs })
	_ = s.View(t.Context(), func(r storage.Reader) error { late = append(late, r); return nil })
	for _, r := range late {
		_, err := r.Get("a", []byte("k"))
		wantErr(t, "get", err, storage.ErrClosed)
		_, err = list(r, "a", nil, nil)
		wantErr(t, "scan", err, storage.ErrClosed)
		if tx, ok := r.(storage.Tx); ok {
			wantErr(t, "put", tx.Put("a", []byte("k"), nil), storage.ErrClosed)
			wantErr(t, "delete", tx.Delete("a", []byte("k")), storage.ErrClosed)
		}
	}
	want(t, "a", dump(t, s, "a"), "k=1")
}
