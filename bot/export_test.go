package bot

import (
	"testing"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// AuditRecord is what the tests read of an audit.
type AuditRecord = audit

// Audits are all audit records.
func (r *Router) Audits(t *testing.T) (all []AuditRecord) {
	err := r.store.View(t.Context(), func(s storage.Reader) error {
		for row, err := range r.kept.audits.All(s, "", "") {
			if err != nil {
				return err
			}
			all = append(all, row.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Crowd is what bounds how often each of many may call.
type Crowd struct{ *crowd }

// NewCrowd makes one.
func NewCrowd(r Rate) Crowd { return Crowd{newCrowd(r, r)} }

// Admit reports whether who may call now.
func (c Crowd) Admit(who string, now time.Time) bool { return c.admit([3]string{who}, now) }

// Remembered is how many are remembered.
func (c Crowd) Remembered() int { return len(c.young) + len(c.older) }

// Ticket is an offer as it travels.
type Ticket = ticket

// WritePayload makes a payload for one person; false when the ticket needs a card.
func (r *Router) WritePayload(t Ticket, c *chat.Call) (string, bool) {
	t.To = r.person(c.From)
	payload, err := r.write(t, payloadSize)
	return payload, err == nil
}

// ReadPayload reads what WritePayload wrote for that person.
func (r *Router) ReadPayload(payload string, c *chat.Call) (Ticket, error) {
	t, err := r.read(payload, c)
	t.To = binding{}
	return t, err
}

// ReadArgs reads the options of a typed line for the command with the path.
func (r *Router) ReadArgs(path []string, rest string) ([]chat.Arg, error) {
	return r.tree.at(path).readArgs(rest)
}
