package space

import (
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

// NewCountries is an empty copy: every space has the install's default.
func NewCountries(s *Spaces) *Countries {
	return &Countries{spaces: s, of: map[string]string{}}
}

// Load reads what every community has chosen.
func (c *Countries) Load(r storage.Reader) error {
	of := map[string]string{}
	for row, err := range c.spaces.homes.All(r, "", "") {
		if err != nil {
			return fmt.Errorf("load countries: %w", err)
		}
		of[row.Key] = row.Value.Country
	}
	for row, err := range c.spaces.links.All(r, "", "") {
		if err != nil {
			return fmt.Errorf("load countries: %w", err)
		}
		of[row.Key] = of[row.Value.Home]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = of
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
