package meeting

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/spoken"
	"peerbot/storage"
)

// Shift is who hosts one gathering. Its key is the gathering's Ref.
type Shift struct {
	Series   string      `json:"series"`
	Date     spoken.Date `json:"date"`
	Home     string      `json:"home"`
	Host     string      `json:"host,omitempty"`     // Host has the turn, or has said yes; "" is nobody.
	Sure     bool        `json:"sure,omitempty"`     // Sure: Host has said yes.
	Declined []string    `json:"declined,omitempty"` // Declined are asked no more.
	Attended int         `json:"attended,omitempty"` // Attended is how many came, as a host entered it.
}

// The stages of a shift, in order.
const (
	stageDay     = "day"
	stageHours   = "hours"
	stageHour    = "hour"
	stageMinutes = "minutes"
	stageAfter   = "after"
	stageForget  = "forget"
)

func shiftTable(vault *storage.Vault) storage.Table[Shift] {
	return storage.Table[Shift]{Bucket: "meeting_shifts", Vault: vault, Version: 1,
		Owner: func(v Shift) string { return v.Home },
		Indexes: []storage.Index[Shift]{
			{Name: byMember, Keys: func(v Shift) []string {
				if v.Host == "" {
					return v.Declined
				}
				return append(slices.Clone(v.Declined), v.Host)
			}},
			{Name: "home", Keys: func(v Shift) []string { return []string{v.Home} }},
			{Name: bySeries, Keys: func(v Shift) []string { return []string{v.Series} }},
		}}
}

func (m *Meetings) shift(r storage.Reader, ref string) (v Shift, begun bool, err error) {
	row, err := m.shifts.Get(r, ref)
	if lost(err) {
		return Shift{}, false, nil
	}
	if err != nil {
		return Shift{}, false, fmt.Errorf("shift: %w", err)
	}
	return row.Value, true, nil
}

// Shift is who hosts the gathering; the zero Shift while nobody was asked.
func (m *Meetings) Shift(r storage.Reader, g Gathering) (Shift, error) {
	v, _, err := m.shift(r, g.Ref())
	return v, err
}

// advance carries a shift from stage to stage. What has changed since decides.
func (m *Meetings) advance(tx storage.Tx, now time.Time, it schedule.Item) error {
	v, begun, err := m.shift(tx, it.ID)
	if err != nil || !begun {
		return err
	}
	s, err := m.parts(tx, v.Series)
	if err != nil {
		return err
	}
	g, on := s.on(v.Date)
	if it.From == stageForget && v.Attended > 0 && v.Host != "" {
		return m.forgetHost(tx, v, it, now)
	}
	if rest := endOf(v.Date, s.zone()); !on && rest.After(now) {
		it.From, it.At = stageForget, rest // It can be put back: until its day is over it is known who hosts.
		return m.agenda.Put(tx, it)
	}
	if !on || it.From == stageForget {
		return errors.Join(m.shifts.Delete(tx, it.ID), m.sweepThanks(tx, it.ID))
	}
	if due := dueAt(g, it.From); due.After(now) { // It was put off since.
		it.At = due
		return m.agenda.Put(tx, it)
	}
	if err := m.stage(tx, v, g, it.From, now); err != nil {
		return err
	}
	it.From = after(it.From)
	it.At = later(now, dueAt(g, it.From))
	return m.agenda.Put(tx, it)
}

// dueAt is when a stage of a shift is due.
func dueAt(g Gathering, stage string) time.Time {
	switch stage {
	case stageHours:
		return g.Start.Add(-askAgain)
	case stageHour:
		return g.Start.Add(-askRoom)
	case stageMinutes:
		return g.Start.Add(-giveUp)
	case stageAfter:
		return g.End.Add(thankAfter)
	}
	return g.End.Add(keepShift)
}

func after(stage string) string {
	stages := []string{stageHours, stageHour, stageMinutes, stageAfter, stageForget}
	return stages[min(slices.Index(stages, stage)+1, len(stages)-1)]
}

