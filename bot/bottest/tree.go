package bottest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// The options of the suite's own commands.
var (
	text   = chat.String("text").Require()
	color  = chat.String("color").Require().OneOf(choice("red"), choice("green"), choice("blue"))
	name   = chat.String("name").Require()
	size   = chat.Integer("size").Require().Between(1, 9)
	note   = chat.Paragraph("note")
	what   = chat.String("what").Require()
	paper  = chat.Attachment("paper")
	change = chat.String("change").Require()
)

func choice(value string) chat.Choice { return chat.Choice{Value: value, Label: chat.Words(value)} }

// tree is what a platform has to carry, each ability in one small command.
func tree(store storage.Store) []chat.Command {
	p := plans{store}
	return []chat.Command{
		{Name: "menu", Run: said("The menu.")},
		{Name: "crisis", Always: true, Run: said("Someone is there.")},
		{Name: "echo", Options: []chat.Param{text}, Run: echo},
		{Name: "whisper", Private: true, Options: []chat.Param{text}, Run: whisper},
		{Name: "pick", Run: pick},
		{Name: "paint", Options: []chat.Param{color}, Run: func(_ context.Context, c *chat.Call) (chat.Reply, error) {
			return chat.Reply{Body: chat.Words("Painted " + color.In(c) + ".")}, nil
		}},
		{Name: "form", Options: []chat.Param{name, size, note}, Run: form},
		{Name: "hand", Options: []chat.Param{paper, note}, Run: hand},
		{Name: "plan", Options: []chat.Param{what}, Undo: []string{"unplan"}, Confirm: preview, Run: p.add},
		{Name: "unplan", Unlisted: true, Options: []chat.Param{change}, Run: p.drop},
	}
}

func said(words string) func(context.Context, *chat.Call) (chat.Reply, error) {
	return func(context.Context, *chat.Call) (chat.Reply, error) {
		return chat.Reply{Body: chat.Words(words)}, nil
	}
}

func echo(_ context.Context, c *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("You said: " + text.In(c))}, nil
}

// whisper answers in place of what was pressed, as far as that is private too.
func whisper(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	reply, err := echo(ctx, c)
	reply.Replace = true
	return reply, err
}

func pick(context.Context, *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("Pick one."), Offers: [][]chat.Offer{{
		{Label: chat.Words("One"), Path: []string{"echo"}, Bound: []chat.Arg{text.Is("one")}},
		{Label: chat.Words("Two"), Path: []string{"echo"}, Bound: []chat.Arg{text.Is(strings.Repeat("two ", 20))}},
		{Label: chat.Words("Quietly"), Path: []string{"whisper"}, Bound: []chat.Arg{text.Is("quietly")}},
	}}}, nil
}

func form(_ context.Context, c *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("Filled in: " + name.In(c) + ", " + strconv.Itoa(size.In(c)) + ".")}, nil
}

// hand asks for a file and reads it twice, as a command may.
func hand(_ context.Context, c *chat.Call) (chat.Reply, error) {
	f := paper.In(c)
	if f == nil {
		return chat.Reply{Ask: &chat.Offer{Path: []string{"hand"}, Open: []chat.Arg{{Name: paper.Name}}}}, nil
	}
	var read []string
	for range 2 {
		from, err := f.Open()
		if err != nil {
			return chat.Reply{}, err
		}
		content, err := io.ReadAll(from)
		if err = errors.Join(err, from.Close()); err != nil {
			return chat.Reply{}, err
		}
		read = append(read, string(content))
	}
	return chat.Reply{Body: chat.Words(fmt.Sprintf("Handed in %s of %d: %q.", f.Name, f.Size, read))}, nil
}

func preview(_ context.Context, c *chat.Call) (chat.Reply, error) {
	return chat.Reply{Body: chat.Words("This would plan " + what.In(c) + ".")}, nil
}

// plans are counted in the store, so that what had an effect can be told from what
// only said so.
type plans struct{ store storage.Store }

const planned storage.Bucket = "bottest.plans"

func (p plans) add(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	err := p.store.Update(ctx, func(tx storage.Tx) error {
		return tx.Put(planned, []byte(c.ID), binary.BigEndian.AppendUint64(nil, uint64(c.Time.Unix())))
	})
	return chat.Reply{Body: chat.Words("Planned " + what.In(c) + ".")}, err
}

func (p plans) drop(ctx context.Context, c *chat.Call) (chat.Reply, error) {
	err := p.store.Update(ctx, func(tx storage.Tx) error {
		_, err := tx.Get(planned, []byte(change.In(c)))
		if errors.Is(err, storage.ErrNotFound) {
			return chat.Refuse(chat.Missing, "engine.old")
		}
		return tx.Delete(planned, []byte(change.In(c)))
	})
	return chat.Reply{Body: chat.Words("Taken back.")}, err
}

func (p plans) count(ctx context.Context) (n int, err error) {
	err = p.store.View(ctx, func(r storage.Reader) error {
		for _, err := range r.Scan(planned, nil, nil) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Words is a catalogue of one language that shows the id of each phrase, so that no
// test depends on a sentence.
type Words struct{}

// Put shows a phrase as its id, with what fills it in brackets.
func (w Words) Put(lang string, zone *time.Location, r chat.Rich) chat.Rich {
	var out chat.Rich
	for _, s := range r {
		out = append(out, w.span(lang, zone, s)...)
	}
	return out
}

func (w Words) span(lang string, zone *time.Location, s chat.Span) chat.Rich {
	switch s := s.(type) {
	case chat.Phrase:
		out := chat.Rich{chat.Plain(s.ID)}
		for _, f := range s.Fills {
			out = append(append(append(out, chat.Plain(" (")), w.Put(lang, zone, f.Value)...), chat.Plain(")"))
		}
		return out
	case chat.And:
		return chat.Lines(w.items(lang, zone, s.Items)...)
	case chat.List:
		return chat.Rich{chat.List{Items: w.items(lang, zone, s.Items)}}
	case chat.Time:
		if zone == nil {
			zone = time.UTC
		}
		s.Text = s.At.In(zone).Format("2006-01-02 15:04 MST")
		return chat.Rich{s}
	}
	return chat.Rich{s}
}

func (w Words) items(lang string, zone *time.Location, items []chat.Rich) []chat.Rich {
	out := make([]chat.Rich, len(items))
	for i, item := range items {
		out[i] = w.Put(lang, zone, item)
	}
	return out
}

// Name is the last id of the path.
func (Words) Name(_, path string) string { return path[strings.LastIndex(path, " ")+1:] }

// About is made of the path.
func (Words) About(_, path string) string { return "About " + path }

// Alias is none.
func (Words) Alias(_, _ string) string { return "" }

// OptionName is the option's id.
func (Words) OptionName(_, _, option string) string { return option }

// OptionLabel is the option's id.
func (Words) OptionLabel(_, _, option string) string { return option }

// OptionHelp is made of the option's id.
func (Words) OptionHelp(_, _, option string) string { return "Help for " + option }

// Langs is English alone.
func (Words) Langs() []string { return []string{"en"} }

// Match is always English.
func (Words) Match(string) string { return "en" }
