package discordtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"
)

// What happens in the guild is told to a bot with the intent for it, and to no other.
func TestGuildEvents(t *testing.T) {
	tests := []struct {
		name string
		act  func(s *stage)
		told string
	}{
		{"a room is made", func(s *stage) { s.AddRoom("cellar") }, "CHANNEL_CREATE"},
		{"a thread is made", func(s *stage) { s.AddThread("hall", "aside") }, "THREAD_CREATE"},
		{"a room is deleted", func(s *stage) { s.DropRoom("hall") }, "CHANNEL_DELETE"},
		{"a right is taken", func(s *stage) { s.Deny("hall", SendMessages) }, "CHANNEL_UPDATE"},
		{"a role is made", func(s *stage) { s.AddRole("hosts", ManageGuild) }, "GUILD_ROLE_CREATE"},
		{"a role is given", func(s *stage) { s.Grant("ana", "1") }, ""},
		{"somebody leaves", func(s *stage) { s.Leave("ana") }, ""},
		{"the bot is removed", func(s *stage) { s.Kick(true) }, "GUILD_DELETE"},
		{"the bot is back", func(s *stage) { s.Kick(false) }, "GUILD_CREATE"},
		{"Discord has an outage", func(s *stage) { s.Outage(true) }, "GUILD_DELETE"},
		{"the outage is over", func(s *stage) { s.Outage(false) }, "GUILD_CREATE"},
		{"something is said in a room", func(s *stage) { s.Say("ana", "hall", "hello") }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			play(t, Options{}, func(s *stage) {
				l, _, _ := s.enter()
				test.act(s)
				if test.told != "" {
					l.wants(opDispatch, test.told)
				}
				s.Say("ana", "", "the end")
				l.wants(opDispatch, "MESSAGE_CREATE")
			})
		})
	}
}

func TestRemovalTakesEverythingAway(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		hall := s.ChannelID("", "hall")
		s.do(204, "DELETE", "/users/@me/guilds/"+s.GuildID(), "")
		s.do(403, "GET", "/guilds/"+s.GuildID(), "")
		s.do(403, "POST", "/channels/"+hall+"/messages", `{"content":"x"}`)
		if _, err := s.Command("ana", "hall", []string{"echo"}, map[string]string{"text": "x"}); err == nil {
			t.Error("the commands of a bot that was removed are still shown")
		}
	})
}

func TestRolesDecideWhatIsShown(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		host := s.AddRole("hosts", ManageGuild)
		for _, roles := range [][]string{{host}, nil} {
			s.Grant("ana", roles...)
			if _, err := s.Command("ana", "hall", []string{"setup"}, nil); (err == nil) != (roles != nil) {
				t.Errorf("with the roles %q: %v", roles, err)
			}
		}
	})
}

func TestWhatABotAsksFor(t *testing.T) {
	play(t, Options{Privileged: messageContent}, func(s *stage) {
		hall, me := "/channels/"+s.ChannelID("", "hall"), "/users/@me"
		ana := s.PersonID("ana")
		id := s.do(200, "POST", hall+"/messages", `{"content":"x"}`)["id"].(string)
		for path, has := range map[string]string{
			me: "username", "/users/" + ana: "username", "/applications/@me": "flags", "/oauth2/applications/@me": "bot",
			"/guilds/" + s.GuildID(): "roles", "/guilds/" + s.GuildID() + "/members/" + ana: "roles", hall: "type",
			hall + "/messages/" + id: "content",
		} {
			if got := s.do(200, "GET", path, ""); got[has] == nil {
				t.Errorf("GET %s gives no %s: %v", path, has, got)
			}
		}
		for _, path := range []string{
			me + "/guilds", "/guilds/" + s.GuildID() + "/roles", "/guilds/" + s.GuildID() + "/channels", hall + "/messages",
			"/applications/" + s.BotID() + "/commands",
		} {
			s.do(200, "GET", path, "")
		}
		if got := s.do(200, "POST", me+"/channels", `{"recipient_id":"`+ana+`"}`); got["id"] != s.ChannelID("ana", "") {
			t.Errorf("the private chat is %v", got)
		}
		s.do(400, "POST", me+"/channels", `{"recipient_id":"1"}`)
		s.do(204, "POST", hall+"/typing", "")
		s.do(403, "POST", hall+"/threads", `{"name":"aside","type":12}`)
		s.Allow(allPermissions)
		s.do(201, "POST", hall+"/threads", `{"name":"aside","type":12}`)
		s.clean()
		s.do(404, "GET", "/users/@me/nothing", "")
		s.do(404, "GET", "/users/@me/nothing", "")
		if n := len(s.Violations()); n != 1 {
			t.Errorf("a route that is not there is noted %d times", n)
		}
	})
}

