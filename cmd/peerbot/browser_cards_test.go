package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"peerbot/bot"
	"peerbot/bot/web"
	"peerbot/chat"
	"peerbot/config"
	"peerbot/locales"
)

// card is one thing that the bot shows, on a page of its own.
type card struct {
	name, who, room string // room is the index of the room, or private.
	show            func(*tab)
	again           func(*tab) // again is done for each look; nil is nothing.
}

// giving shows the answer to a command.
func giving(path string) func(*tab) {
	return func(b *tab) {
		already := b.run("document.querySelectorAll('#messages > li').length")
		b.give(path)
		b.wait("document.querySelectorAll('#messages > li').length > " + already)
	}
}

var mainCards = []card{
	{name: "welcome", who: "newcomer", room: "0", show: func(b *tab) { b.wait("document.querySelector('#messages button')") }},
	{name: "help", who: "newcomer", room: "1", show: giving("help")},
	{name: "meetings", who: "newcomer", room: "2", show: giving("meetings")},
	{name: "crisis", who: "peer", room: "1", show: giving("crisis")},
	{name: "settings", who: "peer", room: "private", show: giving("settings")},
	{name: "privacy", who: "mentor", room: "private", show: giving("privacy")},
	{name: "remind", who: "mentor", room: "1", show: giving("remind")},
	{name: "remind-form", who: "mentor", room: "2", show: func(b *tab) {
		giving("remind")(b)
		b.press(mustLoad(b.t).Put(b.run("document.documentElement.lang"), nil, chat.Say("note.new")).String())
		b.wait("document.querySelector('.ask')")
	}},
	{name: "meeting-add", who: "host", room: "0", show: func(b *tab) { b.visit(b.run("location.pathname") + "/do/meeting/add") }},
	{name: "meeting-preview", who: "host", room: "1", show: func(b *tab) {
		b.visit(b.run("location.pathname") + "/do/meeting/add")
		b.fill("title", "Tea and talk")
		b.fill("when", "2035-05-04 18:00")
		b.run("document.querySelector('#asked form').requestSubmit()")
		b.wait(newest + "?.querySelector('.row')")
	}},
	{name: "error", who: "moderator", room: "1", show: func(b *tab) {
		b.do(chromedp.SendKeys(chromedp.CSS("#text"), "/meting\r"))
		b.wait(newest + "?.matches('.bot')")
	}},
	{name: "palette", who: "moderator", room: "2", show: func(b *tab) { b.run("document.getElementById('palette').showPopover()") }},
	{name: "places", who: "moderator", room: "private", show: giving("help"), again: func(b *tab) {
		b.run("document.querySelector('.places').checkVisibility() && !document.querySelector('#places:popover-open') && document.querySelector('.places').click()")
	}},
}

// look is a device and a scheme.
type look struct {
	device        string
	width, height int64
	scheme        string
}

var looks = []look{
	{"desktop", 1280, 860, "light"}, {"desktop", 1280, 860, "dark"},
	{"phone", 360, 740, "light"}, {"phone", 360, 740, "dark"},
}

// as shows the page on a device, in a scheme.
func (b *tab) as(l look) {
	b.t.Helper()
	command(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.device == "phone",
	})
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// cardsLookWell on every device and in both schemes.
func cardsLookWell(t *testing.T, b surfer, lang string, seen ...look) {
	o := later
	o.lang = lang
	s := demonstrated(t, b, o)
	names := roomNames(mustLoad(t), lang)
	for _, c := range mainCards {
		room := c.room
		if c.room != "private" {
			room = names[c.room[0]-'0']
		}
		p := s.tab("/" + lang + "/" + c.who + "/" + room)
		c.show(p)
		p.examine(c.name+"-"+lang, c.again, seen...)
		p.close()
	}
}

