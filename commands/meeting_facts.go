package commands

import (
	"context"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
)

// completeProgramme completes the name of a programme or a fellowship.
func completeProgramme(_ context.Context, _ *chat.Call, typed string) (out []chat.Choice, _ error) {
	for _, p := range meeting.Programmes() {
		if begins(typed, p.Short, p.Name) {
			out = append(out, chat.Choice{Value: p.ID, Label: chat.Words(p.Name)})
		}
	}
	return out, nil
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
