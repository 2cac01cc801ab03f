package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
	"peerbot/storage/bolt"
	"peerbot/storage/mem"
)

// step is one thing that happens in a script.
type step struct {
	Do    string // post, drop, wait, fail or crash
	Class outbox.Class
	Room  int
	Slot  int           // Slot of 0 is none.
	Due   time.Duration // Due and Stale count from now.
	Stale time.Duration
	N     int           // N is which letter to drop, how many sends fail, or how many Updates until the crash.
	After bool          // After: the crash comes after the commit, not before.
	Wait  time.Duration // Wait is how long the step lasts, or how long the bot is down.
}

// script is one story of an outbox.
type script struct {
	Steps        []step
	There, Back  time.Duration // How long a message takes to arrive, and its answer to return.
	Gap          time.Duration // Gap is how long a room takes nothing after a message.
	Dedups, Edit bool
}

func scripts() *rapid.Generator[script] {
	seconds := func(from, to int) *rapid.Generator[time.Duration] {
		return rapid.Map(rapid.IntRange(from, to), func(s int) time.Duration { return time.Duration(s) * time.Second })
	}
	millis := rapid.Map(rapid.IntRange(0, 3000), func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond })
	steps := rapid.Custom(func(t *rapid.T) step {
		return step{
			Do:    rapid.SampledFrom([]string{"post", "post", "post", "post", "post", "post", "drop", "wait", "fail", "crash"}).Draw(t, "do"),
			Class: rapid.SampledFrom([]outbox.Class{outbox.Safety, outbox.Exact, outbox.Early, outbox.Digest}).Draw(t, "class"),
			Room:  rapid.IntRange(1, 3).Draw(t, "room"),
			Slot:  max(0, rapid.IntRange(-3, 2).Draw(t, "slot")),
			Due:   seconds(-120, 20).Draw(t, "due"),
			Stale: seconds(30, 3600).Draw(t, "stale"),
			N:     rapid.IntRange(0, 12).Draw(t, "n"),
			After: rapid.Bool().Draw(t, "after"),
			Wait:  rapid.OneOf(millis, seconds(0, 120)).Draw(t, "wait"),
		}
	})
	return rapid.Custom(func(t *rapid.T) script {
		return script{Steps: rapid.SliceOfN(steps, 1, 40).Draw(t, "steps"), There: millis.Draw(t, "there"), Back: millis.Draw(t, "back"), Gap: rapid.OneOf(rapid.Just(time.Duration(0)), millis).Draw(t, "gap"),
			Dedups: rapid.Bool().Draw(t, "dedups"), Edit: rapid.Bool().Draw(t, "edit")}
	})
}

// TestModel plays random scripts with crashes in any of their transactions, and checks
// what arrived against what was posted.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := scripts().Draw(rt, "script")
		bubble(t, func(t *testing.T) { play(t, rt, s, func() storage.Store { return mem.New() }) })
	})
}

// TestModelOnDisk is the same over bolt, whose file is opened anew after each crash.
func TestModelOnDisk(t *testing.T) {
	for i := range 15 {
		s := scripts().Example(i)
		path := filepath.Join(t.TempDir(), "store")
		bubble(t, func(t *testing.T) {
			play(t, t, s, func() storage.Store {
				store, err := bolt.Open(path, bolt.Options{})
				if err != nil {
					t.Fatal(err)
				}
				return store
			})
		})
	}
}

// mortal is a store that dies in one of its Updates, before or after the commit.
type mortal struct {
	storage.Store
	mu    sync.Mutex
	left  int // left is how many Updates it has; 0 is without end.
	after bool
	dead  bool
}

