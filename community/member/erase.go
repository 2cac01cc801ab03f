package member

import (
	"fmt"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"peerbot/chat"
	"peerbot/storage"
)

// Fact is one thing that is kept about a person: in words for them to read, and as
// a value for the file that they can download.
type Fact struct {
	Name  string    `json:"name"` // Name is a fixed word such as "settings" or "reminder".
	Say   chat.Rich `json:"-"`    // Say is one line, in words of the catalogue.
	Value any       `json:"value"`
}

// Export is all that this package keeps about the member; nothing for someone who
// never set anything.
func (m *Members) Export(r storage.Reader, id string) ([]Fact, error) {
	v, err := m.Get(r, id)
	if err != nil {
		return nil, err
	}
	blocked := 0
	for _, err := range m.blocks.By(r, "by", m.blocker(id), "") {
		if err != nil {
			return nil, fmt.Errorf("blocks by a member: %w", err)
		}
		blocked++
	}
	facts := v.facts()
	if blocked > 0 {
		facts = append(facts, Fact{"blocks", chat.Say("member.fact_blocks", chat.Count("people", blocked)), blocked})
	}
	return facts, nil
}

// facts are the settings that were set.
func (v Member) facts() []Fact {
	var out []Fact
	add := func(set bool, name string, say chat.Rich, value any) {
		if set {
			out = append(out, Fact{name, say, value})
		}
	}
	add(v.Reach != chat.Address{}, "private_chat", chat.Say("member.fact_reach"), v.Reach)
	add(v.Home != "", "home", chat.Say("member.fact_home"), v.Home)
	add(v.Zone != "", "zone", chat.Say("member.fact_zone", chat.With("zone", chat.Rich{chat.ZoneName(v.Zone)})), v.Zone)
	add(v.Lang != "", "language", chat.Say("member.fact_lang", chat.Text("lang", LangName(v.Lang))), v.Lang)
	add(v.App != "", "app_language", chat.Say("member.fact_app", chat.Text("lang", LangName(v.App))), v.App)
	add(!v.Quiet.None(), "quiet_hours", chat.Say("member.fact_quiet",
		chat.Text("from", v.Quiet.From.String()), chat.Text("to", v.Quiet.To.String())), v.Quiet)
	add(v.Open, "lock_screen", chat.Say("member.fact_open"), v.Open)
	add(v.Plain, "plain", chat.Say("member.fact_plain"), v.Plain)
	add(v.Band != Unsaid, "age_band", chat.Say("member.fact_band."+string(v.Band)), v.Band)
	return out
}

// LangName is what a language calls itself: "English", "español". A tag that cannot
// be read is its own name.
func LangName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	return display.Self.Name(t)
}

// perSweep is how many blocks one Erase removes, well inside a transaction.
const perSweep = 20

// Erase destroys the member's key, and with it all that is sealed under it anywhere,
// and removes their record and the blocks that they made themselves. What others
// decided, a block of them, stays as a keyed hash. more reports whether some are left.
func (m *Members) Erase(tx storage.Tx, id string) (more bool, err error) {
	if err := m.vault.Erase(tx, id); err != nil {
		return false, fmt.Errorf("destroy the key of member %s: %w", id, err)
	}
	if err := m.members.Delete(tx, id); err != nil {
		return false, fmt.Errorf("remove member %s: %w", id, err)
	}
	return m.blocks.Sweep(tx, "by", m.blocker(id), perSweep)
}
