package telegram

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
)

// secret is a private answer, as the engine gives it to who can be reached and to who
// cannot.
func secretly(_ context.Context, c *chat.Call) chat.Reply {
	if !c.At.Direct() && !c.Reachable {
		return chat.Reply{Private: true, Door: &chat.Offer{Payload: "door-of-theirs"}}
	}
	return chat.Reply{Private: true, Body: chat.Words("secret words for " + c.Text + c.Press)}
}

// For a private command in a group nobody else sees a topic, an argument, a name or a
// result.
func TestAPrivateAnswerInAGroup(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = secretly
		d.Say("ana", "hall", "/mine my topic")
		d.settle()
		d.wants("ana", "", "secret words for /mine my topic", "telegram.typed_in_group")
		d.Say("ana", "hall", "/mine again")
		d.settle()
		if n := strings.Count(d.transcript("ana", ""), "telegram.typed_in_group"); n != 1 {
			t.Errorf("how to take back what was typed is told %d times", n)
		}
		for _, m := range d.SeesOfBot("ben", "hall") {
			if m.Text != "telegram.note" || !cmp.Equal(m.Labels(), []string{"telegram.open"}) || m.Buttons[0][0].URL != "https://t.me/"+telegramtest.Username {
				t.Errorf("the others see %+v", m)
			}
		}
	})
}

func TestAnAnswerToWhoHasNotOpenedTheirChat(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = secretly
		d.Say("kim", "hall", "/mine my topic")
		d.settle()
		note := d.SeesOfBot("ben", "hall")
		want := "https://t.me/" + telegramtest.Username + "?start=door-of-theirs"
		if len(note) != 1 || note[0].Text != "telegram.note_start" || note[0].Buttons[0][0].URL != want {
			t.Fatalf("the group sees %+v", note)
		}
		d.Press("kim", "hall", "telegram.open")
		d.settle()
		d.wants("kim", "", "secret words for door-of-theirs", "telegram.typed_in_group")
		if got := d.heard(); !slices.Equal(got, []string{"joined", "opened"}) {
			t.Errorf("the engine hears %q", got)
		}
		d.Say("kim", "hall", "/mine again")
		d.settle()
		d.wants("kim", "", "secret words for /mine again")
	})
}

// After a press in a group nothing is posted there: the client of who pressed shows it.
func TestAPrivateAnswerToAPressInAGroup(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		if _, err := d.Send(t.Context(), d.At("", "hall"), "id", message0("Look.", "Mine")); err != nil {
			t.Fatal(err)
		}
		d.reply = secretly
		d.Press("ana", "hall", "Mine")
		d.Press("kim", "hall", "Mine")
		d.settle()
		d.wants("ana", "", "secret words for payload")
		if a := d.Alerts("ana"); !slices.Equal(a, []string{"telegram.note"}) {
			t.Errorf("ana's client says %q", a)
		}
		if got := d.transcript("ben", "hall"); strings.Count(got, "\n") != 1 {
			t.Errorf("the group sees\n%s", got)
		}
		if n := d.Counts().Unanswered; n != 0 {
			t.Errorf("%d presses wait", n)
		}
	})
}

func message0(text, label string) chat.Message {
	return chat.Message{Body: chat.Words(text), Offers: [][]chat.Offer{{{Label: chat.Words(label), Payload: "payload"}}}}
}

// Who has blocked the bot is not written to, and is a stranger until they come back.
func TestBlocked(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = secretly
		d.Block("ana")
		d.settle()
		d.Say("ana", "hall", "/mine")
		d.settle()
		d.wants("ben", "hall", "telegram.note_start")
		_, err := d.Send(t.Context(), d.At("ana", ""), "id", message0("x", "y"))
		wantFate(t, err, chat.Gone, 0)
		d.Unblock("ana")
		d.settle()
		if got := d.heard(); !slices.Equal(got, []string{"blocked", "joined", "opened"}) {
			t.Errorf("the engine hears %q", got)
		}
		d.Say("ana", "hall", "/mine")
		d.settle()
		d.wants("ana", "", "secret words for /mine")
	})
}

// The block was missed: the answer finds the door shut, and the group is shown the way.
func TestBlockedAndNobodySaid(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = secretly
		if _, err := d.doors.note(t.Context(), d.Person("kim")); err != nil {
			t.Fatal(err)
		}
		d.Say("kim", "hall", "/mine")
		d.settle()
		d.wants("ben", "hall", "telegram.note_start")
		if d.doors.isOpen(t.Context(), d.Person("kim")) {
			t.Error("the door is thought to be open still")
		}
	})
}

