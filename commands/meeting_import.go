package commands

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"peerbot/chat"
	"peerbot/community/meeting"
	"peerbot/community/space"
	"peerbot/interop"
	"peerbot/interop/tsml"
	"peerbot/storage"
)

// What is said about a list of meetings.
var (
	importPath      = []string{"meeting", "import"}
	importFile      = chat.Attachment("file")
	importPaste     = chat.Paragraph("paste").Between(1, 4000)
	importList      = chat.String("list").Between(1, 60)
	importZone      = chat.Zone("zone")
	importProgramme = chat.String("programme").Between(1, 80).CompletedBy(completeProgramme)

	importBeginPath = []string{"meeting", "import_begin"}
	importFarPath   = []string{"meeting", "import_progress"}
	importUndoPath  = []string{"meeting", "import_undo"}
	importBackPath  = []string{"meeting", "import_undone"}
	importJob       = chat.String("job").Require()
	importGone      = chat.Boolean("gone")
)

// maxUpload is how large a list may be that is sent in chat, in bytes. What is larger is
// for the command line.
const maxUpload = 10 << 20

// meetingImport shows what a list would do, and keeps it for a day.
func (d Deps) meetingImport() chat.Command {
	return chat.Command{
		Name: "import", Needs: organisers, Private: true,
		Options: []chat.Param{importFile, importPaste, importList, importZone, importProgramme},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			data, err := uploaded(c)
			if err != nil {
				return chat.Reply{}, err
			}
			p, err := d.compare(ctx, c, data)
			if err != nil {
				return chat.Reply{}, err
			}
			if len(p.New)+len(p.Changed)+len(p.Gone) == 0 {
				return d.importCard(c, p, ""), nil
			}
			job, err := d.Meetings.Stage(ctx, d.Store, p, c.ID, c.Time)
			return d.importCard(c, p, job), err
		},
	}
}

// uploaded is the list that came with the call.
func uploaded(c *chat.Call) ([]byte, error) {
	if importPaste.Given(c) {
		return []byte(importPaste.In(c)), nil
	}
	file := importFile.In(c)
	if file == nil {
		ask := func(label chat.Rich, open chat.Param) []chat.Offer {
			return []chat.Offer{{Label: label, Path: importPath, Bound: c.Args, Open: []chat.Arg{{Name: open.Spec().Name}}}}
		}
		return nil, &chat.Refusal{Why: chat.Missing, Say: chat.Say("meeting.import.how"),
			Offers: [][]chat.Offer{ask(chat.Say("meeting.import.send"), importFile), ask(chat.Say("meeting.import.paste"), importPaste)}}
	}
	tooLarge := chat.Refuse(chat.Invalid, "interop.too_large", chat.Count("most", maxUpload>>20))
	if file.Size > maxUpload {
		return nil, tooLarge
	}
	r, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxUpload+1))
	if err != nil {
		return nil, &chat.Refusal{Why: chat.Invalid, Say: chat.Say("meeting.import.cut_off"), Err: err}
	}
	if len(data) > maxUpload {
		return nil, tooLarge
	}
	return data, nil
}

// compare reads the list, in the community's zone where it names none.
func (d Deps) compare(ctx context.Context, c *chat.Call, data []byte) (p meeting.Preview, err error) {
	var home space.Home
	err = d.Store.View(ctx, func(r storage.Reader) error {
		home, err = d.Spaces.Get(r, c.Home)
		return err
	})
	if err != nil {
		return p, err
	}
	o := tsml.Options{Zone: home.Zone, Today: c.Time}
	if importZone.Given(c) {
		o.Zone = importZone.In(c).Name
	}
	known, err := programmeIn(c, importProgramme)
	if err != nil {
		return p, err
	}
	o.Programme = known.ID
	rows, list, err := interop.Read(data, o)
	if err != nil {
		return p, err
	}
	if importList.Given(c) {
		list = importList.In(c)
	}
	err = d.Store.View(ctx, func(r storage.Reader) error {
		p, err = d.Meetings.Compare(r, c.Home, list, rows)
		return err
	})
	return p, err
}

// firstRefused is how many refused rows the card shows; a file has them all.
const firstRefused = 5

// importCard says what the list would do.
func (d Deps) importCard(c *chat.Call, p meeting.Preview, job string) chat.Reply {
	lines := importCounts(p)
	for _, row := range p.Refused[:min(len(p.Refused), firstRefused)] {
		lines = append(lines, refusedWords(row))
	}
	if more := len(p.Refused) - firstRefused; more > 0 {
		lines = append(lines, chat.Say("meeting.import.refused_more", chat.Count("rows", more)))
	}
	if len(p.Unknown) > 0 {
		codes, _ := chat.Cut(strings.Join(p.Unknown, ", "), 300)
		lines = append(lines, chat.Say("meeting.import.unknown", chat.Text("codes", codes)))
	}
	if long := interop.Long(p); len(long) > 0 {
		names, _ := chat.Cut(strings.Join(long, ", "), 300)
		lines = append(lines, chat.Say("interop.long", chat.Count("meetings", len(long)), chat.Text("names", names)))
	}
	body := []chat.Rich{chat.Say("meeting.import.preview"), chat.Lines(lines...)}
	if job == "" {
		body = append(body, chat.Say("meeting.import.nothing"))
	} else {
		body = append(body, chat.Say("meeting.import.undo_for"))
	}
	return chat.Reply{Body: chat.Paragraphs(body...), Offers: importOffers(p, job), Files: d.refusedFile(c, p)}
}

