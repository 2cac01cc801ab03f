package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"peerbot/storage"
)

// pages checks a bbolt file page by page before bbolt may have it: bbolt walks the
// pages of a file that it opens in a goroutine of its own, where a pointer to nowhere
// is a fault that nothing can stop. What passes here has no such pointer. The layout
// is that of bbolt's file format 2, internal/common/page.go.
type pages struct {
	file []byte
	size int    // Of one page.
	seen []bool // By page; its length is the number of pages in use.
}

// A page begins with its id, flags, count of elements and overflow; the elements
// follow, and then what they point to, counted from where each stands.
//
//	page:   id 8  flags 2  count 2  overflow 4
//	branch: pos 4  key size 4  child 8
//	leaf:   flags 4  pos 4  key size 4  value size 4
//	bucket: root 8  sequence 8  and, with a root of 0, a page
const (
	headerSize  = 16
	elementSize = 16
	bucketSize  = 16
	branchFlag  = 1
	leafFlag    = 2
	bucketFlag  = 1
)

// element is one of a page: a leaf's has a value, a branch's a child.
type element struct {
	key, value []byte
	child      uint64
	bucket     bool
}

// checkFile checks the whole file that db has opened for reading.
func checkFile(path string, db *bbolt.DB) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return known(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: its end is missing", storage.ErrDamaged)
		}
		data, done, err := mapped(file, tx.Size())
		if err != nil {
			return fmt.Errorf("%w: %w", storage.ErrDamaged, err)
		}
		defer func() { _ = done() }() // It was only read.
		size := db.Info().PageSize
		p := &pages{file: data, size: size, seen: make([]bool, len(data)/size)}
		return guard(func() error { return p.tree(uint64(tx.Cursor().Bucket().Root()), nil, nil) })
	})
}

func damaged(page uint64, what string) error {
	return fmt.Errorf("%w: page %d %s", storage.ErrDamaged, page, what)
}

// tree checks the page and all under it; its keys must be from <= key < to.
func (p *pages) tree(id uint64, from, to []byte) error {
	page, err := p.read(id)
	if err != nil {
		return err
	}
	return p.check(id, page, from, to)
}

// read returns a page with those that it overflows into.
func (p *pages) read(id uint64) ([]byte, error) {
	if id < 2 || id >= uint64(len(p.seen)) {
		return nil, damaged(id, "is out of bounds")
	}
	page := p.bytes(id, 1)
	last := id + uint64(binary.NativeEndian.Uint32(page[12:]))
	if binary.NativeEndian.Uint64(page) != id || last >= uint64(len(p.seen)) {
		return nil, damaged(id, "is another")
	}
	for i := id; i <= last; i++ {
		if p.seen[i] {
			return nil, damaged(i, "is in two places")
		}
		p.seen[i] = true
	}
	return p.bytes(id, int(last-id)+1), nil
}

// bytes are n pages from the one with the id.
func (p *pages) bytes(id uint64, n int) []byte {
	from := int(id) * p.size
	return p.file[from : from+n*p.size]
}

// check checks a page and all under it. An inline page has the id of its parent.
func (p *pages) check(id uint64, page, from, to []byte) error {
	count, leaf, err := begin(id, page)
	if err != nil || count == 0 {
		return err
	}
	e, ok := at(page, 0, leaf)
	if ok && bytes.Compare(e.key, from) < 0 {
		return damaged(id, "has keys out of order")
	}
	for i := 1; ok && i < count; i++ {
		var next element
		if next, ok = at(page, i, leaf); !ok {
			break
		}
		if bytes.Compare(e.key, next.key) >= 0 {
			return damaged(id, "has keys out of order")
		}
		if err := p.under(id, e, next.key); err != nil {
			return err
		}
		e = next
	}
	switch {
	case !ok:
		return damaged(id, "points outside itself")
	case to != nil && bytes.Compare(e.key, to) >= 0:
		return damaged(id, "has keys out of order")
	}
	return p.under(id, e, to)
}

// under checks what an element leads to; next is the key after it.
func (p *pages) under(id uint64, e element, next []byte) error {
	switch {
	case e.child != 0:
		return p.tree(e.child, e.key, next)
	case !e.bucket:
		return nil
	case len(e.value) < bucketSize:
		return damaged(id, "has half a bucket")
	}
	if root := binary.NativeEndian.Uint64(e.value); root != 0 {
		return p.tree(root, nil, nil)
	}
	return p.check(id, e.value[bucketSize:], nil, nil)
}

// begin reads the header of a page: how many elements it has, and of which kind.
func begin(id uint64, page []byte) (count int, leaf bool, err error) {
	if len(page) < headerSize {
		return 0, false, damaged(id, "has half a page")
	}
	flags, count := binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:]))
	if flags != branchFlag && flags != leafFlag || flags == branchFlag && count == 0 || headerSize+count*elementSize > len(page) {
		return 0, false, damaged(id, "is no branch and no leaf")
	}
	return count, flags == leafFlag, nil
}

// at reads the page's element i; ok is false where it points outside the page.
func at(page []byte, i int, leaf bool) (e element, ok bool) {
	b := page[headerSize+i*elementSize:]
	n := func(i int) uint64 { return uint64(binary.NativeEndian.Uint32(b[4*i:])) }
	if leaf {
		key, value := n(1)+n(2), n(1)+n(2)+n(3)
		if n(0) > bucketFlag || n(1) < elementSize || value > uint64(len(b)) {
			return e, false
		}
		return element{key: b[n(1):key], value: b[key:value], bucket: n(0) == bucketFlag}, true
	}
	key := n(0) + n(1)
	if child := binary.NativeEndian.Uint64(b[8:]); n(0) >= elementSize && key <= uint64(len(b)) && child != 0 {
		return element{key: b[n(0):key], child: child}, true
	}
	return e, false
}
