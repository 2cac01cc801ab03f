package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"peerbot/chat"
	"peerbot/community/member"
	"peerbot/storage"
)

// backupsKept is how long a sealed backup may still hold what was erased.
const backupsKept = 30 * 24 * time.Hour

var privacyDo = chat.String("do").Or("show").OneOf(
	chat.Choice{Value: "show", Label: chat.Say("privacy.do.show")},
	chat.Choice{Value: "download", Label: chat.Say("privacy.do.download")},
	chat.Choice{Value: "erase", Label: chat.Say("privacy.do.erase")})

// privacyCommand shows all that is kept about the caller.
func privacyCommand(d Deps) chat.Command {
	return chat.Command{
		Name: "privacy", Group: groupMine, Private: true,
		Options: []chat.Param{privacyDo},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			facts, err := d.kept(ctx, c.Member)
			if err != nil {
				return chat.Reply{}, err
			}
			switch privacyDo.In(c) {
			case "download":
				return privacyFile(c, facts)
			case "erase":
				return privacyAsk(c, facts), nil
			}
			return privacyShow(facts), nil
		},
	}
}

// privacyEraseCommand is behind the button under the preview of what will go.
func privacyEraseCommand(d Deps) chat.Command {
	return chat.Command{
		Name: "privacy_erase", Group: groupMine, Private: true, Unlisted: true,
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			if err := d.erase(ctx, c); err != nil {
				return chat.Reply{}, err
			}
			body := chat.Paragraphs(chat.Say("privacy.erased"), stays(c.Time))
			return chat.Reply{Body: body, Replace: true}, nil
		},
	}
}

// kept is everything that is kept about the member, in the order of the nouns.
func (d Deps) kept(ctx context.Context, id string) (facts []member.Fact, err error) {
	err = d.Store.View(ctx, func(r storage.Reader) error {
		facts = nil
		for _, noun := range d.nouns() {
			some, err := noun.Export(r, id)
			if err != nil {
				return fmt.Errorf("export: %w", err)
			}
			facts = append(facts, some...)
		}
		return nil
	})
	return facts, err
}

func privacyShow(facts []member.Fact) chat.Reply {
	return chat.Reply{
		Body: chat.Paragraphs(held(facts), chat.Say("privacy.rules"), chat.Say("privacy.operator"), chat.Say("privacy.backups")),
		Offers: [][]chat.Offer{{
			privacyOffer("download"), privacyOffer("erase"),
		}},
		Replace: true,
	}
}

// held lists what is kept, in words.
func held(facts []member.Fact) chat.Rich {
	if len(facts) == 0 {
		return chat.Say("privacy.nothing")
	}
	items := make([]chat.Rich, len(facts))
	for i, f := range facts {
		items[i] = f.Say
	}
	return chat.Lines(chat.Say("privacy.kept"), chat.Rich{chat.List{Items: items}})
}

// privacyFile is the same as a file.
func privacyFile(c *chat.Call, facts []member.Fact) (chat.Reply, error) {
	text, err := json.MarshalIndent(struct {
		Made time.Time     `json:"made"`
		Kept []member.Fact `json:"kept"`
	}{c.Time.UTC(), facts}, "", "  ")
	if err != nil {
		return chat.Reply{}, fmt.Errorf("write the export: %w", err)
	}
	file := chat.File{
		Name: "my-data.json", Type: "application/json", Size: int64(len(text)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil },
	}
	return chat.Reply{Body: chat.Say("privacy.file"), Files: []chat.File{file}}, nil
}

// privacyAsk shows what will go and what cannot, before anything goes.
func privacyAsk(c *chat.Call, facts []member.Fact) chat.Reply {
	erase := chat.Offer{Label: chat.Say("privacy.erase_all"), Path: []string{"privacy_erase"},
		Once: true, Until: c.Time.Add(10 * time.Minute)}
	keep := chat.Offer{Label: chat.Say("privacy.keep_all"), Path: []string{"privacy"}}
	return chat.Reply{
		Body:    chat.Paragraphs(chat.Say("privacy.ask"), held(facts), stays(c.Time)),
		Offers:  [][]chat.Offer{{erase, keep}},
		Replace: true,
	}
}

// stays lists what no erasing can remove.
func stays(now time.Time) chat.Rich {
	return chat.Lines(chat.Say("privacy.stays"), chat.Rich{chat.List{Items: []chat.Rich{
		chat.Say("privacy.stays_typed"),
		chat.Say("privacy.stays_saved"),
		chat.Say("privacy.stays_blocks"),
		chat.Say("privacy.stays_marks"),
		chat.Say("privacy.stays_backups", chat.At("day", now.Add(backupsKept), chat.Day)),
	}}})
}

func privacyOffer(do string) chat.Offer {
	return chat.Offer{Label: chat.Say("privacy.do." + do), Path: []string{"privacy"}, Bound: []chat.Arg{privacyDo.Is(do)}}
}
