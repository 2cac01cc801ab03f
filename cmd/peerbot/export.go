package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"peerbot/community/meeting"
	"peerbot/config"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

func exportCommand(t terminal) *cobra.Command {
	var home string
	c := onStore(t, "export", "Write a community's meetings as a Meeting Guide list", cobra.NoArgs,
		func(ctx context.Context, w io.Writer, s *kept, cfg config.Config, _ []string) error {
			l, err := openLedger(ctx, t, s, cfg, home)
			if err != nil {
				return err
			}
			return l.export(ctx, w, t.Err)
		})
	c.Long = "Export writes a list to standard output that the apps of the fellowships read. It has\n" +
		"links, phone numbers and notes of open meetings alone, and no passcodes."
	homeFlag(c, &home)
	return c
}

// export writes the list to w, and to told what is not in it.
func (l ledger) export(ctx context.Context, w, told io.Writer) error {
	var all []meeting.Meeting
	err := l.store.View(ctx, func(r storage.Reader) (err error) {
		all, err = l.meetings.Of(r, l.home.ID)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b meeting.Meeting) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	left, err := tsml.Write(w, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(told, "Meetings in the list: %d. Left out: %d whose place is for members alone, %d that are not every week.\n",
		len(all)-left[tsml.Hidden]-left[tsml.Unlike], left[tsml.Hidden], left[tsml.Unlike])
	return nil
}
