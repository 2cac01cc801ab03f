package discordtest

import (
	"fmt"
	"strings"
	"testing"
)

func TestMenuIsHeldAgainstTheRules(t *testing.T) {
	command := func(inner string) string { return `[{"name":"a","description":"b"` + inner + `}]` }
	options := func(inner string) string { return command(`,"options":[` + inner + `]`) }
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprintf(`{"name":"c%d","description":"d"}`, i)
	}
	long := strings.Repeat("x", 100)
	tests := map[string]string{
		"a hundred and one commands": "[" + strings.Join(many, ",") + "]",
		"a capital letter":           `[{"name":"A","description":"b"}]`,
		"a space":                    `[{"name":"a b","description":"b"}]`,
		"no description":             `[{"name":"a","description":""}]`,
		"a long description":         `[{"name":"a","description":"` + long + `x"}]`,
		"a name twice":               `[{"name":"a","description":"b"},{"name":"a","description":"b"}]`,
		"a localised name twice": `[{"name":"a","description":"b","name_localizations":{"de":"x"}},
			{"name":"b","description":"b","name_localizations":{"de":"x"}}]`,
		"an unknown language":   command(`,"name_localizations":{"es":"x"}`),
		"required after others": options(`{"type":3,"name":"x","description":"x"},{"type":3,"name":"y","description":"y","required":true}`),
		"choices and completion": options(`{"type":3,"name":"x","description":"x","autocomplete":true,
			"choices":[{"name":"x","value":"x"}]}`),
		"a subcommand beside an option": options(`{"type":3,"name":"x","description":"x"},{"type":1,"name":"y","description":"y"}`),
		"a group in a group": options(`{"type":2,"name":"x","description":"x","options":[
			{"type":2,"name":"y","description":"y"}]}`),
		"a number for a text": options(`{"type":3,"name":"x","description":"x","choices":[{"name":"x","value":5}]}`),
		"eight thousand characters": options(strings.TrimSuffix(strings.Repeat(`{"type":3,"name":"%d","description":"`+long+`",
			"choices":[{"name":"`+long+`","value":"`+long+`"},{"name":"x`+long[1:]+`","value":"x"}]},`, 25), ",")),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, Options{}, func(s *stage) {
				for i := 0; strings.Contains(body, "%d"); i++ {
					body = strings.Replace(body, "%d", fmt.Sprintf("o%d", i), 1)
				}
				s.do(400, "PUT", "/applications/"+s.BotID()+"/commands", body)
			})
		})
	}
}

func TestMenuIsKept(t *testing.T) {
	play(t, Options{}, func(s *stage) {
		s.publish()
		id := s.menu[0].ID
		s.publish()
		if s.menu[0].ID != id {
			t.Error("a command that is published again has another id")
		}
		if got := s.listed(false)[0]; got.Names != nil || got.About == "" {
			t.Errorf("without localisations GET tells %+v", got)
		}
		if got := s.listed(true)[0]; got.Names["es-ES"] != "eco" {
			t.Errorf("with localisations GET tells %+v", got)
		}
		s.clean()
	})
}
