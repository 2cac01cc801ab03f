package tsml_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/schedule"
	"peerbot/spoken"
)

// someTypes are codes of many programmes, of which each has some and none has all.
var someTypes = strings.Fields("11 12x12 A ABSI AL AUD B BE BEG BT CAN D DISC G H IP L LGBTQ LIT M MED N NC OA S SP SPK ST STEP T TOP W X XB Y YP")

// facts are what a list can say of a meeting of the programme. Such a list has no word
// for what the programme has no code for.
func facts(t *rapid.T, programme string) (f meeting.Facts) {
	f.Programme = programme
	for _, code := range rapid.SliceOfDistinct(rapid.SampledFrom(someTypes), rapid.ID).Draw(t, "types") {
		label := meeting.TypeLabel(programme, code)
		if label != "" {
			f.Types = append(f.Types, code)
		}
		f.Beginners = f.Beginners || strings.Contains(label, "Newcomer") || strings.Contains(label, "Beginner")
	}
	slices.Sort(f.Types)
	if lang := rapid.SampledFrom(strings.Fields(". es en pt fil pa ko uk")).Draw(t, "language"); lang != "." && (lang != "es" || meeting.TypeLabel(programme, "S") == "") {
		f.Language = lang
	}
	f.Doors = rapid.SampledFrom([]meeting.Openness{"", meeting.OpenToAll, meeting.Closed}).Draw(t, "doors")
	if code := map[meeting.Openness]string{meeting.OpenToAll: "O", meeting.Closed: "C"}[f.Doors]; meeting.ListsTypes(programme) && meeting.TypeLabel(programme, code) == "" {
		f.Doors = ""
	}
	return f
}

// meetings are those that a list of the programme can hold, with everything that it can
// say of them.
func meetings(programme string) *rapid.Generator[meeting.Meeting] {
	words := rapid.StringMatching(`[A-Za-zÁñ"<&,;] ?[A-Za-z0-9ü'’]{1,20}`)
	return rapid.Custom(func(t *rapid.T) meeting.Meeting {
		v := meeting.Meeting{ID: rapid.StringMatching(`[a-z2-7]{26}`).Draw(t, "id"), Changed: options.Today}
		v.Title, v.Kind = words.Draw(t, "title"), meeting.Support
		zone := rapid.SampledFrom([]string{"America/New_York", "Europe/Madrid", "UTC"}).Draw(t, "zone")
		at := spoken.Clock(rapid.IntRange(0, 24*60-1).Draw(t, "at"))
		length := time.Duration(rapid.IntRange(1, 6*60).Draw(t, "length")) * time.Minute
		loc, _ := spoken.LoadZone(zone)
		day := time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))
		v.Rule = tsml.Weekly(day, at, length, zone, spoken.DateOf(options.Today.In(loc)))
		v.Facts = facts(t, programme)
		v.Place.Address = rapid.OneOf(words, rapid.Just("1 Main St, Troy, NY")).Draw(t, "address")
		v.Place.Venue = rapid.SampledFrom([]string{"", "St. John's"}).Draw(t, "venue")
		v.Place.Region = rapid.SampledFrom([]string{"", "North", "North > Troy"}).Draw(t, "region")
		if v.Facts.Doors == meeting.OpenToAll {
			v.Place.Link = rapid.SampledFrom([]string{"", "https://us02web.zoom.us/j/1?pwd=x", "https://meet.jit.si/a"}).Draw(t, "link")
			v.Place.Phone = rapid.SampledFrom([]string{"", "+15550100,,1#"}).Draw(t, "phone")
			v.Notes = rapid.SampledFrom([]string{"", "Ring twice.\nSide door"}).Draw(t, "notes")
			if v.Place.Link != "" && rapid.Bool().Draw(t, "no address") {
				v.Place.Address = ""
			}
		}
		return v
	})
}

func write(t rapid.TB, all []meeting.Meeting) (string, map[tsml.Left]int) {
	t.Helper()
	var b bytes.Buffer
	left, err := tsml.Write(&b, all)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), left
}

// TestWrittenAndReadAgain: what a list can hold comes back as it was, and what is
// written of that is the same list.
func TestWrittenAndReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := options
		o.Programme = anyProgramme().Draw(t, "programme")
		all := rapid.SliceOfNDistinct(meetings(o.Programme), 1, 8, func(v meeting.Meeting) string { return v.ID }).Draw(t, "meetings")
		list, left := write(t, all)
		if len(left) != 0 {
			t.Fatalf("left out: %v", left)
		}
		checkRules(t, list)
		rows, err := tsml.Read([]byte(list), o)
		if err != nil || len(rows) != len(all) {
			t.Fatalf("%d rows of %d, %v", len(rows), len(all), err)
		}
		for i, row := range rows {
			got := row.Meeting
			got.ID, got.Changed = all[i].ID, all[i].Changed
			if row.Refused != nil || row.Slug != all[i].ID || len(row.Unknown) > 0 {
				t.Errorf("row %+v", row)
			}
			if diff := cmp.Diff(all[i], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			rows[i].Meeting = got
		}
	})
}