func (m *mortal) Update(ctx context.Context, fn func(storage.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left == 0 {
		m.dead = true
		if !m.after {
			return storage.ErrClosed
		}
		return errors.Join(storage.ErrClosed, m.Store.Update(ctx, fn))
	}
	if m.dead {
		return storage.ErrClosed
	}
	return m.Store.Update(ctx, fn)
}

func (m *mortal) isDead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

// posted is what the model knows of a letter.
type posted struct {
	outbox.Letter
	at      time.Time
	maybe   bool // maybe: the crash came with its commit.
	dropped bool // dropped: withdrawn, or replaced in its slot.
	touched bool // touched: it failed, or was in flight in a crash.
	sent    bool // sent: it has begun to fly.
	arrived int
	edited  int
}

// story is a script being played.
type story struct {
	t interface {
		Helper()
		Errorf(string, ...any)
	}
	script
	mu      sync.Mutex
	letters map[string]*posted
	order   []string
	known   map[string]string // What arrived under an id, for who dedups.
	store   *mortal
	fails   int
	slots   map[int]int          // The newest letter that arrived in a slot.
	free    map[string]time.Time // When a room takes the next message.
}

func play(t *testing.T, report interface {
	Helper()
	Errorf(string, ...any)
}, s script, open func() storage.Store) {
	st := &story{t: report, script: s, letters: map[string]*posted{}, known: map[string]string{}, slots: map[int]int{}}
	st.store = &mortal{Store: open()}
	h := openHouse(t, st.store)
	stop := h.run(st.sender())
	crash := func(down time.Duration) {
		stop()
		pass(down)
		disk := st.store.Store
		if file, ok := disk.(*bolt.Store); ok {
			if err := file.Close(); err != nil {
				t.Error(err)
			}
			disk = open()
		}
		told := h.told
		st.store = &mortal{Store: disk}
		h = openHouse(t, st.store)
		h.told = told
		for id, line := range h.lines() {
			if line.State == outbox.Claimed || line.State == outbox.Joined {
				st.touch([]string{id})
			}
		}
		stop = h.run(st.sender())
	}
	for i, step := range s.Steps {
		switch step.Do {
		case "post":
			st.post(h, i, step)
		case "drop":
			st.drop(h, step.N)
		case "fail":
			st.mu.Lock()
			st.fails += step.N
			st.mu.Unlock()
		case "crash":
			st.store.mu.Lock()
			st.store.left, st.store.after = step.N+1, step.After
			st.store.mu.Unlock()
		}
		pass(step.Wait)
		if st.store.isDead() {
			crash(step.Wait)
		}
	}
	st.store.mu.Lock()
	st.store.left = -1
	st.store.mu.Unlock()
	st.mu.Lock()
	st.fails = 0
	st.mu.Unlock()
	if st.store.isDead() {
		crash(0)
	}
	pass(26 * time.Hour)
	stop()
	st.check(h)
	if err := st.store.Store.Close(); err != nil {
		t.Error(err)
	}
}

func (st *story) post(h *house, i int, step step) {
	id := fmt.Sprintf("<%d>", i)
	now := time.Now()
	l := note(id, fmt.Sprint(step.Room), class(step.Class))
	l.Message.Body = chat.Words(id)
	l.NotBefore, l.NotAfter = now.Add(step.Due), now.Add(step.Stale)
	if step.Slot > 0 {
		l.Slot = fmt.Sprint(step.Slot)
		l.To.Room = fmt.Sprint("slot", step.Slot)
	}
	p := &posted{Letter: l, at: now}
	st.mu.Lock()
	before := slices.Clone(st.order)
	st.letters[id] = p
	st.order = append(st.order, id)
	st.mu.Unlock()
	err := h.store.Update(h.t.Context(), func(tx storage.Tx) error { return h.Post(tx, l) })
	st.mu.Lock()
	defer st.mu.Unlock()
	if p.maybe = err != nil; p.maybe && (!errors.Is(err, storage.ErrClosed) || !st.store.isDead()) {
		st.t.Errorf("post: %v", err)
	}
	for _, old := range before {
		if o := st.letters[old]; l.Slot != "" && o.Slot == l.Slot {
			o.dropped = true
		}
	}
}

func (st *story) drop(h *house, n int) {
	st.mu.Lock()
	if len(st.order) == 0 {
		st.mu.Unlock()
		return
	}
	p := st.letters[st.order[n%len(st.order)]]
	p.dropped = true
	st.mu.Unlock()
	err := h.store.Update(h.t.Context(), func(tx storage.Tx) error { return h.Drop(tx, p.ID) })
	if err != nil && !st.store.isDead() {
		st.t.Errorf("drop: %v", err)
	}
}

var token = regexp.MustCompile(`<\d+>`)

// sender is the platform as this run of the bot sees it.
func (st *story) sender() outbox.Sender {
	st.free = map[string]time.Time{}
	to := &receiver{story: st, store: st.store}
	if st.Edit {
		return receiverThatEdits{to}
	}
	return to
}

type receiver struct {
	*story
	store *mortal
}

func (r *receiver) Window(string) time.Duration {
	if r.Dedups {
		return 1000 * time.Hour
	}
	return 0
}

func (r *receiver) Free(to chat.Address) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.free[to.Room]
}

func (r *receiver) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	return r.carry(to, id, m, "")
}

type receiverThatEdits struct{ *receiver }

func (r receiverThatEdits) Edit(_ context.Context, to chat.Address, ref string, m chat.Message) error {
	_, err := r.carry(to, "", m, ref)
	return err
}

func (r *receiver) carry(to chat.Address, id string, m chat.Message, edits string) (string, error) {
	said := token.FindAllString(m.Body.String(), -1)
	r.takeOff(to, said, m)
	time.Sleep(r.There)
	if r.store.isDead() {
		return "", errors.New("crashed on the way")
	}
	ref, err := r.arrive(id, said, edits)
	time.Sleep(r.Back)
	if r.store.isDead() {
		r.touch(said)
	}
	return ref, err
}

func (st *story) touch(said []string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, id := range said {
		st.letters[id].touched = true
	}
}

