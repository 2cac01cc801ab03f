package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"peerbot/chat"
	"peerbot/config"
	"peerbot/locales"
)

// undoImport takes the community's last import back, for ten minutes.
func undoImport(ctx context.Context, w io.Writer, t terminal, s *kept, cfg config.Config, o importOptions) error {
	words, err := locales.Load()
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, t, s, cfg, o.home)
	if err != nil {
		return err
	}
	line := newBar(t.Err, 0)
	u, err := l.meetings.UndoLast(ctx, s, l.home.ID, now(), func(n, of int) {
		line.total = of
		line.at(n)
	})
	line.end()
	if r := (*chat.Refusal)(nil); errors.As(err, &r) {
		return errors.New(words.Put("en", nil, r.Say).String())
	}
	if err != nil {
		return fmt.Errorf("it is taken back up to here; say it again for the rest, or start the bot: %w", err)
	}
	fmt.Fprintln(w, "The last list is taken back.")
	if len(u.Left) > 0 {
		fmt.Fprintf(w, "Changed since, and left as they are now: %s\n", strings.Join(u.Left, "; "))
	}
	if u.More > 0 {
		fmt.Fprintf(w, "and %d more\n", u.More)
	}
	return nil
}
