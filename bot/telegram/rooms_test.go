package telegram_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peerbot/bot/telegram/telegramtest"
	"peerbot/chat"
	"peerbot/outbox"
)

// TestAGroupThatBecameASupergroup: what is addressed to the group comes to the
// supergroup, whether the bot heard of the move or learns it from the error, and the
// engine is told the new address.
func TestAGroupThatBecameASupergroup(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprint("told ", told), func(t *testing.T) {
			inBubble(t, telegramtest.Options{}, func(h *house) {
				_, stop := h.run()
				settle(time.Second)
				old := h.at("club")
				letter := h.letter("after the move", "club", outbox.Exact)
				h.Migrate("club", told)
				h.post(letter)
				settle(time.Minute)
				h.sees("ana", "club", "after the move")
				h.Say("ana", "club", "/mark@"+telegramtest.Username+" 0")
				settle(time.Minute)
				h.sees("ben", "club", "Marked 0.")
				stop()
				if !slices.ContainsFunc(h.notices, func(n chat.Notice) bool {
					return n.Kind == chat.Moved && n.At == old && n.To == h.at("club")
				}) {
					t.Errorf("the engine was told %+v, not that %v is %v", h.notices, old, h.at("club"))
				}
			})
		})
	}
}

// TestAnswersFollowTheGroup: the group moves between the question and the answer.
func TestAnswersFollowTheGroup(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		h.Say("ana", "club", "/mark@"+telegramtest.Username+" 0")
		h.Migrate("club", false)
		_, stop := h.run()
		settle(time.Minute)
		stop()
		h.sees("ben", "club", "Marked 0.")
	})
}

// TestATopicThatIsGone: what is addressed to it is said in the group itself, with a note.
func TestATopicThatIsGone(t *testing.T) {
	for name, end := range map[string]func(*house, string){
		"deleted": func(h *house, topic string) { h.DeleteTopic(topic) },
		"closed":  func(h *house, topic string) { h.CloseTopic(topic) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, telegramtest.Options{}, func(h *house) {
				_, stop := h.run()
				settle(time.Second)
				letter := h.letter("for the yard", "yard", outbox.Exact)
				end(h, "yard")
				h.post(letter)
				settle(time.Minute)
				stop()
				h.sees("ana", "house", "for the yard")
				h.sees("ana", "house", "telegram.topic_gone")
			})
		})
	}
}

// TestWhoCannotBeReached: the letter settles, nothing is tried for ever, and the engine
// hears of a chat that was closed and opened again.
func TestWhoCannotBeReached(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		_, stop := h.run()
		settle(time.Second)
		h.Block("ben")
		h.Remove("club")
		h.post(h.letter("to kim", "kim", ""), h.letter("to ben", "ben", ""), h.letter("to the club", "club", ""))
		settle(2 * time.Hour)
		if n := h.Counts().Requests["sendMessage"]; n > 6 {
			t.Errorf("%d attempts were made for three who cannot be reached", n)
		}
		h.Unblock("ben")
		h.Add("club")
		settle(time.Minute)
		stop()
		var kinds []string
		for _, n := range h.notices {
			kinds = append(kinds, string(n.Kind))
		}
		slices.Sort(kinds) // two chats are worked for at a time
		if got := strings.Join(kinds, " "); got != "blocked joined opened removed" {
			t.Errorf("the engine was told: %s", got)
		}
	})
}

// TestAPrivateAnswerForWhoHasNoChat: kim asks in a group and has never pressed Start. The
// group sees a door that says nothing, and behind it is the answer.
func TestAPrivateAnswerForWhoHasNoChat(t *testing.T) {
	inBubble(t, telegramtest.Options{}, func(h *house) {
		_, stop := h.run()
		settle(time.Second)
		h.Say("kim", "hall", "/whisper number:4711")
		settle(time.Minute)
		seen := h.SeesOfBot("ben", "hall")
		if len(seen) != 1 || strings.Contains(seen[0].Text, "4711") || strings.Contains(seen[0].Text, "Only for you") || len(seen[0].Labels()) != 1 {
			t.Fatalf("ben sees %+v", seen)
		}
		if err := h.Press("kim", "hall", seen[0].Labels()[0]); err != nil {
			t.Fatal(err)
		}
		settle(time.Minute)
		stop()
		h.sees("kim", "", "Only for you.")
	})
}
