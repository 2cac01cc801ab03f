package main

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/bot/telegram/telegramtest"
)

// lists are one meeting in each format that /meeting import reads, Evening on Mondays.
var lists = map[string]telegramtest.Post{
	"Meeting Guide": {File: "list.json", Type: "application/json",
		Content: []byte(`[{"name":"Evening","slug":"e","day":1,"time":"20:00","end_time":"21:00","formatted_address":"1 Main St, Troy, NY"}]`)},
	"a sheet": {File: "list.csv", Type: "text/csv",
		Content: []byte("name,slug,day,time,end time,formatted address\nEvening,e,Monday,8:00 PM,9:00 PM,\"1 Main St, Troy, NY\"\n")},
	"BMLT": {File: "list.json", Type: "application/json",
		Content: []byte(`[{"id_bigint":"1","meeting_name":"Evening","weekday_tinyint":"2","start_time":"20:00:00","duration_time":"01:00:00",` +
			`"location_street":"1 Main St","location_municipality":"Troy","location_province":"NY","published":"1"}]`)},
	"a calendar": {File: "list.ics", Type: "text/calendar",
		Content: []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:e\r\nSUMMARY:Evening\r\nDTSTART;TZID=America/New_York:20000103T200000\r\n" +
			"DURATION:PT1H\r\nRRULE:FREQ=WEEKLY\r\nLOCATION:1 Main St\\, Troy\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")},
}

// uploads makes ada, who runs the group, send a post, and lets everything follow.
func (g *gathering) uploads(p telegramtest.Post) {
	g.t.Helper()
	p.Who = "ada"
	g.Write(p)
	time.Sleep(30 * time.Second)
	synctest.Wait()
}

// privately wants the words in the newest message to ada.
func (g *gathering) privately(words ...string) {
	g.t.Helper()
	seen := g.SeesOfBot("ada", "")
	for _, w := range words {
		if last := seen[len(seen)-1]; !strings.Contains(last.Text, w) {
			g.t.Errorf("ada does not read %q, but %q %q", w, last.Text, last.Labels())
		}
	}
}

// presses makes ada press a button in her private chat.
func (g *gathering) presses(label string) {
	g.t.Helper()
	if err := g.Press("ada", "", label); err != nil {
		g.t.Fatal(err)
	}
	time.Sleep(30 * time.Second)
	synctest.Wait()
}

// planned is what everybody sees of the meetings in the hall.
func (g *gathering) planned() string {
	g.t.Helper()
	g.Say("ben", "hall", "/meetings")
	settle()
	seen := g.SeesOfBot("ben", "hall")
	return seen[len(seen)-1].Text
}

// TestImportOnTelegram takes a list in from a file, in every format and in every way that
// a file can be sent. The group reads none of it.
func TestImportOnTelegram(t *testing.T) {
	t.Parallel()
	ways := map[string]func(g *gathering, list telegramtest.Post){
		"under the command": func(g *gathering, list telegramtest.Post) {
			list.Room, list.Text = "hall", "/meeting import"
			g.uploads(list)
		},
		"before the command": func(g *gathering, list telegramtest.Post) {
			list.Who, list.Room = "ben", "hall"
			g.uploads(telegramtest.Post{Room: "hall", Text: "/meeting import", ReplyTo: g.Write(list)})
		},
		"as the answer": func(g *gathering, list telegramtest.Post) {
			g.uploads(telegramtest.Post{Room: "hall", Text: "/meeting import"})
			g.privately("send me a list of meetings")
			g.presses("Send a file")
			g.privately("A Meeting Guide file", "choose File")
			g.uploads(telegramtest.Post{As: "photo", Content: []byte("a flyer")})
			g.privately("only as a file", "choose File")
			g.uploads(list)
		},
	}
	for format, list := range lists {
		for way, send := range ways {
			t.Run(format+" "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := gather(t)
					send(g, list)
					g.privately("Nothing is changed yet", "1 new meeting")
					if got := g.planned(); !strings.Contains(got, "No meetings are planned") {
						t.Errorf("before it is taken in, ben sees %q", got)
					}
					g.presses("Take it in")
					if got := g.planned(); !strings.Contains(got, "Evening") || !strings.Contains(got, "20:00") {
						t.Errorf("ben sees %q", got)
					}
					g.uploads(telegramtest.Post{Room: "hall", Text: "/meeting import", File: list.File, Content: list.Content})
					g.privately("1 meeting stays as it is", "nothing to take in")
					g.keptQuiet()
				})
			})
		}
	}
}

// keptQuiet wants neither the name of a file nor a word of a list in the group or in the
// log, and the token nowhere.
func (g *gathering) keptQuiet() {
	g.t.Helper()
	for _, m := range g.SeesOfBot("ben", "hall") {
		if strings.Contains(m.Text, "list.") || strings.Contains(m.Text, "new meeting") {
			g.t.Errorf("ben reads %q", m.Text)
		}
	}
	for _, secret := range []string{"list.json", "list.csv", "list.ics", "Main St", "documents/", telegramtest.Token[11:]} {
		if strings.Contains(g.log.String(), secret) {
			g.t.Errorf("the log holds %q", secret)
		}
	}
}

