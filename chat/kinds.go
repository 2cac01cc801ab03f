package chat

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerbot/spoken"
)

// String is one line of text, 1 to 200 graphemes unless Between says otherwise.
func String(name string) *Option[string] { return words(name, KindText, 200, Line) }

// Paragraph is text of several lines, 1 to 1,000 graphemes unless Between says otherwise.
func Paragraph(name string) *Option[string] { return words(name, KindParagraph, 1000, Block) }

func words(name string, kind Kind, most int, clean func(string) string) *Option[string] {
	return &Option[string]{
		Name: name, Min: 1, Max: most, kind: kind,
		parse: func(o *Option[string], _ *Call, typed Arg) (string, error) {
			text := clean(typed.Value)
			return text, checkLength(text, o.Min, o.Max)
		},
		write: func(text string) Arg { return Arg{Value: text} },
		read:  func(a Arg) (string, error) { return a.Value, nil },
	}
}

// bytesPerGrapheme is generous to the longest emoji in use; text that needs more is
// made to hide its length.
const bytesPerGrapheme = 32

func checkLength(text string, least, most int) error {
	n := Length(text)
	if n < least {
		return Refuse(Invalid, "option.too_short", Count("min", least), Text("length", strconv.Itoa(n)))
	}
	if n > most || len(text) > most*bytesPerGrapheme {
		return Refuse(Invalid, "option.too_long", Count("max", most), Text("length", strconv.Itoa(n)))
	}
	return nil
}

// Integer is a whole number, 0 to 1,000,000 unless Between says otherwise.
func Integer(name string) *Option[int] {
	return &Option[int]{
		Name: name, Min: 0, Max: 1_000_000, kind: KindInteger,
		parse: parseInteger,
		write: func(n int) Arg { return Arg{Value: strconv.Itoa(n)} },
		read:  func(a Arg) (int, error) { return strconv.Atoi(a.Value) },
	}
}

func parseInteger(o *Option[int], _ *Call, typed Arg) (int, error) {
	n, err := strconv.Atoi(Line(typed.Value))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, Refuse(Invalid, "option.not_a_number")
	}
	if err != nil || n < o.Min || n > o.Max {
		return 0, Refuse(Invalid, "option.out_of_range",
			Text("min", strconv.Itoa(o.Min)), Text("max", strconv.Itoa(o.Max)))
	}
	return n, nil
}

// The canonical texts of a Boolean.
const (
	yes = "yes"
	no  = "no"
)

// answers are the words for yes and no in every language of the catalogue.
var answers = map[string]string{
	"yes": yes, "y": yes, "true": yes, "on": yes, "1": yes, "sí": yes, "si": yes, "s": yes, "verdadero": yes,
	"no": no, "n": no, "false": no, "off": no, "0": no, "falso": no,
}

// Boolean is yes or no, in any language of the catalogue.
func Boolean(name string) *Option[bool] {
	return &Option[bool]{
		Name: name, kind: KindBoolean,
		Choices: []Choice{{Value: yes, Label: Say("option.yes")}, {Value: no, Label: Say("option.no")}},
		parse: func(_ *Option[bool], _ *Call, typed Arg) (bool, error) {
			answer, ok := answers[strings.ToLower(Line(typed.Value))]
			if !ok {
				return false, Refuse(Invalid, "option.not_a_choice")
			}
			return answer == yes, nil
		},
		write: func(v bool) Arg {
			if v {
				return Arg{Value: yes}
			}
			return Arg{Value: no}
		},
		read: func(a Arg) (bool, error) { return a.Value == yes, nil },
	}
}

// When is an instant in the future or the past, to the second, read by
// spoken.ReadMoment in the caller's zone.
func When(name string) *Option[time.Time] {
	return &Option[time.Time]{
		Name: name, kind: KindMoment,
		parse: func(_ *Option[time.Time], c *Call, typed Arg) (time.Time, error) {
			return spoken.ReadMoment(Line(typed.Value), c.Time, c.Zone)
		},
		write: func(t time.Time) Arg { return Arg{Value: t.UTC().Format(time.RFC3339)} },
		read:  func(a Arg) (time.Time, error) { return time.Parse(time.RFC3339, a.Value) },
	}
}

// Duration is a length of time such as "90 minutes" or "1h30", to the second.
func Duration(name string) *Option[time.Duration] {
	return &Option[time.Duration]{
		Name: name, kind: KindDuration,
		parse: func(_ *Option[time.Duration], _ *Call, typed Arg) (time.Duration, error) {
			return spoken.ReadDuration(Line(typed.Value))
		},
		write: func(d time.Duration) Arg { return Arg{Value: d.Truncate(time.Second).String()} },
		read:  func(a Arg) (time.Duration, error) { return time.ParseDuration(a.Value) },
	}
}

