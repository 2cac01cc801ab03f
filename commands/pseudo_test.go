package commands_test

import (
	"slices"
	"testing"

	"peerbot/chat"
	"peerbot/locales"
	"peerbot/storage/mem"
)

// spoken is what people say in the test: every command of this package, and what it
// refuses.
var script = []string{
	"/crisis", "/crisis world", "/crisis gb", "/help", "/help privacy", "/help cooking",
	"/settings", "/settings zone:Berlin quiet:22-7 lockscreen:open plain:yes", "/settings quiet:always",
	"/meetings", "/meetings week", "/remind", "/remind what:x when:13:75", "/meeting add", "/meeting edit", "/meeting cancel",
	"/privacy", "/privacy download", "/privacy erase", "/privacy_erase", "/settings lockscreen:neutral plain:no",
}

// names are what is the same in every language.
var names = []string{
	"988 Suicide & Crisis Lifeline", "Crisis Text Line", "Samaritans", "English", "Europe/Berlin", "22:00", "07:00",
}

// In the pseudo-locale every sentence of the catalogue stands in brackets: words
// outside were written into the program.
func TestNoSentenceIsWrittenIntoTheProgram(t *testing.T) {
	words, err := locales.Pseudo()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, mem.New(), words)
	d.give(ana, lobby, chat.Host|chat.Moderator)
	for _, line := range script {
		reply := d.says(ana, lobby, line)
		bare := locales.Bare(reply.Body)
		for _, row := range reply.Offers {
			for _, o := range row {
				bare = append(bare, locales.Bare(o.Label)...)
			}
		}
		for _, text := range bare {
			if !slices.Contains(names, text) {
				t.Errorf("%s says %q, which is in no catalogue", line, text)
			}
		}
	}
}
