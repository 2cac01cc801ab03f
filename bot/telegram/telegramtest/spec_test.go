package telegramtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestWhatTheServerSaysIsDescribed plays a scene of everything that there is and holds
// every update and every answer against the description of the Bot API.
func TestWhatTheServerSaysIsDescribed(t *testing.T) {
	if described() == nil {
		t.Skip("no description of the Bot API beside the checkout")
	}
	s := New(Options{})
	defer s.Close()
	request(t, s, "getUpdates", `{"allowed_updates":["message","edited_message","callback_query","my_chat_member","chat_member"]}`)
	scene(t, s)
	var updates []json.RawMessage
	if err := json.Unmarshal(request(t, s, "getUpdates", `{}`), &updates); err != nil {
		t.Fatal(err)
	}
	if len(updates) < 15 {
		t.Errorf("only %d updates came of the scene", len(updates))
	}
	for _, w := range described().value(request(t, s, "getUpdates", `{}`), []string{"Array of Update"}) {
		t.Error("an update " + w)
	}
	s.Verify(t)
}

func scene(t *testing.T, s *Server) {
	group, _ := s.Room("house")
	chat := json.Number(strings.TrimSpace(string(must(json.Marshal(group)))))
	ana := string(must(json.Marshal(s.Person("ana"))))
	s.Start("kim", "payload")
	s.Say("ana", "hall", "/echo tea")
	s.Write(Post{Who: "ada", Room: "house", Text: "/config", Anonymous: true})
	s.Write(Post{Who: "ana", Text: "a letter", File: "letter.txt", Type: "text/plain", Content: []byte("dear all")})
	s.Write(Post{Who: "ana", Text: "a hill", As: "photo", Content: []byte("a picture")})
	s.Album(Post{Who: "ana", File: "one.csv", Content: []byte("1")}, Post{Who: "ana", As: "voice", Content: []byte("2"), Text: "two"})
	request(t, s, "getFile", `{"file_id":"`+s.latest(t)+`"}`)
	s.Edit("ana", "", s.Say("ana", "", "helo"), "hello")
	request(t, s, "sendMessage", `{"chat_id":`+ana+`,"text":"press","reply_markup":{"inline_keyboard":[[{"text":"Here","callback_data":"x"}]]}}`)
	if err := s.Press("ana", "", "Here"); err != nil {
		t.Error(err)
	}
	request(t, s, "sendMessage", `{"chat_id":`+ana+`,"text":"whom","reply_markup":{"keyboard":[[{"text":"Choose","request_users":{"request_id":1}}]]}}`)
	if err := s.Share("ana", "ben"); err != nil {
		t.Error(err)
	}
	s.Block("ben")
	s.Unblock("ben")
	s.Promote("house")
	s.Seat("ben", "house", "left")
	s.Seat("ben", "house", "member")
	s.CloseTopic("hall")
	s.Remove("house")
	s.Add("house")
	s.Migrate("club", true)
	for method, body := range map[string]string{
		"getMe": `{}`, "getWebhookInfo": `{}`, "getMyCommands": `{}`,
		"getChat": `{"chat_id":` + string(chat) + `}`, "getChatAdministrators": `{"chat_id":` + string(chat) + `}`,
		"getChatMember":  `{"chat_id":` + string(chat) + `,"user_id":` + ana + `}`,
		"sendChatAction": `{"chat_id":` + ana + `,"action":"typing"}`,
		"setMyCommands":  `{"commands":[{"command":"help","description":"Help"}],"scope":{"type":"all_private_chats"}}`,
	} {
		request(t, s, method, body)
	}
}

// latest is the id of the document that was sent last.
func (s *Server) latest(t *testing.T) string {
	t.Helper()
	c, _ := s.world.at("ana", "")
	for _, m := range slices.Backward(c.said) {
		if m.Document != nil {
			return m.Document.ID
		}
	}
	t.Fatal("there is no document")
	return ""
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// request calls a method, holds its answer against the description and returns it.
func request(t *testing.T, s *Server, method, body string) json.RawMessage {
	t.Helper()
	resp, err := s.Client().Post("http://memory/bot"+Token+"/"+method, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(text, &a); err != nil || !a.OK || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", method, resp.Status, text)
	}
	if d := described(); d != nil {
		for _, w := range d.value(a.Result, d.Methods[method].Returns) {
			t.Errorf("the answer of %s %s", method, w)
		}
	}
	return a.Result
}

func TestRequestsAreHeldAgainstTheDescription(t *testing.T) {
	if described() == nil {
		t.Skip("no description of the Bot API beside the checkout")
	}
	for body, want := range map[string]string{
		`{"chat_id":1,"text":"a"}`:                         "",
		`{"chat_id":"@somebody","text":"a","entities":[]}`: "",
		`{"text":"a"}`:                                                        "chat_id is missing",
		`{"chat_id":1,"text":7}`:                                              "text is no String",
		`{"chat_id":1,"text":null}`:                                           "text is no String",
		`{"chat_id":1.5,"text":"a"}`:                                          "chat_id is no Integer",
		`{"chat_id":1,"text":"a","colour":"red"}`:                             `has no field "colour"`,
		`{"chat_id":1,"text":"a","disable_notification":"true"}`:              "disable_notification is no Boolean",
		`{"chat_id":1,"text":"a","entities":[{"type":"bold","offset":0}]}`:    "entities holds what as MessageEntity: length is missing",
		`{"chat_id":1,"text":"a","entities":{}}`:                              "entities is no Array of MessageEntity",
		`{"chat_id":1,"text":"a","reply_markup":{"force_reply":true}}`:        "",
		`{"chat_id":1,"text":"a","reply_markup":{"inline_keyboard":[[{}]]}}`:  "reply_markup as InlineKeyboardMarkup: inline_keyboard holds what holds what as InlineKeyboardButton: text is missing",
		`{"chat_id":1,"text":"a","reply_parameters":{"message_id":"twelve"}}`: "reply_parameters as ReplyParameters: message_id is no Integer",
	} {
		var p params
		if err := json.Unmarshal([]byte(body), &p.values); err != nil {
			t.Fatal(err)
		}
		got := described().check("sendMessage", p)
		if want == "" && len(got) > 0 || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: %q, and should be %q", body, got, want)
		}
	}
}
