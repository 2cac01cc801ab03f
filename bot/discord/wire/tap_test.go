package wire

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// frame is a text as a server sends it.
func frame(kind byte, payload []byte) []byte {
	b := []byte{0x80 | kind}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

// However the bytes are cut, the same small frames are seen, and the end of the
// connection is seen where it begins.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("hello"), 3, 600, uint8(1))
	f.Add([]byte{}, 70_000, 0, uint8(7))
	f.Fuzz(func(t *testing.T, small []byte, large, between int, step uint8) {
		small = small[:min(len(small), 125)]
		large, between = max(large, -large, 0)%80_000, max(between, -between, 0)%1000
		stream := []byte("HTTP/1.1 101 X\r\nA: b\r\n\r\n")
		stream = append(stream, frame(frameText, small)...)
		stream = append(stream, frame(frameText, bytes.Repeat([]byte{0x88}, large))...)
		stream = append(stream, frame(9, bytes.Repeat([]byte{0x81}, between%100))...)
		end := len(stream)
		stream = append(stream, frame(frameClose, []byte{4004 >> 8, 4004 & 0xff})...)
		var fr frames
		var tap tap
		var seen [][]byte
		used, passed := 0, 0
		var err error
		for passed < len(stream) && err == nil {
			chunk := stream[passed:min(len(stream), passed+1+int(step)*37)]
			used, err = fr.feed(chunk, func(kind byte, payload []byte) error {
				if kind == frameClose {
					return tap.hear(kind, payload)
				}
				seen = append(seen, bytes.Clone(payload))
				return nil
			})
			if err == nil && used != len(chunk) {
				t.Fatalf("%d of %d bytes used", used, len(chunk))
			}
			passed += used
		}
		if passed > len(stream) || err != nil && passed < end && passed+1+int(step)*37 < end {
			t.Errorf("the end is seen at %d, not at %d", passed, end)
		}
		if c, ok := err.(*Closed); !ok || c.Code != 4004 {
			t.Errorf("the end is %v", err)
		}
		want := [][]byte{small}
		if large <= maxWord {
			want = append(want, bytes.Repeat([]byte{0x88}, large))
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}
