package interop_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"peerbot/chat"
	"peerbot/interop"
	"peerbot/interop/tsml"
)

// lists are the same meeting in each of the formats.
var lists = map[string]string{
	"meeting-guide, JSON": `[{"name":"Círculo","slug":"g","day":1,"time":"20:00"}]`,
	"meeting-guide, CSV":  "ID,Name,Day,Time\ng,Círculo,Monday,8:00 PM\n",
	"bmlt, alone":         `[{"id_bigint":"g","meeting_name":"Círculo","weekday_tinyint":"2","start_time":"20:00:00"}]`,
	"bmlt, with formats":  `{"meetings":[{"id_bigint":"g","meeting_name":"Círculo","weekday_tinyint":"2","start_time":"20:00:00"}],"formats":[]}`,
	"calendar":            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:g\nSUMMARY:Círculo\nDTSTART:20261123T200000\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n",
}

func wide(text string, order binary.AppendByteOrder) (out []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// TestEncodings: each format is told by what is in it and read in Unicode alone; every
// other way to write letters refuses the whole of it.
func TestEncodings(t *testing.T) {
	o := tsml.Options{Zone: "America/New_York", Today: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	for name, list := range lists {
		format, _, _ := strings.Cut(name, ",")
		for how, data := range map[string][]byte{
			"as it is": []byte(list), "with a mark": []byte("\ufeff" + list), "with CRLF": []byte(strings.ReplaceAll(list, "\n", "\r\n")),
			"after empty lines": []byte("\n \r\n" + list),
		} {
			rows, got, err := interop.Read(data, o)
			if err != nil || got != format || len(rows) != 1 || rows[0].Refused != nil {
				t.Errorf("%s %s: %v, %s, %+v", name, how, err, got, rows)
				continue
			}
			row := rows[0]
			if s := fmt.Sprint(row.Slug, " ", row.Name, " ", row.Meeting.Rule.First.Weekday(), " ", row.Meeting.Rule.At, " ", row.Meeting.Rule.Zone); s != "g Círculo Monday 20:00 America/New_York" {
				t.Errorf("%s %s: %s", name, how, s)
			}
		}
		for how, data := range map[string][]byte{
			"Latin-1": bytes.ReplaceAll([]byte(list), []byte("í"), []byte("\xed")), "UTF-16": wide("\ufeff"+list, binary.LittleEndian),
			"UTF-16, the other way": wide("\ufeff"+list, binary.BigEndian), "UTF-16 without a mark": wide(list, binary.LittleEndian),
		} {
			_, _, err := interop.Read(data, o)
			var r *chat.Refusal
			if !errors.As(err, &r) || !strings.HasSuffix(r.Error(), "interop.encoding") {
				t.Errorf("%s in %s: %v", name, how, err)
			}
		}
	}
}

// TestWithoutAZone refuses each row of every format.
func TestWithoutAZone(t *testing.T) {
	for name, list := range lists {
		rows, _, err := interop.Read([]byte(list), tsml.Options{Today: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)})
		if err != nil || len(rows) != 1 || rows[0].Refused == nil || !strings.HasSuffix(rows[0].Refused.Error(), "no_zone") {
			t.Errorf("%s: %v, %+v", name, err, rows)
		}
	}
}

// TestOtherFiles: of what else there is in the field, directories and lists of codes,
// not one row is taken for a meeting.
func TestOtherFiles(t *testing.T) {
	const root = "../../shared/data"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the data of the field are not here")
	}
	o := tsml.Options{Zone: "America/New_York", Programme: "aa", Today: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "meeting-search-42") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files++
		rows, _, err := interop.Read(data, o)
		if r := (*chat.Refusal)(nil); err != nil && !errors.As(err, &r) {
			t.Errorf("%s: %v", name, err)
		}
		for _, row := range rows {
			if row.Refused == nil {
				t.Errorf("%s, row %d is a meeting: %+v", name, row.Number, row.Meeting)
			}
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, %v", files, err)
	}
}
