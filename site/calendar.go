package site

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/ical"
	"peerbot/spoken"
	"peerbot/storage"
)

// calendar serves a calendar as RFC 5545 has it.
func (s *Site) calendar(rw http.ResponseWriter, r *http.Request) []byte {
	rw.Header().Set("X-Robots-Tag", "noindex")
	secret, isCalendar := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !isCalendar {
		http.NotFound(rw, r)
		return nil
	}
	cal, o, found, err := s.readCalendar(r.Context(), secret)
	switch {
	case err != nil:
		return s.fail(rw, r, err)
	case !found:
		http.NotFound(rw, r)
	case !s.paces.allow(o, s.o.Now()):
		slowDown(rw)
	default:
		return s.written(rw, r, cal)
	}
	return nil
}

// written is the calendar, unless the reader has it. The tag is of what it is made of,
// which is quicker to work out than the calendar, and of what makes it.
func (s *Site) written(rw http.ResponseWriter, r *http.Request, cal ical.Calendar) []byte {
	parts, err := json.Marshal(cal)
	if err != nil {
		return s.fail(rw, r, err)
	}
	if unchanged(rw, r, tag(append(parts, s.o.Version+spoken.ZoneData...))) {
		return nil
	}
	var b bytes.Buffer
	if err := ical.Write(&b, cal); err != nil {
		return s.fail(rw, r, err)
	}
	rw.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	rw.Header().Set("Content-Disposition", `inline; filename="meetings.ics"`)
	return b.Bytes()
}

// readCalendar is the calendar with the secret; false when there is none.
func (s *Site) readCalendar(ctx context.Context, secret string) (cal ical.Calendar, o meeting.Outlet, found bool, err error) {
	err = s.o.Store.View(ctx, func(r storage.Reader) error {
		if o, found, err = s.o.Meetings.OutletAt(r, secret); err != nil || !found {
			return err
		}
		if found = o.Kind != meeting.HomePage; !found {
			return nil
		}
		lang, titles, err := s.manner(r, o)
		if err != nil {
			return err
		}
		all, err := s.o.Meetings.Shown(r, o)
		say := func(id string) string { return s.o.Words.Put(lang, nil, chat.Say(id)).String() }
		cal = ical.Calendar{Name: say("meeting.calendar.name"), Events: ical.Of(all, titles, say("meeting.calendar.neutral"))}
		return err
	})
	return cal, o, found, err
}

// manner is the language of a calendar and whether it names titles: a member's as their
// lock screen may, a community's as its moderators chose.
func (s *Site) manner(r storage.Reader, o meeting.Outlet) (lang string, titles bool, err error) {
	home, titles := o.Owner, o.Titles
	if o.Kind == meeting.OwnCalendar {
		who, err := s.o.Members.Get(r, o.Owner)
		if err != nil {
			return "", false, err
		}
		lang, home, titles = who.Speaks(), who.Home, who.Open
	}
	at, err := s.o.Spaces.Get(r, home)
	return s.o.Words.Match(cmp.Or(lang, at.Lang)), titles, err
}
