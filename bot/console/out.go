package console

import (
	"io"
	"strconv"
	"strings"

	"peerbot/chat"
)

// maxText bounds the body of a message, in graphemes.
const maxText = 1 << 16

// write puts a message up and writes its block in one piece. The caller holds mu.
func (c *Console) write(p *post) error {
	if p.ref == "" {
		c.refs++
		p.ref = c.born + "." + strconv.Itoa(c.refs)
	}
	if err := c.block(p.head(), p.lines(c.keep(p.files))); err != nil {
		return err
	}
	c.board.add(p)
	return nil
}

// greet tells whoever sits at a terminal how to speak.
func (c *Console) greet() error {
	if !c.o.Interactive {
		return nil
	}
	return c.tell(chat.Say("console.hello", chat.Text("name", c.you.name)))
}

// complain says what is wrong with a line.
func (c *Console) complain(l line, wrong chat.Rich) error {
	if c.o.Interactive {
		return c.tell(wrong)
	}
	return c.tell(chat.Say("console.at", chat.Text("line", strconv.Itoa(l.number)), chat.With("wrong", wrong)))
}

// tell writes what the Console says of itself.
func (c *Console) tell(r chat.Rich) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.block("console", indented(c.words(r))); err != nil {
		return err
	}
	return c.promptNow()
}

func (c *Console) words(r chat.Rich) string {
	return plain(c.o.Words.Put(c.o.Words.Match(c.you.lang), nil, r))
}

// block writes a head, its lines and an empty line, below a prompt that waits.
func (c *Console) block(head string, lines []string) error {
	var b strings.Builder
	if c.prompted {
		b.WriteString("\n")
		c.prompted = false
	}
	b.WriteString(head + "\n")
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n")
	_, err := io.WriteString(c.o.Out, b.String())
	return err
}

func (c *Console) prompt() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.promptNow()
}

// promptNow shows who speaks and where. The caller holds mu.
func (c *Console) promptNow() error {
	if !c.o.Interactive {
		return nil
	}
	c.prompted = true
	text := c.you.name
	if c.you.room != "" {
		text += " #" + c.you.room
	}
	_, err := io.WriteString(c.o.Out, text+"> ")
	return err
}

// head says where the message stands and what is special about it.
func (p *post) head() string {
	head := "#" + chat.Line(p.at.name)
	if p.at.direct {
		head = "private " + chat.Line(p.at.name)
	}
	if p.edited {
		head += " (edited)"
	}
	if p.silent {
		head += " (silent)"
	}
	return head
}

// lines are the body, the open question, the files and the buttons.
func (p *post) lines(files []string) []string {
	body, _ := chat.Cut(plain(p.body), maxText)
	lines := indented(body)
	for _, q := range p.ask {
		lines = append(lines, indented(question(q))...)
	}
	for _, file := range files {
		lines = append(lines, "  "+file)
	}
	for _, row := range p.rows {
		var labels []string
		for _, k := range row {
			labels = append(labels, "["+k.label+"]")
		}
		lines = append(lines, "  "+strings.Join(labels, " "))
	}
	return lines
}

// question is what a form asks, with the value that it has and how to answer; ""
// where the body has asked already.
func question(q chat.Question) string {
	if len(q.Label) == 0 {
		return ""
	}
	text := plain(q.Label) + ":"
	if q.Value != "" {
		text += " " + chat.Line(q.Value)
	}
	if help := plain(q.Help); help != "" {
		text += "\n" + help
	}
	return text
}

func indented(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("  "+line, " ")
	}
	return lines
}

// plain is rich text without control and bidi characters, in which a person is
// called by the name that scripts use.
func plain(r chat.Rich) string { return chat.Block(named(r).String()) }

func named(r chat.Rich) chat.Rich {
	out := make(chat.Rich, len(r))
	for i, s := range r {
		switch s := s.(type) {
		case chat.Mention:
			out[i] = chat.Plain("@" + s.Who.ID)
		case chat.List:
			items := make([]chat.Rich, len(s.Items))
			for j, item := range s.Items {
				items[j] = named(item)
			}
			out[i] = chat.List{Items: items}
		default:
			out[i] = s
		}
	}
	return out
}
