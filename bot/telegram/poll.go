package telegram

import (
	"context"
	"errors"
	"net/http"
	"time"

	"peerbot/bot"
	"peerbot/bot/telegram/wire"
)

// How polling goes on after an error.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
	rivalPause = 10 * time.Second
	maxRivals  = 6 // maxRivals is after how many answers in a row that another program polls this one stops.
)

// poll asks for updates again and again. What a poll has brought is kept before the next
// one confirms it.
func (t *Telegram) poll(ctx context.Context, s *shift) error {
	if err := t.unhook(ctx); err != nil {
		return t.halted(err)
	}
	p := &poller{Telegram: t, shift: s, trouble: trouble{pause: firstPause}}
	for ctx.Err() == nil {
		if err := p.round(ctx); err != nil {
			return err
		}
	}
	return nil
}

// poller is the state between two polls.
type poller struct {
	*Telegram
	shift   *shift
	offset  int64 // offset is 0 where nothing is to be confirmed, so that numbers may begin anew.
	trouble trouble
}

// round is one poll. Its error ends polling.
func (p *poller) round(ctx context.Context) error {
	updates, err := p.api.Poll(ctx, p.offset, batch, kinds)
	if err != nil {
		return p.trouble.met(ctx, p.Telegram, err)
	}
	p.trouble.over(p.Telegram)
	if p.shift.take(ctx, updates) == nil {
		p.offset = following(updates)
	}
	return nil
}

// unhook ends a webhook that was set once: while there is one, nobody may poll.
func (t *Telegram) unhook(ctx context.Context) error {
	info, err := t.hooked(ctx)
	if err != nil || info.URL == "" {
		return err
	}
	return t.api.Call(ctx, "deleteWebhook", struct{}{}, nil)
}

// following is the number after the highest, 0 of none.
func following(updates []*wire.Update) (offset int64) {
	for _, u := range updates {
		offset = max(offset, u.ID+1)
	}
	return offset
}

// trouble is what went wrong with polling since it last went well.
type trouble struct {
	pause  time.Duration
	told   bool
	rivals int
}

// met waits after an error. It returns one where polling would only fail again.
func (w *trouble) met(ctx context.Context, t *Telegram, err error) error {
	var halt *bot.Halt
	if errors.As(t.halted(err), &halt) {
		return halt
	}
	if coded(err, http.StatusConflict) {
		return w.rival(ctx, t, err)
	}
	pause := w.pause
	var e *wire.Error
	if errors.As(err, &e) && e.After() > 0 {
		pause = e.After()
	}
	if w.pause = min(2*w.pause, lastPause); !w.told && ctx.Err() == nil {
		w.told = true
		t.o.Log.Warn("telegram: cannot be reached now, and is asked again", "error", err)
	}
	rest(ctx, pause)
	return nil
}

// rival waits for another program that polls with the same token to end, as one does
// that is being replaced by this one.
func (w *trouble) rival(ctx context.Context, t *Telegram, err error) error {
	const say = "Another program is running with the same Telegram token, and only one of them can. " +
		"Stop the other one. If you do not know of any, ask @BotFather for a new token."
	if w.rivals++; w.rivals >= maxRivals {
		return &bot.Halt{Say: say + " Then start the bot again.", Err: err}
	}
	if !w.told {
		w.told = true
		t.o.Log.Warn("telegram: " + say)
	}
	rest(ctx, rivalPause)
	return nil
}

// over ends the trouble.
func (w *trouble) over(t *Telegram) {
	if w.told {
		t.o.Log.Info("telegram: reached again")
	}
	*w = trouble{pause: firstPause}
}

// rest reports whether ctx has not ended by then.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
