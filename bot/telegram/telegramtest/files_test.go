package telegramtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	tg "github.com/go-telegram/bot"

	"peerbot/bot/telegram/telegramtest"
)

// download fetches a file and says how that went.
func download(t *testing.T, s *telegramtest.Server, b *tg.Bot, id string) string {
	t.Helper()
	f, err := b.GetFile(t.Context(), &tg.GetFileParams{FileID: id})
	if err != nil {
		return err.Error()
	}
	resp, err := s.Client().Get(b.FileDownloadLink(f))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, text)
}

func TestFilesThatPeopleSend(t *testing.T) {
	play(t, telegramtest.Options{}, func(t *testing.T, s *telegramtest.Server, b *tg.Bot) {
		s.Album(
			telegramtest.Post{Who: "ana", File: "small.csv", Type: "text/csv", Content: []byte("a,b"), Text: "/import"},
			telegramtest.Post{Who: "ana", File: "large.csv", Content: make([]byte, 20<<20+1), Size: -1},
		)
		ups := updates(t, s)
		one, two := ups[0].Message, ups[1].Message
		if one.Album == "" || one.Album != two.Album || one.Caption != "/import" || len(one.CaptionEnt) != 1 || one.Document.Size != 3 || two.Document.Size != 0 {
			t.Errorf("%+v %+v", one, two)
		}
		small := one.Document.ID
		for _, step := range []struct {
			do   func()
			id   string
			want string
		}{
			{func() {}, small, "200 a,b"},
			{func() {}, two.Document.ID, "file is too big"},
			{func() { s.Fail(telegramtest.Fault{Method: "download", Status: http.StatusNotFound}) }, small, "404"},
			{func() { s.Fail(telegramtest.Fault{Method: "download", Cut: true}) }, small, "EOF"},
			{func() { s.Fail(telegramtest.Fault{Method: "download", Wait: time.Hour}) }, small, "200 a,b"},
			{s.Local, small, "404"},
			{s.Expire, small, "wrong file_id"},
		} {
			step.do()
			if got := download(t, s, b, step.id); !strings.Contains(got, step.want) {
				t.Errorf("got %q, want %q", got, step.want)
			}
		}
	})
}

type told struct {
	Message struct {
		Caption    string                `json:"caption"`
		CaptionEnt []telegramtest.Entity `json:"caption_entities"`
		Album      string                `json:"media_group_id"`
		Document   telegramtest.Document `json:"document"`
	} `json:"message"`
}

// updates are those that wait.
func updates(t *testing.T, s *telegramtest.Server) (all []told) {
	t.Helper()
	resp, err := s.Client().Get("http://memory/bot" + telegramtest.Token + "/getUpdates")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := struct{ Result *[]told }{&all}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return all
}
