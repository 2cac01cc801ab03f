package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
)

// A payload is as long as its platform carries, 48 bytes everywhere and never more than
// 96, and is made of A-Z a-z 0-9 - and _. Decoded, it is
//
//	1 byte   what follows: the version in the two highest bits, then the flags
//	4 bytes  the path, as numberOf says it
//	4 bytes  when it stops working, in seconds since 1970
//	16 bytes the community, if the flag is set
//	         the arguments: 13 bits of the option's name, 3 bits for how its value
//	         is written, and the value
//	8 bytes  a MAC over the above and over whom it is bound to
//
// or, for a ticket on a card, 1 byte, 16 bytes that name the card, and its place on
// the card. The name of a card is a keyed hash, so it cannot be guessed.
//
// An offer of a command that answers always is written in the clear, as "crisis:gb".
const (
	payloadSize = 48 // payloadSize is what every platform carries, and
	longest     = 96 // longest what is read at all.
	macSize     = 8
	idSize      = 16
)

// Flags of a payload. The two lowest bits are the kind of binding.
const (
	bindingBits byte = 0b0000_0011
	flagOnce    byte = 0b0000_0100
	flagForm    byte = 0b0000_1000
	flagHome    byte = 0b0001_0000
	flagCard    byte = 0b0010_0000
	versionBits byte = 0b1100_0000
)

// How a value is written.
const (
	asText   byte = iota // one byte for the length, then the text
	asNumber             // a decimal number, as an unsigned varint
	asID                 // 16 bytes, the 26 characters of a Vault.ID
	openBit  byte = 0b100
)

// Errors of a payload. None of them is told to anybody as such.
var (
	errPayload = errors.New("not a payload of ours")
	errForeign = errors.New("payload of somebody else")
	errTooLong = errors.New("does not fit a payload")
)