// An anonymous admin is nobody with a moderator's rights, and never the person who
// presses later.
func TestAnAnonymousAdmin(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = secretly
		d.Write(telegramtest.Post{Who: "ada", Room: "hall", Text: "/mine", Anonymous: true})
		d.settle()
		d.wants("ben", "hall", "telegram.note_start")
		c := d.calls[0]
		if c.From.ID != "" || c.From.Name != "" || c.Role != chat.Member|chat.Moderator || c.Reachable {
			t.Errorf("the call is from %+v with %v", c.From, c.Role)
		}
		d.Press("ada", "hall", "telegram.open")
		d.settle()
		d.wants("ada", "", "secret words for door-of-theirs")
	})
}

func TestRolesAreReadFresh(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		said := func(who string) chat.Role {
			d.Say(who, "hall", "/echo")
			d.settle()
			return d.calls[len(d.calls)-1].Role
		}
		if ada, ana := said("ada"), said("ana"); ada != chat.Member|chat.Moderator|chat.Admin || ana != chat.Member {
			t.Errorf("the owner is %v, a member %v", ada, ana)
		}
		d.Seat("ana", "house", "administrator")
		time.Sleep(time.Minute)
		if ana := said("ana"); ana != chat.Member|chat.Moderator {
			t.Errorf("an admin is %v", ana)
		}
		if n := d.Counts().Requests["getChatAdministrators"]; n != 2 {
			t.Errorf("it was asked %d times", n)
		}
		space := d.At("", "hall").Space
		d.Seat("ben", "house", "left")
		for who, want := range map[string]chat.Role{"ada": chat.Member | chat.Moderator | chat.Admin, "bea": chat.Member, "ben": 0} {
			role, err := d.Role(t.Context(), space, chat.Person{Platform: Name, ID: d.At(who, "").Room})
			if role != want || err != nil {
				t.Errorf("%s is %v, %v", who, role, err)
			}
		}
		d.Remove("club")
		if role, err := d.Role(t.Context(), d.At("", "club").Space, chat.Person{Platform: Name, ID: d.At("ada", "").Room}); role != 0 || err != nil {
			t.Errorf("where the bot is not, the owner is %v, %v", role, err)
		}
		d.Fail(telegramtest.Fault{Method: "getChatMember", Status: http.StatusBadRequest, Text: "Bad Request: CHAT_ADMIN_REQUIRED"})
		if role, err := d.Role(t.Context(), space, chat.Person{Platform: Name, ID: d.At("kim", "").Room}); role != chat.Member || err != nil {
			t.Errorf("whom Telegram hides is %v, %v", role, err)
		}
		d.Fail(telegramtest.Fault{Status: http.StatusBadGateway})
		if _, err := d.Role(t.Context(), "-5", chat.Person{Platform: Name, ID: "5"}); err == nil {
			t.Error("who cannot be asked is taken to have said no")
		}
	})
}

func TestAGroupMoves(t *testing.T) {
	for name, tell := range map[string]bool{"and says so": true, "and does not": false} {
		t.Run(name, func(t *testing.T) {
			played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
				old := d.At("", "club")
				d.reply = func(context.Context, *chat.Call) chat.Reply {
					d.Migrate("club", tell)
					return chat.Reply{Body: chat.Words("Here.")}
				}
				d.Say("ana", "club", "/echo@"+telegramtest.Username)
				d.settle()
				d.wants("ben", "club", "Here.")
				to := d.At("", "club")
				if len(d.notices) < 2 {
					t.Fatal("the engine hears nothing")
				}
				for _, n := range d.notices[1:] { // the first one is that the bot is there
					if n.Kind != chat.Moved || n.At != old || n.To != to {
						t.Errorf("the engine hears %+v", n)
					}
				}
				_, err := d.Send(t.Context(), old, "id", message0("x", "y"))
				if b := wantFate(t, err, chat.MoveTo, 0); b != nil && b.To != to {
					t.Errorf("a letter is sent on to %v", b.To)
				}
			})
		})
	}
}

func TestATopicIsGone(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		at := d.At("", "yard")
		d.DeleteTopic("yard")
		if _, err := d.Send(t.Context(), at, "id", message0("Tonight at eight.", "Join")); err != nil {
			t.Fatal(err)
		}
		d.wants("ben", "house", "telegram.topic_gone\n\nTonight at eight.")
	})
}

