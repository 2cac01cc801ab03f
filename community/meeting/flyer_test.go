package meeting_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
	"peerbot/community/meeting"
)

func TestFlyers(t *testing.T) {
	type said struct{ Title, When, Link, Number, Passcode, Phone, Address, Notes string }
	tests := []struct {
		about, text string
		want        said
	}{
		{"the six lines", flyer, said{
			Title: "Virtual Peer Support", When: "Mondays and Wednesdays, 8PM until 9PM EST",
			Number: "123 4567 8901", Passcode: "Recovery", Notes: "Zoom Room\nMinor Consent Forms"}},
		{"labels", "What: Candle Group\nWhen: Mondays 20:00-21:00\nTime zone EST\nWhere: 12 River Street\nLink: https://example.org/a", said{
			Title: "Candle Group", When: "Mondays 20:00-21:00", Link: "https://example.org/a", Address: "12 River Street", Notes: "Time zone EST\nLink"}},
		{"a link in a sentence", "Candle Group\nJoin at https://example.org/j/1?pwd=x.\nFridays 7pm", said{
			Title: "Candle Group", When: "Fridays 7pm", Link: "https://example.org/j/1?pwd=x", Notes: "Join at"}},
		{"a host without a scheme", "Candle Group\nFridays 7pm\nzoom.us/j/123456789", said{
			Title: "Candle Group", When: "Fridays 7pm", Link: "zoom.us/j/123456789"}},
		{"Spanish", "Grupo de apoyo\nlunes y miércoles de 20:00 a 21:00\nNúmero de reunión: 123 4567 8901\nContraseña: Esperanza\nTeléfono: +34 910 000 000", said{
			Title: "Grupo de apoyo", When: "lunes y miércoles de 20:00 a 21:00", Number: "123 4567 8901", Passcode: "Esperanza", Phone: "+34 910 000 000"}},
		{"the zone on its own line", "Candle Group\nFridays 7pm\nEastern Time", said{Title: "Candle Group", When: "Fridays 7pm, Eastern Time"}},
		{"bullets", "* Candle Group\n- Fridays 7pm\n• Dial in: 1-800-555-0100", said{Title: "Candle Group", When: "Fridays 7pm", Phone: "1-800-555-0100"}},
		{"two numbers", "G\nMeeting ID: 111 2222 3333\nMeeting ID: 444 5555 6666", said{
			Title: "G", Number: "111 2222 3333", Notes: "Meeting ID: 444 5555 6666"}},
		{"no such time", "G\nMondays 13:75", said{Title: "G", When: "Mondays 13:75"}},
		{"a zone that is several", "G\nMondays 8pm BST", said{Title: "G", When: "Mondays 8pm BST"}},
		{"a passcode that is a sentence", "G\nPasscode required, ask the host", said{Title: "G", Notes: "Passcode required, ask the host"}},
		{"nothing", "", said{}},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			s := meeting.ReadFlyer(tt.text)
			got := said{s.Title, s.When, s.Link, s.Number, s.Passcode, s.Phone, s.Address, s.Notes}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzFlyer checks that no word of a flyer gets lost: each is in a field, or is one of
// the words that say what a field is.
func FuzzFlyer(f *testing.F) {
	f.Add(flyer)
	f.Add("What: X | Where: Y | passcode is Z | https://a.b/c")
	f.Add("Meeting ID 123 456 7890 Passcode: a b c")
	f.Add("When: Mondays\nWhen: 8pm\nlunes 20:00")
	f.Add("título: ñ\n\n\tx  y\u202ez")
	labels := map[string]bool{}
	for word := range strings.FieldsSeq("what when where title name link web enlace address location dirección lugar dónde título nombre qué " +
		"time date day days cuándo hora horario fecha día días " +
		"meeting zoom room webinar conference id number no n nº n° número numero de la reunión reunion " +
		"passcode password pass code pwd passwort contraseña clave código codigo acceso is es " +
		"phone call in call-in dial-in callin dialin dial teléfono telefono tel llame llama al") {
		labels[word] = true
	}
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := meeting.ReadFlyer(text)
		kept := map[string]int{}
		for _, field := range []string{s.Title, s.When, s.Link, s.Number, s.Passcode, s.Phone, s.Address, s.Notes} {
			for _, word := range words(field) {
				kept[word]++
			}
		}
		for _, word := range words(chat.Block(text)) {
			if kept[word]--; kept[word] < 0 && !labels[strings.ToLower(word)] {
				t.Errorf("%q is lost from %q: %+v", word, text, s)
			}
		}
	})
}