func importCounts(p meeting.Preview) (lines []chat.Rich) {
	for _, line := range []struct {
		n   int
		say chat.Rich
	}{
		{len(p.New), chat.Say("meeting.import.new", chat.Count("meetings", len(p.New)))},
		{len(p.Changed), chat.Say("meeting.import.changed", chat.Count("meetings", len(p.Changed)))},
		{len(p.Gone), chat.Say("meeting.import.gone", chat.Count("meetings", len(p.Gone)))},
		{p.Same, chat.Say("meeting.import.same", chat.Count("meetings", p.Same))},
		{len(p.Refused), chat.Say("meeting.import.refused", chat.Count("rows", len(p.Refused)))},
	} {
		if line.n > 0 {
			lines = append(lines, line.say)
		}
	}
	return lines
}

func refusedWords(row meeting.Row) chat.Rich {
	name, _ := chat.Cut(chat.Line(row.Name), 80)
	if name == "" {
		return chat.Say("meeting.import.nameless_row", chat.Text("row", strconv.Itoa(row.Number)), chat.With("why", row.Refused.Say))
	}
	return chat.Say("meeting.import.refused_row", chat.Text("row", strconv.Itoa(row.Number)), chat.Text("name", name), chat.With("why", row.Refused.Say))
}

// refusedFile has every row that was refused, with its reason.
func (d Deps) refusedFile(c *chat.Call, p meeting.Preview) []chat.File {
	if len(p.Refused) <= firstRefused {
		return nil
	}
	var b strings.Builder
	for _, row := range p.Refused {
		fmt.Fprintln(&b, d.Put(c.Lang, c.Zone, refusedWords(row)).String())
	}
	return []chat.File{textFile("refused.txt", "text/plain", b.String())}
}

func textFile(name, kind, text string) chat.File {
	return chat.File{Name: name, Type: kind, Size: int64(len(text)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// importOffers let the list be taken in, with or without cancelling what is gone.
func importOffers(p meeting.Preview, job string) (rows [][]chat.Offer) {
	begin := func(label chat.Rich, gone bool) {
		rows = append(rows, []chat.Offer{{Label: label, Path: importBeginPath, Bound: []chat.Arg{importJob.Is(job), importGone.Is(gone)}}})
	}
	if job == "" {
		return nil
	}
	if len(p.New)+len(p.Changed) > 0 {
		begin(chat.Say("meeting.import.begin"), false)
	}
	if len(p.Gone) > 0 {
		begin(chat.Say("meeting.import.begin_gone"), true)
	}
	return rows
}

// meetingImportBegin takes in what was shown.
func (d Deps) meetingImportBegin() chat.Command {
	return chat.Command{
		Name: "import_begin", Needs: organisers, Private: true, Unlisted: true, Audit: true, Undo: importUndoPath,
		Options: []chat.Param{importJob, importGone},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			job := importJob.In(c)
			err := d.Store.Update(ctx, func(tx storage.Tx) error {
				return d.Meetings.Begin(tx, c.Home, job, importGone.In(c), c.ID, c.Time)
			})
			return chat.Reply{Body: chat.Say("meeting.import.started"), Offers: howFar(importFarPath, job)}, err
		},
	}
}

func howFar(path []string, job string) [][]chat.Offer {
	return [][]chat.Offer{{{Label: chat.Say("meeting.import.how_far"), Path: path, Bound: []chat.Arg{importJob.Is(job)}}}}
}

// meetingImportProgress says how much of a list is taken in.
func (d Deps) meetingImportProgress() chat.Command {
	return chat.Command{
		Name: "import_progress", Needs: organisers, Private: true, Unlisted: true,
		Options: []chat.Param{importJob},
		Run: func(ctx context.Context, c *chat.Call) (chat.Reply, error) {
			done, total := 0, 0
			err := d.Store.View(ctx, func(r storage.Reader) (err error) {
				done, total, err = d.Meetings.Progress(r, c.Home, importJob.In(c))
				return err
			})
			if err != nil {
				return chat.Reply{}, err
			}
			if done == total {
				return chat.Reply{Body: chat.Say("meeting.import.done"), Replace: true}, nil
			}
			body := chat.Say("meeting.import.progress", percent(done, total))
			return chat.Reply{Body: body, Offers: howFar(importFarPath, importJob.In(c)), Replace: true}, nil
		},
	}
}

func percent(done, total int) chat.Fill { return chat.Text("percent", strconv.Itoa(100*done/total)) }
