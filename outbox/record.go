package outbox

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// State is how a letter stands.
type State string

// The states of a letter.
const (
	Waiting  State = "waiting" // Not to be tried before a time.
	Ready    State = "ready"   // Due, and in the queue.
	Claimed  State = "claimed" // In flight, or in doubt after a crash.
	Joined   State = "joined"  // Goes with the letter that leads its batch.
	OnHold   State = "parked"  // Failed five times.
	Finished State = "settled" // Nothing is left but the receipt.
)

// record is a letter until it settles, and its receipt after.
type record struct {
	State   State     `json:"state"`
	At      time.Time `json:"at"`                // At is when to try next, when it was claimed, or when it settled.
	Letter  *Letter   `json:"letter,omitempty"`  // Letter is nil once it has settled.
	Receipt Receipt   `json:"receipt"`           // Receipt grows from the start.
	Room    string    `json:"room,omitempty"`    // Room is the hash of where it goes, threads aside.
	Join    string    `json:"join,omitempty"`    // Join is a hash of what letters must share to go in one message; "" is alone.
	Size    int       `json:"size,omitempty"`    // Size is how much of a message it takes, for one with Join.
	With    []string  `json:"with,omitempty"`    // With are the keys of those that it leads, since its first claim.
	Doubt   time.Time `json:"doubt,omitzero"`    // Doubt is when it was first claimed without our learning what came of it.
	Unasked bool      `json:"unasked,omitempty"` // Unasked: it was withdrawn while in flight, and is not tried again.
}

func (rec record) owner() string { return ownerOf(rec.Receipt.For, rec.Receipt.Home) }

func ownerOf(member, home string) string {
	if member != "" {
		return member
	}
	return home
}

// newRecord is a letter as it is posted. It stands in the queue at once, unless it is
// to be spread or comes long before it is due. Run, which knows the time better, sets
// aside what is not due yet.
func (o *Outbox) newRecord(l Letter) (rec record, err error) {
	if l, err = l.normal(); err != nil {
		return rec, err
	}
	rec = record{State: Ready, At: l.NotBefore, Letter: &l,
		Receipt: Receipt{ID: l.ID, For: l.For, Home: l.Home, Class: l.Class, Due: l.NotBefore}}
	soon := o.Alive().Add(tick)
	if from := l.from(share(o.key(l.ID))); from.After(l.NotBefore) || soon.Year() > 1 && from.After(soon) {
		rec.State, rec.At = Waiting, from
	}
	if rec.Size, err = sizeOf(l); err != nil {
		return rec, err
	}
	o.address(&rec, l.To)
	return rec, nil
}

// address sends the letter to another address.
func (o *Outbox) address(rec *record, to chat.Address) {
	l := rec.Letter
	l.To = to
	rec.Room = o.room(to)
	if l.Slot != "" || len(l.Message.Offers) > 0 || rec.Size > fits {
		rec.Join, rec.Size = "", 0
		return
	}
	zone := ""
	if l.Message.Zone != nil {
		zone = l.Message.Zone.String()
	}
	rec.Join = o.vault.ID("join", to.Platform, to.Space, to.Room, to.Thread, l.For, l.Home, string(l.Class),
		l.Message.Lang, zone, strconv.FormatBool(l.Message.Silent), strconv.FormatInt(l.NotBefore.Unix()/60, 10))
}

// room is the hash of a room, threads and topics aside.
func (o *Outbox) room(at chat.Address) string {
	return o.vault.ID("room", at.Platform, at.Space, at.Room)
}

// share is a number from 0 to 1 that depends on the key alone: it spreads what would
// otherwise happen at once, the same way after a restart.
func share(key string) float64 {
	h := fnv.New32a()
	h.Write([]byte(key))
	return float64(h.Sum32()) / (1 << 32)
}

// The indexes of the letters.
const (
	byMember  = "member"
	byTime    = "waiting" // When to try next.
	byPlace   = "ready"   // In the order of the queue.
	byClaim   = "claimed"
	byJoin    = "join"
	bySettled = "settled"
)

var indexes = []storage.Index[record]{
	{Name: byMember, Keys: func(rec record) []string { return some(rec.Receipt.For) }},
	{Name: byTime, Keys: func(rec record) []string { return rec.timed(Waiting, OnHold) }},
	{Name: byPlace, Keys: func(rec record) []string {
		if rec.State != Ready {
			return nil
		}
		return []string{rec.place().String()}
	}},
	{Name: byClaim, Keys: func(rec record) []string { return rec.timed(Claimed) }},
	{Name: byJoin, Keys: func(rec record) []string {
		if rec.State != Ready || !rec.joins() {
			return nil
		}
		return []string{rec.Join + stamp(rec.Letter.NotAfter) + stamp(rec.Letter.NotBefore)}
	}},
	{Name: bySettled, Keys: func(rec record) []string { return rec.timed(Finished) }},
}

// joins reports whether the letter may go with others. What went out once goes out
// again as it was, so that a platform recognises it.
func (rec record) joins() bool {
	return rec.Join != "" && rec.Receipt.Tries == 0 && rec.Doubt.IsZero() && len(rec.With) == 0
}

func some(key string) []string {
	if key == "" {
		return nil
	}
	return []string{key}
}

func (rec record) timed(states ...State) []string {
	for _, s := range states {
		if rec.State == s {
			return []string{stamp(rec.At)}
		}
	}
	return nil
}

// stamp writes a time in milliseconds so that the order of text is the order of time.
func stamp(t time.Time) string { return fmt.Sprintf("%014d", max(0, t.UnixMilli())) }

// place is where a ready letter stands in the queue of its platform: classes in order,
// then the earliest deadline, to the minute. Within a minute the letters of a room are
// neighbours, so that a search passes a busy room in one step, however much waits for
// it; they stand by deadline and then by when they were due.
type place struct {
	platform string
	class    int
	room     string
	notAfter time.Time
	due      time.Time
}

func (rec record) place() place {
	l := rec.Letter
	return place{l.To.Platform, l.Class.rank(), rec.Room, l.NotAfter, l.NotBefore}
}

func (p place) String() string { return p.upToRoom() + stamp(p.notAfter) + stamp(p.due) }

func (p place) upToRoom() string { return p.line() + p.room }

// line is what the places of a class and a minute begin with.
func (p place) line() string {
	return fmt.Sprintf("%s/%d%010d", p.platform, p.class, p.notAfter.Unix()/60)
}

// pastRoom is where the neighbours of p end that are for the same room.
func (p place) pastRoom() string { return p.upToRoom() + "~" }

// pastPlatform is where the letters of p's platform end.
func (p place) pastPlatform() string { return p.platform + "0" } // "0" comes after "/".

// readPlace inverts String.
func readPlace(key string) (p place, err error) {
	platform, rest, _ := strings.Cut(key, "/")
	if len(rest) != 1+10+26+14+14 {
		return p, fmt.Errorf("a place in the queue of %d bytes: %w", len(key), storage.ErrDamaged)
	}
	notAfter, err1 := readStamp(rest[37:51])
	due, err2 := readStamp(rest[51:])
	if err1 != nil || err2 != nil {
		return p, fmt.Errorf("a place in the queue: %w", storage.ErrDamaged)
	}
	return place{platform, int(rest[0] - '0'), rest[11:37], notAfter, due}, nil
}

func readStamp(s string) (time.Time, error) {
	ms, err := strconv.ParseUint(s, 10, 63)
	return time.UnixMilli(int64(ms)).UTC(), err
}
