package spoken

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed aliases.txt
var aliases string

// zoneIndex finds zones by every name that people give them.
type zoneIndex struct {
	keys  []string            // keys are the names that complete, in the order of aliases.txt.
	zones map[string][]string // zones are IANA names by zoneKey.
}

var zonesByName = sync.OnceValue(func() zoneIndex {
	index := zoneIndex{zones: map[string][]string{}}
	for line := range strings.Lines(aliases) {
		name, zones, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if ok && !strings.HasPrefix(name, "#") {
			index.add(name, strings.Split(zones, " | "))
		}
	}
	for _, zone := range zoneNames() {
		if city, ok := cityOf(zone); ok && !slices.Contains(otherWords, city) {
			index.addCity(city, zone)
		}
	}
	for _, zone := range zoneNames() {
		if _, taken := index.zones[zoneKey(zone)]; !taken {
			index.zones[zoneKey(zone)] = []string{zone}
		}
	}
	return index
})

func (x *zoneIndex) add(name string, zones []string) {
	key := zoneKey(name)
	x.keys = append(x.keys, key)
	x.zones[key] = zones
}

// addCity gives the city its zone. A city that stands in the database twice does so
// for old times' sake, and the longer name is the present one.
func (x *zoneIndex) addCity(city, zone string) {
	key := zoneKey(city)
	switch old := x.zones[key]; {
	case old == nil:
		x.add(city, []string{zone})
	case len(old) == 1 && path.Base(old[0]) == path.Base(zone) && len(zone) > len(old[0]):
		x.zones[key] = []string{zone}
	}
}

// regions are the parts of the database whose zones are named after cities.
var regions = []string{"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}

// otherWords are names in the database that mean something else in a sentence, or
// another city to most.
var otherWords = []string{"Casey", "Center", "Christmas", "Currie", "Davis", "Easter", "Knox", "Midway", "North", "Oral",
	"Palmer", "Resolute", "Reunion", "South", "Stanley", "Troll", "Virgin", "Wake", "West"}

// cityOf is the city after which a zone is named.
func cityOf(zone string) (string, bool) {
	region, _, ok := strings.Cut(zone, "/")
	city := path.Base(zone)
	if !ok || !slices.Contains(regions, region) {
		return "", false
	}
	return strings.ReplaceAll(city, "_", " "), true
}

// zoneKey folds a name: case, accents, full stops and doubled spaces make no
// difference.
func zoneKey(name string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(name) {
		switch r = fold(r); {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+-:/", r):
			b.WriteRune(r)
		case r != '.' && r != '\'':
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var (
	zonePrefixes = []string{"hora de la ", "hora del ", "hora de ", "hora local de ", "hora ", "horario de ", "horario "}
	zoneSuffixes = []string{" local time", " standard time", " daylight time", " summer time", " time"}
)

// zonesFor are the IANA names that a name may mean; none when it is unknown.
func zonesFor(name string) []string {
	index, key := zonesByName(), zoneKey(name)
	if zones, ok := index.zones[key]; ok {
		return zones
	}
	if zones := index.fixedZone(key); zones != nil {
		return zones
	}
	for _, prefix := range zonePrefixes {
		if short, ok := strings.CutPrefix(key, prefix); ok {
			return index.zones[short]
		}
	}
	for _, suffix := range zoneSuffixes {
		if short, ok := strings.CutSuffix(key, suffix); ok {
			return index.zones[short]
		}
	}
	return nil
}

var hoursFromUTC = regexp.MustCompile(`^(?:utc|gmt) ?([+-]) ?(\d{1,2})(?::?(\d\d))?$`)

// fixedZone reads hours from UTC, such as "UTC+2" and "GMT+05:30". In the database
// the names of whole hours have the opposite sign:
// https://data.iana.org/time-zones/tzdb/etcetera
func (x zoneIndex) fixedZone(key string) []string {
	parts := hoursFromUTC.FindStringSubmatch(key)
	if parts == nil {
		return nil
	}
	hours, _ := strconv.Atoi(parts[2])
	if minutes := parts[3]; minutes != "" && minutes != "00" {
		return x.zones[fmt.Sprintf("utc%s%d:%s", parts[1], hours, minutes)]
	}
	opposite := map[string]string{"+": "-", "-": "+"}[parts[1]]
	return x.zones[fmt.Sprintf("etc/gmt%s%d", opposite, hours)]
}

// ReadZone reads a time zone as people name it: a city, a country with one time, an
// abbreviation, "Eastern", "Pacific time", "UTC+2", a name of Windows or of IANA. A
// US abbreviation is the zone and not the offset: "EST" in July is Eastern Time. The
// error is an *Unclear, with readings where the name is that of several zones.
func ReadZone(text string) (Zone, error) {
	if len(text) > MaxLength {
		return Zone{}, &Unclear{Why: TooLong}
	}
	text = strings.TrimSpace(text)
	switch zones := zonesFor(text); len(zones) {
	case 0:
		return Zone{}, &Unclear{Why: NoSuchZone, Part: text}
	case 1:
		return Zone{Name: zones[0]}, nil
	default:
		return Zone{}, &Unclear{Why: SeveralZones, Part: text, Readings: readings(cities(zones))}
	}
}

// City is the zone's name for people: its city, or its hours from UTC.
func (z Zone) City() string {
	if city, ok := cityOf(z.Name); ok {
		return city
	}
	switch hours, fixed := strings.CutPrefix(z.Name, "Etc/GMT"); {
	case !fixed:
		return z.Name
	case strings.HasPrefix(hours, "-"):
		return "UTC+" + hours[1:]
	case strings.HasPrefix(hours, "+"):
		return "UTC-" + hours[1:]
	}
	return "UTC"
}

// Zones completes what was typed of a zone's name: names that begin with it, then
// names in which a word does, each zone once and at most limit.
func Zones(typed string, limit int) []Zone {
	index, key := zonesByName(), zoneKey(typed)
	var found []Zone
	add := func(fits func(name string) bool) {
		for _, name := range index.keys {
			for _, zone := range index.zones[name] {
				if len(found) < limit && fits(name) && !slices.Contains(found, Zone{Name: zone}) {
					found = append(found, Zone{Name: zone})
				}
			}
		}
	}
	add(func(name string) bool { return strings.HasPrefix(name, key) })
	add(func(name string) bool { return strings.Contains(name, " "+key) })
	return found
}

// maxZoneWords is the number of tokens in the longest name of a zone that is read
// inside a sentence.
const maxZoneWords = 10

// inZone takes the longest name of a zone that comes next.
func (p *parser) inZone() bool {
	start := p.at
	p.say("in", "en")
	from := p.at
	for end := min(from+maxZoneWords, len(p.toks)); end > from; end-- {
		zones := zonesFor(p.words(from, end))
		if len(zones) == 0 || slices.ContainsFunc(p.toks[from:end], func(t token) bool { return t.text == "," }) {
			continue
		}
		p.at = end
		if p.said.zone != (Zone{}) {
			return p.fail(Contradicts, start)
		}
		if len(zones) > 1 {
			return p.several(SeveralZones, from, cities(zones)...)
		}
		p.said.zone = Zone{Name: zones[0]}
		return true
	}
	return false
}

// cities are the zones' names for people.
func cities(zones []string) []string {
	names := make([]string, len(zones))
	for i, zone := range zones {
		names[i] = Zone{Name: zone}.City()
	}
	return names
}
