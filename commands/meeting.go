package commands

import (
	"context"
	"time"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

// organisers are the duties that look after meetings.
const organisers = chat.Host | chat.Moderator | chat.Admin

// What can be said about a meeting.
var (
	meetingPaste     = chat.Paragraph("paste").Between(1, 3000)
	meetingTitle     = chat.String("title").Between(1, meeting.MaxTitle)
	meetingWhen      = chat.String("when")
	meetingZone      = chat.Zone("zone")
	meetingLength    = chat.Duration("length")
	meetingKind      = chat.String("kind").OneOf(kindChoices()...)
	meetingLink      = chat.String("link").Between(1, 2000)
	meetingNumber    = chat.String("number").Between(1, 40)
	meetingPasscode  = chat.String("passcode")
	meetingPhone     = chat.String("phone").Between(1, 50)
	meetingAddress   = chat.String("address")
	meetingVoice     = chat.Room("place")
	meetingRoom      = chat.Room("room")
	meetingRemind    = chat.String("remind")
	meetingNotes     = chat.Paragraph("notes").Between(1, meeting.MaxNotes)
	meetingShort     = chat.String("short_name").Between(1, meeting.MaxShort)
	meetingProgramme = chat.String("programme").Between(1, 80).CompletedBy(completeProgramme)
	meetingOpen      = chat.String("open").OneOf(
		chat.Choice{Value: string(meeting.OpenToAll), Label: chat.Say("meeting.fact.open")},
		chat.Choice{Value: string(meeting.Closed), Label: chat.Say("meeting.fact.closed")})
	meetingLanguage  = chat.String("language").Between(1, 60).CompletedBy(completeLanguage)
	meetingAudience  = chat.String("audience")
	meetingAccess    = chat.String("access")
	meetingBeginners = chat.Boolean("beginners")
	meetingExpect    = chat.String("expect").Between(1, meeting.MaxNotes)
	meetingMinors    = chat.String("minors").Between(1, meeting.MaxNotes)
	meetingCapacity  = chat.Integer("capacity").Between(0, meeting.MaxCapacity)
)

// meetingFacts are what is said about a new meeting.
var meetingFacts = []chat.Param{
	meetingPaste, meetingTitle, meetingWhen, meetingZone, meetingLength, meetingKind, meetingLink,
	meetingNumber, meetingPasscode, meetingPhone, meetingAddress, meetingVoice, meetingRoom,
	meetingRemind, meetingNotes, meetingShort,
	meetingProgramme, meetingOpen, meetingLanguage, meetingAudience, meetingAccess, meetingBeginners,
	meetingExpect, meetingMinors, meetingCapacity,
}

// meetingTexts are the options that are a line or more of text, with where it goes.
var meetingTexts = []struct {
	option *chat.Option[string]
	field  func(*meeting.Said) *string
}{
	{meetingTitle, func(s *meeting.Said) *string { return &s.Title }},
	{meetingWhen, func(s *meeting.Said) *string { return &s.When }},
	{meetingLink, func(s *meeting.Said) *string { return &s.Link }},
	{meetingNumber, func(s *meeting.Said) *string { return &s.Number }},
	{meetingPasscode, func(s *meeting.Said) *string { return &s.Passcode }},
	{meetingPhone, func(s *meeting.Said) *string { return &s.Phone }},
	{meetingAddress, func(s *meeting.Said) *string { return &s.Address }},
	{meetingRemind, func(s *meeting.Said) *string { return &s.Remind }},
	{meetingNotes, func(s *meeting.Said) *string { return &s.Notes }},
	{meetingShort, func(s *meeting.Said) *string { return &s.ShortName }},
	{meetingProgramme, func(s *meeting.Said) *string { return &s.Programme }},
	{meetingLanguage, func(s *meeting.Said) *string { return &s.Language }},
	{meetingAudience, func(s *meeting.Said) *string { return &s.Audience }},
	{meetingAccess, func(s *meeting.Said) *string { return &s.Access }},
	{meetingExpect, func(s *meeting.Said) *string { return &s.Expect }},
	{meetingMinors, func(s *meeting.Said) *string { return &s.Minors }},
}

func kindChoices() []chat.Choice {
	var out []chat.Choice
	for _, k := range meeting.Kinds() {
		out = append(out, chat.Choice{Value: string(k), Label: chat.Say("meeting.kind." + string(k))})
	}
	return out
}

// meetingCommand is what a host does with meetings, and what stands behind the
// buttons under them.
func meetingCommand(d Deps) chat.Command {
	return chat.Command{
		Name: "meeting", Group: groupHost, Private: true,
		Subs: []chat.Command{
			d.meetingAdd(), d.meetingEdit(), d.meetingCancel(), d.meetingMove(),
			d.meetingPause(), d.meetingRestore(), d.meetingHistory(), d.meetingRehearse(), d.meetingYear(), d.meetingUndo(),
			d.meetingList(), d.meetingDigest(), d.meetingDoors(), d.meetingAgain(), d.meetingWorkshop(), d.meetingHandout(),
			d.meetingHosts(), d.meetingHost(), d.meetingSheet(), d.meetingThank(), d.meetingAttended(), d.meetingAttendance(),
			d.meetingImport(), d.meetingImportBegin(), d.meetingImportProgress(), d.meetingImportUndo(), d.meetingImportUndone(), d.meetingExport(), d.meetingRefresh(),
			d.meetingLook(), d.meetingJoin(), d.meetingCome(), d.meetingCalendar(), d.meetingSubscribe(), d.meetingShare(), d.meetingPublish(), d.meetingMirror(), d.meetingFollow(), d.meetingUnfollow(),
		},
	}
}

// meetingAdd saves a new meeting, from options or from a pasted announcement.
func (d Deps) meetingAdd() chat.Command {
	return chat.Command{
		Name: "add", Needs: organisers, Private: true, Audit: true, Undo: undoPath,
		Options: meetingFacts,
		Confirm: d.previewMeeting,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			said, zone, err := d.saidNew(ctx, c)
			if err != nil {
				return chat.Reply{}, err
			}
			var v meeting.Meeting
			err = d.Store.Update(ctx, func(tx storage.Tx) (err error) {
				v, err = d.Meetings.Add(tx, c.Home, zone, said, c.ID, c.Time)
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			onClock(c, v.Zone())
			return chat.Reply{Body: chat.Paragraphs(chat.Say("meeting.saved", chat.Text("title", v.Title)), v.NextWords(c.Time, 1))}, nil
		},
	}
}

// previewMeeting shows the meeting as it would be saved, with everything that was
// taken for granted or looks like a slip.
func (d Deps) previewMeeting(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	if len(c.Args) == 0 {
		return chat.Reply{}, &chat.Refusal{Why: chat.Missing, Say: chat.Say("meeting.how_to_add"), Offers: waysToAdd(c)}
	}
	said, zone, err := d.saidNew(ctx, c)
	if err != nil {
		return chat.Reply{}, err
	}
	draft, err := said.Draft(zone, c.Time)
	if err != nil {
		return chat.Reply{}, err
	}
	doubts, err := d.doubts(ctx, c, draft.Meeting)
	if err != nil {
		return chat.Reply{}, err
	}
	onClock(c, draft.Zone())
	body := chat.Paragraphs(
		chat.Say("meeting.preview"), draft.Card(meeting.Rooms{Voice: said.Voice, Room: said.Room}, c.Time),
		chat.Lines(append(draft.Assumed, doubts...)...),
	)
	return chat.Reply{Body: body, Offers: [][]chat.Offer{{yearOffer(c)}}}, nil
}

// doubts are what may be a slip, in the meeting or beside the others.
func (d Deps) doubts(ctx context.Context, c *chat.Call, v meeting.Meeting) ([]chat.Rich, error) {
	twin := false
	err := d.Store.View(ctx, func(r storage.Reader) (err error) {
		twin, err = d.Meetings.Twin(r, c.Home, v, c.Time)
		return err
	})
	out := linkDoubts(v)
	if twin {
		out = append(out, chat.Say("meeting.doubt_twin"))
	}
	return out, err
}

// linkDoubts are the doubts about the meeting alone, and one about a link that only looks
// like that of a meeting program, or is that of one of one's own.
func linkDoubts(v meeting.Meeting) []chat.Rich {
	if _, err := tsml.ReadLink(v.Place.Link); err != nil {
		return append(v.Doubts(), chat.Say("meeting.doubt_link"))
	}
	return v.Doubts()
}

// onClock lets the answer to whoever has said no clock of their own read on another.
func onClock(c *chat.Call, zone *time.Location) {
	if c.Zone == nil {
		c.Zone = zone
	}
}

// waysToAdd are the two ways to tell of a meeting. The room goes along, since the
// answers may be given in private.
func waysToAdd(c *chat.Call) [][]chat.Offer {
	ask := func(label chat.Rich, open ...chat.Param) chat.Offer {
		o := chat.Offer{Label: label, Path: []string{"meeting", "add"}}
		if room := c.Room(); !room.Direct() {
			o.Bound = []chat.Arg{meetingRoom.Is(room)}
		}
		for _, p := range open {
			o.Open = append(o.Open, chat.Arg{Name: p.Spec().Name})
		}
		return o
	}
	return [][]chat.Offer{{
		ask(chat.Say("meeting.add_paste"), meetingPaste),
		ask(chat.Say("meeting.add_form"), meetingTitle, meetingWhen, meetingLink, meetingNumber,
			meetingPasscode, meetingPhone, meetingAddress, meetingNotes),
	}}
}

// saidNew is what the call says about a new meeting, and the zone to take where it
// says none. The room that is reminded is the one of the first call; Save may be
// pressed elsewhere, so it is set.
func (d Deps) saidNew(ctx context.Context, c *chat.Call) (said meeting.Said, zone string, err error) {
	if err := unfold(c); err != nil {
		return said, "", err
	}
	if room := c.Room(); !meetingRoom.Given(c) && !room.Direct() {
		c.Args = append(c.Args, meetingRoom.Is(room))
	}
	if said, err = d.said(ctx, c); err != nil {
		return said, "", err
	}
	err = d.Store.View(ctx, func(r storage.Reader) error {
		if err := d.Meetings.RoomForMore(r, c.Home); err != nil {
			return err
		}
		home, err := d.Spaces.Get(r, c.Home)
		zone = home.Zone
		return err
	})
	if zone == "" && c.Zone != nil {
		zone = c.Zone.String()
	}
	return said, zone, err
}

// said is what the call says about a meeting. Rooms have to be of the community.
func (d Deps) said(ctx context.Context, c *chat.Call) (meeting.Said, error) {
	said := meeting.Said{
		Zone: meetingZone.In(c).Name, Length: meetingLength.In(c), Kind: meeting.Kind(meetingKind.In(c)),
		Room: meetingRoom.In(c), Voice: meetingVoice.In(c), Doors: meeting.Openness(meetingOpen.In(c)),
	}
	if beginners, given := c.Arg(meetingBeginners.Name); given {
		said.Beginners = beginners.Value
	}
	if said.Capacity = meetingCapacity.In(c); said.Capacity == 0 && meetingCapacity.Given(c) {
		said.Capacity = -1
	}
	for _, t := range meetingTexts {
		*t.field(&said) = t.option.In(c)
	}
	for _, o := range []*chat.Option[chat.Address]{meetingRoom, meetingVoice} {
		if err := d.ours(ctx, c, o); err != nil {
			return said, err
		}
	}
	return said, nil
}

// ours refuses a room of another community.
func (d Deps) ours(ctx context.Context, c *chat.Call, o *chat.Option[chat.Address]) error {
	if c.Home == "" {
		return chat.Refuse(chat.Missing, "space.no_home")
	}
	if !o.Given(c) {
		return nil
	}
	return d.Store.View(ctx, func(r storage.Reader) error {
		home, err := d.Spaces.HomeOf(r, o.In(c))
		if err == nil && home != c.Home {
			err = &chat.Refusal{Why: chat.Invalid, Say: chat.Say("option.no_such_room"), Option: o.Name}
		}
		return err
	})
}

// unfold puts what a pasted announcement says in the place of the paste, so that
// the preview can be changed and saved field by field. Title and notes may be said
// beside it; anything else that is said twice, and differs, is refused.
func unfold(c *chat.Call) error {
	if !meetingPaste.Given(c) {
		return nil
	}
	flyer := meeting.ReadFlyer(meetingPaste.In(c))
	set(c, meetingPaste.Name, "")
	if meetingTitle.Given(c) {
		flyer.Notes, flyer.Title = lines(flyer.Title, flyer.Notes), ""
	}
	if meetingNotes.Given(c) {
		flyer.Notes = lines(meetingNotes.In(c), flyer.Notes)
		set(c, meetingNotes.Name, "")
	}
	var clash error
	for _, t := range meetingTexts {
		read, said := *t.field(&flyer), t.option.In(c)
		switch {
		case read == "" || read == said:
		case said == "":
			set(c, t.option.Name, read)
		case clash == nil:
			clash = saidTwice(t.option.Name, said, read)
		}
	}
	return clash
}

// saidTwice refuses an option that the paste contradicts, and offers both.
func saidTwice(option, said, read string) *chat.Refusal {
	refusal := chat.Refuse(chat.Conflict, "meeting.said_twice", chat.Text("said", said), chat.Text("read", read))
	refusal.Option = option
	for _, value := range []string{said, read} {
		refusal.Readings = append(refusal.Readings, chat.Choice{Value: value, Label: chat.Words(value)})
	}
	return refusal
}

// set gives the call an option; "" takes it away.
func set(c *chat.Call, name, value string) {
	var args []chat.Arg
	for _, a := range c.Args {
		if a.Name != name {
			args = append(args, a)
		}
	}
	if value != "" {
		args = append(args, chat.Arg{Name: name, Value: value})
	}
	c.Args = args
}

// lines joins texts, leaving out the empty ones.
func lines(texts ...string) string {
	out := ""
	for _, text := range texts {
		if out != "" && text != "" {
			out += "\n"
		}
		out += text
	}
	return out
}