func TestAReplyTakesThePlaceOfItsMessage(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			return chat.Reply{Body: chat.Words("Now: " + c.Text + c.Press), Replace: true,
				Offers: [][]chat.Offer{{{Label: chat.Words("Next"), Payload: "next"}}}}
		}
		d.Say("ana", "", "/echo")
		d.settle()
		d.Press("ana", "", "Next")
		d.settle()
		d.Press("ana", "", "Next") // which changes nothing
		d.settle()
		if seen := d.SeesOfBot("ana", ""); len(seen) != 1 || seen[0].Text != "Now: next" {
			t.Errorf("ana sees %+v", seen)
		}
	})
}

// A press is acknowledged whatever is behind it, and an update that says nothing is not
// answered.
func TestEveryPressIsAcknowledged(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		ref, err := d.Send(t.Context(), d.At("", "hall"), "id", message0("Look.", "Mine"))
		if err != nil || ref == "" {
			t.Fatal(err)
		}
		d.reply = func(context.Context, *chat.Call) chat.Reply { return chat.Reply{} }
		for _, data := range []string{"payload", "", "crisis:", strings.Repeat("x", 64), "\x00"} {
			if err := d.PressData("ana", "hall", d.SeesOfBot("ana", "hall")[0].ID, data); err != nil {
				t.Fatal(err)
			}
		}
		d.settle()
		if n := d.Counts().Unanswered; n != 0 || len(d.SeesOfBot("ana", "hall")) != 1 {
			t.Errorf("%d presses wait, and %q is seen", n, d.transcript("ana", "hall"))
		}
	})
}

func TestAQuestionInAGroupIsAnsweredByReply(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.reply = func(_ context.Context, c *chat.Call) chat.Reply {
			return chat.Reply{Body: chat.Words(c.Text), Ask: &chat.Offer{Ask: []chat.Question{{Label: chat.Words("Name"), Help: chat.Words("Any will do"), Value: "Ana"}}}}
		}
		d.Say("ana", "hall", "/echo")
		d.settle()
		d.wants("ana", "hall", "/echo\n\nName: Ana\nAny will do\n\ntelegram.reply_to_answer")
		d.Write(telegramtest.Post{Who: "ana", Room: "hall", Text: "Ben", ReplyTo: d.SeesOfBot("ana", "hall")[0].ID})
		d.settle()
		d.wants("ana", "hall", "Ben")
	})
}

// 429 is honoured to the second, and a reply survives what a network does.
func TestARepliesWay(t *testing.T) {
	for name, f := range map[string]telegramtest.Fault{
		"too many requests": {Method: "sendMessage", Status: 429, Retry: 7, Text: "Too Many Requests: retry after 7"},
		"a proxy is down":   {Method: "sendMessage", Status: 502, Times: 2},
		"a line is cut":     {Method: "answerCallbackQuery", Drop: true},
		"the names are not": {Method: "getChatAdministrators", Status: 500, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
				if _, err := d.Send(t.Context(), d.At("", "hall"), "id", message0("Look.", "Mine")); err != nil {
					t.Fatal(err)
				}
				d.Fail(f)
				began := time.Now()
				d.Press("ana", "hall", "Mine")
				for !strings.Contains(d.transcript("ana", "hall"), "You said") && time.Since(began) < time.Minute {
					time.Sleep(100 * time.Millisecond)
				}
				if took := time.Since(began); took > 9*time.Second || took < time.Duration(f.Retry)*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// offered are the commands of the menu that who sees in the room.
func (d *desk) offered(who, room string) (all []string) {
	for _, c := range d.Menu(who, room, "en") {
		all = append(all, c.Name)
	}
	return all
}

func TestMenus(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		if err := d.stop(); err != nil {
			t.Fatal(err)
		}
		sets := d.Counts().Requests["setMyCommands"]
		d.start()
		if n := d.Counts().Requests["setMyCommands"]; n != sets || sets == 0 {
			t.Errorf("the menus were set %d times, and then %d", sets, n)
		}
		for _, c := range []struct {
			who, room string
			want      []string
		}{
			{"ana", "hall", []string{"echo", "crisis"}},
			{"ana", "", []string{"echo", "mine", "crisis", "cancel"}},
			{"ada", "hall", []string{"echo", "crisis"}},
		} {
			if got := d.offered(c.who, c.room); !slices.Equal(got, c.want) {
				t.Errorf("%s in %q is offered %q, not %q", c.who, c.room, got, c.want)
			}
		}
		d.Publish([]chat.Command{
			{Name: "echo", Run: answers}, {Name: "mine", Private: true}, {Name: "hidden", Unlisted: true},
			{Name: "inbox", Needs: chat.Moderator, Private: true},
			{Name: "meeting", Private: true, Subs: []chat.Command{{Name: "add", Needs: chat.Host | chat.Moderator}, {Name: "join", Unlisted: true}}},
		})
		d.menu.publish(t.Context(), d.api, d.o.Log)
		if got := d.offered("ada", "hall"); !slices.Equal(got, []string{"echo", "inbox", "meeting"}) {
			t.Errorf("an admin is offered %q", got)
		}
		if got := d.offered("ana", ""); !slices.Equal(got, []string{"echo", "mine"}) {
			t.Errorf("a member is offered %q", got)
		}
	})
}

func TestWhoLeavesAndWhereTheBotIs(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		d.Seat("ana", "house", "left")
		d.Remove("club")
		d.Supergroup("new")
		d.settle()
		got := d.heard()
		slices.Sort(got)
		if !slices.Equal(got, []string{"joined", "left", "removed"}) {
			t.Errorf("the engine hears %q", got)
		}
	})
}

