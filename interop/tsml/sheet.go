package tsml

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"

	"peerbot/chat"
)

// columns are the fields of a sheet by their headings, without spaces and signs. Every
// other column, and so all that is about contacts, is passed over.
var columns = map[string]func(*wire) *text{
	"name": func(w *wire) *text { return &w.Name }, "meetingname": func(w *wire) *text { return &w.Name }, "meeting": func(w *wire) *text { return &w.Name },
	"slug": func(w *wire) *text { return &w.Slug }, "id": func(w *wire) *text { return &w.Slug }, "meetingid": func(w *wire) *text { return &w.Slug },
	"time": func(w *wire) *text { return &w.Time }, "starttime": func(w *wire) *text { return &w.Time },
	"endtime":  func(w *wire) *text { return &w.EndTime },
	"timezone": func(w *wire) *text { return &w.Zone },
	"notes":    func(w *wire) *text { return &w.Notes }, "meetingnotes": func(w *wire) *text { return &w.Notes },
	"conferenceurl": func(w *wire) *text { return &w.Link }, "onlineurl": func(w *wire) *text { return &w.Link },
	"conferenceurlnotes":   func(w *wire) *text { return &w.LinkNotes },
	"conferencephone":      func(w *wire) *text { return &w.Phone },
	"conferencephonenotes": func(w *wire) *text { return &w.PhoneNotes },
	"location":             func(w *wire) *text { return &w.Location }, "locationname": func(w *wire) *text { return &w.Location },
	"locationnotes": func(w *wire) *text { return &w.LocationNotes },
	"region":        func(w *wire) *text { return &w.Region }, "subregion": func(w *wire) *text { return &w.SubRegion },
	"formattedaddress": func(w *wire) *text { return &w.Formatted }, "fulladdress": func(w *wire) *text { return &w.Formatted },
	"address": func(w *wire) *text { return &w.Address }, "streetaddress": func(w *wire) *text { return &w.Address },
	"city":  func(w *wire) *text { return &w.City },
	"state": func(w *wire) *text { return &w.State }, "province": func(w *wire) *text { return &w.State },
	"postalcode": func(w *wire) *text { return &w.Postal }, "zip": func(w *wire) *text { return &w.Postal }, "zipcode": func(w *wire) *text { return &w.Postal },
	"country":          func(w *wire) *text { return &w.Country },
	"approximate":      func(w *wire) *text { return &w.Approximate },
	"attendanceoption": func(w *wire) *text { return &w.Holding },
}

// lists are the columns that hold several things, with what stands between them.
var lists = map[string]struct {
	field func(*wire) *texts
	sep   string
}{
	"day": {func(w *wire) *texts { return &w.Day }, ",;"}, "days": {func(w *wire) *texts { return &w.Day }, ",;"},
	"types": {func(w *wire) *texts { return &w.Types }, ",;"}, "type": {func(w *wire) *texts { return &w.Types }, ",;"},
	"meetingtypes": {func(w *wire) *texts { return &w.Types }, ",;"},
	"regions":      {func(w *wire) *texts { return &w.Regions }, ">"},
}

// readSheet reads comma-separated values with headings in the first line, in any order.
// The error is a *chat.Refusal.
func readSheet(data []byte) ([]raw, error) {
	data = bytes.TrimLeft(data, " \r\n")
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(data), -1, false
	head, err := r.Read()
	if err != nil || !isSheet(head) {
		return nil, chat.Refuse(chat.Invalid, "interop.no_list")
	}
	var out []raw
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, chat.Refuse(chat.Invalid, "interop.bad_sheet", chat.Count("row", len(out)+1))
		}
		if len(out) == MaxRows {
			return nil, tooMany()
		}
		out = append(out, raw{wire: cellsOf(head, cells), broken: len(cells) > len(head), blank: strings.Join(cells, "") == ""})
	}
}

// separator is what stands between the headings.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// isSheet reports whether there are headings that make a meeting.
func isSheet(head []string) bool {
	var w wire
	for _, h := range head {
		if at, ok := columns[heading(h)]; ok {
			*at(&w) = "x"
		}
	}
	return w.Name != "" && w.Time != ""
}

func heading(said string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, said)
}

func cellsOf(head, cells []string) (w wire) {
	for i, cell := range cells[:min(len(cells), len(head))] {
		name, cell := heading(head[i]), strings.TrimSpace(cell)
		if at, ok := columns[name]; ok && *at(&w) == "" {
			*at(&w) = text(cell)
		}
		if list, ok := lists[name]; ok {
			for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune(list.sep, c) }) {
				*list.field(&w) = append(*list.field(&w), strings.TrimSpace(part))
			}
		}
	}
	if strings.Contains(string(w.Region), ">") {
		w.Regions, w.Region = splitRegion(w.Region), ""
	}
	return w
}

// splitRegion reads "A > B".
func splitRegion(said text) (out texts) {
	for part := range strings.SplitSeq(string(said), ">") {
		out = append(out, strings.TrimSpace(part))
	}
	return out
}
