// Package console is a whole platform on standard input and output: for scripts
// that play several people, for the examples in the docs, and for trying the bot
// with no account at all.
//
// # What is read
//
// In a script every line says who speaks, perhaps where, and what:
//
//	ana: /meetings                       in her private chat
//	ana #general: /meetings              in the room general
//	ana@es+host+moderator #general: /help   with a language and with duties
//	ana #general !42: /remind            with its own id: the same id is the same call
//	ana #general: [Save]                 presses the button with that label
//	ana #general: [Join] 2               the second such button, the newest message first
//	ana: Mondays at 9                    answers a question, or just says something
//	ana: /import < groups.csv            with a file
//	ana: /meeting add <<                 several lines, up to one with a dot alone
//	Virtual Peer Support
//	.
//	# a comment; empty lines are skipped too
//
// At a terminal (Options.Interactive) a line is only what is said, and
//
//	as ana+host in #general
//
// changes who says it and where; as ana alone means her private chat, and so does a
// question that is asked there.
//
// # What is written
//
// A message is a block: where it stands, then its lines and buttons, indented, then
// an empty line. A reply that is for the caller only stands in the private chat. Its
// buttons can be pressed from a room too, where no message has one of that name.
//
//	#general (edited)
//	  Saved. It meets on Monday.
//	  [Change] [Undo]
//
//	private ana (silent)
//	  plan.ics (text/calendar, 312 bytes)
//
// What is wrong with a line itself is said in a block headed console. No control
// character reaches the terminal, whoever typed it.
//
// It knows no command, parses no text, and keeps nothing when the program ends: the
// next start does not know the buttons that still stand on the terminal.
package console

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"peerbot/bot"
	"peerbot/chat"
)

// Options say what a Console reads and writes.
type Options struct {
	In  io.Reader
	Out io.Writer
	// Words are the catalogue, for what is said about a line that cannot be read.
	Words bot.Words
	// Name is the platform's name in addresses; "console" when empty.
	Name string
	// Interactive: a person sits at a terminal and sees a prompt.
	Interactive bool
	// You are who speaks at a terminal at first, written as behind "as"; "you" in a
	// private chat, with every duty, when empty.
	You string
	// Files is the folder where the files in messages are put; "" only names them.
	Files string
	// Ended is called when the input has ended and every line is answered. Run
	// goes on, since letters may still be due, until its context ends. It may be nil.
	Ended func()
}

// Console is the platform. It reads and sends at the same time.
type Console struct {
	o     Options
	in    *bufio.Reader
	you   head
	born  string // born begins every id that this run of the program makes.
	calls int    // calls counts ids; only Run uses it.
	lines int    // lines counts what was read; only the reader uses it.

	mu       sync.Mutex // mu guards Out, the writing of you, and what follows.
	board    board
	refs     int  // refs counts what was written.
	prompted bool // prompted: the cursor stands behind a prompt.
}

// New makes a Console. Its error is about Options.You.
func New(o Options) (*Console, error) {
	o.Name = cmp.Or(o.Name, "console")
	you, ok := readAs("as " + cmp.Or(o.You, "you+"+everyDuty.String()))
	if !ok {
		return nil, fmt.Errorf("console: %q does not say who speaks, as \"ana+host in #general\" does", o.You)
	}
	born := strconv.FormatInt(time.Now().UnixNano(), 36)
	return &Console{o: o, in: bufio.NewReader(o.In), you: you, born: born}, nil
}

// Limits are wide: a terminal takes whatever is written.
func (c *Console) Limits() bot.Limits {
	return bot.Limits{
		Platform: c.o.Name, Payload: 4096, Label: 80, Text: maxText,
		Rows: 25, Columns: 5, Choices: 25, Asks: 1, Typed: true, Aside: true,
	}
}

// Run answers line after line until the context ends. It fails when nothing can be
// written. A read from a terminal cannot be interrupted: it alone may outlive Run.
func (c *Console) Run(ctx context.Context, h bot.Handler) error {
	reading, stop := context.WithCancel(ctx)
	lines := make(chan line)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.read(reading, lines)
	}()
	err := c.serve(ctx, h, lines)
	stop()
	if interrupt(c.o.In) {
		<-ended
	}
	return err
}

// serve answers what is read, one line after the other.
func (c *Console) serve(ctx context.Context, h bot.Handler, lines <-chan line) error {
	if err := c.greet(); err != nil {
		return fmt.Errorf("console: write: %w", err)
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case l, more := <-lines:
			if !more {
				c.wait(ctx)
				return nil
			}
			if err := c.answer(ctx, h, l); err != nil {
				return fmt.Errorf("console: write: %w", err)
			}
		}
	}
	return nil
}

// wait tells that the input has ended, and stays for what is still to be sent.
func (c *Console) wait(ctx context.Context) {
	if c.o.Ended != nil {
		c.o.Ended()
	}
	<-ctx.Done()
}

// answer carries out one line and writes what comes of it.
func (c *Console) answer(ctx context.Context, h bot.Handler, l line) error {
	if c.o.Interactive && c.turn(l.text) {
		return c.prompt()
	}
	call, pressed, wrong := c.call(l)
	if wrong != nil {
		return c.complain(l, wrong.Say)
	}
	return c.reply(call, pressed, h.Call(ctx, call))
}

// turn takes what is for the Console itself: an empty line, or who speaks next.
func (c *Console) turn(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prompted = false
	next, ok := readAs(text)
	if ok {
		c.you = next
	}
	return ok || text == ""
}

// reply writes the answer to a call, in place of the message whose button was
// pressed where it asks for that.
func (c *Console) reply(call *chat.Call, pressed *post, r chat.Reply) error {
	p := &post{at: where(call.At), body: r.Body, rows: buttons(r.Offers), files: r.Files}
	if r.Private {
		p.at = where(c.private(call.From.ID))
	}
	if r.Ask != nil {
		p.ask = r.Ask.Ask
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.at.direct && p.ask != nil {
		c.you.room = "" // The answer belongs where the question stands.
	}
	if r.Replace && pressed != nil {
		p.at, p.ref, p.edited = pressed.at, pressed.ref, true
	}
	if !p.empty() {
		if err := c.write(p); err != nil {
			return err
		}
	}
	return c.promptNow()
}

// Send writes a message. A message whose id has been sent is not sent again; the
// Console remembers the newest 1,000.
func (c *Console) Send(_ context.Context, to chat.Address, id string, m chat.Message) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before := c.board.sent(id); before != nil {
		return before.ref, nil
	}
	return c.push(&post{id: id}, to, m)
}

// Edit writes the message once more, marked as edited: what stands on a terminal
// stays there, but its buttons work no longer.
func (c *Console) Edit(_ context.Context, to chat.Address, ref string, m chat.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.push(&post{ref: ref, edited: true}, to, m)
	return err
}

// push writes what nobody asked for, below a prompt that waits and with a new one
// after it.
func (c *Console) push(p *post, to chat.Address, m chat.Message) (ref string, err error) {
	p.at, p.body, p.rows, p.files, p.silent = where(to), m.Body, buttons(m.Offers), m.Files, m.Silent
	prompted := c.prompted
	if err = c.write(p); err == nil && prompted {
		err = c.promptNow()
	}
	if err != nil {
		return "", &chat.Bounce{Fate: chat.Later, Err: fmt.Errorf("console: write: %w", err)}
	}
	return p.ref, nil
}