// Zone is a time zone: a city, an abbreviation, an IANA name or a Windows name.
func Zone(name string) *Option[spoken.Zone] {
	return &Option[spoken.Zone]{
		Name: name, kind: KindZone, Complete: completeZone,
		parse: func(_ *Option[spoken.Zone], _ *Call, typed Arg) (spoken.Zone, error) {
			return spoken.ReadZone(Line(typed.Value))
		},
		write: func(z spoken.Zone) Arg { return Arg{Value: z.Name} },
		read:  func(a Arg) (spoken.Zone, error) { return spoken.Zone{Name: a.Value}, nil },
	}
}

func completeZone(_ context.Context, _ *Call, typed string) ([]Choice, error) {
	var choices []Choice
	for _, zone := range spoken.Zones(typed, maxSuggestions) {
		choices = append(choices, Choice{Value: zone.Name, Label: Words(zone.City())})
	}
	return choices, nil
}

// Who is a person on the caller's platform, "platform:id"; a bare id, with or without
// "@", is taken to be of the caller's platform.
func Who(name string) *Option[Person] {
	return &Option[Person]{
		Name: name, kind: KindPerson,
		parse: parseWho,
		write: func(p Person) Arg { return Arg{Value: p.Platform + ":" + p.ID} },
		read:  func(a Arg) (Person, error) { return readWho(a.Value) },
	}
}

func parseWho(_ *Option[Person], c *Call, typed Arg) (Person, error) {
	text := strings.TrimPrefix(Line(typed.Value), "@")
	if p, err := readWho(text); err == nil && p.Platform == c.From.Platform {
		return p, nil
	}
	if text == "" || strings.ContainsAny(text, " :/") || checkLength(text, 1, 100) != nil {
		return Person{}, Refuse(Invalid, "option.no_such_person")
	}
	return Person{Platform: c.From.Platform, ID: text}, nil
}

func readWho(text string) (Person, error) {
	platform, id, ok := strings.Cut(text, ":")
	if !ok || platform == "" || id == "" {
		return Person{}, Refuse(Invalid, "option.no_such_person")
	}
	return Person{Platform: platform, ID: id}, nil
}

// Room is a room of the caller's space: "here", or its id, with or without "#". In
// a private chat, where there is no such space, the full address of any room of
// the platform is taken, and the command has to check whose it is.
func Room(name string) *Option[Address] {
	return &Option[Address]{
		Name: name, kind: KindRoom,
		parse: parseRoom,
		write: func(a Address) Arg { return Arg{Value: writeRoom(a)} },
		read:  func(a Arg) (Address, error) { return readRoom(a.Value) },
	}
}

// here are the words for the room in which the call was made.
var here = []string{"here", "aquí", "aqui", "acá", "aca"}

func parseRoom(_ *Option[Address], c *Call, typed Arg) (Address, error) {
	at := c.Room()
	text := strings.TrimPrefix(Line(typed.Value), "#")
	if slices.Contains(here, strings.ToLower(text)) {
		return at, nil
	}
	if a, err := readRoom(text); err == nil {
		if a.Platform == at.Platform && (a.Space == at.Space || at.Direct()) {
			return a, nil
		}
		return Address{}, Refuse(Invalid, "option.no_such_room")
	}
	room, thread, _ := strings.Cut(text, "/")
	if room == "" || at.Direct() || strings.Contains(thread, "/") || strings.Contains(text, " ") || checkLength(text, 1, 200) != nil {
		return Address{}, Refuse(Invalid, "option.no_such_room")
	}
	return Address{Platform: at.Platform, Space: at.Space, Room: room, Thread: thread}, nil
}

func writeRoom(a Address) string {
	parts := []string{a.Platform, a.Space, a.Room, a.Thread}
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

func readRoom(text string) (a Address, err error) {
	parts := strings.Split(text, "/")
	if len(parts) != 4 {
		return a, Refuse(Invalid, "option.no_such_room")
	}
	for i, field := range []*string{&a.Platform, &a.Space, &a.Room, &a.Thread} {
		if *field, err = url.PathUnescape(parts[i]); err != nil {
			return Address{}, Refuse(Invalid, "option.no_such_room")
		}
	}
	return a, nil
}

// Attachment is a file that came with the call. It is never kept in an Offer.
func Attachment(name string) *Option[*File] {
	return &Option[*File]{
		Name: name, kind: KindAttachment,
		parse: func(_ *Option[*File], _ *Call, typed Arg) (*File, error) { return readFile(typed) },
		write: func(f *File) Arg { return Arg{Value: f.Name, File: f} },
		read:  readFile,
	}
}

func readFile(a Arg) (*File, error) {
	if a.File == nil {
		return nil, Refuse(Missing, "option.no_file")
	}
	return a.File, nil
}
