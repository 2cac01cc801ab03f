package telegram_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"peerbot/bot/telegram"
	"peerbot/bot/telegram/telegramtest"
)

// listening is a server that is reached over TCP.
func listening(t *testing.T) (*telegramtest.Server, string) {
	t.Helper()
	s := telegramtest.New(telegramtest.Options{})
	t.Cleanup(s.Close)
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	return s, address
}

func TestCheckTellsWhatATokenOpens(t *testing.T) {
	_, address := listening(t)
	began := time.Now()
	a, err := telegram.Check(t.Context(), address, telegramtest.Token)
	if err != nil {
		t.Fatal(err)
	}
	if a.Date.Before(began.Truncate(time.Second)) || a.Date.After(time.Now()) {
		t.Errorf("its clock says %v after %v", a.Date, began)
	}
	a.Date = time.Time{}
	if want := (telegram.Account{Name: telegramtest.Username, Groups: true}); a != want {
		t.Errorf("got %+v, want %+v", a, want)
	}
	if got := a.Invite(); got != "https://t.me/"+telegramtest.Username+"?startgroup" {
		t.Errorf("the invitation is %s", got)
	}
}

func TestCheckOfATokenThatIsNotTaken(t *testing.T) {
	_, address := listening(t)
	for _, token := range []string{"", "nonsense", "8000000001:AAF-another_token_that_nobody_has0", "7" + telegramtest.Token} {
		if _, err := telegram.Check(t.Context(), address, token); !errors.Is(err, telegram.ErrToken) {
			t.Errorf("%q: got %v", token, err)
		}
	}
}

func TestCheckSaysThatNobodyIsThere(t *testing.T) {
	_, err := telegram.Check(t.Context(), "http://127.0.0.1:9", telegramtest.Token)
	if err == nil || errors.Is(err, telegram.ErrToken) || strings.Contains(err.Error(), "AAF") {
		t.Errorf("got %v", err)
	}
}
