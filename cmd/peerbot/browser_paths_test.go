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

// theReminderArrives in its room and privately, on a page that is never loaded again:
// it is asked for, and what it returns waits for it.
func theReminderArrives(t *testing.T, b surfer) func() {
	p := demonstrated(t, b, demoOptions{startsIn: time.Minute, remindIn: time.Minute, lang: "en"}).tab("/en/newcomer/general")
	p.run("window.same = 'page'")
	p.press("Remind me: Open circle")
	p.sees("I will remind you of Open circle")
	return p.isReminded
}

// isReminded waits for what was asked for, and looks at how it is shown.
func (b *tab) isReminded() {
	b.t.Helper()
	b.wait("document.querySelectorAll('#messages > li').length > 2 && document.querySelector('[href*=private] .new').innerText")
	if got := b.run("window.same + ': ' + document.querySelector('[href*=private] .new').innerText"); got != "page: 1 new" {
		b.t.Errorf("it says %q", got)
	}
	if things, _ := b.tree(); !slices.Contains(things, thing{"link", "Private chat, 1 new"}) {
		b.t.Errorf("a screen reader does not learn of it from %v", things)
	}
	b.as(looks[len(looks)-1])
	if things, _ := b.tree(); !slices.Contains(things, thing{"button", "Rooms and people, 1 new"}) {
		b.t.Errorf("on a phone a screen reader does not learn of it from %v", things)
	}
	b.run("document.querySelector('[href*=private]').click()")
	b.wait("document.querySelector('.lock')")
	if got := b.run("document.querySelector('.lock').innerText"); !strings.HasPrefix(got, "On a locked phone") || strings.Contains(got, "Open circle") {
		b.t.Errorf("a locked phone would show %q", got)
	}
	b.examine("lock-screen-en", nil, looks...)
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

// aHalfFilledForm keeps what was typed when its message changes around it.
func aHalfFilledForm(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/newcomer/private")
	p.give("remind")
	p.press("New reminder")
	p.fill("what", "Call Ana")
	p.run("upsert(" + newest + ", " + newest + ".outerHTML) && ''")
	if got := p.run("document.querySelector('[name=\"o.what\"]').value + ' ' + document.activeElement.name"); got != "Call Ana o.what" {
		t.Errorf("the form has %q", got)
	}
	p.fill("when", "tomorrow 09:00")
	p.press("Send")
	p.sees("Call Ana")
	p.wait("!document.querySelector('[data-form]')")
}
