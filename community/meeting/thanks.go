package meeting

import (
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/storage"
)

// thanks is that a member thanked the host of a gathering. It is sealed under their own
// key and kept until the host has heard how many did.
type thanks struct {
	Ref    string `json:"ref"`
	Member string `json:"member"`
}

func thanksTable(vault *storage.Vault) storage.Table[thanks] {
	return storage.Table[thanks]{Bucket: "meeting_thanks", Vault: vault, Version: 1,
		Owner: func(t thanks) string { return t.Member },
		Indexes: []storage.Index[thanks]{
			{Name: "ref", Keys: func(t thanks) []string { return []string{t.Ref} }},
			{Name: byMember, Keys: func(t thanks) []string { return []string{t.Member} }},
		}}
}

// Thank thanks the host of a gathering that has begun. Thanking twice counts once. The
// error is a *chat.Refusal when nobody hosted it, or it is too long ago.
func (m *Meetings) Thank(tx storage.Tx, g Gathering, id string, now time.Time) error {
	v, err := m.Shift(tx, g)
	if err != nil {
		return err
	}
	if !v.Sure || v.Host == id || now.Before(g.Start) || !now.Before(g.End.Add(thankAfter)) {
		return chat.Refuse(chat.Missing, "meeting.no_thanks")
	}
	if err := m.thanks.Put(tx, m.vault.ID("thanks", g.Ref(), id), thanks{Ref: g.Ref(), Member: id}); err != nil {
		return fmt.Errorf("thank a host: %w", err)
	}
	return nil
}

// tellThanks tells the host how many people thanked them, and asks how many came.
func (m *Meetings) tellThanks(tx storage.Tx, v Shift, g Gathering, now time.Time) error {
	if !v.Sure {
		return nil
	}
	n := 0
	for _, err := range m.thanks.Keys(tx, "ref", g.Ref(), "") {
		if err != nil {
			return fmt.Errorf("count thanks: %w", err)
		}
		n++
	}
	return m.toHost(tx, v.Host, g, "meeting.host_after.", stageAfter, now, func(l *outbox.Letter) {
		if n > 0 {
			l.Message.Body = chat.Lines(chat.Say("meeting.thanks", chat.Count("people", n)), l.Message.Body)
		}
		l.Message.Offers = [][]chat.Offer{{attendedOffer(g)}}
		l.Class, l.Message.Silent = outbox.Digest, true
	})
}

// sweepThanks forgets who thanked.
func (m *Meetings) sweepThanks(tx storage.Tx, ref string) error {
	_, err := m.thanks.Sweep(tx, "ref", ref, perSweep)
	return err
}

// MaxAttended bounds how many can have come.
const MaxAttended = 100_000

// Attend notes how many came to a gathering. Its host may say so, and an organiser.
func (m *Meetings) Attend(tx storage.Tx, g Gathering, id string, organiser bool, n int, now time.Time) error {
	if now.Before(g.Start) {
		return chat.Refuse(chat.Invalid, "meeting.attend_early")
	}
	v, _, err := m.shift(tx, g.Ref())
	if err != nil {
		return err
	}
	if !organiser && v.Host != id {
		return chat.Refuse(chat.Denied, "meeting.no_sheet")
	}
	v.Series, v.Date, v.Home, v.Attended = g.Series, g.Date, g.Home, n
	if err := m.shifts.Put(tx, g.Ref(), v); err != nil {
		return fmt.Errorf("note how many came: %w", err)
	}
	return nil
}

// IHost lets an organiser host the gathering unasked.
func (g Gathering) IHost() chat.Offer { return hostOffer(g, "yes") }

// HostOffers are what somebody can do next who said whether they host.
func (g Gathering) HostOffers(yes bool) []chat.Offer {
	if yes {
		return []chat.Offer{sheetOffer(g), hostOffer(g, "no")}
	}
	return []chat.Offer{hostOffer(g, "yes")}
}

// Thank lets who presses it thank the host, once.
func (g Gathering) Thank() chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.thank"), Path: []string{"meeting", "thank"}, Bound: bound(g.Ref())}
}

func hostOffer(g Gathering, do string) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.host." + do), Path: []string{"meeting", "host"},
		Bound: append(bound(g.Ref()), chat.Arg{Name: "do", Value: do})}
}

func sheetOffer(g Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.sheet"), Path: []string{"meeting", "sheet"}, Bound: bound(g.Ref())}
}

func attendedOffer(g Gathering) chat.Offer {
	return chat.Offer{Label: chat.Say("meeting.attended"), Path: []string{"meeting", "attended"}, Bound: bound(g.Ref()),
		Open: []chat.Arg{{Name: "people"}}}
}
