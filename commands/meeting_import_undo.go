package commands

import (
	"context"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/storage"
)

// meetingImportUndo stands behind the button that the Router puts under a list that is
// being taken in.
func (d Deps) meetingImportUndo() chat.Command {
	return chat.Command{
		Name: "import_undo", Needs: organisers, Private: true, Unlisted: true, Audit: true,
		Options: []chat.Param{undoChange},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			var job string
			err := d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				job, err = d.Meetings.UndoImport(tx, c.Home, undoChange.In(c), c.Time)
				return err
			})
			return chat.Reply{Body: chat.Say("meeting.import.undoing"), Offers: howFar(importBackPath, job), Replace: true}, err
		},
	}
}

// meetingImportUndone says how much of a list is undone, and what stays.
func (d Deps) meetingImportUndone() chat.Command {
	return chat.Command{
		Name: "import_undone", Needs: organisers, Private: true, Unlisted: true,
		Options: []chat.Param{importJob},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			var u meeting.Undoing
			err := d.Store.View(ctx, func(r storage.Reader) (err error) {
				u, err = d.Meetings.Undone(r, c.Home, importJob.In(c))
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			if u.Done < u.Total {
				body := chat.Say("meeting.import.undo_progress", percent(u.Done, u.Total))
				return chat.Reply{Body: body, Offers: howFar(importBackPath, importJob.In(c)), Replace: true}, nil
			}
			return chat.Reply{Body: undoneWords(u), Replace: true}, nil
		},
	}
}

// undoneWords say that an import is undone, and which meetings stay as somebody has made
// them since.
func undoneWords(u meeting.Undoing) chat.Rich {
	if len(u.Left) == 0 {
		return chat.Say("meeting.import.undone")
	}
	var items []chat.Rich
	for _, title := range u.Left {
		items = append(items, chat.Words(title))
	}
	lines := []chat.Rich{chat.Say("meeting.import.undone_but"), {chat.List{Items: items}}}
	if u.More > 0 {
		lines = append(lines, chat.Say("meeting.list.more", chat.Count("meetings", u.More)))
	}
	return chat.Lines(lines...)
}
