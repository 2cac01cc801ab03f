package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

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

// bodies are what the messages say that came after the greeting.
const bodies = "[...document.querySelectorAll('#messages [data-body]')].map(m => m.innerText).slice(1)"

// aLostConnection is told of, comes back by itself and misses nothing.
func aLostConnection(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	p := s.tab("/en/newcomer/general")
	s.says("peer", "before")
	p.sees("before")
	p.forgive(true)
	s.wire.fray(true)
	p.sees("The connection is lost.")
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "not yet"+kb.Enter))
	p.sees("What you wrote is still here.")
	s.wire.fray(false)
	s.says("peer", "meanwhile")
	p.sees("meanwhile")
	p.sees("Connected again.")
	s.wire.fray(false)
	s.says("peer", "after")
	p.sees("after")
	p.forgive(false)
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), kb.Enter))
	p.wait(newest + ".innerText.includes('not yet')")
	if got := p.lines(bodies); !slices.Equal(got, []string{"before", "meanwhile", "after", "not yet"}) {
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
	if got := p.lines(bodies); !slices.Equal(got, []string{"one", "two"}) {
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

// itsOwnClock: times are shown by the clock of the browser, and described by the words
// that the bot wrote.
func itsOwnClock(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/newcomer/general")
	command(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Kolkata"})
	p.visit("/en/newcomer/general")
	const when = "document.querySelector('[data-body] time')"
	p.wait(when + ".title")
	if got := p.run(when + ".title"); !strings.HasSuffix(got, "(Eastern time)") {
		t.Errorf("the bot's words are %q", got)
	}
	want := p.run("new Intl.DateTimeFormat('en-US', {timeZone: 'Asia/Kolkata', hour: 'numeric', minute: '2-digit', timeZoneName: 'short'}).format(new Date(" + when + ".dateTime))")
	if got := p.run(when + ".innerText"); got != want {
		t.Errorf("the time is %q, want %q", got, want)
	}
}

// aPlaceToRead: who has scrolled up to read is left there, and who is at the end stays
// at the end.
func aPlaceToRead(t *testing.T, b surfer) {
	s := demonstrated(t, b, later)
	p := s.tab("/en/newcomer/general")
	for _, line := range strings.Split(strings.Repeat("a line to read\n", 20)+"the last", "\n") {
		s.says("peer", line)
	}
	p.sees("the last")
	const end = "Math.abs(scroll.scrollTop) < 2"
	p.wait(end)
	p.run("scroll.scrollTo({top: -300, behavior: 'instant'})")
	const place = "document.getElementById('m5').getBoundingClientRect().top"
	p.run("window.before = " + place)
	s.says("peer", "one more")
	p.sees("one more")
	if moved := p.run("Math.abs(" + place + " - before) < 2 ? '' : " + place + " - before"); moved != "" {
		t.Errorf("what was being read has moved by %s pixels", moved)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "mine"+kb.Enter))
	p.sees("mine")
	p.wait(end)
}

// whatItCouldBe is suggested while somebody types into a field, by the bot.
func whatItCouldBe(t *testing.T, b surfer) {
	p := demonstrated(t, b, later).tab("/en/host/general/do/meeting/add")
	p.fill("zone", "Chica")
	p.wait("[...document.querySelector('[name=\"o.zone\"]').list.options].some(o => o.value.includes('Chicago'))")
}