// stage does what is due at one stage of a shift.
func (m *Meetings) stage(tx storage.Tx, v Shift, g Gathering, stage string, now time.Time) error {
	over := !now.Before(g.Start)
	switch {
	case stage == stageAfter:
		return m.tellThanks(tx, v, g, now)
	case over:
		return nil
	case stage == stageHour && v.Sure:
		return m.sendSheet(tx, v, g, stageHour, now)
	case v.Sure:
		return nil
	case stage == stageHours:
		return m.askOthers(tx, v, g, now)
	case stage == stageHour:
		m.rolls.want(g.Home) // At stageMinutes it is told what else is on.
		return m.askTheRoom(tx, g, now)
	case stage == stageMinutes:
		return m.noHost(tx, g, now)
	}
	return nil
}

// askOthers asks whoever has the turn once more, and the co-hosts.
func (m *Meetings) askOthers(tx storage.Tx, v Shift, g Gathering, now time.Time) error {
	r, err := m.Rota(tx, v.Series)
	if err != nil {
		return err
	}
	for _, id := range append([]string{v.Host}, r.CoHosts...) {
		if id == "" || slices.Contains(v.Declined, id) {
			continue
		}
		if err := m.askHost(tx, id, g, stageHours, now); err != nil {
			return err
		}
	}
	return nil
}

// askHost asks a member whether they host, in words that their lock screen may show.
func (m *Meetings) askHost(tx storage.Tx, id string, g Gathering, stage string, now time.Time) error {
	return m.toHost(tx, id, g, "meeting.host_ask.", stage, now, func(l *outbox.Letter) {
		l.Message.Offers = [][]chat.Offer{{hostOffer(g, "yes"), hostOffer(g, "no")}}
		l.NotAfter = earliest(g.Start, now.Add(24*time.Hour))
	})
}

// toHost writes to a member about a gathering that they host, or may host.
func (m *Meetings) toHost(tx storage.Tx, id string, g Gathering, say, stage string, now time.Time, more func(*outbox.Letter)) error {
	w, err := m.wishes(tx, Follow{Series: g.Series, Home: g.Home, Member: id}, series{g.Meeting})
	if err != nil || w.who.Reach == (chat.Address{}) {
		return err
	}
	form, name := w.form(g.Details)
	l := w.letter()
	l.ID = strings.Join([]string{"meeting.host", g.Ref(), id, stage}, "|")
	l.Message.Body = chat.Say(say+form, chat.At("time", g.Start, chat.Moment), chat.Text("name", name))
	if quiet, _ := w.quiet.Holds(now, w.zone); quiet {
		l.Message.Silent = true
	}
	l.Class, l.NotBefore, l.NotAfter = outbox.Exact, now, now.Add(24*time.Hour)
	more(&l)
	l.LateAfter = l.NotAfter
	return m.tell(tx, g, aboutTurn, l)
}

// tellNewcomers tells whoever has had the sheet already of one newcomer more.
func (m *Meetings) tellNewcomers(tx storage.Tx, g Gathering, now time.Time) error {
	v, err := m.Shift(tx, g)
	if err != nil || !v.Sure || !g.sheetOpens(now) {
		return err
	}
	n, err := m.count(tx, byFirst, g.Ref())
	if err != nil {
		return err
	}
	return m.sendSheet(tx, v, g, fmt.Sprint("newcomers|", n), now)
}

// sheetOpens reports whether the host can open the sheet.
func (g Gathering) sheetOpens(now time.Time) bool {
	return !now.Before(g.Start.Add(-askRoom)) && now.Before(g.End)
}

// sendSheet tells whoever hosts that it is soon, and how many are new, with the way to
// the sheet.
func (m *Meetings) sendSheet(tx storage.Tx, v Shift, g Gathering, stage string, now time.Time) error {
	n, err := m.count(tx, byFirst, g.Ref())
	if err != nil {
		return err
	}
	return m.toHost(tx, v.Host, g, "meeting.host_soon.", stage, now, func(l *outbox.Letter) {
		if n > 0 {
			l.Message.Body = chat.Lines(l.Message.Body, Newcomers(n))
		}
		l.Message.Offers = [][]chat.Offer{{sheetOffer(g), hostOffer(g, "no")}}
		l.NotAfter = g.End
	})
}

// Newcomers says how many are there for the first time.
func Newcomers(n int) chat.Rich { return chat.Say("meeting.newcomers", chat.Count("people", n)) }

