package spoken

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// ZoneData is the release of the time zone database that is built in.
const ZoneData = "2025c"

// zoneinfo is the time zone database, in the public domain, as the Go
// distribution packs it. The standard library prefers whatever the machine has
// installed; that would let the same meeting be at two times on two machines, so
// the built-in data is the only data here.
//
//go:generate sh -c "cp \"$(go env GOROOT)/lib/time/zoneinfo.zip\" zoneinfo.zip"
//go:embed zoneinfo.zip
var zoneinfo []byte

// zoneFiles finds a zone's data by its name in lower case.
var zoneFiles = sync.OnceValue(func() map[string]*zip.File {
	archive, err := zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic("spoken: the built-in time zone data cannot be read: " + err.Error())
	}
	files := make(map[string]*zip.File, len(archive.File))
	for _, f := range archive.File {
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			files[strings.ToLower(f.Name)] = f
		}
	}
	return files
})

// zoneNames are the IANA names, sorted.
var zoneNames = sync.OnceValue(func() []string {
	var names []string
	for _, f := range zoneFiles() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
})

// loaded remembers the zones that LoadZone has parsed, name to *time.Location.
// They never change and there are no more of them than names.
var loaded sync.Map

// LoadZone returns the zone with the IANA name, from the built-in data whatever
// the machine has. The same name gives the same pointer. An unknown name, "" and
// "Local" are an *Unclear.
func LoadZone(name string) (*time.Location, error) {
	if loc, ok := loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "UTC" {
		return time.UTC, nil
	}
	file, ok := zoneFiles()[strings.ToLower(name)]
	if !ok || file.Name != name {
		return nil, &Unclear{Why: NoSuchZone, Part: name}
	}
	loc, err := parseZone(file)
	if err != nil {
		return nil, fmt.Errorf("spoken: load zone %s: %w", name, err)
	}
	kept, _ := loaded.LoadOrStore(name, loc)
	return kept.(*time.Location), nil
}

// parseZone reads the data where it stands: the files of the archive are stored as
// they are.
func parseZone(file *zip.File) (*time.Location, error) {
	at, err := file.DataOffset()
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(file.Name, zoneinfo[at:at+int64(file.UncompressedSize64)])
}
