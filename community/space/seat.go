package space

import (
	"fmt"

	"peerbot/chat"
	"peerbot/storage"
)

// Join notes that the bot is in the space of the address.
func (s *Spaces) Join(tx storage.Tx, at chat.Address) error {
	home, err := s.HomeOf(tx, at)
	if err != nil {
		return err
	}
	return s.link(tx, at, link{Home: home, Seat: seat(at)})
}

// Joined reports whether the bot is known to be in the space of the address.
func (s *Spaces) Joined(r storage.Reader, at chat.Address) (bool, error) {
	row, err := s.links.Get(r, s.own(at))
	if absent(err) {
		return false, nil
	}
	return row.Value.Seat == seat(at), err
}

// Leave notes that the bot is no longer in the space of the address, and returns the
// community that lived there.
func (s *Spaces) Leave(tx storage.Tx, at chat.Address) (home string, err error) {
	if home, err = s.HomeOf(tx, at); err != nil {
		return "", err
	}
	return home, s.link(tx, at, link{Home: home})
}

// Seats are the spaces in which the bot and the community are.
func (s *Spaces) Seats(r storage.Reader, home string) (seats []chat.Address, err error) {
	for row, err := range s.links.By(r, "home", home, "") {
		if err != nil {
			return nil, fmt.Errorf("where community %s lives: %w", home, err)
		}
		if row.Value.Seat != (chat.Address{}) {
			seats = append(seats, row.Value.Seat)
		}
	}
	return seats, nil
}

// seat is the space of an address.
func seat(at chat.Address) chat.Address {
	return chat.Address{Platform: at.Platform, Space: at.Space}
}

// link keeps what is said of the space at the address, if that is anything.
func (s *Spaces) link(tx storage.Tx, at chat.Address, l link) (err error) {
	if own := s.own(at); l == (link{Home: own}) {
		err = s.links.Delete(tx, own)
	} else {
		err = s.links.Put(tx, own, l)
	}
	if err != nil {
		return fmt.Errorf("link a space to %s: %w", l.Home, err)
	}
	return nil
}

// moveSeat lets the community that lives in one space live on in another.
func (s *Spaces) moveSeat(tx storage.Tx, home string, from, to chat.Address) error {
	was, err := s.Joined(tx, from)
	if err != nil || seat(from) == seat(to) {
		return err
	}
	l := link{Home: home}
	if err := s.link(tx, from, l); err != nil {
		return err
	}
	if was {
		l.Seat = seat(to)
	}
	return s.link(tx, to, l)
}

// EraseHome removes what is kept of a community: duties, places, settings and where it
// lives, a few at a time; more reports whether some are left. Last goes its key, with
// which everything else is lost that was sealed for it.
func (s *Spaces) EraseHome(tx storage.Tx, home string) (more bool, err error) {
	for _, sweep := range []func(storage.Tx, string, string, int) (bool, error){s.duties.Sweep, s.places.Sweep, s.links.Sweep} {
		if more, err := sweep(tx, "home", home, perSweep/2); err != nil || more {
			return more, err
		}
	}
	if err := s.homes.Delete(tx, home); err != nil {
		return false, fmt.Errorf("erase community %s: %w", home, err)
	}
	return false, s.vault.Erase(tx, home)
}
