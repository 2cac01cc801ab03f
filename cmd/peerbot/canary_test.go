package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peerbot/config"
)

// The people of the evening, and their room.
const (
	host  = "hannah-wren-4711"
	owner = "ben-finch-5822"
	other = "cleo-dove-6933"
	lobby = "room-heron-7044"
)

// canary is a text that was planted, and the blocks of output in which it may stand.
type canary struct {
	text string
	in   []string
}

// Who may see what: blocks of the room, of one person, and of everyone.
var (
	nobody   []string
	hosts    = []string{"private " + host}
	owners   = []string{"private " + owner}
	others   = []string{"private " + other}
	members  = slices.Concat(hosts, owners, others)
	everyone = append(slices.Clone(members), "#"+lobby)
)

var canaries = []canary{
	{host, nobody}, {owner, nobody}, {other, nobody}, {lobby, hosts},
	{"call-snipe-1599", nobody},
	{"Circle of the Kestrel", everyone}, {"Circle of the Falcon", everyone},
	{"plover 9266", members},
	{"egret stairs 1377", members}, {"ibis-2488", members}, {"rook-3599", members},
	{"461 7700 2931", members}, {"555 010 4611", members}, {"9 Stork Lane", members},
	{"harrier never saved", hosts}, {"curlew half 7044", hosts},
	{"lapwing clinic 5822", owners}, {"linnet every day", owners}, {"Chatham", owners},
	{"osprey half 6933", others}, {"teal open note", others},
	{"grouse hello 8155", nobody}, {"partridge", nobody}, {"puffin to the room", nobody}, {"quail 2488", nobody},
}

// ofOwner are the canaries that are gone when their owner has been erased.
var ofOwner = []string{owner, "lapwing clinic 5822", "linnet every day", "Chatham"}

// evening is what several people do in a day, in every corner of the program.
var evening = strings.NewReplacer("HOST", host, "OWNER", owner, "OTHER", other, "ROOM", lobby).Replace(strings.TrimSpace(`
HOST+host #ROOM: /meeting add title:"Circle of the Kestrel" short_name:"plover 9266" when:"every day 20:00-21:00" remind:"1 hour, 0 minutes" link:"https://meet.example.org/rook-3599" number:"461 7700 2931" passcode:"ibis-2488" phone:"+1 555 010 4611" address:"9 Stork Lane" notes:"egret stairs 1377"
HOST+host #ROOM !call-snipe-1599: [Save]
HOST+host #ROOM: /meeting add title:"harrier never saved" when:"every day 10:00-11:00"
HOST+host #ROOM: /meeting add title:"curlew half 7044"
OWNER: /settings zone:Chatham quiet:14:07-15:13
OWNER #ROOM: /meetings
OWNER: /meetings
OWNER: [Remind me: Circle of the Kestrel]
OWNER: [Send it without a sound]
OWNER: /remind what:"lapwing clinic 5822" when:"in 2 hours"
OWNER !call-snipe-1599-b: [Save]
OWNER: /remind what:"linnet every day" when:"tomorrow 09:00" repeat:daily
OWNER: [Save]
OTHER@es: /settings lockscreen:open
OTHER@es: /remind what:"teal open note" when:"in 3 hours"
OTHER@es: [Guardar]
OTHER@es: /remind what:"osprey half 6933"
OTHER@es #ROOM: /remind what:"osprey half 6933"
OTHER@es #ROOM: /meetings
OTHER@es #ROOM: [Avísame: Circle of the Kestrel]
OTHER@es: /meetings
OTHER@es: grouse hello 8155
OTHER #ROOM: /partridge 9266
OTHER: /meetngs partridge
OTHER #ROOM: puffin to the room
OTHER #ROOM: /crisis quail 2488
OTHER: /sos quail 2488
OTHER: /privacy
OTHER: /privacy download
OWNER: /privacy
OWNER #ROOM: /privacy show
OWNER: /remind
HOST+host #ROOM: /meeting edit meeting:"Circle of the Kestrel" which:series title:"Circle of the Falcon"
HOST+host #ROOM: [Save]
HOST+host #ROOM: /meeting move meeting:"Circle of the Falcon" which:this when:"20:30"
HOST+host #ROOM: [Save]
HOST+host #ROOM: [Undo]
HOST+host #ROOM: /meeting cancel meeting:"Circle of the Falcon" which:this
HOST+host #ROOM: [Yes, cancel it]
`))

// playEvening says every line of the evening, none of which is wrong.
func (s *stage) playEvening() {
	s.t.Helper()
	time.Sleep(time.Second)
	for line := range strings.Lines(evening) {
		s.say(strings.TrimSpace(line))
	}
	s.sees("reference", 0)
	s.sees("console\n", 0)
}

