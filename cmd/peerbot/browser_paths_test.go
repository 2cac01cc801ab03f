package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// later is an example community in which nothing happens by itself for a while.
var later = demoOptions{startsIn: time.Hour, remindIn: 30 * time.Minute, lang: "en"}

// aNewcomer knows when the next meeting is and will be reminded after one press, and
// has typed nothing.
func aNewcomer(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/")
	p.sees("Open circle starts at")
	p.press("Remind me: Open circle")
	p.sees("I will remind you of Open circle")
	p.sees("The first reminder is for")
	if got := p.run(newest + ".querySelector('.only').innerText"); got != "Only you can see this" {
		t.Errorf("the answer is marked %q", got)
	}
	if got := p.run("document.querySelectorAll('#messages > li').length"); got != "2" {
		t.Errorf("there are %s messages", got)
	}
}

// byKeyboard is the same with the keys and what a screen reader knows alone.
func byKeyboard(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/")
	p.wait("document.querySelector('#messages button')")
	p.do(chromedp.KeyEvent(kb.Tab))
	if _, focus := p.tree(); focus != (thing{"link", "Skip to the messages"}) {
		t.Errorf("the first thing to come to is %v", focus)
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.tabTo("button", "Remind me: Open circle")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.sees("I will remind you of Open circle")
	things, focus := p.tree()
	if !strings.HasPrefix(focus.name, "Remind me: Open circle") {
		t.Errorf("after the press the focus is on %v", focus)
	}
	heard := slices.ContainsFunc(things, func(one thing) bool {
		return one.role == "StaticText" && strings.Contains(one.name, "The first reminder is for ")
	})
	if !heard {
		t.Errorf("a screen reader cannot find the answer in %v", things)
	}
	p.tabTo("button", "Stop reminding me")
	p.do(chromedp.KeyEvent(" "))
	p.sees("I will not remind you of it any more.")
}

// tabTo presses Tab until something has the focus whose name begins so.
func (b *tab) tabTo(role, name string) {
	b.t.Helper()
	var passed []thing
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		_, focus := b.tree()
		if focus.role == role && strings.HasPrefix(focus.name, name) {
			return
		}
		passed = append(passed, focus)
	}
	b.t.Fatalf("Tab does not come to %s %q, but to %v", role, name, passed)
}