var (
	text64  = base64.RawURLEncoding
	lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// mac proves that we wrote the body for whom it is bound to.
func (r *Router) mac(body []byte, to binding) []byte {
	sum := sha256.Sum256([]byte(r.vault.ID("offer", string(body), to.ID)))
	return sum[:macSize]
}

// write puts the ticket into a payload of so many bytes, or returns errTooLong.
func (r *Router) write(t ticket, size int) (string, error) {
	if len(t.Page) > 0 || t.Change || t.Confirmed {
		return "", errTooLong // these stand on a card
	}
	flags := t.To.Kind
	if t.Once != nil {
		flags |= flagOnce
	}
	if t.Form {
		flags |= flagForm
	}
	body := binary.BigEndian.AppendUint32([]byte{flags}, numberOf(t.Path))
	body = binary.BigEndian.AppendUint32(body, uint32(t.Until.Unix()))
	if t.Home != "" {
		home, ok := packID(t.Home)
		if !ok {
			return "", errTooLong
		}
		body[0] |= flagHome
		body = append(body, home...)
	}
	body, err := appendArgs(body, r.tree.numbered[numberOf(t.Path)], t)
	if err != nil || text64.EncodedLen(len(body)+macSize) > min(size, longest) {
		return "", errTooLong
	}
	return text64.EncodeToString(append(body, r.mac(body, t.To)...)), nil
}

func appendArgs(body []byte, n *node, t ticket) ([]byte, error) {
	var err error
	for _, a := range t.Bound {
		if body, err = appendArg(body, n, a, 0); err != nil {
			return nil, err
		}
	}
	for _, a := range t.Open {
		if body, err = appendArg(body, n, a, openBit); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func appendArg(body []byte, n *node, a chat.Arg, open byte) ([]byte, error) {
	if n.byBits[nameBits(a.Name)] != a.Name || len(a.Value) > longest {
		return nil, errTooLong
	}
	form, value := pack(a.Value)
	body = binary.BigEndian.AppendUint16(body, nameBits(a.Name)<<3|uint16(open|form))
	return append(body, value...), nil
}

// nameBits are 13 bits of an option's name.
func nameBits(name string) uint16 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint16(sum[:]) >> 3
}

func pack(value string) (form byte, packed []byte) {
	if id, ok := packID(value); ok {
		return asID, id
	}
	if n, err := strconv.ParseUint(value, 10, 64); err == nil && strconv.FormatUint(n, 10) == value {
		return asNumber, binary.AppendUvarint(nil, n)
	}
	return asText, append([]byte{byte(len(value))}, value...)
}

func packID(id string) ([]byte, bool) {
	b, err := lower32.DecodeString(id)
	return b, err == nil && len(b) == idSize && lower32.EncodeToString(b) == id
}

// read takes a payload apart that write has made for this caller. errForeign: it was
// made for somebody else, or is forged; the two look the same.
func (r *Router) read(payload string, c *chat.Call) (ticket, error) {
	raw, err := text64.DecodeString(payload)
	if err != nil || len(payload) > longest || len(raw) < 9+macSize || raw[0]&(versionBits|flagCard) != 0 {
		return ticket{}, errPayload
	}
	body, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	to := r.presser(raw[0]&bindingBits, c)
	if !hmac.Equal(mac, r.mac(body, to)) {
		return ticket{}, errForeign
	}
	n := r.tree.numbered[binary.BigEndian.Uint32(body[1:])]
	if n == nil {
		return ticket{}, errPayload
	}
	t := ticket{Path: n.path, To: to, Form: body[0]&flagForm != 0}
	t.Until = time.Unix(int64(binary.BigEndian.Uint32(body[5:])), 0)
	if body[0]&flagOnce != 0 {
		t.Once = []string{r.vault.ID("once", payload)}
	}
	rest := body[9:]
	if body[0]&flagHome != 0 {
		if len(rest) < idSize {
			return ticket{}, errPayload
		}
		t.Home, rest = lower32.EncodeToString(rest[:idSize]), rest[idSize:]
	}
	return t, t.readArgs(n, rest)
}

func (t *ticket) readArgs(n *node, rest []byte) error {
	for len(rest) > 0 {
		if len(rest) < 2 {
			return errPayload
		}
		head := binary.BigEndian.Uint16(rest)
		name := n.byBits[head>>3]
		value, left, ok := unpack(byte(head)&^openBit&0b111, rest[2:])
		if name == "" || !ok {
			return errPayload
		}
		rest = left
		if arg := (chat.Arg{Name: name, Value: value}); byte(head)&openBit != 0 {
			t.Open = append(t.Open, arg)
		} else {
			t.Bound = append(t.Bound, arg)
		}
	}
	return nil
}

func unpack(form byte, rest []byte) (value string, left []byte, ok bool) {
	switch form {
	case asNumber:
		n, size := binary.Uvarint(rest)
		return strconv.FormatUint(n, 10), rest[max(size, 0):], size > 0
	case asID:
		if len(rest) >= idSize {
			return lower32.EncodeToString(rest[:idSize]), rest[idSize:], true
		}
	case asText:
		if len(rest) > 0 && len(rest) > int(rest[0]) {
			return string(rest[1 : 1+rest[0]]), rest[1+rest[0]:], true
		}
	}
	return "", nil, false
}

// writeCard is the payload of a ticket on a card.
func writeCard(id string, index int) (string, error) {
	name, ok := packID(id)
	if !ok || index > 255 {
		return "", errTooLong
	}
	return text64.EncodeToString(append(append([]byte{flagCard}, name...), byte(index))), nil
}

// readCard is the card that a payload names, and the place of the ticket on it.
func readCard(payload string) (id string, index int, ok bool) {
	raw, err := text64.DecodeString(payload)
	if err != nil || len(raw) != 1+idSize+1 || raw[0] != flagCard {
		return "", 0, false
	}
	return lower32.EncodeToString(raw[1 : 1+idSize]), int(raw[1+idSize]), true
}

// writeClear is the payload of an offer of a command that answers always: its path,
// and the values of its first options in their order.
func writeClear(n *node, bound []chat.Arg) (string, error) {
	var values []string
	for i, a := range bound {
		if i >= len(n.Options) || n.Options[i].Spec().Name != a.Name || strings.Contains(a.Value, ":") {
			return "", fmt.Errorf("an offer of %v binds other than its first options: %w", n, errTooLong)
		}
		values = append(values, a.Value)
	}
	payload := strings.Join(n.path, ".") + ":" + strings.Join(values, ":")
	if len(payload) > payloadSize {
		return "", fmt.Errorf("an offer of %v: %w", n, errTooLong)
	}
	return payload, nil
}

// readClear is what writeClear wrote. Such an offer needs no proof: anyone may ask.
func (t *tree) readClear(payload string) (*node, []chat.Arg, bool) {
	path, values, ok := strings.Cut(payload, ":")
	n := t.at(strings.Split(path, "."))
	if !ok || n == nil || !n.leaf() || !n.Always {
		return nil, nil, false
	}
	var args []chat.Arg
	for i, value := range strings.Split(values, ":") {
		if value != "" && i < len(n.Options) {
			args = append(args, chat.Arg{Name: n.Options[i].Spec().Name, Value: value})
		}
	}
	return n, args, true
}
