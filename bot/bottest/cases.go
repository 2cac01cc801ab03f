package bottest

import (
	"strings"
	"time"

	"peerbot/bot"
	"peerbot/chat"
)

func publicAnswer(p *play) {
	p.call("ana", "hall", "echo", text.Is("good evening, 世界"))
	p.sees("ana", "hall", "You said: good evening, 世界")
	p.sees("ben", "hall", "You said: good evening, 世界")
	p.seesNot("ben", "yard", "You said")
}

func privateAnswer(p *play) {
	p.call("ana", "hall", "whisper", text.Is("only me"))
	p.sees("ana", p.aside("hall"), "You said: only me")
	for _, room := range []string{"hall", "yard", ""} {
		p.seesNot("ben", room, "only me")
	}
	p.call("ana", "", "echo", text.Is("at home"))
	p.sees("ana", "", "You said: at home")
	p.seesNot("ben", "hall", "at home")
}

func door(p *play) {
	stage, ok := p.stage.(Doors)
	if !ok || !p.limit.Aside {
		return
	}
	enter := func(who string) { stage.Enter(who, "hall"); p.settle() }
	p.call("kim", "hall", "whisper", text.Is("only me"))
	for _, who := range []string{"ana", "ben", "kim"} {
		p.seesNot(who, "hall", "only me")
	}
	enter("ben")
	p.seesNot("ben", "", "only me")
	enter("kim")
	p.sees("kim", "", "You said: only me")
	enter("kim")
	p.sees("kim", "", "engine.already")
	p.call("kim", "hall", "whisper", text.Is("now you know me"))
	p.sees("kim", "", "You said: now you know me")
	p.call("ana", "hall", "pick")
	p.press("kim", "hall", "Quietly")
	p.sees("kim", "", "You said: quietly")
	p.seesNot("ana", "hall", "quietly")
}

func publicButton(p *play) {
	p.call("ana", "hall", "pick")
	p.press("ben", "hall", "One")
	p.sees("ana", "hall", "You said: one")
	p.press("ana", "hall", "Two")
	p.sees("ben", "hall", "You said: two two")
}

func publicButtonAside(p *play) {
	p.call("ana", "hall", "pick")
	p.press("bea", "hall", "Quietly")
	p.sees("bea", p.aside("hall"), "You said: quietly")
	p.seesNot("ana", "hall", "quietly")
	p.sees("ana", "hall", "Pick one.")
}

func choices(p *play) {
	p.call("ana", "", "paint")
	shown := strings.Join(p.last("ana", "").Buttons, " ")
	for _, c := range []string{"red", "green", "blue"} {
		if !strings.Contains(shown, c) {
			p.t.Errorf("the choice %s is not among the buttons %q", c, shown)
		}
	}
	p.press("ana", "", "green")
	p.fill("ana", "", map[string]string{"color": "green"}) // where a choice only fills the form in
	p.sees("ana", "", "Painted green.")
}

func formCorrected(p *play) {
	p.call("ana", "", "form")
	p.fill("ana", "", map[string]string{"name": "Ana", "size": "12"})
	p.sees("ana", "", "option.out_of_range")
	p.seesNot("ana", "", "Filled in")
	if len(p.last("ana", "").Fields) == 0 {
		p.press("ana", "", "engine.form.again")
	}
	p.fill("ana", "", map[string]string{"name": "Ana", "size": "7"})
	p.sees("ana", "", "Filled in: Ana, 7.")
}

func handed(p *play) {
	stage, ok := p.stage.(Sender)
	if !ok {
		return
	}
	attach := func(room string, path []string, f File) {
		stage.Attach("ana", room, path, f)
		p.settle()
	}
	attach("", []string{"hand"}, File{"list.csv", "day,time\n1,20:00\n"})
	p.sees("ana", "", `Handed in list.csv of 17: ["day,time\n1,20:00\n" "day,time\n1,20:00\n"].`)
	attach("hall", []string{"hand"}, File{"list.csv", "é"})
	p.sees("ben", "hall", `Handed in list.csv of 2: ["é" "é"].`)
	p.call("ana", "", "hand")
	if fields := p.last("ana", "").Fields; len(fields) != 1 || fields[0] != paper.Name {
		p.t.Fatalf("the form asks for %q", fields)
	}
	p.stop()
	p.start()
	attach("", nil, File{"other.csv", "a,b"})
	p.sees("ana", "", `Handed in other.csv of 3: ["a,b" "a,b"].`)
	p.seesNot("ben", "", "Handed in")
}

func previewed(p *play) {
	p.call("ana", "hall", "plan", what.Is("a picnic"))
	p.sees("ana", "hall", "This would plan a picnic.")
	p.press("ben", "hall", "engine.form.save")
	p.sees("ben", p.aside("hall"), "The menu.")
	p.seesNot("ana", "hall", "The menu.")
	p.counts(0)
	p.press("ana", "hall", "engine.form.save")
	p.sees("ben", "hall", "Planned a picnic.")
	p.counts(1)
	p.press("ben", "hall", "engine.undo")
	p.counts(1)
	p.press("ana", "hall", "engine.undo")
	p.counts(0)
}

