// Package bmlt reads lists of meetings from BMLT servers, which the fellowships of
// Narcotics Anonymous keep, as https://github.com/bmlt-enabled/bmlt-server gives them
// with switcher=GetSearchResults.
//
// It asks no server and writes nothing. A row is read exactly or refused with a reason;
// contacts and trackers of who changed what are never read.
package bmlt

import (
	"bytes"
	"encoding/json"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
)

// programme is whose meetings these are.
const programme = "na"

// Is reports whether the text looks like an answer of a BMLT server rather than a list
// of another kind: what it looks for stands in every one of its meetings.
func Is(text []byte) bool {
	for _, name := range []string{`"weekday_tinyint"`, `"id_bigint"`} {
		if bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	var empty struct{ Meetings, Formats *[]struct{} }
	return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) && json.Unmarshal(text, &empty) == nil &&
		empty.Meetings != nil && empty.Formats != nil
}

// format is one of the server's own formats. Its key is what meetings name it by, and
// its world id what it means everywhere.
type format struct {
	Key   string `json:"key_string"`
	World string `json:"world_id"`
	Name  string `json:"name_string"`
}

// answer is what a server gives: the meetings alone, or with the formats they use.
type answer struct {
	Meetings []json.RawMessage `json:"meetings"`
	Formats  []format          `json:"formats"`
}

// Read reads an answer in both of its shapes. Without formats a key that is the same
// everywhere is read by itself. The error is a *chat.Refusal of the whole list.
func Read(data []byte, o tsml.Options) ([]meeting.Row, error) {
	text, err := tsml.Text(data)
	if err != nil {
		return nil, err
	}
	var a answer
	if json.Unmarshal(text, &a.Meetings) != nil {
		a = answer{}
		if json.Unmarshal(text, &a) != nil || a.Meetings == nil {
			return nil, chat.Refuse(chat.Invalid, "interop.no_list")
		}
	}
	if len(a.Meetings) > tsml.MaxRows {
		return nil, chat.Refuse(chat.Invalid, "interop.too_many", chat.Count("most", tsml.MaxRows))
	}
	return rows(a, o), nil
}

func rows(a answer, o tsml.Options) []meeting.Row {
	types := typesOf(a.Formats)
	out := make([]meeting.Row, len(a.Meetings))
	for i, one := range a.Meetings {
		var w wire
		if json.Unmarshal(one, &w) != nil || string(one) == "null" {
			out[i] = unreadable(one)
		} else {
			out[i] = w.row(types, o)
		}
		out[i].Number = i + 1
	}
	return tsml.Apart(out)
}

// unreadable is a row that cannot be read, with what can be told of which one it is.
func unreadable(one []byte) meeting.Row {
	var is struct {
		ID   any `json:"id_bigint"`
		Name any `json:"meeting_name"`
	}
	row := meeting.Row{Refused: chat.Refuse(chat.Invalid, "interop.row.unreadable")}
	if json.Unmarshal(one, &is) == nil {
		id, _ := is.ID.(string)
		name, _ := is.Name.(string)
		row.Slug, row.Name = chat.Line(id), chat.Line(name)
	}
	return row
}

// world are the type codes of world ids, from BMLT's own list at
// https://github.com/bmlt-enabled/bmlt-server, read on 2026-11-21.
var world = map[string]string{
	"CPT": "CPT", "BT": "BT", "BEG": "BEG", "CAN": "CAN", "CW": "CW", "CLOSED": "C", "DISC": "DISC", "GL": "GL",
	"IP": "IP", "IW": "IW", "JFT": "JFT", "LIT": "LIT", "LC": "LC", "TC": "TC", "M": "M", "MED": "MED", "NS": "NS",
	"VM": "ONL", "OPEN": "O", "QA": "QA", "RA": "RA", "SMOK": "SMOK", "SPAD": "SPAD", "SPK": "SPK", "STEP": "STEP",
	"SWG": "SWG", "TOP": "TOP", "TRAD": "TRAD", "VAR": "VAR", "WCHR": "X", "W": "W", "Y": "Y",
}

// typesOf are the type codes by the keys of the server's formats: by world id, else by
// name. A key that says neither stands for its name, which nobody knows.
func typesOf(formats []format) map[string]string {
	out := map[string]string{}
	for _, f := range formats {
		code := world[strings.ToUpper(strings.TrimSpace(f.World))]
		if code == "" {
			code, _ = meeting.ReadType(programme, f.Name)
		}
		if code == "" {
			code = f.Name
		}
		out[f.Key] = code
	}
	return out
}
