package commands

import (
	"context"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
)

// factsNow are the facts as a form holds them: whom the meeting is for, and what to
// expect there.
func factsNow(f meeting.Facts) (whom, expect []chat.Arg) {
	beginners, capacity := chat.Arg{Name: meetingBeginners.Name}, chat.Arg{Name: meetingCapacity.Name}
	if f.Beginners {
		beginners = meetingBeginners.Is(true)
	}
	if f.Capacity > 0 {
		capacity = meetingCapacity.Is(f.Capacity)
	}
	language := chat.Arg{Name: meetingLanguage.Name}
	if f.Language != "" {
		language = meetingLanguage.Is(meeting.LanguageName(f.Language))
	}
	programme, _ := meeting.FindProgramme(f.Programme)
	whom = []chat.Arg{
		meetingOpen.Is(string(f.Doors)), meetingProgramme.Is(programme.Name), language,
		meetingAudience.Is(f.Audience), meetingAccess.Is(f.Access),
	}
	return whom, []chat.Arg{meetingExpect.Is(f.Expect), meetingMinors.Is(f.Minors), beginners, capacity}
}

// completeProgramme completes the name of a programme or a fellowship.
func completeProgramme(_ context.Context, _ *chat.Call, typed string) (out []chat.Choice, _ error) {
	for _, p := range meeting.Programmes() {
		if begins(typed, p.Short, p.Name) {
			out = append(out, chat.Choice{Value: p.ID, Label: chat.Words(p.Name)})
		}
	}
	return out, nil
}

// programmeIn is the programme that the option names; none where it was not given.
func programmeIn(c *chat.Call, o *chat.Option[string]) (meeting.Programme, error) {
	known, ok := meeting.FindProgramme(o.In(c))
	if o.Given(c) && !ok {
		return known, &chat.Refusal{Why: chat.Invalid, Say: chat.Say("meeting.no_such_programme"), Option: o.Name}
	}
	return known, nil
}

// completeLanguage completes the name of a language.
func completeLanguage(_ context.Context, _ *chat.Call, typed string) (out []chat.Choice, _ error) {
	for _, tag := range meeting.Languages() {
		if name := meeting.LanguageName(tag); begins(typed, tag, name) {
			out = append(out, chat.Choice{Value: tag, Label: chat.Words(name)})
		}
	}
	return out, nil
}

// begins reports whether one of the names begins with what was typed.
func begins(typed string, names ...string) bool {
	for _, name := range names {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(typed)) {
			return true
		}
	}
	return false
}