func mustLoad(t *testing.T) *locales.Catalogue {
	t.Helper()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// examine lets axe-core look at a card with all its rules: it finds nothing that keeps
// somebody from using it. No card is wider than its screen, and what is to be pressed is
// large enough. again is done for each look. PEERBOT_SCREENSHOTS names a folder for
// pictures.
func (b *tab) examine(card string, again func(*tab), seen ...look) {
	b.t.Helper()
	axe, err := os.ReadFile("../../.bin/axe-core-4.14.1.js")
	if err != nil {
		missing(b.t, "axe-core")
	}
	b.do(chromedp.Evaluate[chromedp.Void](string(axe)))
	for _, l := range seen {
		b.as(l)
		if again != nil {
			again(b)
		}
		name := card + "-" + l.device + "-" + l.scheme
		for _, found := range b.lines(findings) {
			b.t.Errorf("%s: %s", name, found)
		}
		b.picture(name + ".png")
	}
}

// findings are what is wrong with a page.
const findings = `[
	...(await axe.run(document, {resultTypes: ['violations']})).violations.map(v =>
		v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')),
	...(document.documentElement.scrollWidth > innerWidth ? ['is wider than the screen'] : []),
	...[...document.querySelectorAll('button, input, select, nav a')]
		.filter(e => e.checkVisibility() && e.type !== 'hidden' && e.getBoundingClientRect().height < 43.5)
		.map(e => 'is less than 44 pixels high: ' + e.outerHTML),
]`

func (b *tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("PEERBOT_SCREENSHOTS")
	if folder == "" {
		return
	}
	ctx, end := context.WithTimeout(b.ctx, enough)
	defer end()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// howLightItIs: a page is at most 100 kB in all, and is painted within 300 ms after the
// server has answered; on a machine that is busy or slow, within ten times of what a
// few plain words take there.
func howLightItIs(t *testing.T, b surfer) {
	const path = "/en/newcomer/general"
	p := demonstrated(t, b, later).tab(path)
	p.wait(painted)
	weigh := "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter(e => !e.name.includes('/events')).reduce((sum, e) => sum + e.decodedBodySize, 0)"
	size := p.run("(" + weigh + ") <= 100_000 ? '' : " + weigh)
	if size != "" {
		t.Errorf("the page is %s bytes", size)
	}
	t.Logf("the page is %s bytes", p.run(weigh))
	style := p.run("document.querySelector('link[rel=stylesheet]').getAttribute('href')") // as words, on a page of its own,
	p.forgive(true)                                                                       // for which the browser looks for an icon.
	page, plain := time.Hour, time.Hour
	for range 5 {
		page, plain = min(page, p.paints(path)), min(plain, p.paints(style))
	}
	t.Logf("painted %v after the answer, and plain words %v", page, plain)
	if page > max(300*time.Millisecond, 10*plain) {
		t.Errorf("the page is painted %v after the answer, and plain words %v", page, plain)
	}
}

// painted is a script that is true when there is something to be seen.
const painted = "performance.getEntriesByName('first-contentful-paint').length"

// paints loads a page and returns how long after the answer something is seen.
func (b *tab) paints(path string) time.Duration {
	b.t.Helper()
	b.visit(path)
	b.wait(painted)
	took := b.run("performance.getEntriesByName('first-contentful-paint')[0].startTime - performance.getEntriesByType('navigation')[0].responseEnd")
	d, err := time.ParseDuration(took + "ms")
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// shown are all words of a page: its texts, and what is said of things without any.
// Times are in words of the browser.
const shown = `(() => {
	const words = [document.title];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
	for (let n; (n = walk.nextNode());) {
		if (n.nodeType === 3 && !n.parentElement.closest('time, code, script, b')) words.push(n.data);
		if (n.nodeType === 1) for (const a of ['aria-label', 'title', 'placeholder', 'alt']) words.push(n.getAttribute(a) || '');
		if (n.id === 'words') words.push(...Object.values(n.dataset));
	}
	return words;
})()`

// ours are words that no catalogue has: commands as they are typed, the room, a gap
// that the script fills, addresses and what a language calls itself.
var ours = regexp.MustCompile(`/[a-z]+( [a-z]+)*|#hall|\{(n|room)\}|https?://\S+|\b(B|kB|English)\b`)

// nothingButOurWords: every word of the page comes from the catalogue.
func nothingButOurWords(t *testing.T, b surfer) {
	words, err := locales.Pseudo()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Log.Level = "warn"
	s := served(t, b, func(l net.Listener) (*program, error) {
		store, err := openMemory(t.Context())
		if err != nil {
			return nil, err
		}
		return assemble(t.Context(), cfg, store, func(p *program) ([]bot.Platform, error) {
			page, err := web.New(web.Options{Listener: l, Words: p.words, Rooms: []string{"hall"}, Log: p.log})
			return []bot.Platform{page}, err
		}, words, newLog(t.Output(), cfg))
	})
	for _, path := range []string{"hall", "private", "hall/do/meeting/add"} {
		p := s.tab("/en/host/" + path)
		for _, command := range []string{"help", "meetings", "settings", "crisis", "privacy", "remind"} {
			giving(command)(p)
		}
		for _, text := range p.lines(shown) {
			text = ours.ReplaceAllString(text, "")
			if bare := locales.Bare(chat.Words(text)); len(bare) > 0 && strings.TrimSpace(text) != "" {
				t.Errorf("%s: %q are no words of the catalogue, in %q", path, bare, text)
			}
		}
	}
}
