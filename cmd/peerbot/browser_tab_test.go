package main

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is one page in the browser. The test fails when the browser complains, be it of
// a script, a style or an address that the page may not use, or when the page fetches
// anything from elsewhere.
type tab struct {
	*scene
	ctx   context.Context
	close func() // close closes it; a browser has six connections to one address.

	mu         sync.Mutex
	complaints []string
	forgiving  bool // forgiving: connections fail, as the test wants it.
}

func (s *scene) tab(path string) *tab {
	s.t.Helper()
	ctx, end := chromedp.NewContext(s.b.ctx)
	s.t.Cleanup(end)
	b := &tab{scene: s, ctx: ctx, close: end}
	b.do(chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.quiet)
	command(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.as(looks[0])
	b.visit(path)
	return b
}

// hear notes what the browser has to say.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if !b.forgiving || e.Entry.Source != log.EntrySourceNetwork {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		if at := e.Request.URL; !strings.HasPrefix(at, b.home+"/") && at != "about:blank" {
			b.complaints = append(b.complaints, "the page fetched "+at)
		}
	}
}

func (b *tab) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser says: %s", c)
	}
}

func (b *tab) forgive(forgiving bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgiving = forgiving
}

// enough is how long a page may take to show something, on the slowest machine.
const enough = 5 * time.Minute

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, enough)
	defer end()
	if b.ctx != ctx && chromedp.FromContext(b.ctx).Target == nil {
		ctx = b.ctx // The first step opens the tab, which lives as long as its context.
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.home + path))
}

// command sends the browser a command of its protocol.
func command[P, R any](b *tab, c cdp.Command[P, R], params P) R {
	b.t.Helper()
	r, err := chromedp.Call(b.ctx, c, params)
	if err != nil {
		b.t.Fatalf("%s: %v", c.Method, err)
	}
	return r
}

// run carries out a script and gives the text that it ends with.
func (b *tab) run(script string) string {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, enough)
	defer end()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => String(`+script+`))()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.200s: %v", script, err)
	}
	return got
}

// lines carries out a script that ends with a list of texts.
func (b *tab) lines(script string) (texts []string) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.run(`JSON.stringify(`+script+`)`)), &texts); err != nil {
		b.t.Fatal(err)
	}
	return texts
}

// wait waits until a script says true.
func (b *tab) wait(script string) {
	b.t.Helper()
	for end := time.Now().Add(enough); b.run("!!("+script+")") != "true"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("waited in vain for %s on\n%s", script, b.run("document.querySelector('main').innerText"))
		}
	}
}

// sees waits until the page shows the words.
func (b *tab) sees(words string) {
	b.t.Helper()
	b.wait("document.querySelector('main')?.innerText.includes(" + quoted(words) + ")")
}

// press presses the newest button with the label.
func (b *tab) press(label string) {
	b.t.Helper()
	button := "[...document.querySelectorAll('main button')].findLast(b => b.innerText.trim() === " + quoted(label) + ")"
	b.wait(button)
	b.run(button + ".click()")
}

// give gives a command from the palette, by its path.
func (b *tab) give(path string) {
	b.t.Helper()
	b.run("document.querySelector(`#palette input[value=\"" + path + "\"]`).form.requestSubmit()")
}

// newest is a script that is the newest message.
const newest = "document.querySelector('#messages > :last-child')"

func quoted(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(q)
}

// thing is what a screen reader knows of something on the page.
type thing struct{ role, name string }

// tree is the page as a screen reader knows it, and what has the focus.
func (b *tab) tree() (things []thing, focus thing) {
	b.t.Helper()
	for _, n := range command(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored {
			continue
		}
		one := thing{text(n.Role), text(n.Name)}
		things = append(things, one)
		for _, p := range n.Properties {
			if p.Name == accessibility.PropertyNameFocused && string(p.Value.Value) == "true" && one.role != "RootWebArea" {
				focus = one
			}
		}
	}
	return things, focus
}

func text(v *accessibility.Value) (text string) {
	if v != nil {
		_ = json.Unmarshal(v.Value, &text)
	}
	return text
}