// TestCanaries plays the evening, waits two days, and looks for what was planted
// where it has no business: in the files, in the log at its most talkative, in what
// the command line lists, and in what others see.
func TestCanaries(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t)
	cfg.Upkeep.BackupFolder = filepath.Join(filepath.Dir(cfg.Store.Path), "copies")
	synctest.Test(t, func(t *testing.T) {
		s := perform(t, inFile, cfg)
		defer s.stop()
		s.playEvening()
		time.Sleep(48 * time.Hour)
		s.say(owner + ": [Open]")
		s.sees("  You have a note at", 4) // The meeting's and the notes' of the owner.
		s.stop()
		if copies := contents(t, cfg.Upkeep.BackupFolder); len(copies) != 2 {
			t.Errorf("%d copies were made in two nights", len(copies))
		}
		kept, seen := contents(t, filepath.Dir(cfg.Store.Path)), blocks(s.out.String())
		kept["the log"], kept["agenda list"], kept["outbox list"] = []byte(s.log.String()), listed(t, cfg, "agenda"), listed(t, cfg, "outbox")
		for _, c := range canaries {
			c.missing(t, kept)
			c.private(t, seen)
		}
	})
}

// TestTheSearchForCanariesCanFail plants one where each way of looking must find it.
func TestTheSearchForCanariesCanFail(t *testing.T) {
	c := canary{"grouse hello 8155", owners}
	for _, content := range []string{
		"..Grouse HELLO 8155..", hex.EncodeToString([]byte(c.text)),
		base64.StdEncoding.EncodeToString([]byte("." + c.text + "..")), base64.RawURLEncoding.EncodeToString([]byte("..." + c.text)),
	} {
		if !c.found([]byte(content)) {
			t.Errorf("not found in %q", content)
		}
	}
	for text, want := range map[string]int{"private " + owner + "\n  grouse hello 8155\n\n": 0, "#room (edited)\n  Hi.\n\n  A grouse hello 8155\n": 1} {
		if got := len(c.leaks(blocks(text))); got != want {
			t.Errorf("%q: %d leaks, want %d", text, got, want)
		}
	}
}

// missing fails where the canary is in a content, in the clear or as other letters.
func (c canary) missing(t *testing.T, contents map[string][]byte) {
	t.Helper()
	for name, content := range contents {
		if c.found(content) {
			t.Errorf("%q is in %s", c.text, name)
		}
	}
}

// found looks for the text in any case, in hexadecimal digits, and in base64 from
// each of the three places where it can begin.
func (c canary) found(content []byte) bool {
	if bytes.Contains(bytes.ToLower(content), bytes.ToLower([]byte(c.text))) || bytes.Contains(content, []byte(hex.EncodeToString([]byte(c.text)))) {
		return true
	}
	for i := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(".", i) + c.text))
		if bytes.Contains(content, []byte(text[(8*i+5)/6:len(text)-1])) { // Without what the neighbours have a part in.
			return true
		}
	}
	return false
}

// private fails where the canary stands in a block of somebody else.
func (c canary) private(t *testing.T, all []block) {
	t.Helper()
	for _, b := range c.leaks(all) {
		t.Errorf("%q is told in %s:\n%s", c.text, b.head, b.text)
	}
}

func (c canary) leaks(all []block) (out []block) {
	for _, b := range all {
		told := strings.Contains(strings.ToLower(b.text), strings.ToLower(c.text))
		if told && b.head != "console" && !slices.Contains(c.in, b.head) { // The console answers whoever typed the line.
			out = append(out, b)
		}
	}
	return out
}

// block is one message on the terminal: where it stands, and what it says.
type block struct{ head, text string }

func blocks(out string) (all []block) {
	for line := range strings.Lines(out) {
		if line != "\n" && line[0] != ' ' {
			head, _, _ := strings.Cut(strings.TrimSpace(line), " (")
			all = append(all, block{head: head})
			continue
		}
		all[len(all)-1].text += line
	}
	return all
}

// contents are the files below the folder, without the zeros at their ends.
func contents(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = bytes.TrimRight(content, "\x00")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// listed is what a subcommand lists of the store.
func listed(t *testing.T, cfg config.Config, command string) []byte {
	t.Helper()
	var out, log bytes.Buffer
	environ := []string{"PEERBOT_STORE_PATH=" + cfg.Store.Path, "PEERBOT_LOG_LEVEL=debug"}
	if code := execute(t.Context(), terminal{Out: &out, Err: &log, Environ: environ}, []string{command, "list"}); code != exitOK {
		t.Errorf("%s list ended with %d: %s", command, code, &log)
	}
	return slices.Concat(out.Bytes(), log.Bytes())
}
