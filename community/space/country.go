package space

import (
	"context"
	"fmt"
	"sync"

	"peerbot/chat"
	"peerbot/storage"
)

// Countries is a copy in memory of the country that each community chose, for
// /crisis, which never waits for the store. It is safe for concurrent use.
type Countries struct {
	spaces *Spaces
	mu     sync.RWMutex
	of     map[string]string // of a space's own id
}

// LoadCountries copies what every community has chosen.
func LoadCountries(ctx context.Context, store storage.Store, s *Spaces) (*Countries, error) {
	c := &Countries{spaces: s, of: map[string]string{}}
	if err := store.View(ctx, c.load); err != nil {
		return nil, fmt.Errorf("load countries: %w", err)
	}
	return c, nil
}

func (c *Countries) load(r storage.Reader) error {
	for row, err := range c.spaces.homes.All(r, "", "") {
		if err != nil {
			return err
		}
		c.of[row.Key] = row.Value.Country
	}
	for row, err := range c.spaces.links.All(r, "", "") {
		if err != nil {
			return err
		}
		c.of[row.Key] = c.of[row.Value.Home]
	}
	return nil
}

// Learn remembers the country of the community at the address.
func (c *Countries) Learn(at chat.Address, country string) {
	id := c.spaces.own(at)
	c.mu.RLock()
	same := c.of[id] == country
	c.mu.RUnlock()
	if same {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[id] = country
}

// At is the country of the community at the address, else the install's; "" when
// nobody has said.
func (c *Countries) At(at chat.Address) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if country := c.of[c.spaces.own(at)]; country != "" && !at.Direct() {
		return country
	}
	return c.spaces.defaults.Country
}