func unread(p *play) {
	if !p.limit.Typed {
		return
	}
	p.stage.Say("ana", "hall", "how is everybody")
	p.settle()
	if seen := p.stage.Sees("ben", "hall"); len(seen) > 0 {
		p.t.Errorf("talk in a room is answered: %q", seen)
	}
	p.stage.Say("ana", "", "i cant do this")
	p.settle()
	p.sees("ana", "", "engine.unread")
	p.press("ana", "", "engine.crisis")
	p.sees("ana", "", "Someone is there.")
}

func letters(p *play) {
	m := chat.Message{Body: words("It begins soon."), Offers: [][]chat.Offer{{
		{Label: chat.Words("I am coming"), Path: []string{"echo"}, Bound: []chat.Arg{text.Is("see you there")}},
	}}}
	p.send("", "yard", "letter one", m)
	p.sees("ana", "yard", "It begins soon.")
	p.seesNot("ana", "hall", "It begins soon.")
	p.press("ben", "yard", "I am coming")
	p.sees("ana", "yard", "You said: see you there")

	m.Body = words("For you.")
	p.send("ana", "", "letter two", m)
	p.sees("ana", "", "For you.")
	p.seesNot("ben", "", "For you.")
	p.press("ana", "", "I am coming")
	p.sees("ana", "", "You said: see you there")
}

func letterAgain(p *play) {
	if _, ok := p.stage.(Deduper); !ok {
		return
	}
	m := chat.Message{Body: words("Only once.")}
	first := p.send("", "hall", "letter", m)
	if again := p.send("", "hall", "letter", m); again != first {
		p.t.Errorf("the same letter has the references %q and %q", first, again)
	}
	if n := len(p.stage.Sees("ana", "hall")); n != 1 {
		p.t.Errorf("the same letter is seen %d times", n)
	}
	p.send("", "hall", "another letter", m)
	if n := len(p.stage.Sees("ana", "hall")); n != 2 {
		p.t.Errorf("two letters that read alike are seen %d times", n)
	}
}

func edited(p *play) {
	if _, ok := p.platform.(bot.Editor); !ok {
		return
	}
	ref := p.send("", "hall", "letter", chat.Message{Body: words("At eight.")})
	if err := p.bot.Edit(p.t.Context(), p.stage.At("", "hall"), ref, chat.Message{Body: words("At nine.")}); err != nil {
		p.t.Fatalf("edit: %v", err)
	}
	p.settle()
	p.sees("ana", "hall", "At nine.")
	p.seesNot("ana", "hall", "At eight.")
}

func spans(p *play) {
	at := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	p.send("", "hall", "letter", chat.Message{Body: chat.Rich{
		chat.Plain("plain *not bold* "), chat.Strong("strong "), chat.Code("123 4567"),
		chat.Link{Label: "the room", URL: "https://example.org/room"},
		chat.List{Items: []chat.Rich{chat.Words("first item"), chat.Words("second item")}},
		chat.And{Items: []chat.Rich{chat.Words("salt"), chat.Words("pepper")}},
		chat.Time{At: at, Style: chat.Moment},
	}})
	for _, part := range []string{
		"plain *not bold*", "strong", "123 4567", "https://example.org/room", "first item", "second item", "salt", "pepper", "20:00",
	} {
		p.sees("ana", "hall", part)
	}
}

func longText(p *play) {
	var body chat.Rich
	for i := 0; units(body.String()) < 2*p.limit.Text; i++ {
		body = append(body, chat.Plain(strings.Repeat("word ", 10000)+"end\n"))
	}
	before := len(p.stage.Sees("ana", "hall"))
	p.send("", "hall", "letter", chat.Message{Body: append(body, chat.Plain("the very end"))})
	var all strings.Builder
	for _, s := range p.pieces("ana", "hall", before) {
		if n := units(s.Text); n > p.limit.Text {
			p.t.Errorf("a message has %d units, and %d are shown", n, p.limit.Text)
		}
		all.WriteString(s.Text)
	}
	if text := all.String(); !strings.HasPrefix(text, "word word") || !strings.Contains(text, "the very end") && !strings.Contains(text, "…") {
		p.t.Errorf("a long text is neither whole nor marked as cut: it ends in %q", text[max(0, len(text)-40):])
	}
}

func oddText(p *play) {
	odds := "safe \x1b[31mred\x07 \u202eback\u2066wards\u2069 \x00end"
	p.call("ana", "hall", "echo", chat.Arg{Name: "text", Value: odds})
	p.send("", "hall", "letter", chat.Message{Body: chat.Words(odds)})
	for _, s := range p.pieces("ana", "hall", 0) {
		if strings.ContainsFunc(s.Text, odd) {
			p.t.Errorf("a control or bidi character arrives: %q", s.Text)
		}
	}
	p.sees("ana", "hall", "safe")
}

func restarted(p *play) {
	p.call("ana", "hall", "plan", what.Is("a picnic"))
	p.call("ana", "", "form")
	p.stop()
	p.start()
	p.fill("ana", "", map[string]string{"name": "Ana", "size": "7"})
	p.sees("ana", "", "Filled in: Ana, 7.")
	p.press("ana", "hall", "engine.form.save")
	p.sees("ana", "hall", "Planned a picnic.")
	p.counts(1)
	p.call("ana", "hall", "echo", text.Is("still here"))
	p.sees("ben", "hall", "You said: still here")
}
