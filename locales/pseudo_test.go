package locales

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerbot/chat"
)

func TestPseudo(t *testing.T) {
	p, err := Pseudo()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.November, 24, 1, 0, 0, 0, time.UTC)
	tests := []struct {
		about string
		in    chat.Rich
		want  []string
	}{
		{"a phrase", chat.Say("day.monday"), nil},
		{"a moment", chat.Rich{chat.Time{At: at, Style: chat.Moment}}, nil},
		{"a list", chat.Rich{chat.List{Items: []chat.Rich{chat.Say("day.monday")}}}, nil},
		{"a phrase in a phrase", chat.Say("time.day", chat.Text("weekday", "1"), chat.Text("day", "2"), chat.With("month", chat.Say("month.may"))), nil},
		{"codes, numbers and addresses", chat.Rich{chat.Code("/help"), chat.Plain(" 12. "), chat.Link{URL: "https://example.org"}}, nil},
		{"a bare sentence", chat.Words("Saved it."), []string{"Saved it."}},
		{"beside a phrase", append(chat.Say("day.monday"), chat.Plain(" is free")), []string{"is free"}},
		{"in a gap", chat.Say("zone.city", chat.Text("city", "Nowhere")), []string{"Nowhere"}},
		{"strong", chat.Rich{chat.Strong("Now")}, []string{"Now"}},
		{"a label", chat.Rich{chat.Link{Label: "Here", URL: "https://example.org"}}, []string{"Here"}},
		{"in a list", chat.Rich{chat.List{Items: []chat.Rich{chat.Words("x")}}}, []string{"x"}},
		{"no such phrase", chat.Say("lost.id"), []string{"<lost.id>"}},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Bare(p.Put("en", nil, tt.in))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := p.Put("en", nil, chat.Say("day.monday")).String(); got != "⟦Móndáy⟧" {
		t.Errorf("got %q", got)
	}
}
