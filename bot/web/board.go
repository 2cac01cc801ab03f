package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"peerbot/chat"
)

// most is how many messages are kept, the last changed ones.
const most = 2000

// remembered is how long the id of a letter is.
const remembered = 24 * time.Hour

// item is one message as it is kept: the same for everybody. It never changes; an
// edit puts another in its place.
type item struct {
	id    string
	seq   int64 // seq numbers the change that everybody saw last.
	order int64 // order is its place among the messages.

	at     chat.Address
	only   string // only is the one person who sees it; "" is everyone.
	by     string // by is the person who wrote it; "" is the bot.
	body   chat.Rich
	rows   [][]key
	files  []chat.File
	asks   []ask
	sent   time.Time
	edited bool
	silent bool
	letter bool // letter: it came unasked.
}

// key is a button.
type key struct{ label, payload string }

// ask is a form that hangs on a message, for one person alone.
type ask struct {
	who   string
	seq   int64       // seq numbers the change that they alone saw last.
	offer *chat.Offer // offer is nil when it has been answered.
	about chat.Rich
}

// keys are buttons as they are kept.
func keys(offers [][]chat.Offer) [][]key {
	var rows [][]key
	for _, offers := range offers {
		var row []key
		for _, o := range offers {
			row = append(row, key{label: chat.Line(o.Label.String()), payload: o.Payload})
		}
		rows = append(rows, row)
	}
	return rows
}

// empty reports whether the person sees nothing in the message, such as one that was
// nothing but a form, and that is answered.
func (it *item) empty(who string) bool {
	a, _ := it.ask(who)
	return len(it.body)+len(it.rows)+len(it.files) == 0 && a.offer == nil
}

func (it *item) visible(who string) bool { return it.only == "" || it.only == who }

// ask is the form that hangs on the message for the person.
func (it *item) ask(who string) (ask, bool) {
	for _, a := range it.asks {
		if a.who == who {
			return a, true
		}
	}
	return ask{}, false
}

// seen numbers the change that the person saw last.
func (it *item) seen(who string) int64 {
	a, _ := it.ask(who)
	return max(it.seq, a.seq)
}

// last numbers the change that anybody saw last.
func (it *item) last() int64 {
	last := it.seq
	for _, a := range it.asks {
		last = max(last, a.seq)
	}
	return last
}

// asking is the message with another form for the person.
func (it *item) asking(a ask) item {
	next := *it
	next.asks = slices.DeleteFunc(slices.Clone(it.asks), func(old ask) bool { return old.who == a.who })
	next.asks = append(next.asks, a)
	return next
}

// carries reports whether the payload stands on the message, for the person.
func (it *item) carries(who, payload string) bool {
	if a, ok := it.ask(who); ok && a.offer != nil && a.offer.Payload == payload {
		return true
	}
	return slices.ContainsFunc(it.rows, func(row []key) bool {
		return slices.ContainsFunc(row, func(k key) bool { return k.payload == payload })
	})
}

// board is the one log of messages. Every change has a number, and whoever knows the
// number of the last change that they saw can be told all that came after it.
type board struct {
	mu      sync.Mutex
	last    int64   // last numbers the last change.
	gone    int64   // gone numbers the last change that is not kept any more.
	items   []*item // items by their last change.
	changed chan struct{}
	letters []sent // letters by when they were sent.
}

// sent is a letter that could come again.
type sent struct {
	id, item string
	at       time.Time
}

func newBoard() *board { return &board{changed: make(chan struct{})} }

// since are the messages that changed for the person after the change n, in that
// order; now numbers the last change, and more is closed at the next. It is false
// when what changed since is not all kept.
func (b *board) since(who string, n int64) (news []*item, now int64, more <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < b.gone || n > b.last {
		return nil, 0, nil, false
	}
	first, _ := slices.BinarySearchFunc(b.items, n+1, func(it *item, n int64) int { return cmp.Compare(it.last(), n) })
	for _, it := range b.items[first:] {
		if it.visible(who) && it.seen(who) > n {
			news = append(news, it)
		}
	}
	slices.SortFunc(news, func(x, y *item) int { return cmp.Compare(x.seen(who), y.seen(who)) })
	return news, b.last, b.changed, true
}

// at are the messages that the person sees at an address, in their order, and the
// number of the last change.
func (b *board) at(a chat.Address, who string) (seen []*item, now int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, it := range b.items {
		if it.at == a && it.visible(who) && !it.empty(who) {
			seen = append(seen, it)
		}
	}
	slices.SortFunc(seen, func(x, y *item) int { return cmp.Compare(x.order, y.order) })
	return seen, b.last
}

func (b *board) all() []*item {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.items)
}

// add puts a message up.
func (b *board) add(it item) (id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.append(it)
}

func (b *board) append(it item) (id string) {
	it.order = b.last + 1
	it.id = "m" + strconv.FormatInt(it.order, 10)
	b.put(it, "")
	return it.id
}

// letter puts a message up once for an id.
func (b *board) letter(id string, it item, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = slices.DeleteFunc(b.letters, func(s sent) bool { return now.Sub(s.at) > remembered })
	for _, s := range b.letters {
		if s.id == id {
			return s.item
		}
	}
	it.sent = now
	b.letters = append(b.letters, sent{id: id, item: b.append(it), at: now})
	return b.letters[len(b.letters)-1].item
}

// edit changes what the bot says in a message, if that is kept.
func (b *board) edit(id string, to item) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.find(id)
	if old == nil {
		return false
	}
	next := *old
	next.body, next.rows, next.files, next.edited = to.body, to.rows, to.files, true
	b.put(next, "")
	return true
}

// asked is the form with the payload that hangs on a message for the person.
func (b *board) asked(who, payload string) *chat.Offer {
	for _, it := range b.all() {
		if a, ok := it.ask(who); ok && a.offer != nil && a.offer.Payload == payload {
			return a.offer
		}
	}
	return nil
}

// file is a file that came with a message: its key is that message's id, a dot and
// its index there.
func (b *board) file(key string) (chat.File, bool) {
	id, index, _ := strings.Cut(key, ".")
	for _, it := range b.all() {
		i, err := strconv.Atoi(index)
		if it.id == id && err == nil && i >= 0 && i < len(it.files) {
			return it.files[i], true
		}
	}
	return chat.File{}, false
}

func (b *board) find(id string) *item {
	for _, it := range b.items {
		if it.id == id {
			return it
		}
	}
	return nil
}

// put keeps what is new for one person, or for everybody. The caller holds mu.
func (b *board) put(it item, who string) {
	b.last++
	if who == "" {
		it.seq = b.last
	}
	for i, a := range it.asks {
		if a.seq == 0 { // and so it is new, and the slice is nobody else's
			it.asks[i].seq = b.last
		}
	}
	b.items = slices.DeleteFunc(b.items, func(old *item) bool { return old.id == it.id })
	if b.items = append(b.items, &it); len(b.items) > most {
		b.gone = b.items[0].last()
		b.items = slices.Delete(b.items, 0, 1)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}
