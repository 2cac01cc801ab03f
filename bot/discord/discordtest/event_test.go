package discordtest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// eventBody is an event that begins in so many hours, with more fields.
func eventBody(hours int, more string) string {
	start := time.Now().Add(time.Duration(hours) * time.Hour).UTC().Truncate(time.Second)
	return fmt.Sprintf(`{"name":"Circle","privacy_level":2,"entity_type":3,"entity_metadata":{"location":"here"},
		"scheduled_start_time":%q,"scheduled_end_time":%q%s}`, start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339), more)
}

// again is a recurrence that begins in so many hours.
func again(hours int, more string) string {
	start := time.Now().Add(time.Duration(hours) * time.Hour).UTC().Truncate(time.Second)
	return fmt.Sprintf(`,"recurrence_rule":{"start":%q,"interval":1,%s}`, start.Format(time.RFC3339), more)
}

func TestEventsAreMadeChangedAndDeleted(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.Allow(CreateEvents)
		path := "/guilds/" + s.GuildID() + "/scheduled-events"
		made := s.do(200, "POST", path, eventBody(24, again(24, `"frequency":2,"by_weekday":[6]`)))
		id := made["id"].(string)
		if made["creator_id"] != s.BotID() || made["status"] != 1.0 {
			t.Errorf("what was made is %v", made)
		}
		s.do(200, "PATCH", path+"/"+id, `{"name":"Ring"}`)
		if all := s.Events(); len(all) != 1 || all[0].Name != "Ring" || all[0].Again == nil {
			t.Errorf("there are %+v", all)
		}
		s.SkipEvent(id)
		time.Sleep(25 * time.Hour)
		want := time.Date(2000, 1, 9, 0, 0, 0, 0, time.UTC)
		all := s.Events()
		if len(all) != 1 || !all[0].Start.Equal(want) || len(all[0].Occurrences(want.AddDate(0, 0, 20))) != 3 {
			t.Errorf("a week later there are %+v", all)
		}
		s.do(200, "PATCH", path+"/"+id, `{"recurrence_rule":null}`)
		s.AddEvent("ana", "Party", time.Now().Add(time.Hour))
		s.do(200, "GET", path, "")
		s.do(204, "DELETE", path+"/"+id, "")
		s.do(404, "DELETE", path+"/"+id, "")
		s.DropEvent(s.Events()[0].ID)
		if n := len(s.Events()); n != 0 {
			t.Errorf("%d events are left", n)
		}
		s.clean()
	})
}

func TestEventsThatDiscordRefuses(t *testing.T) {
	play(t, Options{Unlimited: true}, func(s *stage) {
		path := "/guilds/" + s.GuildID() + "/scheduled-events"
		if got := s.do(403, "POST", path, eventBody(1, "")); got["code"] != 50013.0 {
			t.Errorf("without the right: %v", got)
		}
		s.Allow(CreateEvents)
		s.clean()
		for _, body := range []string{
			eventBody(-1, ""), eventBody(6*366*24, ""),
			strings.Replace(eventBody(1, ""), "Circle", "", 1),
			strings.Replace(eventBody(1, ""), "Circle", strings.Repeat("x", 101), 1),
			strings.Replace(eventBody(1, ""), "here", strings.Repeat("x", 101), 1),
			strings.Replace(eventBody(1, ""), "here", "", 1),
			strings.Replace(eventBody(1, ""), `"privacy_level":2`, `"privacy_level":1`, 1),
			strings.Replace(eventBody(1, ""), "scheduled_end_time", "ends", 1),
			eventBody(1, `,"description":"`+strings.Repeat("x", 1001)+`"`),
			eventBody(1, `,"channel_id":"1"`),
			eventBody(1, again(1, `"frequency":3,"by_weekday":[5,6],"count":3`)),
			eventBody(1, again(1, `"frequency":2,"by_weekday":[5,6]`)),
			eventBody(1, again(1, `"frequency":2,"by_weekday":[3]`)),
			eventBody(2, again(1, `"frequency":2,"by_weekday":[5]`)),
			eventBody(1, again(1, `"frequency":3,"by_weekday":[4,5,6]`)),
			eventBody(1, again(1, `"frequency":3`)),
			eventBody(1, again(1, `"frequency":1,"by_month_day":[1]`)),
			eventBody(1, again(1, `"frequency":1,"by_n_weekday":[{"n":1,"day":5},{"n":2,"day":5}]`)),
			eventBody(1, again(1, `"frequency":1,"by_n_weekday":[{"n":1,"day":5}],"by_weekday":[5]`)),
			eventBody(1, again(1, `"frequency":0,"by_month":[1]`)),
			eventBody(1, strings.Replace(again(1, `"frequency":1,"by_n_weekday":[{"n":1,"day":5}]`), `"interval":1`, `"interval":2`, 1)),
		} {
			before := len(s.Violations())
			if s.do(400, "POST", path, body); len(s.Violations()) != before+1 {
				t.Errorf("nobody is blamed for %s", body)
			}
		}
		for _, fine := range []string{
			again(1, `"frequency":3,"by_weekday":[5,6]`), again(1, `"frequency":1,"by_n_weekday":[{"n":1,"day":5}]`),
			again(1, `"frequency":0,"by_month":[1],"by_month_day":[1]`),
			strings.Replace(again(1, `"frequency":2,"by_weekday":[5]`), `"interval":1`, `"interval":2`, 1),
		} {
			s.do(200, "POST", path, eventBody(1, fine))
		}
		for len(s.Events()) < maxEvents {
			s.do(200, "POST", path, eventBody(1, ""))
		}
		if got := s.do(400, "POST", path, eventBody(1, "")); got["code"] != 30038.0 {
			t.Errorf("the 101st: %v", got)
		}
		s.DropEvent(s.Events()[0].ID)
		others := s.AddEvent("ana", "Party", time.Now().Add(time.Hour))
		s.do(403, "DELETE", path+"/"+others, "")
	})
}
