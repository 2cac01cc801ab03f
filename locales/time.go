package locales

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/spoken"
)

// time reads an instant in words. It knows no now: what is relative reads as a
// Moment, for the platforms that cannot count.
func (v voice) time(t chat.Time) string {
	zone := v.zone
	if zone == nil {
		zone = time.UTC
	}
	at := t.At.In(zone)
	switch t.Style {
	case chat.Clock:
		return v.clock(at)
	case chat.Zoned:
		return v.say("time.zoned", chat.Text("clock", hour(at)), chat.Text("zone", v.zoneName(at)))
	case chat.Day:
		return v.say("time.day", date(at)...)
	}
	return v.say("time.moment", append(date(at),
		chat.Text("year", strconv.Itoa(at.Year())),
		chat.Text("clock", hour(at)),
		chat.Text("zone", v.zoneName(at)))...)
}

// clock says the hour, and that it is UTC to readers whose zone nobody knows.
func (v voice) clock(at time.Time) string {
	if v.zone == nil {
		return v.say("time.clock_utc", chat.Text("clock", hour(at)))
	}
	return hour(at)
}

func hour(at time.Time) string { return at.Format("15:04") }

func date(at time.Time) []chat.Fill {
	return []chat.Fill{
		chat.With("weekday", chat.Say("day."+strings.ToLower(at.Weekday().String()))),
		chat.Text("day", strconv.Itoa(at.Day())),
		chat.With("month", chat.Say("month."+strings.ToLower(at.Month().String()))),
	}
}

// zoneName says a zone in plain words: its usual name, else its city, else how far
// it is from UTC.
func (v voice) zoneName(at time.Time) string {
	name := at.Location().String()
	if id := usual[name]; id != "" {
		return v.say("zone." + id)
	}
	region, city, ok := cutLast(name)
	if !ok || region == "Etc" {
		return v.say("zone.offset", chat.Text("offset", offset(at)))
	}
	return v.say("zone.city", chat.With("city", v.city(city)))
}

// named says a zone of which only the IANA name is known. A name that nobody knows
// stays as it is.
func (v voice) named(zone string) string {
	loc, err := spoken.LoadZone(zone)
	if err != nil {
		return zone
	}
	return v.zoneName(time.Unix(0, 0).In(loc))
}

// cutLast splits at the last slash: Argentina/Ushuaia is the city Ushuaia.
func cutLast(name string) (before, after string, found bool) {
	i := strings.LastIndex(name, "/")
	if i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// city is the name of a city in the language, or as the zone database spells it.
func (v voice) city(name string) chat.Rich {
	id := "city." + strings.ToLower(name)
	if _, _, ok := v.c.phrase(v.lang, id); ok {
		return chat.Say(id)
	}
	return chat.Words(strings.ReplaceAll(name, "_", " "))
}

// offset writes +05:30.
func offset(at time.Time) string {
	_, seconds := at.Zone()
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// usual are the zones that people call by a name rather than by their city: the
// metazones of CLDR that are in everyday use. The value completes an id zone.NAME.
var usual = map[string]string{
	"UTC": "utc", "Etc/UTC": "utc", "Etc/GMT": "utc", "GMT": "utc", "Etc/UCT": "utc",

	"America/New_York": "eastern", "America/Detroit": "eastern", "America/Toronto": "eastern",
	"America/Indiana/Indianapolis": "eastern", "America/Kentucky/Louisville": "eastern",
	"US/Eastern": "eastern", "EST5EDT": "eastern", "Canada/Eastern": "eastern",

	"America/Chicago": "central", "America/Winnipeg": "central", "America/Menominee": "central",
	"America/Indiana/Knox": "central", "US/Central": "central", "CST6CDT": "central",

	"America/Denver": "mountain", "America/Boise": "mountain", "America/Edmonton": "mountain",
	"US/Mountain": "mountain", "MST7MDT": "mountain",

	"America/Los_Angeles": "pacific", "America/Vancouver": "pacific", "US/Pacific": "pacific", "PST8PDT": "pacific",

	"America/Phoenix": "arizona", "US/Arizona": "arizona",
	"America/Anchorage": "alaska", "US/Alaska": "alaska",
	"Pacific/Honolulu": "hawaii", "US/Hawaii": "hawaii",
	"America/Halifax": "atlantic", "Canada/Atlantic": "atlantic",
	"America/St_Johns": "newfoundland", "America/Puerto_Rico": "puerto_rico",

	"Europe/London": "uk", "GB": "uk", "Europe/Dublin": "ireland",
	"Asia/Kolkata": "india", "Asia/Calcutta": "india", "Pacific/Auckland": "new_zealand",
	"Africa/Johannesburg": "south_africa", "Asia/Manila": "philippines",
}
