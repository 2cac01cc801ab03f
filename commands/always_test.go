package commands_test

import (
	"strings"
	"testing"

	"peerbot/chat"
	"peerbot/storage"
	"peerbot/storage/mem"
)

// However somebody asks for help, they get it.
func TestCrisisIsNeverRefused(t *testing.T) {
	lines := []string{
		"/crisis", "/sos", "/SOS", "/crisis@bot", "/crisis i cant do this", "/crisis country:", "/crisis help: me",
		`/crisis "`, "/crisis country:us country:gb", "/crisis " + strings.Repeat("a ", 5000), "/crisis \u202e\x00",
	}
	d := newDesk(t, mem.New(), nil)
	for _, line := range lines {
		for _, at := range []chat.Address{lobby, private(ana)} {
			reply := d.says(ana, at, line)
			if !strings.Contains(reply.Body.String(), "\n911\n988") && !strings.Contains(reply.Body.String(), "\n911\nTo talk") {
				t.Errorf("%.40q got:\n%s", line, reply.Body.String())
			}
			if !reply.Private {
				t.Errorf("%.40q tells the room who asks", line)
			}
		}
	}
}

// It needs no store, and leaves nothing in one.
func TestCrisisWorksWithTheStoreClosed(t *testing.T) {
	store := mem.New()
	d := newDesk(t, store, nil)
	d.says(ana, lobby, "/crisis")
	for _, b := range []string{"bot.receipts", "bot.cards", "bot.audits", "members"} {
		if n := left(d, storage.Bucket(b)); n > 0 {
			t.Errorf("/crisis left %d records in %s", n, b)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	card := d.says(ana, lobby, "/crisis")
	d.wants(card, "United States", "911", "988")
	d.wants(d.presses(ana, lobby, card, "More places"), "Veterans Crisis Line", "SAMHSA")
	elsewhere := d.presses(bea, lobby, card, "Other countries") // Anyone may press.
	d.wants(elsewhere, "Worldwide", "911, 112, 999, 000")
	d.wants(d.presses(ana, lobby, elsewhere, "Australia"), "Australia", "000", "13 11 14")
	d.wants(d.call(chat.Call{From: ana, At: lobby, Press: "crisis:gb"}), "United Kingdom", "999", "116 123")
}

func TestCrisisHasNoLimit(t *testing.T) {
	d := newDesk(t, mem.New(), nil)
	for range 500 {
		reply := d.router.Call(t.Context(), &chat.Call{ID: "same", From: ana, At: lobby, Text: "/sos", Lang: "es", Time: noon})
		if !strings.Contains(reply.Body.String(), "\n911\n") {
			t.Fatalf("got:\n%s", reply.Body.String())
		}
	}
}

// Language chooses words, and never a country.
func TestCrisisInSpanish(t *testing.T) {
	d := newDesk(t, mem.New(), nil)
	for _, lang := range []string{"es", "es-ES", "es-MX"} {
		d.wants(d.call(chat.Call{From: ana, At: lobby, Text: "/sos", Lang: lang}), "Estados Unidos: ayuda ahora", "no despierta", "911", "988")
	}
	d.wants(d.call(chat.Call{From: ana, At: lobby, Text: "/crisis pais:ie", Lang: "es"}), "Irlanda", "112", "116 123")
}

func TestCrisisOfANamedCountry(t *testing.T) {
	d := newDesk(t, mem.New(), nil)
	for text, country := range map[string]string{
		"canada": "Canada", "GB": "United Kingdom", "uk": "United Kingdom", "country:United Kingdom": "United Kingdom",
		"es": "European Union", "world": "Worldwide", "australia": "Australia",
	} {
		d.wants(d.says(ana, lobby, "/crisis "+text), country+": help now")
	}
}
