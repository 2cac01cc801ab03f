package console

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
)

// maxLine bounds what one person says at once, in bytes.
const maxLine = 1 << 16

// everyDuty is what the person at the terminal may do.
const everyDuty = chat.Member | chat.Mentor | chat.Host | chat.Supporter | chat.Coordinator | chat.Librarian | chat.Moderator | chat.Admin

// line is what was said, before it is understood.
type line struct {
	number int // number counts the lines of the input from 1.
	text   string
	block  string // block is the text up to the dot, when the line asked for one.
	long   bool   // long: it was longer than maxLine, and was cut.
}

// head is who speaks and where.
type head struct {
	name, lang string
	role       chat.Role
	room       string // room is "" for the private chat.
	id         string // id is "" for the next one.
}

// read hands over line after line, until the input ends or the context does.
func (c *Console) read(ctx context.Context, lines chan<- line) {
	defer close(lines)
	for {
		l, err := c.next()
		if err != nil {
			return
		}
		select {
		case lines <- l:
		case <-ctx.Done():
			return
		}
	}
}

// next reads one line that says something, with the block that belongs to it. At a
// terminal a line that says nothing counts too: it asks for a new prompt.
func (c *Console) next() (line, error) {
	for {
		text, long, err := c.readLine()
		if err != nil {
			return line{}, err
		}
		l := line{number: c.lines, text: strings.TrimSpace(text), long: long}
		if !c.o.Interactive && (l.text == "" || l.text[0] == '#') {
			continue
		}
		if said, opens := strings.CutSuffix(l.text, "<<"); opens {
			l.text = strings.TrimSpace(said)
			l.block, l.long = c.readBlock()
		}
		return l, nil
	}
}

// readBlock reads up to a line with a dot alone, or to the end.
func (c *Console) readBlock() (block string, long bool) {
	var b strings.Builder
	for {
		text, cut, err := c.readLine()
		if err != nil || strings.TrimSpace(text) == "." {
			return strings.TrimSuffix(b.String(), "\n"), long
		}
		if long = long || cut || b.Len()+len(text) > maxLine; !long {
			b.WriteString(text + "\n")
		}
	}
}

// readLine reads up to a line break, and keeps at most maxLine bytes of it.
func (c *Console) readLine() (text string, long bool, err error) {
	var b bytes.Buffer
	for {
		part, err := c.in.ReadSlice('\n')
		long = long || b.Len()+len(part) > maxLine
		if !long {
			b.Write(part)
		}
		if errors.Is(err, io.EOF) && (b.Len() > 0 || long) {
			err = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			c.lines++
			return strings.TrimRight(b.String(), "\r\n"), long, err
		}
	}
}

// interrupt ends a read that waits, and reports whether it could.
func interrupt(in io.Reader) bool {
	switch in := in.(type) {
	case interface{ SetReadDeadline(time.Time) error }:
		return in.SetReadDeadline(time.Unix(1, 0)) == nil
	case io.Closer:
		return in.Close() == nil
	}
	return false
}

// call makes a Call of a line, and finds the message whose button it presses.
func (c *Console) call(l line) (*chat.Call, *post, *chat.Refusal) {
	if l.long {
		return nil, nil, chat.Refuse(chat.Invalid, "console.long")
	}
	who, said, wrong := c.speaker(l.text)
	if wrong != nil {
		return nil, nil, wrong
	}
	call := c.blank(who)
	if label, nth, ok := pressed(said); ok {
		p, wrong := c.press(call, label, nth)
		return call, p, wrong
	}
	if before, path, ok := attached(said); ok {
		said = before
		if call.Args, wrong = attach(path); wrong != nil {
			return nil, nil, wrong
		}
	}
	call.Text = strings.TrimSpace(said + "\n" + l.block)
	if call.Text == "" && call.Args == nil {
		return nil, nil, chat.Refuse(chat.Invalid, "console.empty")
	}
	return call, nil, nil
}