// TestImportOnTelegramOfWhatDoesNotCome: whatever is wrong with the file or its way,
// nothing changes, the reason is told, others are answered meanwhile, and the next try
// goes well.
func TestImportOnTelegramOfWhatDoesNotCome(t *testing.T) {
	t.Parallel()
	good := lists["Meeting Guide"]
	with := func(content string) telegramtest.Post {
		return telegramtest.Post{File: "list.json", Content: []byte(content)}
	}
	for name, c := range map[string]struct {
		post  telegramtest.Post
		fault telegramtest.Fault
		want  string
	}{
		"no list":             {post: with(`[{"name":`), want: "Nothing was changed"},
		"another alphabet":    {post: with("[{\"name\":\"Espa\xf1ol\"}]"), want: "letters of this file"},
		"half a calendar":     {post: with("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), want: "Nothing was changed"},
		"nothing in it":       {post: with("[]"), want: "no meeting in this list"},
		"too large":           {post: with(strings.Repeat("x", 10<<20+1)), want: "at most 10 MB"},
		"larger than is said": {post: telegramtest.Post{File: "list.json", Content: []byte(strings.Repeat("x", 10<<20+1)), Size: -1}, want: "at most 10 MB"},
		"too large to fetch":  {post: telegramtest.Post{File: "list.json", Content: []byte(strings.Repeat("x", 20<<20+1)), Size: -1}, want: "at most 20 MB"},
		"it stalls":           {post: good, fault: telegramtest.Fault{Method: "download", Wait: time.Hour}, want: "could not get the file"},
		"it trickles":         {post: good, fault: telegramtest.Fault{Method: "download", Slow: 100 * time.Second}, want: "did not arrive whole"},
		"it is cut off":       {post: good, fault: telegramtest.Fault{Method: "download", Cut: true}, want: "did not arrive whole"},
		"it has expired":      {post: good, fault: telegramtest.Fault{Method: "getFile", Status: http.StatusBadRequest, Text: "Bad Request: wrong file_id"}, want: "send it again"},
		"a picture":           {post: telegramtest.Post{As: "photo", Content: []byte("a flyer")}, want: "only as a file"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gather(t)
				if c.fault.Method != "" {
					g.Fail(c.fault)
				}
				post := c.post
				post.Who, post.Room, post.Text = "ada", "hall", "/meeting import"
				g.Write(post)
				before := len(g.SeesOfBot("ben", ""))
				g.Say("ben", "", "/help")
				settle()
				if len(g.SeesOfBot("ben", "")) == before {
					t.Error("ben waits for the file too")
				}
				time.Sleep(30 * time.Second)
				synctest.Wait()
				g.privately(c.want)
				if got := g.planned(); !strings.Contains(got, "No meetings are planned") {
					t.Errorf("afterwards ben sees %q", got)
				}
				g.keptQuiet()
				again := good
				again.Room, again.Text = "hall", "/meeting import"
				g.uploads(again)
				g.privately("1 new meeting")
			})
		})
	}
}

// TestImportOnTelegramOfSeveral takes one list of those that come together, and says so.
func TestImportOnTelegramOfSeveral(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gather(t)
		g.uploads(telegramtest.Post{Room: "hall", Text: "/meeting import"})
		g.presses("Send a file")
		one, other := lists["Meeting Guide"], lists["a sheet"]
		one.Who, other.Who = "ada", "ada"
		g.Album(one, other, other)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		g.privately("one file at a time")
		g.presses("Take it in")
		if got := g.planned(); strings.Count(got, "Evening") == 0 {
			t.Errorf("ben sees %q", got)
		}
		g.keptQuiet()
	})
}

// TestImportOnTelegramBehindADoor: a file does not come along to a private chat that is
// opened first. There it is asked for again.
func TestImportOnTelegramBehindADoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gather(t)
		g.Seat("kim", "house", "administrator")
		settle()
		list := lists["Meeting Guide"]
		list.Who, list.Room, list.Text = "kim", "hall", "/meeting import"
		g.Write(list)
		settle()
		if err := g.Press("kim", "hall", "Open the private chat"); err != nil {
			t.Fatal(err)
		}
		settle()
		seen := g.SeesOfBot("kim", "")
		if len(seen) == 0 || !strings.Contains(seen[len(seen)-1].Text, "choose File") {
			t.Fatalf("kim sees %+v", seen)
		}
		list.Room, list.Text = "", ""
		g.Write(list)
		settle()
		seen = g.SeesOfBot("kim", "")
		if last := seen[len(seen)-1].Text; !strings.Contains(last, "1 new meeting") {
			t.Errorf("kim sees %q", last)
		}
		g.keptQuiet()
	})
}
