package telegramtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tg "github.com/go-telegram/bot"

	"peerbot/bot/telegram/telegramtest"
)

// poll asks for updates as nobody's library does, and returns their numbers, counted
// from the first, or the error's description.
func poll(s *telegramtest.Server, offset, timeout int) string {
	const first = 500000001
	if offset > 0 {
		offset += first
	}
	body := fmt.Sprintf(`{"offset":%d,"timeout":%d}`, offset, timeout)
	resp, err := s.Client().Post("http://memory/bot"+telegramtest.Token+"/getUpdates", "application/json", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	var a struct {
		Description string
		Result      []struct {
			ID int `json:"update_id"`
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return err.Error()
	}
	var out []string
	for _, u := range a.Result {
		out = append(out, fmt.Sprint(u.ID-first))
	}
	return strings.Join(out, " ") + a.Description
}

func TestOffsets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		defer s.Close()
		for range 4 {
			s.Say("ana", "", "hello")
		}
		for _, step := range []struct {
			do     func()
			offset int
			want   string
		}{
			{offset: 0, want: "0 1 2 3"},
			{offset: 0, want: "0 1 2 3"}, // unconfirmed, they come again
			{offset: 2, want: "2 3"},
			{offset: 1, want: "2 3"}, // confirmed, they are gone
			{do: func() { s.Repeat(2) }, offset: 4, want: "2 3"},
			{offset: 4, want: ""},
			{do: func() { s.Say("ana", "", "a"); s.Say("ben", "", "b"); s.Backward(true) }, offset: 4, want: "5 4"},
			{do: func() { s.Backward(false) }, offset: -1, want: "5"},
			{offset: 4, want: "5"},
		} {
			if step.do != nil {
				step.do()
			}
			if got := poll(s, step.offset, 0); got != step.want {
				t.Errorf("offset %d brings %q, not %q", step.offset, got, step.want)
			}
		}
	})
}

func TestALongPollWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		defer s.Close()
		begin := time.Now()
		if got := poll(s, 0, 50); got != "" || time.Since(begin) != 50*time.Second {
			t.Errorf("an empty poll brings %q after %s", got, time.Since(begin))
		}
		go func() {
			time.Sleep(10 * time.Second)
			s.Say("ana", "", "hello")
		}()
		begin = time.Now()
		if got := poll(s, 0, 50); got != "0" || time.Since(begin) != 10*time.Second {
			t.Errorf("a poll brings %q after %s", got, time.Since(begin))
		}
	})
}

func TestTwoPollersConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		defer s.Close()
		first := make(chan string)
		go func() { first <- poll(s, 0, 50) }()
		synctest.Wait()
		go func() { poll(s, 0, 50) }()
		if got := <-first; !strings.HasPrefix(got, "Conflict: terminated by other getUpdates request") {
			t.Errorf("the older poll ends with %q", got)
		}
		s.Rival(true)
		if got := poll(s, 0, 50); !strings.HasPrefix(got, "Conflict: terminated") {
			t.Errorf("with a rival a poll ends with %q", got)
		}
	})
}

func TestUpdatesAreKeptForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.New(telegramtest.Options{})
		defer s.Close()
		s.Say("ana", "", "old")
		time.Sleep(23 * time.Hour)
		s.Say("ana", "", "young")
		time.Sleep(2 * time.Hour)
		if got := poll(s, 0, 0); got != "1" {
			t.Errorf("after a day there is %q", got)
		}
	})
}

func TestPrivacyMode(t *testing.T) {
	s := telegramtest.New(telegramtest.Options{})
	defer s.Close()
	said := s.Say("ana", "club", "anyone for a walk?")
	heard := func(p telegramtest.Post, want bool) {
		t.Helper()
		before := s.Counts().Pending
		s.Write(p)
		if got := s.Counts().Pending > before; got != want {
			t.Errorf("%q in %q is heard: %v", p.Text, p.Room, got)
		}
	}
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "hello /sos"}, false)
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "/sos"}, false) // the other bot spoke last
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "/sos@" + telegramtest.Username}, true)
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "🌻 /sos@" + strings.ToUpper(telegramtest.Username)}, true)
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "/sos@other_test_bot"}, false)
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "yes", ReplyTo: said}, false)
	heard(telegramtest.Post{Who: "ada", Room: "hall", Text: "/sos", Anonymous: true}, true)
	heard(telegramtest.Post{Who: "ana", Room: "hall", Text: "talk"}, false)
	s.OtherBot("house", "a joke")
	heard(telegramtest.Post{Who: "ana", Room: "hall", Text: "/sos"}, false)
	s.Promote("club")
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "talk"}, true)
	s.Remove("club")
	heard(telegramtest.Post{Who: "ana", Room: "club", Text: "/sos@" + telegramtest.Username}, false)
}

// knocker answers what the webhook brings.
type knocker func(r *http.Request) int

func (k knocker) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.WriteHeader(k(r))
	return w.Result(), nil
}

func TestWebhook(t *testing.T) {
	var secrets, bodies []string
	statuses := []int{500, 401, 200, 200}
	o := telegramtest.Options{Hook: knocker(func(r *http.Request) int {
		text, _ := io.ReadAll(r.Body)
		secrets, bodies = append(secrets, r.Header.Get("X-Telegram-Bot-Api-Secret-Token")), append(bodies, string(text))
		return statuses[len(bodies)-1]
	})}
	play(t, o, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		if _, err := b.SetWebhook(t.Context(), &tg.SetWebhookParams{URL: "https://example.org/hook", SecretToken: "se-cret_1"}); err != nil {
			t.Fatal(err)
		}
		if got := poll(s, 0, 0); !strings.HasPrefix(got, "Conflict: can't use getUpdates method while webhook is active") {
			t.Errorf("a poll beside the webhook ends with %q", got)
		}
		s.Say("ana", "", "one")
		s.Say("ana", "", "two")
		time.Sleep(time.Minute)
		synctest.Wait()
		if !slices.Equal(secrets, []string{"se-cret_1", "se-cret_1", "se-cret_1", "se-cret_1"}) {
			t.Errorf("the secrets are %q", secrets)
		}
		if bodies[0] != bodies[2] || bodies[2] == bodies[3] || s.Counts().Pending != 0 {
			t.Errorf("delivered %q, %d pending", bodies, s.Counts().Pending)
		}
		if _, err := b.DeleteWebhook(t.Context(), &tg.DeleteWebhookParams{}); err != nil {
			t.Error(err)
		}
	})
}

func TestFaults(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		for _, step := range []struct {
			f    telegramtest.Fault
			sent int
			ok   bool
		}{
			{telegramtest.Fault{Status: 502}, 0, false},
			{telegramtest.Fault{Status: 502, After: true}, 1, false},
			{telegramtest.Fault{Drop: true}, 0, false},
			{telegramtest.Fault{Drop: true, After: true}, 1, false},
			{telegramtest.Fault{Cut: true}, 1, false},
			{telegramtest.Fault{Slow: time.Second}, 1, true},
			{telegramtest.Fault{Wait: time.Second}, 1, true},
			{telegramtest.Fault{Status: 429, Retry: 7}, 0, false},
		} {
			before := len(s.Sees("ana", ""))
			step.f.Method = "sendMessage"
			s.Fail(step.f)
			_, err := send(t, s, b, "ana", "hello")
			if (err == nil) != step.ok || len(s.Sees("ana", ""))-before != step.sent {
				t.Errorf("%+v: the error is %v, %d messages were sent", step.f, err, len(s.Sees("ana", ""))-before)
			}
		}
	})
}
