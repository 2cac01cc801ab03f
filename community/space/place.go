package space

import (
	"fmt"
	"strconv"

	"peerbot/chat"
	"peerbot/storage"
)

// Settle returns the id of the place at the address, making its record when needed.
// A private chat is nobody's place: the error is then a *chat.Refusal.
func (s *Spaces) Settle(tx storage.Tx, home string, at chat.Address) (string, error) {
	if home == "" || at.Direct() {
		return "", chat.Refuse(chat.Missing, "space.no_home")
	}
	if id, err := s.PlaceAt(tx, home, at); id != "" || err != nil {
		return id, err
	}
	if err := s.begin(tx, home); err != nil {
		return "", err
	}
	return s.found(tx, home, at)
}

// PlaceAt is the id of the community's place at the address; "" when it has none there.
func (s *Spaces) PlaceAt(r storage.Reader, home string, at chat.Address) (string, error) {
	for row, err := range s.places.By(r, "at", s.spot(at), "") {
		if err != nil {
			return "", fmt.Errorf("place in %s: %w", home, err)
		}
		if row.Value.Home == home {
			return row.Key, nil
		}
	}
	return "", nil
}

// begin makes the record of a community that has none yet, with nothing said.
func (s *Spaces) begin(tx storage.Tx, home string) error {
	_, err := s.homes.Get(tx, home)
	if absent(err) {
		err = s.homes.Put(tx, home, Home{ID: home})
	}
	if err != nil {
		return fmt.Errorf("begin community %s: %w", home, err)
	}
	return nil
}

// found makes the record of a new place. Its id follows from where it is, and from
// a number once an older place of that id has moved away.
func (s *Spaces) found(tx storage.Tx, home string, at chat.Address) (string, error) {
	for n := 0; ; n++ {
		id := s.vault.ID("place", home, at.String(), strconv.Itoa(n))
		_, err := s.places.Get(tx, id)
		if err == nil {
			continue
		}
		if !absent(err) {
			return "", fmt.Errorf("settle in %s: %w", home, err)
		}
		if err := s.places.Put(tx, id, Place{Home: home, Address: at}); err != nil {
			return "", fmt.Errorf("settle in %s: %w", home, err)
		}
		return id, nil
	}
}

// Place returns the place with the id, or storage.ErrNotFound. Its Home says whose
// it is.
func (s *Spaces) Place(r storage.Reader, id string) (Place, error) {
	row, err := s.places.Get(r, id)
	if err != nil {
		return Place{}, fmt.Errorf("place %s: %w", id, err)
	}
	row.Value.ID = id
	return row.Value, nil
}

// Move gives every place at the old address the new one, threads included, and lets
// the community live on in the new space. It is for a room that its platform gave
// another address; more than about ten places are storage.ErrTooLarge.
func (s *Spaces) Move(tx storage.Tx, from, to chat.Address) error {
	home, err := s.HomeOf(tx, from)
	if err != nil {
		return err
	}
	if err := s.moveSeat(tx, home, from, to); err != nil {
		return err
	}
	var rows []storage.Row[Place]
	for row, err := range s.places.By(tx, "room", s.room(from), "") {
		if err != nil {
			return fmt.Errorf("move places of %s: %w", home, err)
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		thread := row.Value.Address.Thread
		row.Value.Address = to
		row.Value.Address.Thread = thread
		if err := s.places.Put(tx, row.Key, row.Value); err != nil {
			return fmt.Errorf("move place %s: %w", row.Key, err)
		}
	}
	return nil
}

// spot is an address as an index key, and room the same without its thread.
func (s *Spaces) spot(at chat.Address) string {
	return s.vault.ID("spot", at.Platform, at.Space, at.Room, at.Thread)
}

func (s *Spaces) room(at chat.Address) string {
	return s.vault.ID("room", at.Platform, at.Space, at.Room)
}