// anyProgramme is one of those that lists are of, or none.
func anyProgramme() *rapid.Generator[string] {
	ids := []string{""}
	for _, p := range meeting.Programmes() {
		ids = append(ids, p.ID)
	}
	return rapid.SampledFrom(ids)
}

// TestNamesOfOtherLists: a slug that cannot be part of a web address is not given on,
// and one is never given twice.
func TestNamesOfOtherLists(t *testing.T) {
	for slug, want := range map[string]string{
		"": "id", "early-7": "early-7", "1795": "1795", "ana@example.org": "id", "a b": "id", "ñ": "id", "a/../b": "id", "?x": "id",
		strings.Repeat("a", 62): strings.Repeat("a", 62), strings.Repeat("a", 63): "id",
	} {
		v := meetings("aa").Example(1)
		v.ID, v.Feed = "id", meeting.Feed{Source: tsml.Source, Slug: slug}
		list, _ := write(t, []meeting.Meeting{v})
		checkRules(t, list)
		if !strings.Contains(list, `"slug": "`+want+`"`) {
			t.Errorf("%q: %s", slug, list)
		}
	}
	one, two := meetings("aa").Example(1), meetings("aa").Example(2)
	one.ID, one.Feed, two.ID, two.Feed = "i1", meeting.Feed{Source: tsml.Source, Slug: "same"}, "i2", meeting.Feed{Source: tsml.Source, Slug: "same"}
	list, _ := write(t, []meeting.Meeting{one, two})
	checkRules(t, list)
	one.Feed.Source = "bmlt"
	if list, _ = write(t, []meeting.Meeting{one}); !strings.Contains(list, `"slug": "i1"`) {
		t.Error(list)
	}
}

// TestWhereAnOnlineMeetingIsAtHome: apps pass over a meeting that is nowhere, so its
// region is told as a place that is near.
func TestWhereAnOnlineMeetingIsAtHome(t *testing.T) {
	v := meeting.Meeting{ID: "id", Changed: options.Today}
	v.Title, v.Rule = "G", tsml.Weekly(time.Monday, 20*60, time.Hour, "UTC", spoken.DateOf(options.Today))
	v.Facts.Doors, v.Place = meeting.OpenToAll, meeting.Place{Link: "https://zoom.us/j/1", Region: "Illinois > Chicago"}
	list, _ := write(t, []meeting.Meeting{v})
	for _, want := range []string{`"formatted_address": "Chicago, Illinois"`, `"approximate": "yes"`, `"attendance_option": "online"`} {
		if !strings.Contains(list, want) {
			t.Errorf("%s is missing in %s", want, list)
		}
	}
	v.Place.Address = "1 Main St"
	if list, _ = write(t, []meeting.Meeting{v}); strings.Contains(list, "approximate") || !strings.Contains(list, `"hybrid"`) {
		t.Error(list)
	}
}