// takeOff checks that it is the turn of what takes off.
func (st *story) takeOff(to chat.Address, said []string, m chat.Message) {
	st.mu.Lock()
	defer st.mu.Unlock()
	now := time.Now()
	lead := st.letters[said[0]]
	if now.Before(st.free[to.Room]) {
		st.t.Errorf("%s goes to a room that takes nothing yet", said[0])
	}
	st.free[to.Room] = now.Add(st.Gap)
	for _, id := range said {
		l := st.letters[id]
		if now.Before(l.NotBefore) || !now.Before(l.NotAfter) {
			st.t.Errorf("%s goes at %v, due %v, stale %v", id, now, l.NotBefore, l.NotAfter)
		}
		late := l.NotBefore.Add(time.Minute)
		if l.Class == outbox.Early {
			late = l.NotAfter
		}
		if says := strings.Contains(m.Body.String(), "Late:\n\n"+id); says != now.After(late) {
			st.t.Errorf("%s goes at %v, due %v, and says that it is late: %v", id, now, l.NotBefore, says)
		}
	}
	for id, other := range st.letters {
		waits := other.To.Room == to.Room && !other.sent && !other.touched && !other.dropped && !other.maybe &&
			other.at.Before(now.Add(-5*time.Millisecond)) && other.NotBefore.Before(now.Add(-5*time.Millisecond)) && now.Before(other.NotAfter)
		if waits && other.Class != outbox.Early && !slices.Contains(said, id) && !lead.touched && before(other, lead) {
			st.t.Errorf("%s goes before %s, %+v before %+v", lead.ID, id, lead, other)
		}
	}
	for _, id := range said {
		st.letters[id].sent = true
	}
}

// before reports whether a is strictly more urgent than b.
func before(a, b *posted) bool {
	rank := "safety exact early digest"
	if a.Class != b.Class {
		return strings.Index(rank, string(a.Class)) < strings.Index(rank, string(b.Class))
	}
	return a.NotAfter.Unix()/60 < b.NotAfter.Unix()/60
}

func (st *story) arrive(id string, said []string, edits string) (ref string, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.fails > 0 {
		st.fails--
		for _, id := range said {
			st.letters[id].touched = true
		}
		return "", &chat.Bounce{Fate: chat.Later, Err: errors.New("busy")}
	}
	if ref, ok := st.known[id]; ok && st.Dedups && edits == "" {
		return ref, nil
	}
	for _, id := range said {
		l := st.letters[id]
		if edits != "" {
			l.edited++
		} else {
			l.arrived++
		}
		if l.Slot != "" {
			st.inSlot(l)
		}
	}
	if edits == "" {
		st.known[id] = "ref " + id
	}
	return "ref " + id, nil
}

// inSlot checks that no letter follows a newer one of its slot.
func (st *story) inSlot(l *posted) {
	var slot, n int
	fmt.Sscan(l.Slot, &slot)
	fmt.Sscanf(l.ID, "<%d>", &n)
	if last, ok := st.slots[slot]; ok && last > n {
		st.t.Errorf("in slot %d letter %d follows letter %d", slot, n, last)
	}
	st.slots[slot] = n
}

// check compares the receipts and what arrived with what was posted.
func (st *story) check(h *house) {
	lines := h.lines()
	told := map[string]outbox.Outcome{}
	for _, r := range h.told {
		told[r.ID] = r.Outcome
	}
	for _, id := range st.order {
		l, line := st.letters[id], lines[id]
		r := line.Receipt
		if _, kept := lines[id]; !kept && l.maybe {
			continue
		}
		if line.State != outbox.Finished {
			st.t.Errorf("%s is lost: %+v", id, line)
		}
		if withdrawn := l.dropped && (r.Outcome == outbox.Dropped || r.Outcome == outbox.Unknown); !withdrawn && told[id] != r.Outcome {
			st.t.Errorf("%s is %s, and the domain heard %q", id, r.Outcome, told[id])
		}
		st.justify(l, r)
		if extra := l.arrived - 1; extra > 0 && (st.Dedups || extra > crashes(st.Steps)) {
			st.t.Errorf("%s arrived %d times, dedup %v: %+v", id, l.arrived, st.Dedups, l)
		}
		if l.arrived > 1 && (l.Class == outbox.Early || l.Class == outbox.Digest || r.Outcome == outbox.Sent && !r.Repeated) {
			st.t.Errorf("%s of %s was repeated: %+v", id, l.Class, r)
		}
	}
}

// justify checks that a letter which did not arrive has a reason.
func (st *story) justify(l *posted, r outbox.Receipt) {
	reached := l.arrived+l.edited > 0
	ok := false
	switch r.Outcome {
	case outbox.Sent:
		ok = reached
	case outbox.Stale:
		ok = !reached && !r.At.Before(l.NotAfter.Truncate(time.Millisecond))
	case outbox.Dropped:
		ok = l.dropped && !reached
	case outbox.Unknown:
		stale := !r.At.Before(l.NotAfter.Truncate(time.Millisecond))
		once := !st.Dedups && (l.Class == outbox.Early || l.Class == outbox.Digest)
		ok = crashes(st.Steps) > 0 && (once || stale || l.dropped)
	}
	if !ok {
		st.t.Errorf("%s: %+v, but %+v", l.ID, r, l)
	}
}

func crashes(steps []step) (n int) {
	for _, s := range steps {
		if s.Do == "crash" {
			n++
		}
	}
	return n
}
