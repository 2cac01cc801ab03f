package bot

import (
	"fmt"

	"peerbot/storage"
)

// Remains is what the engine itself keeps about people, for whoever composes what
// they are shown and how they are erased: forms that they have begun, and what stands
// behind buttons under answers to them.
type Remains struct{ kept *kept }

// NewRemains works on the records that a Router with the same vault keeps.
func NewRemains(vault *storage.Vault) Remains { return Remains{kept: newKept(vault)} }

// Count is how many forms and how many messages with buttons are kept for the member.
func (r Remains) Count(s storage.Reader, member string) (forms, cards int, err error) {
	if forms, err = count(s, &r.kept.drafts, member); err == nil {
		cards, err = count(s, &r.kept.cards, member)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("count what the engine keeps: %w", err)
	}
	return forms, cards, nil
}

func count[T any](s storage.Reader, t *storage.Table[T], owner string) (n int, err error) {
	for _, err := range t.Keys(s, "owner", owner, "") {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// Erase removes them, at most 20 a call; more reports whether some are left.
func (r Remains) Erase(tx storage.Tx, member string) (more bool, err error) {
	const few = 20
	if more, err = r.kept.drafts.Sweep(tx, "owner", member, few); err == nil && !more {
		more, err = r.kept.cards.Sweep(tx, "owner", member, few/2)
	}
	if err != nil {
		return false, fmt.Errorf("erase what the engine keeps: %w", err)
	}
	return more, nil
}
