package commands_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"peerbot/chat"
)

// uploads plays /meeting import with a file.
func (d *desk) uploads(who chat.Person, data string, more ...chat.Arg) chat.Reply {
	d.t.Helper()
	file := &chat.File{Name: "list.json", Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}
	return d.sendsFile(who, file, more...)
}

func (d *desk) sendsFile(who chat.Person, file *chat.File, more ...chat.Arg) chat.Reply {
	d.t.Helper()
	args := append([]chat.Arg{{Name: "file", Value: file.Name, File: file}}, more...)
	return d.call(chat.Call{From: who, At: lobby, Path: []string{"meeting", "import"}, Args: args})
}

// carriesOut runs the agenda until what is due is done.
func (d *desk) carriesOut() {
	d.t.Helper()
	d.carriesOutUntil(func() bool { return strings.Contains(d.says(ana, lobby, "/meetings").Body.String(), "Evening") })
}

func (d *desk) carriesOutUntil(done func() bool) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.deps.Agenda.Run(ctx, d.deps.Meetings.Plans()) }()
	for !done() {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		d.t.Fatal(err)
	}
}

func file(t *testing.T, f chat.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const evening = `{"name":"Evening","slug":"e","day":1,"time":"20:00","formatted_address":"1 Main St","types":["O","ZZ"]}`

func TestMeetingImport(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		d.wants(d.uploads(ana, "["+evening+"]"), "for hosts, moderators and admins")
		bad := `{"name":"Late","slug":"l%d","day":8,"time":"20:00"}`
		var rows []string
		for i := range 7 {
			rows = append(rows, fmt.Sprintf(bad, i))
		}
		r := d.uploads(bea, "["+evening+","+strings.Join(rows, ",")+"]", chat.Arg{Name: "programme", Value: "AA"})
		d.wants(r, "Nothing is changed yet", "1 new meeting", "7 rows are not taken", "Row 2, Late: “8” is not a day of the week.", "And 2 more", "left out: ZZ", "undo that for ten minutes")
		if len(r.Files) != 1 || strings.Count(file(t, r.Files[0]), "Row ") != 7 {
			t.Errorf("files: %+v", r.Files)
		}
		d.wants(d.says(ana, lobby, "/meetings"), "No meetings are planned")
		began := d.presses(bea, lobby, r, "Take it in")
		d.wants(began, "being taken in")
		d.carriesOut()
		d.wants(d.presses(bea, lobby, began, "How far is it?"), "All of the list is taken in")
		again := d.uploads(bea, "["+evening+"]", chat.Arg{Name: "programme", Value: "aa"})
		d.wants(again, "1 meeting stays as it is", "nothing to take in")
		d.wants(d.uploads(bea, `[{"name":"Other","slug":"o","day":1,"time":"20:00"}]`), "1 new meeting", "1 meeting is not in the list any more")
		d.wants(d.uploads(bea, `[{"name":"Other","slug":"o","day":1,"time":"20:00"}]`, chat.Arg{Name: "list", Value: "another"}), "1 new meeting", "ten minutes")
	})
}

func TestMeetingImportUndo(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		other := `{"name":"Other","slug":"o","day":1,"time":"19:00"}`
		began := d.presses(bea, lobby, d.uploads(bea, "["+evening+","+other+"]"), "Take it in")
		d.carriesOut()
		d.saves("/meeting edit meeting:Other which:series notes:Ring")
		back := d.presses(bea, lobby, began, "Undo")
		d.wants(back, "being taken back")
		d.wants(d.presses(bea, lobby, back, "How far is it?"), "0 % of it")
		d.carriesOutUntil(func() bool { return !strings.Contains(d.says(ana, lobby, "/meetings").Body.String(), "Evening") })
		d.wants(d.presses(bea, lobby, back, "How far is it?"), "These meetings were changed since", "Other")
		d.wants(d.says(ana, lobby, "/meetings"), "Other")
		d.wants(d.uploads(bea, "["+evening+","+other+"]"), "1 new meeting", "1 meeting is different")
		began = d.presses(bea, lobby, d.uploads(bea, "["+evening+"]"), "Take it in")
		d.carriesOut()
		back = d.presses(bea, lobby, began, "Undo")
		d.carriesOutUntil(func() bool { return !strings.Contains(d.says(ana, lobby, "/meetings").Body.String(), "Evening") })
		d.wants(d.presses(bea, lobby, back, "How far is it?"), "as they were before")
	})
}

func TestMeetingImportOfNoList(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		for data, want := range map[string]string{
			`[{"name":`:                       "not a list",
			"[]":                              "no meeting in this list",
			"\xff\xfe[\x00]\x00":              "letters of this file",
			"[{\"name\":\"Espa\xf1ol\"}]":     "letters of this file",
			strings.Repeat("x", 10<<20+1):     "too large",
			"name,day,time\n\"A,Monday,20:00": "Row 1 of this sheet",
		} {
			r := d.uploads(bea, data)
			d.wants(r, want, "Nothing was changed")
		}
		stalls := &chat.File{Name: "list.json", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("["+evening), iotest.ErrReader(errors.New("timed out")))), nil
		}}
		d.wants(d.sendsFile(bea, stalls), "did not arrive whole", "Nothing was changed")
		d.wants(d.says(ana, lobby, "/meetings"), "No meetings are planned")
		d.wants(d.says(bea, lobby, "/meeting import"), "list of meetings")
	})
}

func TestMeetingExport(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.host()
		for _, line := range []string{
			"title:Open when:Mondays 20:00-21:00 link:https://zoom.us/j/1 passcode:secret open:open",
			"title:Hidden when:Mondays 20:00-21:00 link:https://zoom.us/j/2",
			`title:Monthly when:"1st Sunday 17:00-18:00" address:"1 Main St"`,
		} {
			d.saves("/meeting add " + line)
		}
		r := d.says(bea, lobby, "/meeting export")
		d.wants(r, "1 meeting is in the list", "1 is left out: where it is", "1 is left out: such a list", "passcodes never")
		list := file(t, r.Files[0])
		if !json.Valid([]byte(list)) || !strings.Contains(list, "zoom.us/j/1") || bytes.Contains([]byte(list), []byte("secret")) || strings.Contains(list, "j/2") {
			t.Errorf("%s", list)
		}
		d.wants(d.uploads(bea, list), "1 meeting stays as it is")
	})
}