// withoutScript a page can be read, and its buttons work.
func withoutScript(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/newcomer/general")
	command(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.visit("/en/newcomer/general")
	p.do(chromedp.Click(chromedp.CSS("#messages button")))
	p.sees("I will remind you of Open circle")
}

// aHostAddsAMeeting by its form, sees the preview and saves.
func aHostAddsAMeeting(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/host/general/do/meeting/add")
	if _, focus := p.tree(); focus != (thing{"heading", "/meeting add"}) {
		t.Errorf("a form opens with the focus on %v", focus)
	}
	p.fill("title", "Tea and talk")
	p.fill("when", "Fridays 18:00-19:00")
	p.fill("link", "https://meet.example.org/tea")
	p.press("Continue")
	p.sees("Tea and talk")
	if _, focus := p.tree(); focus.role != "button" {
		t.Errorf("when the form has gone the focus is on %v", focus)
	}
	p.press("Save")
	p.wait("[...document.querySelectorAll('#messages button')].some(b => b.innerText === 'Undo')")
	if got := p.run("location.pathname + document.querySelectorAll('#asked').length"); got != "/en/host/general0" {
		t.Errorf("afterwards the page is %s", got)
	}
	p.give("meetings")
	p.sees("Remind me: Tea and talk")
}

// fill types into a field of the newest form.
func (b *tab) fill(option, value string) {
	b.t.Helper()
	field := "[...document.querySelectorAll('[name=\"o." + option + "\"]')].at(-1)"
	b.wait(field)
	id := b.run(field + ".id")
	b.do(chromedp.SendKeys(chromedp.CSS("#"+id), value))
}

// theReminderArrives in its room and privately, on a page that is never loaded again.
func theReminderArrives(t *testing.T, b surfer) {
	p := demonstrated(t, b, demoOptions{lang: "en"}).tab("/en/newcomer/general")
	p.run("window.same = 'page'")
	p.press("Remind me: Open circle")
	p.sees("I will remind you of Open circle")
	p.waitFor(80*time.Second, "document.querySelectorAll('#messages > li').length > 2 && document.querySelector('[href*=private] .new').innerText")
	if got := p.run("window.same + ': ' + document.querySelector('[href*=private] .new').innerText"); got != "page: 1 new" {
		t.Errorf("it says %q", got)
	}
	if things, _ := p.tree(); !slices.Contains(things, thing{"link", "Private chat, 1 new"}) {
		t.Errorf("a screen reader does not learn of it from %v", things)
	}
	p.as(looks[len(looks)-1])
	if things, _ := p.tree(); !slices.Contains(things, thing{"button", "Rooms and people, 1 new"}) {
		t.Errorf("on a phone a screen reader does not learn of it from %v", things)
	}
	p.run("document.querySelector('[href*=private]').click()")
	p.wait("document.querySelector('.lock')")
	if got := p.run("document.querySelector('.lock').innerText"); !strings.HasPrefix(got, "On a locked phone") || strings.Contains(got, "Open circle") {
		t.Errorf("a locked phone would show %q", got)
	}
	p.examine("lock-screen", "en", looks...)
}

// whatIsHeard are the messages as they come and the answers to presses, each once, in
// reading order.
func whatIsHeard(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	p := s.tab("/en/newcomer/general")
	heard := "[...document.querySelectorAll('#live > p')].map(p => p.innerText)"
	s.says("peer", "one")
	s.says("mentor", "two")
	p.wait(heard + ".length === 2")
	p.press("Remind me: Open circle")
	p.wait(heard + ".length === 3")
	s.says("peer", "three")
	p.wait(heard + ".length === 4")
	got := p.lines(heard)
	for i, want := range []string{"Pia: one", "Milo: two", "Peerbot: I will remind you of Open circle", "Pia: three"} {
		if !strings.HasPrefix(got[i], want) {
			t.Errorf("heard %q, want %q…", got[i], want)
		}
	}
	if answer := got[2]; !(strings.Index(answer, "The first reminder") < strings.Index(answer, "Only you") && strings.Index(answer, "Only you") < strings.Index(answer, "Stop reminding me")) {
		t.Errorf("the answer is heard as %q", answer)
	}
	if live := p.run("document.querySelectorAll('[aria-live], [role=log], [role=status], [role=alert]').length"); live != "4" {
		t.Errorf("%s parts of the page speak by themselves", live)
	}
}

// editsInPlace keep their place, and the focus goes to what stands there now.
func editsInPlace(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/newcomer/private")
	p.give("settings")
	p.sees("Screen reader: no")
	p.tabTo("button", "Let notes say what they are about")
	before := p.run("document.querySelectorAll('#messages > li').length + ' ' + " + newest + ".id")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.wait(newest + ".innerText.includes('Lock screen: open') || " + newest + ".innerText.includes('edited')")
	if after := p.run("document.querySelectorAll('#messages > li').length + ' ' + " + newest + ".id"); after != before {
		t.Errorf("there was %q, and is %q", before, after)
	}
	if got := p.run(newest + ".contains(document.activeElement)"); got != "true" {
		t.Errorf("the focus is on %s", p.run("document.activeElement.outerHTML"))
	}
}

// thePalette offers what begins like what is typed, is gone through with the arrows and
// left with Escape.
func thePalette(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/newcomer/general")
	p.run("document.getElementById('text').focus()")
	p.do(chromedp.KeyEvent("/me"))
	p.wait("document.querySelectorAll('#found > li').length === 1")
	if _, focus := p.tree(); focus != (thing{"combobox", "Message in #general"}) {
		t.Errorf("the focus is on %v", focus)
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	if got := p.run("document.getElementById('found').hidden + ' ' + document.getElementById('text').value"); got != "true /me" {
		t.Errorf("after Escape: %s", got)
	}
	p.do(chromedp.KeyEvent("e"), chromedp.KeyEvent(kb.ArrowDown))
	if got := p.run("document.getElementById(document.getElementById('text').getAttribute('aria-activedescendant')).ariaSelected"); got != "true" {
		t.Errorf("the first is selected: %s", got)
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.sees("The next meetings:")
	p.do(chromedp.KeyEvent("hello" + kb.Enter))
	p.sees("hello")
	if got := p.run("document.getElementById('text').value + document.activeElement.id"); got != "text" {
		t.Errorf("after it was sent: %s", got)
	}
}

// aLostConnection is told of, comes back by itself and misses nothing.
func aLostConnection(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	p := s.tab("/en/newcomer/general")
	s.says("peer", "before")
	p.sees("before")
	p.forgive(true)
	s.wire.fray(true)
	p.sees("The connection is lost.")
	s.wire.fray(false)
	s.says("peer", "meanwhile")
	p.sees("meanwhile")
	p.sees("Connected again.")
	s.wire.fray(false)
	s.says("peer", "after")
	p.sees("after")
	if got := p.lines("[...document.querySelectorAll('#messages [data-body]')].map(m => m.innerText).slice(1)"); !slices.Equal(got, []string{"before", "meanwhile", "after"}) {
		t.Errorf("the messages are %q", got)
	}
}

// aPageThatSleeps lets go of its connection and catches up when it is looked at.
func aPageThatSleeps(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	p := s.tab("/en/newcomer/general")
	hide := func(hidden string) {
		p.run("Object.defineProperty(document, 'hidden', {value: " + hidden + ", configurable: true})")
		p.run("document.dispatchEvent(new Event('visibilitychange'))")
	}
	p.wait("source && source.readyState === 1")
	hide("true")
	p.wait("source === null")
	s.says("peer", "one")
	s.says("peer", "two")
	hide("false")
	p.sees("two")
	if got := p.lines("[...document.querySelectorAll('#messages [data-body]')].map(m => m.innerText).slice(1)"); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("the messages are %q", got)
	}
}

// markupStaysWords whoever writes it, and wherever it is shown.
func markupStaysWords(t *testing.T, b surfer) {
	const markup = `<img src=x onerror="document.title='x'"><b>bold</b>`
	s := demonstrated(t, b, later)
	p := s.tab("/en/host/general/do/meeting/add")
	s.says("peer", markup)
	p.sees(markup)
	p.fill("title", markup)
	p.fill("when", "Fridays 18:00-19:00")
	p.press("Continue")
	p.wait("document.querySelectorAll('#messages > li').length > 2")
	if got := p.run("document.querySelectorAll('main img, main p b').length + document.title"); got != "0#general, as Hana" {
		t.Errorf("the page has become %s", got)
	}
}

// twoTabsAsTwoPeople see what is theirs.
func twoTabsAsTwoPeople(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	noa, pia := s.tab("/en/newcomer/general"), s.tab("/en/peer/general")
	noa.press("Remind me: Open circle")
	noa.sees("I will remind you of Open circle")
	noa.do(chromedp.SendKeys(chromedp.CSS("#text"), "hello Pia"+kb.Enter))
	pia.sees("hello Pia")
	if got := pia.run("document.querySelector('main').innerText.includes('I will remind you')"); got != "false" {
		t.Error("Pia sees what was for Noa alone")
	}
}
