// Package web is a whole platform as a page on this computer, for trying the bot in
// a browser with no account: rooms and a private chat, five people to be, commands,
// buttons, forms and files, and messages that are pushed as they happen.
//
// A page is an address: /en/peer/general is what the peer sees in the room general,
// in English. It works without script; with it, what is new arrives by itself.
//
//	GET  /{lang}/{who}/{room}            the page; the room "private" is the private chat
//	GET  /{lang}/{who}/{room}/do/{path}  the page with the form of a command
//	GET  …/events  …/complete            what is new; what an option could be
//	POST …/say  …/press  …/call          a line; a button or a form; a command
//
// Messages live in memory, the newest 2,000 of them, and in no queue: a page that
// lost its connection, slept or fell behind says what it saw last, and reads on from
// there. Whoever runs the program is everybody, so there is nothing to sign in to.
//
// It refuses to listen to anything but this computer, to be called by another name
// or from another origin, to set a cookie, and to know a command.
package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"peerbot/bot"
	"peerbot/chat"
)

// Options say what a Web serves. All of it is needed.
type Options struct {
	Listener net.Listener // Listener has to be of this computer alone.
	Words    bot.Words
	Rooms    []string // Rooms are letters, digits, "-" and "_"; none is called "private".
	Log      *slog.Logger
}

// Web is the platform. It serves and sends at the same time.
type Web struct {
	o      Options
	hosts  map[string]bool // hosts are the names that it may be called by.
	looks  *looks
	board  *board
	leaves []leaf
	born   string // born begins every id that this run of the program makes.
	calls  atomic.Int64
}

// What the page carries.
const (
	platform = "web"
	space    = "web"
	private  = "private" // private is what the private chat is called in addresses.
	maxText  = 1 << 16   // maxText is in UTF-16 units.
	maxPress = 4096      // maxPress is in bytes.
)

var roomName = regexp.MustCompile(`^[\pL\pN_-]{1,64}$`)

// New makes a Web. Its error says which option is wrong.
func New(o Options) (*Web, error) {
	hosts, err := loopback(o.Listener.Addr())
	if err != nil {
		return nil, err
	}
	if len(o.Rooms) == 0 {
		return nil, errors.New("web: there has to be a room")
	}
	for _, room := range o.Rooms {
		if !roomName.MatchString(room) || room == private {
			return nil, fmt.Errorf("web: a room cannot be called %q", room)
		}
	}
	looks, err := newLooks(o.Words)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	born := strconv.FormatInt(time.Now().UnixNano(), 36)
	return &Web{o: o, hosts: hosts, looks: looks, born: born, board: newBoard()}, nil
}

// Limits are wide: a page takes whatever is written.
func (w *Web) Limits() bot.Limits {
	return bot.Limits{
		Platform: platform, Payload: maxPress, Label: 80, Text: maxText,
		Rows: 25, Columns: 5, Choices: 25, Asks: 3,
	}
}

// How long the server waits.
const (
	headTime  = 10 * time.Second // headTime is for the head of a request,
	readTime  = 30 * time.Second // readTime for all of it,
	writeTime = time.Minute      // writeTime for the answer, with the command's own work,
	idleTime  = 2 * time.Minute  // idleTime between two requests,
	lastTime  = 8 * time.Second  // lastTime for what is under way when the program stops.
)

// Run serves until the context ends. Then it takes in nothing more, streams of events
// end at once, and what is under way is finished. It fails for good when the listener
// does.
func (w *Web) Run(ctx context.Context, h bot.Handler) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	d := &desk{Web: w, bot: h, over: serving.Done(), cross: http.NewCrossOriginProtection()}
	server := &http.Server{
		Handler: d.routes(), ErrorLog: slog.NewLogLogger(w.o.Log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: headTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: 1 << 14,
	}
	failed := make(chan error, 1)
	go func() {
		defer stop()
		failed <- server.Serve(w.o.Listener)
	}()
	<-serving.Done()
	late, done := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
	defer done()
	if server.Shutdown(late) != nil {
		_ = server.Close() // Whoever does not read cannot hold up the end.
	}
	d.close()
	if err := <-failed; ctx.Err() == nil {
		return &bot.Halt{Say: "The page on this computer cannot be served any more. Start the program again.", Err: fmt.Errorf("web: serve: %w", err)}
	}
	return nil
}

// Publish takes the tree for the palette of commands.
func (w *Web) Publish(tree []chat.Command) { w.leaves = leaves(nil, leaf{}, tree) }

// Window is how long a letter that comes again is recognized.
func (w *Web) Window() time.Duration { return remembered }

// Send puts a message up. One that was sent already is left as it is.
func (w *Web) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	if !w.has(to) {
		return "", &chat.Bounce{Fate: chat.Gone, Err: errors.New("web: there is no such room or person")}
	}
	sent := w.board.letter(id, letter(to, m), time.Now())
	return w.born + "." + sent, nil
}

// Edit changes a message in place. One that is too old to be kept bounces for good.
func (w *Web) Edit(_ context.Context, to chat.Address, ref string, m chat.Message) error {
	id, ours := strings.CutPrefix(ref, w.born+".")
	if !ours || !w.board.edit(id, letter(to, m)) {
		return &chat.Bounce{Fate: chat.Never, Err: errors.New("web: the message is not kept any more")}
	}
	return nil
}

// has reports whether anybody can see what is sent to the address.
func (w *Web) has(a chat.Address) bool {
	if a.Direct() {
		_, ok := personOf(a.Room)
		return ok
	}
	return a == w.room(a.Room) && w.named(a.Room)
}

func (w *Web) named(room string) bool { return slices.Contains(w.o.Rooms, room) }

func (w *Web) room(name string) chat.Address {
	return chat.Address{Platform: platform, Space: space, Room: name}
}

// loopback are the names by which a page at the address may be called. Its error
// says that others could reach it. An address in memory has no port.
func loopback(a net.Addr) (map[string]bool, error) {
	port := ""
	switch a := a.(type) {
	case *net.TCPAddr:
		if !a.IP.IsLoopback() {
			return nil, fmt.Errorf("web: %v can be reached from other computers, and the page is for this one alone", a)
		}
		port = ":" + strconv.Itoa(a.Port)
	default:
		if a.Network() != "pipe" {
			return nil, fmt.Errorf("web: the page cannot be served on a %s", cmp.Or(a.Network(), "nameless network"))
		}
	}
	hosts := map[string]bool{}
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		hosts[name+port] = true
		hosts[name] = hosts[name] || port == ":80"
	}
	return hosts, nil
}