// checkRules checks a list against https://github.com/code4recovery/spec.
func checkRules(t rapid.TB, list string) {
	t.Helper()
	var rows []map[string]any
	if err := json.Unmarshal([]byte(list), &rows); err != nil {
		t.Fatal(err)
	}
	slugs, known := map[string]bool{}, regexp.MustCompile(`^[A-Za-z0-9._~-]{1,64}$`)
	clock, phone := regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`), regexp.MustCompile(`^[0-9+,*#]+$`)
	for _, row := range rows {
		text := func(name string) string { s, _ := row[name].(string); return s }
		slug, day := text("slug"), row["day"].(float64)
		must := func(ok bool, what string) {
			if !ok {
				t.Errorf("%s: %v", what, row)
			}
		}
		must(known.MatchString(slug) && !slugs[slug], "slug")
		slugs[slug] = true
		must(text("name") != "" && len(text("name")) <= 255 && day >= 0 && day <= 6 && day == float64(int(day)), "name and day")
		must(clock.MatchString(text("time")) && clock.MatchString(text("end_time")), "time")
		must(text("timezone") != "", "timezone")
		_, err := time.Parse(time.DateTime, text("updated"))
		must(err == nil, "updated")
		u, err := url.Parse(text("conference_url"))
		must(err == nil && (u.Host == "" || strings.HasPrefix(u.Scheme, "http")), "conference_url")
		must(text("conference_phone") == "" || phone.MatchString(text("conference_phone")), "conference_phone")
		online := text("conference_url")+text("conference_phone") != ""
		near := text("approximate") == "yes"
		must(near || text("approximate") == "", "approximate")
		house := text("formatted_address") != "" && !near
		must(house || online, "an in-person meeting has an address")
		want := map[[2]bool]string{{true, true}: "hybrid", {true, false}: "online", {false, true}: "in_person"}[[2]bool{online, house || text("location") != ""}]
		must(want != "" && text("attendance_option") == want, "attendance_option")
		for name := range row {
			must(!strings.Contains(name, "contact") && !strings.Contains(name, "feedback") && name != "conference_url_notes", name)
		}
	}
}

func TestWhatIsPublic(t *testing.T) {
	at := func(change func(*meeting.Meeting)) meeting.Meeting {
		v := meeting.Meeting{ID: "id"}
		v.Title, v.Notes = "G", "the door code is secret-7"
		v.Rule = tsml.Weekly(time.Monday, 20*60, time.Hour, "UTC", spoken.DateOf(options.Today))
		v.Place = meeting.Place{Link: "https://zoom.us/j/secret-1", Number: "55551", Passcode: "secret-2", Phone: "+1 (555) 01.00", Voice: "room"}
		change(&v)
		return v
	}
	address := func(v *meeting.Meeting) { v.Place.Address = "1 Main St" }
	for _, tt := range []struct {
		about  string
		v      meeting.Meeting
		has    []string
		lacks  []string
		absent tsml.Left
	}{
		{about: "not said who may come", v: at(func(*meeting.Meeting) {}), absent: tsml.Hidden},
		{about: "closed, with an address", v: at(func(v *meeting.Meeting) { address(v); v.Facts.Doors = meeting.Closed }),
			has: []string{"1 Main St", `"in_person"`, `"C"`}, lacks: []string{"secret", "555"}},
		{about: "open", v: at(func(v *meeting.Meeting) { v.Facts.Doors = meeting.OpenToAll }),
			has: []string{"secret-1", "+15550100", `"online"`, `"TC"`, "secret-7"}, lacks: []string{"secret-2", "55551", "room"}},
		{about: "open, with a link of one's own", v: at(func(v *meeting.Meeting) {
			v.Facts.Doors, v.Place.Link, v.Place.Phone = meeting.OpenToAll, "https://meet.example.org/x", ""
		}), absent: tsml.Hidden},
		{about: "monthly", v: at(func(v *meeting.Meeting) {
			address(v)
			v.Rule.Unit, v.Rule.Days[0].Nth = spoken.Monthly, 1
		}), absent: tsml.Unlike},
		{about: "every two weeks", v: at(func(v *meeting.Meeting) { address(v); v.Rule.Every = 2 }), absent: tsml.Unlike},
		{about: "with an end", v: at(func(v *meeting.Meeting) { address(v); v.Rule.Until = v.Rule.First }), absent: tsml.Unlike},
		{about: "all night", v: at(func(v *meeting.Meeting) { address(v); v.Rule.Length = 7 * time.Hour }), absent: tsml.Unlike},
		{about: "cancelled", v: at(func(v *meeting.Meeting) { address(v); v.Cancelled = true }), absent: tsml.Unlike},
		{about: "two days", v: at(func(v *meeting.Meeting) {
			address(v)
			v.Rule.Days = append(v.Rule.Days, spoken.Day{Weekday: time.Friday})
		}), has: []string{`"id-1"`, `"id-5"`}},
	} {
		list, left := write(t, []meeting.Meeting{tt.v})
		if tt.absent != 0 && (left[tt.absent] != 1 || strings.TrimSpace(list) != "[]") {
			t.Errorf("%s: %v %s", tt.about, left, list)
		}
		for _, has := range tt.has {
			if !strings.Contains(list, has) {
				t.Errorf("%s: lacks %s: %s", tt.about, has, list)
			}
		}
		for _, lacks := range tt.lacks {
			if strings.Contains(list, lacks) {
				t.Errorf("%s: has %s: %s", tt.about, lacks, list)
			}
		}
		checkRules(t, list)
	}
}

// TestSameDates: a meeting comes back with the same dates, whatever days it is on.
func TestSameDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := meetings("aa").Draw(t, "meeting")
		days := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID).Draw(t, "days")
		slices.Sort(days)
		v.Rule.Days = nil
		for _, d := range days {
			v.Rule.Days = append(v.Rule.Days, spoken.Day{Weekday: time.Weekday(d)})
		}
		v.Rule.First = spoken.DateOf(options.Today).AddDays(-700)
		list, _ := write(t, []meeting.Meeting{v})
		rows, err := tsml.Read([]byte(list), options)
		if err != nil {
			t.Fatal(err)
		}
		var rules []schedule.Rule
		for _, row := range rows {
			rules = append(rules, row.Meeting.Rule)
		}
		if diff := cmp.Diff(dates(v.Rule), dates(rules...)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// dates are when the rules happen in four weeks, two days after today.
func dates(rules ...schedule.Rule) (out []string) {
	from := options.Today.AddDate(0, 0, 2)
	for _, r := range rules {
		for o := range r.Between(from, from.AddDate(0, 0, 28)) {
			out = append(out, o.Start.UTC().Format(time.RFC3339)+o.End.UTC().Format(time.RFC3339))
		}
	}
	slices.Sort(out)
	return out
}