func TestBouncesOfALetter(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		hall, m := d.At("", "hall"), message0("x", "y")
		for _, c := range []struct {
			fault telegramtest.Fault
			fate  chat.Fate
			after time.Duration
		}{
			{telegramtest.Fault{Status: http.StatusTooManyRequests, Retry: 33, Text: "Too Many Requests: retry after 33"}, chat.Later, 33 * time.Second},
			{telegramtest.Fault{Status: http.StatusBadGateway}, chat.Later, 0},
			{telegramtest.Fault{Drop: true}, chat.Later, 0},
			{telegramtest.Fault{Status: http.StatusForbidden, Text: "Forbidden: bot was kicked from the supergroup chat"}, chat.Gone, 0},
			{telegramtest.Fault{Status: http.StatusBadRequest, Text: "Bad Request: chat not found"}, chat.Gone, 0},
			{telegramtest.Fault{Status: http.StatusBadRequest, Text: "Bad Request: not enough rights to send text messages to the chat"}, chat.Gone, 0},
			{telegramtest.Fault{Status: http.StatusBadRequest, Text: "Bad Request: can't parse entities"}, chat.Never, 0},
		} {
			d.Fail(c.fault)
			_, err := d.Send(t.Context(), hall, "id", m)
			wantFate(t, err, c.fate, c.after)
			d.Heal()
			time.Sleep(time.Minute)
		}
		for _, nowhere := range []chat.Address{
			{Platform: Name}, {Platform: Name, Room: "ana"}, {Platform: Name, Room: hall.Room}, {Platform: Name, Space: "-5", Room: "-5"},
			{Platform: Name, Space: hall.Room, Room: hall.Room, Thread: "x"},
		} {
			_, err := d.Send(t.Context(), nowhere, "id", m)
			wantFate(t, err, chat.Gone, 0)
		}
		wantFate(t, d.Telegram.Edit(t.Context(), hall, "not a number", m), chat.Never, 0)
		wantFate(t, d.Telegram.Edit(t.Context(), hall, "99999", m), chat.Never, 0)
	})
}

func TestNamesAreFetchedWhenItIsSaid(t *testing.T) {
	played(t, telegramtest.Options{}, func(t *testing.T, d *desk) {
		body := chat.Rich{
			chat.Mention{Who: chat.Person{Platform: Name, ID: d.At("ana", "").Room}}, chat.Plain(" "),
			chat.Mention{Who: chat.Person{Platform: Name, ID: "1"}}, chat.Plain(" "),
			chat.Place{At: d.At("", "hall")}, chat.Plain(" "), chat.Group{Platform: Name, ID: "x"}, chat.Plain(" "),
			chat.List{Items: []chat.Rich{{chat.Place{At: chat.Address{Platform: "discord", Room: "5"}}}}},
		}
		if _, err := d.Send(t.Context(), d.At("", "hall"), "id", chat.Message{Body: body}); err != nil {
			t.Fatal(err)
		}
		at := d.At("", "hall")
		d.wants("ben", "hall", "ana telegram.someone house https://t.me/c/"+at.Room[len("-100"):]+"/"+at.Thread+" telegram.everyone • telegram.another_group")
	})
}
