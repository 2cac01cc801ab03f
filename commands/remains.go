package commands

import (
	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// Remains is what the engine keeps about a person: forms that they have begun, and
// what stands behind buttons.
type Remains interface {
	Count(r storage.Reader, id string) (forms, cards int, err error)
	Erase(tx storage.Tx, id string) (more bool, err error)
}

// remains makes a noun of them.
type remains struct{ Remains }

// Export counts: a form shows itself to whoever goes on with it.
func (n remains) Export(r storage.Reader, id string) (facts []member.Fact, err error) {
	forms, cards, err := n.Count(r, id)
	if forms > 0 {
		facts = append(facts, member.Fact{Name: "forms", Value: forms, Say: chat.Say("privacy.forms", chat.Count("forms", forms))})
	}
	if cards > 0 {
		facts = append(facts, member.Fact{Name: "buttons", Value: cards, Say: chat.Say("privacy.cards", chat.Count("messages", cards))})
	}
	return facts, err
}
