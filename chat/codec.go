package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"peerbot/spoken"
)

// spanJSON is a Span as it is kept: an object with one key, the kind.
type spanJSON struct {
	Plain   *Plain    `json:"plain,omitempty"`
	Strong  *Strong   `json:"strong,omitempty"`
	Code    *Code     `json:"code,omitempty"`
	Link    *Link     `json:"link,omitempty"`
	Mention *Mention  `json:"mention,omitempty"`
	Group   *Group    `json:"group,omitempty"`
	Place   *Place    `json:"place,omitempty"`
	Time    *Time     `json:"time,omitempty"`
	List    *List     `json:"list,omitempty"`
	And     *And      `json:"and,omitempty"`
	Zone    *ZoneName `json:"zone,omitempty"`
	Phrase  *Phrase   `json:"phrase,omitempty"`
}

// MarshalJSON writes the spans as a list of objects, each with its kind as the only
// key. A nil Rich is null. Names of people are left out, as everywhere.
func (r Rich) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	spans := make([]spanJSON, len(r))
	for i, s := range r {
		spans[i] = tag(s)
		if spans[i] == (spanJSON{}) {
			return nil, fmt.Errorf("chat: span %T has no kind", s)
		}
	}
	return json.Marshal(spans)
}

func tag(s Span) (t spanJSON) {
	switch s := s.(type) {
	case Plain:
		t.Plain = &s
	case Strong:
		t.Strong = &s
	case Code:
		t.Code = &s
	case Link:
		t.Link = &s
	case Mention:
		t.Mention = &s
	case Group:
		t.Group = &s
	case Place:
		t.Place = &s
	case Time:
		s.At = s.At.UTC()
		t.Time = &s
	case List:
		t.List = &s
	case And:
		t.And = &s
	case ZoneName:
		t.Zone = &s
	case Phrase:
		t.Phrase = &s
	}
	return t
}

// UnmarshalJSON reads what MarshalJSON wrote. A kind it does not know is an error:
// a newer version wrote it, and to leave it out could turn a sentence round.
func (r *Rich) UnmarshalJSON(data []byte) error {
	var spans []spanJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&spans); err != nil {
		return fmt.Errorf("chat: read rich text: %w", err)
	}
	*r = nil
	if spans != nil {
		*r = make(Rich, 0, len(spans))
	}
	for _, t := range spans {
		s, err := t.untag()
		if err != nil {
			return err
		}
		*r = append(*r, s)
	}
	return nil
}

var errSpanKind = errors.New("chat: a span has exactly one kind")

func (t spanJSON) untag() (Span, error) {
	var found []Span
	found = appendSet(found, t.Plain)
	found = appendSet(found, t.Strong)
	found = appendSet(found, t.Code)
	found = appendSet(found, t.Link)
	found = appendSet(found, t.Mention)
	found = appendSet(found, t.Group)
	found = appendSet(found, t.Place)
	found = appendSet(found, t.Time)
	found = appendSet(found, t.List)
	found = appendSet(found, t.And)
	found = appendSet(found, t.Zone)
	found = appendSet(found, t.Phrase)
	if len(found) != 1 {
		return nil, errSpanKind
	}
	return found[0], nil
}

func appendSet[S Span](found []Span, s *S) []Span {
	if s == nil {
		return found
	}
	return append(found, *s)
}

// message is a Message without its methods, so that the codec can add the zone.
type message Message

type messageJSON struct {
	message
	Zone string `json:"zone,omitempty"`
}

// MarshalJSON writes the message with its zone's IANA name, and without its files.
func (m Message) MarshalJSON() ([]byte, error) {
	kept := messageJSON{message: message(m)}
	if m.Zone != nil {
		kept.Zone = m.Zone.String()
		if _, err := zoneOf(kept.Zone); err != nil {
			return nil, err
		}
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Message) UnmarshalJSON(data []byte) error {
	var kept messageJSON
	if err := json.Unmarshal(data, &kept); err != nil {
		return fmt.Errorf("chat: read message: %w", err)
	}
	zone, err := zoneOf(kept.Zone)
	if err != nil {
		return err
	}
	*m = Message(kept.message)
	m.Zone = zone
	return nil
}

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	loc, err := spoken.LoadZone(name)
	if err != nil {
		return nil, fmt.Errorf("chat: zone of a message: %w", err)
	}
	return loc, nil
}
