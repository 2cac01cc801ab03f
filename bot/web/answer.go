package web

import (
	"time"
	"unicode/utf16"

	"peerbot/chat"
)

// letter is what the bot says unasked, as it is kept.
func letter(to chat.Address, m chat.Message) item {
	it := item{at: to, body: fit(m.Body), rows: keys(m.Offers), files: m.Files, silent: m.Silent, letter: true}
	if to.Direct() {
		it.only = to.Room
	}
	return it
}

// answer is a reply to somebody, as it is kept. A form is for them alone.
func answer(c *chat.Call, r chat.Reply) item {
	it := item{at: c.At, body: fit(r.Body), rows: keys(r.Offers), files: r.Files, sent: time.Now()}
	if r.Private || r.Ask != nil || c.At.Direct() {
		it.only = c.From.ID
	}
	if r.Ask != nil {
		it.asks = []ask{{who: c.From.ID, offer: r.Ask}}
	}
	return it
}

// fit is rich text that a message can hold: one that is too long is cut, plain and
// marked.
func fit(r chat.Rich) chat.Rich {
	text := r.String()
	if units(text) <= maxText {
		return r
	}
	for n := maxText; units(text) > maxText; n /= 2 {
		text, _ = chat.Cut(text, n)
	}
	return chat.Words(text)
}

func units(text string) int {
	if len(text) <= maxText {
		return len(text) // There are no more units than bytes.
	}
	return len(utf16.Encode([]rune(text)))
}

// answer puts the answer to who up: in place of the message on which the payload was
// pressed, where it asks for that. A form comes to hang on that message, and one that
// was answered goes. What only one person may see never takes the place of what
// others do.
func (b *board) answer(who, pressed, payload string, a item, replace bool) (id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.find(pressed)
	if old == nil || old.at != a.at || !old.visible(who) || !old.carries(who, payload) {
		old = nil
	}
	switch {
	case old != nil && replace && len(a.asks) > 0:
		form := a.asks[0]
		form.about = a.body
		b.put(old.asking(form), who)
		return old.id
	case old != nil && replace && !a.empty(who) && (a.only == "" || old.only != ""):
		b.put(a.inPlaceOf(old, b.last+1), "")
		return old.id
	}
	if old != nil {
		b.closeForm(old, who, payload)
	}
	if a.empty(who) {
		return ""
	}
	return b.append(a)
}

// inPlaceOf is the answer in place of another message. One that only one person saw
// and that everybody sees now is new to the others, so it comes last. Who sees their
// own go on need not be told that it was edited; the others do.
func (it item) inPlaceOf(old *item, last int64) item {
	it.id, it.order = old.id, old.order
	if old.only != "" && it.only == "" {
		it.order = last
		return it
	}
	it.sent, it.edited = old.sent, old.only == ""
	return it
}

// closeForm takes a form away that was answered.
func (b *board) closeForm(old *item, who, payload string) {
	if a, ok := old.ask(who); ok && a.offer != nil && a.offer.Payload == payload {
		b.put(old.asking(ask{who: who}), who)
	}
}
