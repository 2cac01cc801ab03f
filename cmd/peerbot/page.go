package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"peerbot/bot"
	"peerbot/bot/web"
	"peerbot/chat"
)

// demoOnPage serves the example community as a page until ctx ends, and shows it.
func demoOnPage(ctx context.Context, t terminal, o demoOptions) error {
	l, taken, err := listenHere(o.listen)
	if err != nil {
		return err
	}
	g, err := openPage(ctx, l, t.Err, o)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if taken != nil {
		fmt.Fprintf(t.Out, "The address %s is taken, so the page has another one.\n", o.listen)
	}
	address := "http://" + l.Addr().String() + "/"
	fmt.Fprintln(t.Out, g.words.Put(g.seed.lang, nil, chat.Say("demo.page", chat.Text("address", address))).String())
	if o.open {
		showInBrowser(ctx, t, address)
	}
	return g.play(ctx, o.lasts)
}

// openPage makes the example community on a page behind the listener, which Run
// serves and closes. It is over memory alone: the page reaches nothing that any other
// platform keeps.
func openPage(ctx context.Context, l net.Listener, w io.Writer, o demoOptions) (*playground, error) {
	g, err := playOn(ctx, "web", func(p *program) ([]bot.Platform, error) {
		page, err := web.New(web.Options{Listener: l, Words: p.words, Rooms: roomNames(p.words, o.lang), Log: p.log})
		return []bot.Platform{page}, err
	}, w, o)
	if err != nil {
		return nil, err
	}
	if err := g.seed.greet(ctx, g.program); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// listenHere listens at the address, which is of this computer alone, or where that is
// taken at another port; taken says why.
func listenHere(address string) (l net.Listener, taken, err error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil || !at.IP.IsLoopback() {
		return nil, nil, usage(fmt.Errorf("the page is for this computer alone, so --listen takes an address such as 127.0.0.1:8420 or [::1]:8420, and not %q", address))
	}
	l, taken = net.ListenTCP("tcp", at)
	if taken == nil {
		return l, nil, nil
	}
	l, err = net.ListenTCP("tcp", &net.TCPAddr{IP: at.IP})
	return l, taken, err
}

// showInBrowser opens the address in the desktop's browser, where there is one. That
// it does not work out is no failure: the address is printed too.
func showInBrowser(ctx context.Context, t terminal, address string) {
	c := browser(ctx, runtime.GOOS, t.Environ, address)
	if c == nil || c.Start() != nil {
		return
	}
	_ = c.Process.Release() // The browser is on its own from here.
}

// browser is the command that opens an address on the system's desktop; nil where
// there is no desktop.
func browser(ctx context.Context, system string, environ []string, address string) *exec.Cmd {
	switch {
	case system == "windows":
		return exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", address)
	case system == "darwin":
		return exec.CommandContext(ctx, "open", address)
	case slices.ContainsFunc(environ, isDisplay):
		return exec.CommandContext(ctx, "xdg-open", address)
	}
	return nil
}

func isDisplay(variable string) bool {
	name, value, _ := strings.Cut(variable, "=")
	return (name == "DISPLAY" || name == "WAYLAND_DISPLAY") && value != ""
}