// askTheRoom asks everybody in the room of a meeting, and names nobody who is missing.
func (m *Meetings) askTheRoom(tx storage.Tx, g Gathering, now time.Time) error {
	if g.Room == "" {
		return nil
	}
	l, err := m.roomLetter(tx, g.Details, g.Home, g.Rule.Zone)
	if err != nil {
		return err
	}
	l.ID = fmt.Sprint("meeting.needs_host|", g.Ref(), "|", now.UnixMilli())
	l.Message.Body = chat.Say("meeting.needs_host", chat.Text("title", g.Title), chat.At("time", g.Start, chat.Zoned))
	l.Message.Offers = [][]chat.Offer{{hostOffer(g, "yes"), HelpNow()}}
	l.Class, l.NotBefore, l.NotAfter = outbox.Exact, now, g.Start
	l.LateAfter = l.NotAfter
	return m.outbox.Post(tx, l)
}

// noHost tells everybody who was reminded what happens without a host: the room is
// open all the same, or the gathering is cancelled, as the community chose.
func (m *Meetings) noHost(tx storage.Tx, g Gathering, now time.Time) error {
	h, err := m.spaces.Get(tx, g.Home)
	if err != nil {
		return err
	}
	call := fmt.Sprint("no host|", g.Ref(), "|", g.Start.Unix())
	if h.NoHost == "off" {
		_, err := m.Cancel(tx, g, This, call, now)
		return err
	}
	return m.announce(tx, Change{Home: g.Home, Series: g.Series, At: now, Now: map[string]int{},
		News: []News{{Gathering: g.Details, Date: g.Date, Zone: g.Rule.Zone, Was: g.Start, Is: g.Start, NoHost: true}}}, call)
}

// Host notes that a member hosts the gathering. The error is a *chat.Refusal when
// somebody else does already, or it is over.
func (m *Meetings) Host(tx storage.Tx, g Gathering, id string, now time.Time) error {
	v, begun, err := m.shift(tx, g.Ref())
	switch {
	case err != nil:
		return err
	case !now.Before(g.End):
		return chat.Refuse(chat.Missing, "meeting.come_over")
	case v.Sure && v.Host != id:
		return chat.Refuse(chat.Conflict, "meeting.host_taken")
	}
	v.Series, v.Date, v.Home, v.Host, v.Sure = g.Series, g.Date, g.Home, id, true
	v.Declined = slices.DeleteFunc(slices.Clone(v.Declined), func(other string) bool { return other == id })
	if err := m.shifts.Put(tx, g.Ref(), v); err != nil {
		return fmt.Errorf("host a gathering: %w", err)
	}
	if g.sheetOpens(now) {
		if err := m.sendSheet(tx, v, g, stageHour, now); err != nil {
			return err
		}
	}
	if begun {
		return nil
	}
	return m.agenda.Put(tx, schedule.Item{Kind: kindShift, ID: g.Ref(), From: stageHours, At: later(now, dueAt(g, stageHours))})
}

// HandBack notes that a member cannot host. Others are asked: the co-hosts, and in the
// last hour the room. In the last minutes everybody learns what happens without a host.
func (m *Meetings) HandBack(tx storage.Tx, g Gathering, id string, now time.Time) error {
	v, begun, err := m.shift(tx, g.Ref())
	if err != nil || !begun {
		return err
	}
	if !slices.Contains(v.Declined, id) {
		v.Declined = append(v.Declined, id)
	}
	had := v.Host == id
	if had {
		v.Host, v.Sure = "", false
	}
	if err := m.shifts.Put(tx, g.Ref(), v); err != nil {
		return fmt.Errorf("hand a turn back: %w", err)
	}
	switch left := g.Start.Sub(now); {
	case !had || left <= 0:
		return nil
	case left <= giveUp:
		return m.noHost(tx, g, now)
	case left <= askRoom:
		return m.askTheRoom(tx, g, now)
	}
	return m.askOthers(tx, v, g, now)
}

// Sheet is what the host of the gathering reads from, from an hour before it until its
// end, and nobody else at any time. The error is then a *chat.Refusal.
func (m *Meetings) Sheet(r storage.Reader, g Gathering, id string, now time.Time) (string, error) {
	v, err := m.Shift(r, g)
	if err != nil {
		return "", err
	}
	if !v.Sure || v.Host != id || !g.sheetOpens(now) {
		return "", chat.Refuse(chat.Denied, "meeting.no_sheet")
	}
	rota, err := m.Rota(r, g.Series)
	return rota.Sheet, err
}