func TestMenusAndThreads(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		aside := s.AddThread("hall", "aside")
		id := s.do(200, "POST", "/channels/"+aside+"/messages", `{"content":"pick","components":[{"type":1,"components":[
			{"type":3,"custom_id":"m","options":[{"label":"One","value":"1"}]}]}]}`)["id"].(string)
		i, err := s.Select("ana", id, "m", "1")
		if err != nil {
			t.Fatal(err)
		}
		callback, hook := s.paths(i)
		s.do(204, "POST", callback, `{"type":7,"data":{"content":"picked","components":[]}}`)
		s.sees("ben", "aside", "picked", true)
		if got := s.do(200, "GET", hook+"/messages/@original", ""); got["id"] != id {
			t.Errorf("@original is %v", got)
		}
		s.do(204, "DELETE", hook+"/messages/@original", "")
		s.do(404, "GET", hook+"/messages/"+id, "")
		if _, err := s.Press("ana", id, "m"); err == nil {
			t.Error("a message that was deleted can be pressed")
		}
		s.clean()
	})
}

// Files come as parts of a form, go with an edit that does not name them, and what
// people upload can be fetched.
func TestFiles(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		path := "/channels/" + s.ChannelID("", "hall") + "/messages"
		id := s.upload(path, `{"content":"see","attachments":[{"id":"0","description":"the plan"}]}`, "plan.ics", "BEGIN")
		files := s.Sees("ana", "hall")[0].Files
		if len(files) != 1 || files[0].Alt != "the plan" || string(files[0].Data) != "BEGIN" {
			t.Errorf("the files are %+v", files)
		}
		s.do(200, "PATCH", path+"/"+id, `{"content":"still","attachments":[{"id":"`+files[0].ID+`"}]}`)
		if n := len(s.Sees("ana", "hall")[0].Files); n != 1 {
			t.Errorf("after an edit that names it there are %d files", n)
		}
		s.do(200, "PATCH", path+"/"+id, `{"content":"gone","attachments":[]}`)
		if n := len(s.Sees("ana", "hall")[0].Files); n != 0 {
			t.Errorf("after an edit that names none there are %d files", n)
		}

		s.Upload(File{Name: "groups.csv", Type: "text/csv", Data: []byte("a,b")})
		found := &resolved{s: s.Server}
		found.file("groups.csv")
		for _, f := range found.files {
			res, err := s.client.Get(f.(object)["url"].(string))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if string(body) != "a,b" {
				t.Errorf("the file reads %q", body)
			}
		}
		s.clean()
	})
}

// upload sends a message with a file and returns its id.
func (s *stage) upload(path, message, name, content string) string {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("payload_json", message)
	part, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="files[0]"; filename="` + name + `"`}, "Content-Type": {"text/calendar"},
	})
	io.WriteString(part, content)
	form.Close()
	req, err := http.NewRequest(http.MethodPost, s.URL()+"/api/v10"+path, &body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+s.Token())
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return s.Sees("ana", "hall")[0].ID
}
