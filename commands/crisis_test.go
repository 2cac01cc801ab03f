package commands_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"peerbot/chat"
	"peerbot/commands"
	"peerbot/community/crisis"
	"peerbot/community/space"
	"peerbot/locales"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// A card fits one screen of a phone.
const (
	cardLines = 12
	cardRunes = 600
)

func crisisTree(t *testing.T) map[string]chat.Command {
	t.Helper()
	// Nothing else is there: it answers without a store, without a directory.
	d := commands.Deps{Countries: countries(t)}
	found := map[string]chat.Command{}
	for _, cmd := range commands.All(d) {
		if cmd.Always {
			found[cmd.Name] = cmd
		}
	}
	return found
}

// cards are the words of every card, by language, country and page.
func cards(t *testing.T) map[string]chat.Reply {
	t.Helper()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]chat.Reply{}
	for name, cmd := range crisisTree(t) {
		for _, country := range append(crisis.Countries(), "world") {
			for _, lang := range words.Langs() {
				c := &chat.Call{Lang: lang, Args: []chat.Arg{{Name: "country", Value: strings.ToLower(country)}}}
				reply, err := cmd.Run(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				reply.Body = words.Put(lang, nil, reply.Body)
				out[lang+"/"+country+"/"+name] = reply
			}
		}
	}
	return out
}

func TestEveryCrisisCardFitsOneScreen(t *testing.T) {
	first := map[string]string{
		"en": "Someone won't wake up or isn't breathing? Call now.",
		"es": "¿Alguien no despierta o no respira? Llama ahora.",
	}
	for name, reply := range cards(t) {
		text := reply.Body.String()
		lines := strings.Split(text, "\n")
		if len(lines) > cardLines || utf8.RuneCountInString(text) > cardRunes {
			t.Errorf("%s has %d lines and %d characters:\n%s", name, len(lines), utf8.RuneCountInString(text), text)
		}
		if lines[1] != first[name[:2]] {
			t.Errorf("%s has the first line %q", name, lines[1])
		}
		if !strings.Contains(text, "2026-") || !strings.Contains(text, "https://findahelpline.com") && strings.HasSuffix(name, "/crisis") {
			t.Errorf("%s lacks its date or the directory:\n%s", name, text)
		}
		if strings.Contains(text, "<") {
			t.Errorf("%s has a sentence that no catalogue has:\n%s", name, text)
		}
	}
}

func TestACrisisCardOfEachCountry(t *testing.T) {
	tests := map[string][]string{ // What stands alone on a line, in order.
		"en/US/crisis":      {"911", "988", "Text HOME to 741741"},
		"en/US/crisis_more": {"911", "988", "1-866-488-7386", "1-800-662-4357", "1-800-950-6264"},
		"en/CA/crisis":      {"911", "988", "Text any word to 988"},
		"en/CA/crisis_more": {"911", "1-877-330-6366"},
		"en/GB/crisis":      {"999", "116 123"},
		"en/IE/crisis":      {"112", "116 123"},
		"en/AU/crisis":      {"000", "13 11 14", "Text any word to 0477 13 11 14"},
		"en/EU/crisis":      {"112"},
		"es/US/crisis":      {"911", "988", "Envía HOME por SMS al 741741"},
		"en/world/crisis":   {"Call your local emergency number (911, 112, 999, 000)."},
	}
	all := cards(t)
	for name, want := range tests {
		text := all[name].Body.String()
		at := 0
		for _, line := range want {
			i := strings.Index(text[at:], "\n"+line+"\n")
			if i < 0 {
				t.Errorf("%s: %q is not on a line of its own, in order:\n%s", name, line, text)
				break
			}
			at += i + 1
		}
		if strings.Contains(text, "press 3") {
			t.Errorf("%s sends people to a line that has ended", name)
		}
	}
}

// A number can be copied: it is Code, and alone.
func TestCrisisNumbersCanBeCopied(t *testing.T) {
	for name, reply := range cards(t) {
		codes := 0
		for _, span := range reply.Body {
			if _, ok := span.(chat.Code); ok {
				codes++
			}
		}
		if codes == 0 && !strings.Contains(name, "/world/") && !strings.HasSuffix(name, "EU/crisis_more") {
			t.Errorf("%s has no number to copy", name)
		}
	}
}

func TestCrisisWithoutACountryOffersAll(t *testing.T) {
	reply := cards(t)["en/world/crisis"]
	n := 0
	for _, row := range reply.Offers {
		n += len(row)
	}
	if n != len(crisis.Countries()) {
		t.Errorf("%d buttons for %d countries", n, len(crisis.Countries()))
	}
}

func TestCrisisTakesTheCountryFromTheCommunity(t *testing.T) {
	known := countries(t)
	at := chat.Address{Platform: "console", Space: "s", Room: "r"}
	known.Learn(at, "AU")
	cmd := commands.All(commands.Deps{Countries: known})[0]
	for lang := range map[string]bool{"en": true, "es-MX": true} { // Language chooses words, never a country.
		reply, err := cmd.Run(t.Context(), &chat.Call{At: at, Lang: lang})
		if err != nil {
			t.Fatal(err)
		}
		title := reply.Body[0].(chat.Phrase).Fills[0].Value[0].(chat.Phrase).ID
		if title != "crisis.country.au" {
			t.Errorf("in %s the card is %s", lang, title)
		}
	}
}

// countries is a copy in which no community has chosen.
func countries(t *testing.T) *space.Countries {
	t.Helper()
	v, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	c, err := space.LoadCountries(t.Context(), mem.New(), space.New(v, space.Home{}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
