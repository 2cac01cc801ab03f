package commands_test

import (
	"strings"
	"testing"

	"peerbot/chat"
)

func TestHelpBeginsWithTheCrisisLine(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		for lang, command := range map[string]string{"en": "/crisis", "es": "/crisis"} {
			reply := d.call(chat.Call{From: ana, At: private(ana), Text: "/help", Lang: lang})
			first, _, _ := strings.Cut(reply.Body.String(), "\n")
			if !strings.Contains(first, command) {
				t.Errorf("in %s the first line is %q", lang, first)
			}
		}
	})
}

func TestHelpNamesCommandsInTheReadersLanguage(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		english := d.says(ana, lobby, "/start")
		d.wants(english, "Help now", "/crisis - ", "For you", "/settings - ", "/privacy - ")
		d.lacks(english, "crisis_more", "privacy_erase", "<")
		spanish := d.call(chat.Call{From: ana, At: lobby, Text: "/ayuda", Lang: "es"})
		d.wants(spanish, "Ayuda ahora", "/crisis - ", "Para ti", "/ajustes - ", "/privacidad - ")
	})
}

func TestHelpButtonsOpenTheCommands(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		help := d.says(ana, private(ana), "/help")
		d.wants(d.presses(ana, private(ana), help, "/settings"), "Your settings")
		d.wants(d.presses(ana, private(ana), help, "/crisis"), "911")
	})
}

func TestHelpOnATopic(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.wants(d.says(ana, lobby, "/help privacy"), "/privacy - ", "download it or erase it")
		d.wants(d.says(ana, lobby, "/help topic:settings"), "/settings - ", "quiet hours")
		d.wants(d.says(ana, lobby, "/help cooking"), "not one of the choices")
	})
}

// A topic is asked for by the name that the reader sees.
func TestHelpOnATopicInSpanish(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		for _, topic := range []string{"ajustes", "settings"} {
			d.wants(d.call(chat.Call{From: ana, At: lobby, Text: "/ayuda " + topic, Lang: "es"}), "/ajustes - ", "silencio")
		}
	})
}

func TestHelpOnWhatIsNotForTheCaller(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		d.lacks(d.says(ana, lobby, "/help meeting"), "/meeting add")
		d.give(ana, lobby, chat.Host)
		d.wants(d.says(ana, lobby, "/help"), "For hosts", "/meeting - ")
		d.wants(d.says(ana, lobby, "/help meeting"), "/meeting add - ", "/meeting cancel - ")
	})
}

// Every listed command has its page of help in every language.
func TestEveryCommandHasHelp(t *testing.T) {
	eachStore(t, func(t *testing.T, d *desk) {
		for _, cmd := range tree(d) {
			if cmd.Unlisted || cmd.Name == "help" {
				continue
			}
			for _, lang := range d.words.Langs() {
				text := d.words.Put(lang, nil, chat.Say("help.topic."+cmd.Name)).String()
				if strings.Contains(text, "help.topic") {
					t.Errorf("/%s has no help in %s", cmd.Name, lang)
				}
			}
		}
	})
}
