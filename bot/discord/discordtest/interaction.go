package discordtest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// How long an interaction lives; see
// https://docs.discord.com/developers/interactions/receiving-and-responding.
const (
	answerWithin = 3 * time.Second
	tokenLives   = 15 * time.Minute
)

// Kinds of interactions.
const (
	typed     = 2
	pressed   = 3
	completed = 4
	submitted = 5
)

// Kinds of answers.
const (
	sayNow      = 4
	sayLater    = 5
	updateLater = 6
	updateNow   = 7
	offer       = 8
	ask         = 9
)

// Interaction is what a person did and what became of it.
type Interaction struct {
	ID string

	s        *Server
	token    string
	kind     int
	who      *person
	at       *channel
	source   *Message // what was pressed, or what the form was opened from
	made     time.Time
	done     chan struct{}
	answered bool
	original *Message // what @original names
	choices  []pick
}

// Done is closed when the bot has answered for the first time, in time.
func (i *Interaction) Done() <-chan struct{} { return i.done }

// Token is what the answer is addressed to, and nobody else may know.
func (i *Interaction) Token() string { return i.token }

// Choices are the names of what the bot offered to complete what is typed.
func (i *Interaction) Choices() []string {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	var names []string
	for _, c := range i.choices {
		names = append(names, c.Name)
	}
	return names
}

// interact starts an interaction and tells the bot. The lock is held.
func (s *Server) interact(kind int, who *person, at *channel, source *Message, data object) *Interaction {
	s.forget(time.Now())
	i := &Interaction{
		s: s, ID: s.snowflake(), token: "aW50ZXJhY3Rpb24" + rand.Text() + rand.Text(), kind: kind,
		who: who, at: at, source: source, made: time.Now(), done: make(chan struct{}),
	}
	s.interactions[i.token] = i
	s.recent = append(s.recent, i)
	o := s.interactionObject(i, data)
	s.dispatch("INTERACTION_CREATE", 0, always(o))
	return i
}

// forget drops the interactions whose token has expired.
func (s *Server) forget(now time.Time) {
	for len(s.recent) > 0 && now.Sub(s.recent[0].made) > tokenLives {
		delete(s.interactions, s.recent[0].token)
		s.recent[0], s.recent = nil, s.recent[1:]
	}
	if len(s.recent) == 0 {
		s.recent = nil
	}
}

// late tells that the bot did not answer in time: the person sees that, and the token
// is worth nothing.
func (i *Interaction) late(now time.Time) bool {
	return !i.answered && now.Sub(i.made) > answerWithin
}

func (s *Server) interactionObject(i *Interaction, data object) object {
	o := object{
		"id": i.ID, "application_id": s.bot.id, "type": i.kind, "data": data, "channel_id": i.at.id,
		"channel": s.channelObject(i.at), "token": i.token, "version": 1, "locale": i.who.lang(),
		"app_permissions": permissions(s.may(i.at)), "entitlements": []object{}, "attachment_size_limit": 10 << 20,
		"authorizing_integration_owners": object{"0": s.guild}, "context": 0,
	}
	if i.source != nil {
		o["message"] = s.messageObject(i.source)
	}
	if i.at.kind == directChannel {
		o["user"], o["context"] = i.who.object(), 1
		o["authorizing_integration_owners"] = object{"0": "0"}
		return o
	}
	o["member"], o["guild_id"], o["guild_locale"] = s.member(i.who), s.guild, s.locale
	o["guild"] = object{"id": s.guild, "locale": s.locale, "features": []string{}}
	return o
}

// callback is the first answer to an interaction.
func (s *Server) callback(r *request) answer {
	i := s.interactions[r.PathValue("interaction_token")]
	now := time.Now()
	switch {
	case i == nil || i.ID != r.PathValue("interaction_id") || i.late(now):
		return problem(http.StatusNotFound, 10062, "Unknown interaction")
	case i.answered:
		return problem(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	var body struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	var d draft
	if !r.into(&body) || len(body.Data) > 0 && json.Unmarshal(body.Data, &d) != nil {
		return s.refuse(r, faults{"the answer cannot be read"})
	}
	a, wrong := s.respond(r, i, body.Type, &d)
	if wrong {
		return a
	}
	i.answered = true
	close(i.done)
	if r.URL.Query().Get("with_response") != "true" {
		return answer{}
	}
	out := object{"interaction": object{"id": i.ID, "type": i.kind}, "resource": object{"type": body.Type}}
	if i.original != nil {
		out["resource"] = object{"type": body.Type, "message": s.messageObject(i.original)}
	}
	return ok(out)
}

// respond carries out a first answer; which ones an interaction takes depends on it.
func (s *Server) respond(r *request, i *Interaction, kind int, d *draft) (answer, bool) {
	fits := map[int][]int{
		typed: {sayNow, sayLater, ask}, completed: {offer},
		pressed: {sayNow, sayLater, updateLater, updateNow, ask}, submitted: {sayNow, sayLater},
	}[i.kind]
	if i.kind == submitted && i.source != nil {
		fits = append(fits, updateLater, updateNow)
	}
	if !slices.Contains(fits, kind) {
		return s.refuse(r, faults{"an answer of this type does not fit the interaction"}), true
	}
	switch kind {
	case sayNow:
		return s.say(r, i, d)
	case sayLater:
		i.original = s.blank(i, d)
		i.original.Flags |= Loading
		s.post(i.at, i.original)
	case updateLater:
		i.original = i.source
	case updateNow:
		i.original = i.source
		a := s.change(r, i.at, i.source, d)
		return a, a.status >= 400
	case offer:
		return s.offerChoices(r, i, d)
	case ask:
		return s.open(r, i, d)
	}
	return answer{}, false
}

// blank is the beginning of a message that answers an interaction.
func (s *Server) blank(i *Interaction, d *draft) *Message {
	m := &Message{Author: s.bot.id, webhook: true}
	if d.Flags != nil && *d.Flags&Ephemeral != 0 {
		m.For, m.Flags = i.who.id, Ephemeral
	}
	return m
}

func (s *Server) say(r *request, i *Interaction, d *draft) (answer, bool) {
	m := s.blank(i, d)
	if a, wrong := s.fill(r, m, d); wrong {
		return a, true
	}
	s.post(i.at, m)
	if i.original == nil {
		i.original = m
	}
	return ok(s.messageObject(m)), false
}

func (s *Server) offerChoices(r *request, i *Interaction, d *draft) (answer, bool) {
	var f faults
	if len(d.Choices) > 0 && json.Unmarshal(d.Choices, &i.choices) != nil {
		f.add("the choices cannot be read")
	}
	if len(i.choices) > maxOptions {
		f.add("%d choices", len(i.choices))
	}
	for _, c := range i.choices {
		f.length("name of a choice", c.Name, 1, 100)
		if text, isText := c.Value.(string); isText {
			f.length("value of a choice", text, 0, 100)
		}
	}
	if len(f) > 0 {
		return s.refuse(r, f), true
	}
	return answer{}, false
}

// open shows a form to the person.
func (s *Server) open(r *request, i *Interaction, d *draft) (answer, bool) {
	if f := checkModal(d); len(f) > 0 {
		return s.refuse(r, f), true
	}
	s.screens[i.who.id] = &Modal{Title: d.Title, CustomID: d.CustomID, Components: *d.Components, at: i.at, source: i.source}
	return answer{}, false
}
