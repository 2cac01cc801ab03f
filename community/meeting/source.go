package meeting

import (
	"fmt"
	"slices"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// Source is a list on the web that a community's meetings are read from again and
// again.
type Source struct {
	Home      string    `json:"home"`
	Address   string    `json:"address"`
	Zone      string    `json:"zone,omitempty"`      // Zone is for rows that name none; "" is the community's.
	Programme string    `json:"programme,omitempty"` // Programme is the fellowship whose types are in the list, by its id.
	Next      time.Time `json:"next"`                // Next is when it is read again.
	Read      time.Time `json:"read,omitzero"`       // Read is when that last went well.
	Trouble   chat.Rich `json:"trouble,omitempty"`
	New       int       `json:"new,omitempty"` // New, Changed, Gone and Refused are how many there were when it was last read.
	Changed   int       `json:"changed,omitempty"`
	Gone      int       `json:"gone,omitempty"`
	Refused   int       `json:"refused,omitempty"`

	Missing map[string]int `json:"missing,omitempty"` // Missing counts for each meeting, by its name there, in how many readings in a row it was gone.
}

// The bounds of sources: how many a community may have, and how often each is read.
const (
	MaxSources   = 5
	betweenReads = 24 * time.Hour
	afterTrouble = 3 * time.Hour
)

// What a list may leave out. A meeting that is gone from it in goneAfter readings in a row
// is cancelled; a list that leaves out more than one in goneShare at once, and more than
// goneFew, is more likely wrong itself.
const (
	goneAfter = 3
	goneShare = 5
	goneFew   = 3
)

// Taken is what of a preview is carried out: of what is gone only that which was gone for
// long enough.
func (s Source) Taken(p Preview) Preview {
	missing := s.missing(p)
	p.Gone = slices.DeleteFunc(slices.Clone(p.Gone), func(v Meeting) bool { return missing[v.Feed.Slug] < goneAfter })
	return p
}

// missing is Missing after the reading; empty for a list that leaves out too many.
func (s Source) missing(p Preview) map[string]int {
	listed := p.Same + len(p.Changed) + len(p.Gone)
	if len(p.Gone) > max(goneFew, listed/goneShare) {
		return nil
	}
	out := map[string]int{}
	for _, v := range p.Gone {
		out[v.Feed.Slug] = s.Missing[v.Feed.Slug] + 1
	}
	return out
}

// Doubted reports whether the list has left out too many meetings at once, so that they
// stay.
func (s Source) Doubted() bool { return s.Gone > 0 && len(s.Missing) == 0 }

func sourcesTable(vault *storage.Vault) storage.Table[Source] {
	return storage.Table[Source]{Bucket: "meeting_sources", Vault: vault, Version: 1,
		Owner:   func(s Source) string { return s.Home },
		Indexes: []storage.Index[Source]{{Name: "home", Keys: func(s Source) []string { return []string{s.Home} }}},
	}
}

// SourceID names a source, and the list that its meetings come from.
func (m *Meetings) SourceID(s Source) string { return m.vault.ID("source", s.Home, s.Address) }

// Watch reads the list at the address from now on. The error is a *chat.Refusal for one
// list too many.
func (m *Meetings) Watch(tx storage.Tx, s Source, now time.Time) error {
	all, err := m.Sources(tx, s.Home)
	if err != nil {
		return err
	}
	id := m.SourceID(s)
	others := 0
	for _, one := range all {
		if m.SourceID(one) != id {
			others++
		}
	}
	if others >= MaxSources {
		return chat.Refuse(chat.Busy, "feed.too_many", chat.Count("most", MaxSources))
	}
	s.Next = now
	return m.putSource(tx, s)
}

func (m *Meetings) putSource(tx storage.Tx, s Source) error {
	if err := m.sources.Put(tx, m.SourceID(s), s); err != nil {
		return fmt.Errorf("save a source: %w", err)
	}
	return nil
}

// Unwatch reads a list of the community no more; its meetings stay. None is no error.
func (m *Meetings) Unwatch(tx storage.Tx, home, id string) error {
	row, err := m.sources.Get(tx, id)
	if lost(err) || err == nil && row.Value.Home != home {
		return nil
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	return m.sources.Delete(tx, id)
}

// Sources are the lists that a community's meetings are read from.
func (m *Meetings) Sources(r storage.Reader, home string) (out []Source, err error) {
	for row, err := range m.sources.By(r, "home", home, "") {
		if err != nil {
			return nil, fmt.Errorf("sources of %s: %w", home, err)
		}
		out = append(out, row.Value)
	}
	return out, nil
}

// DueSources are the lists of all communities that have to be read now.
func (m *Meetings) DueSources(r storage.Reader, now time.Time) (out []Source, err error) {
	for row, err := range m.sources.All(r, "", "") {
		if err != nil {
			return nil, fmt.Errorf("sources: %w", err)
		}
		if !row.Value.Next.After(now) {
			out = append(out, row.Value)
		}
	}
	return out, nil
}

// NoteRead notes how a reading went: what the list did, or the trouble there was. A
// source that was taken away meanwhile stays away.
func (m *Meetings) NoteRead(tx storage.Tx, s Source, p Preview, trouble chat.Rich, now time.Time) error {
	row, err := m.sources.Get(tx, m.SourceID(s))
	if lost(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	s = row.Value
	s.Trouble, s.Next = trouble, now.Add(afterTrouble)
	if len(trouble) == 0 {
		s.Read, s.Next = now, now.Add(betweenReads)
		s.Missing = s.missing(p)
		s.New, s.Changed, s.Gone, s.Refused = len(p.New), len(p.Changed), len(p.Gone), len(p.Refused)
	}
	return m.putSource(tx, s)
}
