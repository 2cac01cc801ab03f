package meeting

import (
	"cmp"
	"errors"
	"fmt"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// Export is everything that is kept of a member about meetings.
func (m *Meetings) Export(r storage.Reader, id string) (out []member.Fact, err error) {
	for _, export := range []func(storage.Reader, string) ([]member.Fact, error){
		m.exportFollows, m.exportComing, m.exportRotas, m.exportShifts, m.exportOutlet, m.exportMentions, m.exportHandouts, m.exportTold,
	} {
		facts, err := export(r, id)
		if err != nil {
			return nil, err
		}
		out = append(out, facts...)
	}
	return out, nil
}

// factsOf are the rows of a table that are about a member, each told with the title of
// its series. What nobody can read any more is left out.
func factsOf[T any](m *Meetings, r storage.Reader, t storage.Table[T], id string,
	series func(storage.Row[T]) string, tell func(row storage.Row[T], title chat.Rich) member.Fact) (out []member.Fact, err error) {
	for row, err := range t.By(r, byMember, id, "") {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("what is kept of a member: %w", err)
		}
		title, err := m.title(r, series(row))
		if err != nil {
			return nil, err
		}
		out = append(out, tell(row, title))
	}
	return out, nil
}

// title is the title of a series, in words for one that is over.
func (m *Meetings) title(r storage.Reader, id string) (chat.Rich, error) {
	s, err := m.parts(r, id)
	if err != nil {
		return nil, err
	}
	if len(s) == 0 {
		return chat.Say("meeting.past"), nil
	}
	return chat.Words(s[0].Title), nil
}

// exportFollows is what a member is reminded of.
func (m *Meetings) exportFollows(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.follows, id, func(row storage.Row[Follow]) string { return row.Value.Series },
		func(row storage.Row[Follow], title chat.Rich) member.Fact {
			say := chat.Say("meeting.fact_follow", chat.With("title", title), chat.With("lead", Leads(row.Value.Leads)))
			return member.Fact{Name: "meeting_reminder", Say: say, Value: row.Value}
		})
}

// exportComing is what a member said about gatherings.
func (m *Meetings) exportComing(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.coming, id, func(row storage.Row[Coming]) string { return row.Value.Series },
		func(row storage.Row[Coming], title chat.Rich) member.Fact {
			say := chat.Say("meeting.fact_coming", chat.With("title", title), chat.With("date", dateWords(row.Value.Date)),
				chat.With("answer", chat.Say("meeting.answer."+cmp.Or(string(row.Value.Answer), string(No)))))
			return member.Fact{Name: "meeting_answer", Say: say, Value: row.Value}
		})
}

// exportRotas is where a member takes turns or helps.
func (m *Meetings) exportRotas(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.rotas, id, func(row storage.Row[Rota]) string { return row.Key },
		func(row storage.Row[Rota], title chat.Rich) member.Fact {
			return member.Fact{Name: "meeting_rota", Say: chat.Say("meeting.fact_rota", chat.With("title", title)), Value: row.Value.PartOf(id)}
		})
}

// exportShifts are the dates that a member hosts, or was asked for.
func (m *Meetings) exportShifts(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.shifts, id, func(row storage.Row[Shift]) string { return row.Value.Series },
		func(row storage.Row[Shift], title chat.Rich) member.Fact {
			return member.Fact{Name: "meeting_shift", Value: row.Value.Date,
				Say: chat.Say("meeting.fact_shift", chat.With("title", title), chat.With("date", dateWords(row.Value.Date)))}
		})
}

// exportMentions is where a member lets a group be addressed.
func (m *Meetings) exportMentions(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.mentions, id, func(row storage.Row[Mention]) string { return row.Key },
		func(row storage.Row[Mention], title chat.Rich) member.Fact {
			return member.Fact{Name: "meeting_mention", Say: chat.Say("meeting.fact_mention", chat.With("title", title)), Value: row.Value.Group}
		})
}

// exportHandouts are the handouts that a member asked for.
func (m *Meetings) exportHandouts(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.handouts, id, func(row storage.Row[handout]) string { return row.Value.Series },
		func(row storage.Row[handout], title chat.Rich) member.Fact {
			return member.Fact{Name: "meeting_handout", Say: chat.Say("meeting.fact_handout", chat.With("title", title)), Value: row.Value}
		})
}

// exportTold is how often somebody was written to about the gatherings of these days.
func (m *Meetings) exportTold(r storage.Reader, id string) ([]member.Fact, error) {
	return factsOf(m, r, m.told, id, func(row storage.Row[told]) string { return row.Value.Series },
		func(row storage.Row[told], title chat.Rich) member.Fact {
			return member.Fact{Name: "meeting_told", Value: row.Value, Say: chat.Say("meeting.fact_told",
				chat.With("title", title), chat.With("date", dateWords(row.Value.Date)), chat.Count("notes", len(row.Value.Letters)))}
		})
}
