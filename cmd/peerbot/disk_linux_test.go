package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// room lets the process write so many bytes of each file, as a disk with no more
// room would.
func (p *process) room(bytes uint64) {
	p.t.Helper()
	var l unix.Rlimit
	err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &l)
	if err == nil {
		l.Cur = min(bytes, l.Max)
		err = unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &l, nil)
	}
	if err != nil {
		p.t.Skipf("the system does not let a test limit the files of a process: %v", err)
	}
}

const sorry = "There is no room left to save anything, so nothing was changed."

// TestAFullDisk takes the room away from a bot that runs. It says so, shows what
// there is, has the crisis card for everyone, and changes nothing; with room it goes
// on as if nothing had been.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "home", "peerbot.db")
	p := started(t, path)
	p.says(`ana+host #general: /meeting add title:"Open circle" when:"2099-01-05 20:00" length:1h remind:"1 day, 0 minutes"`, "[Save]")
	p.says("ana+host: [Save]", "Open circle is saved")
	p.says("ben: /settings zone:Chatham", "Chatham time")
	p.says(`ben: /remind what:"first words" when:"2099-01-04 20:00"`, "[Save]")
	p.says("ben: [Save]", "Saved.")
	p.says(`ben: /remind what:"second words" when:"2099-01-04 20:00"`, "[Save]")
	looks := func(when string) {
		t.Helper()
		p.says("ben #general: /meetings", "Open circle: Monday 5 January 2099, 20:00")
		p.says("ben #general: /crisis", "Worldwide: help now", "[Ireland]")
		p.says("ben: /sos ireland", "Ireland: help now")
		p.says("ben #general: hello there")
		if t.Failed() {
			t.Fatal(when)
		}
	}
	looks("with room")
	p.room(1)
	for _, line := range []string{
		"ben: [Save]", "ben: /settings zone:Tokyo", `ben: /remind what:"third words, more than stand behind a button" when:"2099-01-04 20:00"`,
		`ana+host #general: /meeting add title:"Never saved" when:"2099-01-06 20:00" length:1h`,
		"cleo: /settings plain:yes",
	} {
		p.says(line, sorry)
	}
	p.says("ben: /privacy erase", "Erase everything that is kept about you?")
	p.says("ben: [Erase everything]", sorry)
	looks("without room")
	p.room(unix.RLIM_INFINITY)
	looks("with room again")
	p.says("ben: [Save]", "Saved.")
	p.says("ben: /settings", "Chatham time")
	p.says("ben: /remind", "first words", "second words")
	if got, _ := p.say("ben: /privacy"); strings.Contains(got, "third words") || strings.Contains(got, "erased") {
		t.Errorf("something was half done:\n%s", got)
	}
	p.says("cleo: /privacy", "Nothing is kept about you.")
	if strings.Count(p.log.String(), "disk is full") < 6 {
		t.Errorf("the log does not tell whoever runs the bot:\n%s", p.log)
	}
	if code := p.ended(syscall.SIGTERM); code != exitOK {
		t.Errorf("it ended with %d:\n%s", code, p.log)
	}
	p = started(t, path)
	p.says("ben: /remind", "first words", "second words")
	if got, _ := p.say("ben #general: /meetings"); !strings.Contains(got, "Open circle") || strings.Contains(got, "Never saved") {
		t.Errorf("after a restart:\n%s", got)
	}
}

// TestAReadOnlyStore starts on a file that this user may not write: it is left as it
// is, and a sentence says what to look at.
func TestAReadOnlyStore(t *testing.T) {
	cfg := testConfig(t)
	s, err := openFile(t.Context(), cfg.Store, newLog(t.Output(), cfg))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), os.Chmod(cfg.Store.Path, 0o400)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, filepath.Dir(cfg.Store.Path))
	asNobody(t, filepath.Dir(cfg.Store.Path), cfg.Store.Path, keyPath(cfg.Store))
	for _, command := range []string{"run", "console"} {
		var said bytes.Buffer
		on := terminal{In: strings.NewReader(""), Out: &said, Err: &said, Environ: []string{"PEERBOT_STORE_PATH=" + cfg.Store.Path}}
		if code := execute(t.Context(), on, []string{command}); code != exitDisk || !strings.Contains(said.String(), "The store cannot be written. Check who owns the file") {
			t.Errorf("%s ended with %d and said:\n%s", command, code, &said)
		}
	}
	for path, content := range contents(t, filepath.Dir(cfg.Store.Path)) {
		if !bytes.Equal(before[path], content) {
			t.Errorf("%s has changed", path)
		}
	}
}

// asNobody gives the folder and what is in it to a user without rights, and lets
// this thread act as them, where the test runs as one who may do everything.
func asNobody(t *testing.T, folder string, files ...string) {
	t.Helper()
	const nobody = 65534
	if os.Getuid() != 0 {
		return
	}
	for d := folder; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Fatal(err)
		}
	}
	for _, path := range append(files, folder) {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if err := errors.Join(os.Chmod(folder, 0o700), unix.Setfsuid(nobody)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
}
