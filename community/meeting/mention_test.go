package meeting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

func (h *hall) mention(g meeting.Gathering, group chat.Group, by string, role chat.Role) error {
	return h.store.Update(h.t.Context(), func(tx storage.Tx) error { return h.PutMention(tx, g, group, by, role) })
}

// addressed are the groups that messages to the lobby addressed since it last looked.
func (h *hall) addressed() (all []string) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.got {
		for _, span := range d.Message.Body {
			if group, ok := span.(chat.Group); ok {
				all = append(all, group.ID)
			}
		}
	}
	h.got = nil
	return all
}

func TestRemindersAddressAGroupWhileAModeratorStandsForIt(t *testing.T) {
	helpers := chat.Group{Platform: "test", ID: "77"}
	bubbles(t, func(t *testing.T, h *hall) {
		h.add(meeting.Said{Title: "G <@&99>", When: "every day 20:00-21:00", Remind: "15 minutes"})
		g, ana := h.find("G"), h.join("ana", nil)
		duty := func(role chat.Role) {
			h.update(func(tx storage.Tx) error { return h.spaces.Give(tx, h.home, ana, role, time.Now()) })
		}
		if got := h.refusal(h.mention(g, helpers, ana, chat.Host)); !strings.Contains(got, "Only a moderator") {
			t.Error(got)
		}
		duty(chat.Moderator)
		sets := func(group chat.Group, role chat.Role) {
			if err := h.mention(g, group, ana, role); err != nil {
				t.Fatal(err)
			}
		}
		sets(helpers, chat.Moderator)
		for _, day := range []struct {
			until, what string
			before      func()
			want        []string
		}{
			{"2000-01-01 12:00", "a moderator set it", func() {}, []string{"77"}},
			{"2000-01-02 12:00", "who set it is a host now", func() { duty(chat.Host) }, nil},
			{"2000-01-03 12:00", "they are a moderator again", func() { duty(chat.Moderator) }, []string{"77"}},
			{"2000-01-04 12:00", "the room is on another platform", func() { sets(chat.Group{Platform: "other", ID: "77"}, chat.Moderator) }, nil},
			{"2000-01-05 12:00", "an administrator of the platform set it", func() { duty(0); sets(helpers, chat.Admin) }, []string{"77"}},
			{"2000-01-06 12:00", "they are erased", func() { h.eraseWhole(ana) }, nil},
		} {
			day.before()
			h.until(day.until)
			if got := h.addressed(); !slices.Equal(got, day.want) {
				t.Errorf("%s: it addresses %v, want %v", day.what, got, day.want)
			}
		}
	})
}

func (h *hall) eraseWhole(id string) {
	for more := true; more; {
		h.update(func(tx storage.Tx) (err error) {
			more, err = h.Erase(tx, id)
			return err
		})
	}
}

func TestReadGroup(t *testing.T) {
	for text, want := range map[string]bool{
		"<@&77>": true, "77": false, "@everyone": false, "<@77>": false, "<@&everyone>": false, "<@&77> <@&78>": false, "<@&>": false, "": false,
		"<@&123456789012345678901>": false,
	} {
		if _, ok := meeting.ReadGroup("test", text); ok != want {
			t.Errorf("%q: %v, want %v", text, ok, want)
		}
	}
}
