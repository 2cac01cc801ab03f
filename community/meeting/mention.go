package meeting

import (
	"fmt"
	"strings"

	"peerbot/chat"
	"peerbot/storage"
)

// moderators may have a room's reminders address a whole group.
const moderators = chat.Moderator | chat.Admin

// Mention says whom the reminders of a series address in its room. Its key is the series.
type Mention struct {
	Series string     `json:"series"`
	Home   string     `json:"home"`
	Group  chat.Group `json:"group"`
	By     string     `json:"by"`             // By is the member who set it.
	Role   chat.Role  `json:"role"`           // Role is what they were when they did.
	Duty   bool       `json:"duty,omitempty"` // Duty: the community had given them that, and can take it away.
}

func mentionsTable(vault *storage.Vault) storage.Table[Mention] {
	return storage.Table[Mention]{Bucket: "meeting_mentions", Vault: vault, Version: 1,
		Owner: func(v Mention) string { return v.Home },
		Indexes: []storage.Index[Mention]{
			{Name: "home", Keys: func(v Mention) []string { return []string{v.Home} }},
			{Name: byMember, Keys: func(v Mention) []string { return []string{v.By} }},
		}}
}

// ReadGroup reads a group as an application writes it that lets people choose one; false
// for anything else, a name above all.
func ReadGroup(platform, text string) (chat.Group, bool) {
	id, ok := strings.CutPrefix(text, "<@&")
	id, closed := strings.CutSuffix(id, ">")
	number := strings.Trim(id, "0123456789") == "" && id != "" && len(id) <= 20
	return chat.Group{Platform: platform, ID: id}, ok && closed && number
}

// PutMention lets the reminders of a series address a group from now on; the zero Group
// is nobody. The error is a *chat.Refusal for who is no moderator.
func (m *Meetings) PutMention(tx storage.Tx, g Gathering, group chat.Group, by string, role chat.Role) error {
	if !role.Any(moderators) {
		return chat.Refuse(chat.Denied, "meeting.mention_moderators")
	}
	if group == (chat.Group{}) {
		return m.mentions.Delete(tx, g.Series)
	}
	duties, err := m.spaces.Duties(tx, g.Home, by)
	if err != nil {
		return err
	}
	v := Mention{Series: g.Series, Home: g.Home, Group: group, By: by, Role: role, Duty: duties.Any(moderators)}
	if err := m.mentions.Put(tx, g.Series, v); err != nil {
		return fmt.Errorf("mention a group: %w", err)
	}
	return nil
}

// Mention is whom the reminders of a series address: the zero Group when nobody, or
// when who set it is a moderator no more.
func (m *Meetings) Mention(r storage.Reader, series string) (chat.Group, error) {
	row, err := m.mentions.Get(r, series)
	if lost(err) {
		return chat.Group{}, nil
	}
	if err != nil {
		return chat.Group{}, fmt.Errorf("mention of %s: %w", series, err)
	}
	v := row.Value
	role := v.Role
	if v.Duty {
		if role, err = m.spaces.Duties(r, v.Home, v.By); err != nil {
			return chat.Group{}, err
		}
	}
	if !role.Any(moderators) {
		return chat.Group{}, nil
	}
	return v.Group, nil
}

// addressing puts the group of a series before the words, in a room of its platform.
func (m *Meetings) addressing(r storage.Reader, series string, room chat.Address, words chat.Rich) (chat.Rich, error) {
	group, err := m.Mention(r, series)
	if err != nil || group == (chat.Group{}) || group.Platform != room.Platform {
		return words, err
	}
	return append(chat.Rich{group, chat.Plain(" ")}, words...), nil
}
