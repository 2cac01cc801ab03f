package telegram

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-telegram/bot/models"

	"peerbot/bot/telegram/wire"
	"peerbot/chat"
)

// noteWait is how long a note that nobody depends on waits for room in a group.
const noteWait = 3 * time.Second

// answer brings a reply to where it belongs. What a person asked for in a group and what
// is for them alone goes to their private chat.
func (s *shift) answer(j *job, c *chat.Call, r chat.Reply) error {
	if j.Group && (r.Door != nil || r.Private && !isEmpty(r)) {
		return s.apart(j, c, r)
	}
	s.acknowledge(j, nil)
	if isEmpty(r) {
		return nil
	}
	if r.Replace && j.Message != 0 && len(r.Files) == 0 {
		if done, err := s.inPlace(j, c, r); done || err != nil {
			return err
		}
	}
	p := s.post(j, r)
	if !j.Group {
		p.body = chat.Paragraphs(s.hint(j, j.Start), p.body)
	}
	return s.insist(c.At, func(at chat.Address) error {
		_, err := s.say(s.work, at, p)
		return err
	})
}

// post is a reply as a message. A question in a group is answered by replying to it:
// the bot sees nothing else there.
func (s *shift) post(j *job, r chat.Reply) post {
	p := post{body: question(r), keys: keyboard(r.Offers), files: r.Files, hurry: wire.Reply, lang: j.Lang}
	if j.urgent {
		p.hurry = wire.Now
	}
	if asksFile(r) {
		p.body = chat.Paragraphs(p.body, s.words(j.Lang, chat.Say("telegram.file.how")))
	}
	if j.Group && r.Ask != nil {
		p.body = chat.Paragraphs(p.body, s.words(j.Lang, chat.Say("telegram.reply_to_answer")))
	}
	return p
}

// turnAway tells somebody that there is no room for what they ask.
func (s *shift) turnAway(j *job) error {
	busy := s.words(j.Lang, chat.Say("telegram.busy"))
	if j.Query != "" {
		s.acknowledge(j, map[string]any{"text": busy.String(), "show_alert": true})
		return nil
	}
	_, err := s.say(s.work, j.address(), post{body: busy, hurry: wire.Letter, lang: j.Lang})
	return err
}

// inPlace puts the reply in the place of the message whose button was pressed. It has
// not done so where that message cannot be changed any more.
func (s *shift) inPlace(j *job, c *chat.Call, r chat.Reply) (done bool, err error) {
	err = s.insist(c.At, func(at chat.Address) error { return s.change(s.work, at, j.Message, s.post(j, r)) })
	if coded(err, http.StatusBadRequest) {
		return false, nil
	}
	return true, err
}

// apart brings a private answer to what was said in a group to the private chat. The
// group sees a note that repeats nothing, and after a press not even that.
func (s *shift) apart(j *job, c *chat.Call, r chat.Reply) error {
	reached, payload := false, ""
	if r.Door != nil {
		payload = r.Door.Payload
	} else if !j.Nameless {
		var err error
		if reached, err = s.privately(j, c, r); err != nil {
			s.acknowledge(j, nil)
			return err
		}
	}
	switch {
	case j.Query != "":
		s.acknowledge(j, s.wayIn(j, reached, payload))
		return nil
	case reached:
		s.remark(j, c)
		return nil
	}
	return s.insist(c.At, func(at chat.Address) error {
		_, err := s.say(s.work, at, s.note(j, "telegram.note_start", payload, wire.Reply))
		return err
	})
}

// remark leaves word in the group that somebody was answered. Where there is no room for
// it soon it is left out: nobody depends on it.
func (s *shift) remark(j *job, c *chat.Call) {
	ctx, stop := context.WithTimeout(s.work, noteWait)
	defer stop()
	if _, err := s.say(ctx, c.At, s.note(j, "telegram.note", "", wire.Letter)); err != nil {
		s.o.Log.Debug("telegram: a note was left out", "error", err)
	}
}

// privately says the reply in the private chat, and reports whether that is open.
func (s *shift) privately(j *job, c *chat.Call, r chat.Reply) (reached bool, err error) {
	p := s.post(&job{Lang: j.Lang}, r)
	p.body = chat.Paragraphs(s.hint(j, j.Query == ""), p.body)
	err = s.insist(c.From.Private(), func(at chat.Address) error {
		_, err := s.say(s.work, at, p)
		return err
	})
	if coded(err, http.StatusForbidden) || says(err, nobodyThere) {
		return false, s.doors.shut(s.work, j.From)
	}
	return err == nil, err
}

// hint is, once for each person, how to take back what was typed in a group.
func (s *shift) hint(j *job, may bool) chat.Rich {
	if !may || j.loose || !s.doors.tell(s.work, j.From) {
		return nil
	}
	return s.words(j.Lang, chat.Say("telegram.typed_in_group"))
}

// note is word in a group, with a button that leads to the private chat.
func (s *shift) note(j *job, id, payload string, h wire.Hurry) post {
	open := models.InlineKeyboardButton{Text: s.words(j.Lang, chat.Say("telegram.open")).String(), URL: s.link(payload)}
	return post{
		body: s.words(j.Lang, chat.Say(id)), keys: [][]models.InlineKeyboardButton{{open}},
		silent: true, hurry: h, lang: j.Lang,
	}
}

// wayIn is what the client of whoever pressed a button in a group shows, to them alone.
func (s *shift) wayIn(j *job, reached bool, payload string) map[string]any {
	switch {
	case reached:
		return map[string]any{"text": s.words(j.Lang, chat.Say("telegram.note")).String()}
	case payload != "":
		return map[string]any{"url": s.link(payload)}
	}
	return map[string]any{"text": s.words(j.Lang, chat.Say("telegram.note_start")).String(), "show_alert": true}
}

// acknowledge ends the waiting of a button that was pressed. The client gives up by
// itself when this fails.
func (s *shift) acknowledge(j *job, with map[string]any) {
	if j.Query == "" {
		return
	}
	answer := map[string]any{"callback_query_id": j.Query}
	for name, value := range with {
		answer[name] = value
	}
	ask := func(chat.Address) error { return s.api.Call(s.work, "answerCallbackQuery", answer, nil) }
	if err := s.insist(j.address(), ask); err != nil && !says(err, tooOld) && s.work.Err() == nil {
		s.o.Log.Warn("telegram: a press was not acknowledged", "error", err)
	}
}

// insist tries again what may work later, five times in all, and follows a group that
// has moved. Where nobody can be reached the answer is dropped: that is no failure.
func (s *shift) insist(at chat.Address, do func(chat.Address) error) error {
	for n := 1; ; n++ {
		err := do(at)
		if err == nil {
			return nil
		}
		if to, ok := s.follow(s.work, err, at); ok && n < maxTries {
			at = to
			continue
		}
		var b *chat.Bounce
		if !errors.As(bounced(err, at), &b) || b.Fate != chat.Later || n == maxTries {
			return err
		}
		if !rest(s.work, max(b.After, time.Duration(n*n)*time.Second)) {
			return err
		}
	}
}