// speaker splits a line into who says it and what is said.
func (c *Console) speaker(text string) (head, string, *chat.Refusal) {
	if c.o.Interactive {
		return c.you, text, nil
	}
	before, said, ok := strings.Cut(text+" ", ": ")
	if !ok {
		return head{}, "", chat.Refuse(chat.Invalid, "console.line")
	}
	who, wrong := readHead(before)
	return who, strings.TrimSpace(said), wrong
}

func (c *Console) blank(who head) *chat.Call {
	c.calls++
	call := &chat.Call{
		ID:   who.id,
		From: chat.Person{Platform: c.o.Name, ID: who.name, Name: who.name}, Reachable: true,
		At:   c.private(who.name),
		Role: who.role, Lang: who.lang, Time: time.Now(),
	}
	if who.room != "" {
		call.At.Space, call.At.Room = "console", who.room
	}
	if call.ID == "" {
		call.ID = c.born + "-" + strconv.Itoa(c.calls)
	}
	return call
}

func (c *Console) private(who string) chat.Address {
	return chat.Address{Platform: c.o.Name, Room: who}
}

// press finds the button, where the person is or else in the private chat, and puts
// what stands behind it into the call.
func (c *Console) press(call *chat.Call, label string, nth int) (*post, *chat.Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range []chat.Address{call.At, c.private(call.From.ID)} {
		if p, k, ok := c.board.button(where(at), label, nth); ok {
			call.At, call.Press = at, k.payload
			return p, nil
		}
	}
	return nil, chat.Refuse(chat.Missing, "console.button", chat.Text("label", label))
}

var (
	name    = `[\pL\pN_-]{1,64}`
	person  = regexp.MustCompile(`^(` + name + `)(?:@([A-Za-z0-9-]{1,35}))?((?:\+[a-z]+)*)$`)
	asked   = regexp.MustCompile(`^as (\S+)(?: in (#` + name + `))?$`)
	room    = regexp.MustCompile(`^#(` + name + `)$`)
	callID  = regexp.MustCompile(`^!(\S{1,128})$`)
	button  = regexp.MustCompile(`^\[(.+)\](?: ([1-9][0-9]{0,2}))?$`)
	withdoc = regexp.MustCompile(`^(.*)(?:^|\s)< (\S+)$`)
)

// readHead reads NAME@LANG+DUTY #ROOM !ID, of which only NAME must be there.
func readHead(text string) (head, *chat.Refusal) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return head{}, chat.Refuse(chat.Invalid, "console.line")
	}
	h, wrong := readPerson(words[0])
	for _, word := range words[1:] {
		if m := room.FindStringSubmatch(word); m != nil && h.room == "" {
			h.room = m[1]
		} else if m := callID.FindStringSubmatch(word); m != nil && h.id == "" {
			h.id = m[1]
		} else {
			return head{}, chat.Refuse(chat.Invalid, "console.line")
		}
	}
	if h.room != "" {
		h.role |= chat.Member
	}
	return h, wrong
}

func readPerson(word string) (head, *chat.Refusal) {
	m := person.FindStringSubmatch(word)
	if m == nil {
		return head{}, chat.Refuse(chat.Invalid, "console.line")
	}
	h := head{name: m[1], lang: m[2]}
	for _, duty := range strings.Split(m[3], "+")[1:] {
		role, ok := chat.ParseRole(duty)
		if !ok {
			return head{}, chat.Refuse(chat.Missing, "console.duty",
				chat.Text("duty", duty), chat.Text("duties", strings.Join(chat.RoleNames(), ", ")))
		}
		h.role |= role
	}
	return h, nil
}

// readAs reads "as NAME+DUTY in #ROOM".
func readAs(text string) (head, bool) {
	m := asked.FindStringSubmatch(text)
	if m == nil {
		return head{}, false
	}
	h, wrong := readHead(m[1] + " " + m[2])
	return h, wrong == nil
}

// pressed reads [LABEL] N.
func pressed(text string) (label string, nth int, ok bool) {
	m := button.FindStringSubmatch(text)
	if m == nil {
		return "", 0, false
	}
	nth, err := strconv.Atoi(m[2])
	if err != nil {
		nth = 1
	}
	return m[1], nth, true
}

func attached(text string) (before, path string, ok bool) {
	m := withdoc.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}
