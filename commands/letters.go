package commands

import (
	"fmt"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/outbox"
	"peerbot/storage"
)

// letters are what the outbox keeps about people: notes on their way, and receipts.
type letters struct{ outbox *outbox.Outbox }

// Export counts: what a letter says is told by what caused it.
func (l letters) Export(r storage.Reader, id string) ([]member.Fact, error) {
	waiting, settled := 0, 0
	for line, err := range l.outbox.ListFor(r, id) {
		if err != nil {
			return nil, fmt.Errorf("letters of a member: %w", err)
		}
		if line.State == outbox.Finished {
			settled++
		} else {
			waiting++
		}
	}
	var facts []member.Fact
	if waiting > 0 {
		facts = append(facts, member.Fact{Name: "notes_waiting", Value: waiting,
			Say: chat.Say("privacy.letters_waiting", chat.Count("notes", waiting))})
	}
	if settled > 0 {
		facts = append(facts, member.Fact{Name: "notes_sent", Value: settled,
			Say: chat.Say("privacy.letters_sent", chat.Count("notes", settled))})
	}
	return facts, nil
}

// Erase withdraws what waits and forgets the receipts.
func (l letters) Erase(tx storage.Tx, id string) (more bool, err error) {
	return l.outbox.DropFor(tx, id)
}
