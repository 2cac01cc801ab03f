// Package tsml reads and writes lists of meetings in the Meeting Guide format of
// https://github.com/code4recovery/spec, as JSON and as a sheet, which the apps and the
// websites of many fellowships use.
//
// It keeps nothing and asks nobody. What stands in a list about persons (contacts, their
// numbers and addresses) is never read and never written. A row is read exactly or
// refused with a reason, and never guessed at. What we have no place for (the name of
// the group, coordinates, the address of a web page) is left out.
package tsml

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"peerbot/chat"
	"peerbot/community/meeting"
)

// Limits of a list.
const (
	MaxBytes = 256 << 20
	MaxRows  = 200_000
)

// Source is what a list of this format is called where nobody calls it otherwise.
const Source = "meeting-guide"

// Options say what a list leaves open.
type Options struct {
	Zone      string    // Zone is an IANA name, for rows without one; "" refuses those.
	Programme string    // Programme is whose codes the types are, by its id; "" knows none.
	Today     time.Time // Today is when the meetings begin to count.
}

// Read reads a list, as JSON or as a sheet, whichever it is. The error is a
// *chat.Refusal of the whole list: of another encoding, too large, or no list at all.
func Read(data []byte, o Options) ([]meeting.Row, error) {
	text, err := Text(data)
	if err != nil {
		return nil, err
	}
	read := readSheet
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) > 0 && (first[0] == '[' || first[0] == '{') {
		read = readJSON
	}
	rows, err := read(text)
	if err != nil {
		return nil, err
	}
	return finish(rows, o), nil
}

// Text is the list without a byte order mark. The error is a *chat.Refusal for what is
// too large or not UTF-8.
func Text(data []byte) ([]byte, error) {
	if len(data) > MaxBytes {
		return nil, TooLarge()
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, chat.Refuse(chat.Invalid, "interop.encoding")
	}
	return data, nil
}

// TooLarge is the *chat.Refusal of a list that is larger than MaxBytes.
func TooLarge() error {
	return chat.Refuse(chat.Invalid, "interop.too_large", chat.Count("most", MaxBytes>>20))
}

// raw is a row as it is written, or why it cannot be read at all.
type raw struct {
	wire
	broken bool
	blank  bool // blank: it is the empty end of a sheet, and no row.
}

// readJSON reads an array of meetings.
func readJSON(text []byte) ([]raw, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, &chat.Refusal{Why: chat.Invalid, Say: chat.Say("interop.no_list"), Err: errNoArray}
	}
	if len(all) > MaxRows {
		return nil, tooMany()
	}
	rows := make([]raw, len(all))
	for i, one := range all {
		if rows[i].broken = json.Unmarshal(one, &rows[i].wire) != nil || string(one) == "null"; rows[i].broken {
			rows[i].wire = named(one)
		}
	}
	return rows, nil
}

// named is what can be told of a row that cannot be read: which one it is.
func named(row []byte) (w wire) {
	var name struct{ Name text }
	var slug struct{ Slug text }
	if json.Unmarshal(row, &name) == nil {
		w.Name = name.Name
	}
	if json.Unmarshal(row, &slug) == nil {
		w.Slug = slug.Slug
	}
	return w
}

var errNoArray = errors.New("not an array of objects")

func tooMany() error {
	return chat.Refuse(chat.Invalid, "interop.too_many", chat.Count("most", MaxRows))
}

// finish makes meetings of the rows. A row of several days is a meeting for each.
func finish(rows []raw, o Options) []meeting.Row {
	out := make([]meeting.Row, 0, len(rows))
	for i, r := range rows {
		if r.blank {
			continue
		}
		for _, row := range r.meetings(o) {
			row.Number = i + 1
			out = append(out, row)
		}
	}
	return Apart(out)
}

// Apart refuses rows that have one slug: nobody can tell which of them is right.
func Apart(rows []meeting.Row) []meeting.Row {
	times := map[string]int{}
	for _, row := range rows {
		times[row.Slug]++
	}
	for i, row := range rows {
		if times[row.Slug] > 1 && row.Refused == nil {
			rows[i].Refused = chat.Refuse(chat.Conflict, "interop.same_slug", chat.Text("slug", short(row.Slug)))
		}
	}
	return rows
}

// meetings are what one row says: a meeting for each of its days.
func (r raw) meetings(o Options) []meeting.Row {
	if r.broken {
		return []meeting.Row{{Slug: r.Slug.line(), Name: r.Name.line(), Refused: chat.Refuse(chat.Invalid, "interop.row.unreadable")}}
	}
	days, err := r.days()
	if err != nil {
		return []meeting.Row{r.row(err)}
	}
	if len(days) == 1 {
		return []meeting.Row{r.on(days[0], r.slug(), o)}
	}
	var out []meeting.Row
	for _, d := range days {
		out = append(out, r.on(d, r.slug()+"-"+strconv.Itoa(int(d)), o))
	}
	return out
}

// row is the row without its meeting, refused with the error.
func (r raw) row(err error) meeting.Row {
	row := meeting.Row{Slug: r.slug(), Name: r.Name.line()}
	if !errors.As(err, &row.Refused) {
		row.Refused = chat.Refuse(chat.Invalid, "interop.row.unreadable")
	}
	return row
}

// days are the days of the week, in order and each once.
func (r raw) days() ([]time.Weekday, error) {
	switch {
	case r.Name.line() == "":
		return nil, chat.Refuse(chat.Missing, "interop.row.no_name")
	case len(r.Day) == 0 && r.Time == "":
		return nil, chat.Refuse(chat.Missing, "interop.row.by_appointment")
	case len(r.Day) == 0:
		return nil, chat.Refuse(chat.Missing, "interop.row.no_day")
	}
	var out []time.Weekday
	for _, said := range r.Day {
		d, ok := readDay(said)
		if !ok {
			return nil, chat.Refuse(chat.Invalid, "interop.row.bad_day", chat.Text("day", short(said)))
		}
		out = append(out, d)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// short is as much of what stands in a list as a sentence can hold.
func short(text string) string {
	text, _ = chat.Cut(chat.Line(text), 40)
	return text
}
