package telegramtest

import (
	"encoding/json"
	"strings"
)

// The limits that the machine-readable description leaves out, from the descriptions
// at https://core.telegram.org/bots/api.
const (
	mostText    = 4096 // UTF-16 units after entities parsing
	mostCaption = 1024
	mostAlert   = 200
	mostData    = 64 // bytes of callback_data
	mostButtons = 100
	mostCopy    = 256
	mostHint    = 64 // characters of input_field_placeholder
	mostMarks   = 100
)

// marks checks entities: they lie inside of the text and between its characters.
func (s *Server) marks(text string, marks []Entity) error {
	if len(marks) > mostMarks {
		s.violate("a message has more than %d entities", mostMarks)
	}
	for _, e := range marks {
		inside := cutUnits(text, e.Offset, e.Length)
		switch {
		case inside == "" || strings.ContainsRune(inside, '\uFFFD'):
			s.violate("an entity %s lies outside of its text or cuts a character", e.Type)
			return bad("entity beginning at UTF-16 offset %d is not in the text", e.Offset)
		case e.Type == "text_link" && e.URL == "", e.Type == "text_mention" && (e.User == nil || e.User.ID == 0),
			e.Type == "date_time" && e.Unix == 0:
			s.violate("an entity %s lacks what it is about", e.Type)
			return bad("can't parse entities")
		}
	}
	return nil
}

// markup reads a reply markup of any kind.
func (s *Server) markup(raw json.RawMessage) (*Keyboard, *ask, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil, nil
	}
	var m struct {
		*Keyboard
		ask
		Hint string `json:"input_field_placeholder"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, nil, bad("can't parse reply keyboard markup JSON object: %v", err)
	}
	if len([]rune(m.Hint)) > mostHint {
		s.violate("input_field_placeholder is longer than %d characters", mostHint)
	}
	if m.Keyboard == nil || m.Rows == nil {
		return nil, &m.ask, nil
	}
	return m.Keyboard, nil, s.buttons(m.Rows)
}

func (s *Server) buttons(rows [][]Button) error {
	n := 0
	for _, row := range rows {
		if n += len(row); len(row) > 8 {
			s.violate("a row has more than 8 buttons, which no client shows")
		}
		for _, b := range row {
			if err := s.button(b); err != nil {
				return err
			}
		}
	}
	if n > mostButtons {
		s.violate("a keyboard has more than %d buttons", mostButtons)
		return bad("REPLY_MARKUP_TOO_LONG")
	}
	return nil
}

func (s *Server) button(b Button) error {
	kinds := 0
	for _, there := range []bool{b.Data != "", b.URL != "", b.Copy != nil} {
		if there {
			kinds++
		}
	}
	switch {
	case strings.TrimSpace(b.Text) == "":
		s.violate("a button has no text")
		return bad("text buttons are unallowed in the inline keyboard")
	case kinds != 1:
		s.violate("a button has %d of callback_data, url and copy_text", kinds)
		return bad("text buttons are unallowed in the inline keyboard")
	case len(b.Data) > mostData:
		s.violate("callback_data is longer than %d bytes", mostData)
		return bad("BUTTON_DATA_INVALID")
	case b.URL != "" && !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://") && !strings.HasPrefix(b.URL, "tg://"):
		s.violate("a button's url is none that a client opens")
		return bad("inline keyboard button URL is invalid")
	case b.Copy != nil && (b.Copy.Text == "" || len([]rune(b.Copy.Text)) > mostCopy):
		s.violate("copy_text is not 1 to %d characters", mostCopy)
		return bad("BUTTON_COPY_TEXT_INVALID")
	}
	return nil
}
