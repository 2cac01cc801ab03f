package space

import (
	"fmt"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// duty is what one member may do in one community. It is sealed under the member's
// own key, and goes with them.
type duty struct {
	Home   string    `json:"home"`
	Member string    `json:"member"`
	Role   chat.Role `json:"role"`
	Since  time.Time `json:"since"`
}

func dutiesTable(s *Spaces) storage.Table[duty] {
	return storage.Table[duty]{Bucket: "duties", Vault: s.vault, Version: 1,
		Owner: func(d duty) string { return d.Member },
		Indexes: []storage.Index[duty]{
			{Name: "home", Keys: func(d duty) []string { return []string{d.Home} }},
			{Name: "member", Keys: func(d duty) []string { return []string{d.Member} }},
		}}
}

// Duties are those the member was given in the home; what a platform itself knows
// of someone's rights is not among them.
func (s *Spaces) Duties(r storage.Reader, home, id string) (chat.Role, error) {
	row, err := s.duties.Get(r, s.dutyKey(home, id))
	if err != nil && !absent(err) {
		return 0, fmt.Errorf("duties in %s: %w", home, err)
	}
	return row.Value.Role, nil
}

// Give sets the duties of the member in the home; 0 takes them all away.
func (s *Spaces) Give(tx storage.Tx, home, id string, role chat.Role, now time.Time) error {
	key := s.dutyKey(home, id)
	if role == 0 {
		return s.duties.Delete(tx, key)
	}
	d := duty{Home: home, Member: id, Role: role, Since: now}
	if err := s.duties.Put(tx, key, d); err != nil {
		return fmt.Errorf("give duties in %s: %w", home, err)
	}
	return nil
}

// Export is every duty that the member holds, in every community.
func (s *Spaces) Export(r storage.Reader, id string) ([]member.Fact, error) {
	var out []member.Fact
	for row, err := range s.duties.By(r, "member", id, "") {
		if err != nil {
			return nil, fmt.Errorf("duties of a member: %w", err)
		}
		d := row.Value
		say := chat.Say("space.fact_duty", chat.With("duties", words(d.Role)), chat.At("since", d.Since, chat.Day))
		out = append(out, member.Fact{Name: "duty", Say: say, Value: held{d.Role.String(), d.Since}})
	}
	return out, nil
}

// held is a duty in the file that a person downloads.
type held struct {
	Duties string    `json:"duties"`
	Since  time.Time `json:"since"`
}

// perSweep is how many duties one Erase removes, well inside a transaction.
const perSweep = 20

// Erase removes the member's duties, whether or not they can still be read; more
// reports whether some are left.
func (s *Spaces) Erase(tx storage.Tx, id string) (more bool, err error) {
	return s.duties.Sweep(tx, "member", id, perSweep)
}

func (s *Spaces) dutyKey(home, id string) string { return s.vault.ID("duty", home, id) }

// words are the duties as the community calls them.
func words(role chat.Role) chat.Rich {
	var names []chat.Rich
	for i, name := range chat.RoleNames() {
		if role&(1<<i) != 0 {
			names = append(names, chat.Say("space.duty."+name))
		}
	}
	return chat.Rich{chat.And{Items: names}}
}
