package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"peerbot/config"
)

// process is the real program, with the test at its terminal.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	log *screen
}

// started runs `peerbot run` over the store at the path.
func started(t *testing.T, path string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.CommandContext(t.Context(), "peerbot", "run"), log: &screen{}}
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, config.Prefix) })
	p.cmd.Env = append(p.cmd.Env, "PEERBOT_STORE_PATH="+path, "PEERBOT_COMMUNITY_ZONE=UTC", "PEERBOT_CONSOLE_FILES="+t.TempDir())
	p.cmd.Stderr = p.log
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out = in, bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// nonsense is a line that says nothing, which the console complains about: when it
// does, all before it is answered.
const nonsense = "-"

// say types a line and returns what was read of the answer; whole is false when the
// program ended before it had written all of it.
func (p *process) say(line string) (answer string, whole bool) {
	if _, err := io.WriteString(p.in, line+"\n"+nonsense+"\n"); err != nil {
		return "", false
	}
	for p.out.Scan() {
		text := p.out.Text()
		if strings.HasPrefix(text, "  Line ") && strings.Contains(text, "Who says this?") {
			return strings.TrimSuffix(answer, "console\n"), true
		}
		if answer != "" || text != "" { // The empty line belongs to the last complaint.
			answer += text + "\n"
		}
	}
	return answer, false
}

// says fails unless each of the parts is in the answer to the line.
func (p *process) says(line string, parts ...string) {
	p.t.Helper()
	answer, whole := p.say(line)
	for _, part := range parts {
		if !whole || !strings.Contains(answer, part) {
			p.t.Errorf("%s: the answer lacks %q (the program ended: %v):\n%s\n%s", line, part, !whole, answer, p.log)
		}
	}
}

// ended waits for the process to end, which it does within seconds of the signal,
// and returns its exit code.
func (p *process) ended(s os.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	late := time.AfterFunc(enough, func() { // It takes far less, but the machine may be slow.
		p.t.Errorf("the program does not end at a signal:\n%s", p.log)
		_ = p.cmd.Process.Kill()
	})
	defer late.Stop()
	for p.out.Scan() { // What it still writes is nobody's here.
	}
	_ = p.cmd.Wait() // The code says it.
	return p.cmd.ProcessState.ExitCode()
}

// TestService runs the program as a service does: nothing to read, a SIGTERM at the
// end. It ends in order, leaves the store whole, and can be started again.
func TestService(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "home", "peerbot.db")
	for range 2 {
		p := started(t, path)
		p.says("ana+host #general: /meetings", "No meetings are planned yet.")
		if err := p.in.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(100 * time.Millisecond) // Long enough to end at once, if that were how it takes it.
		if code := p.ended(syscall.SIGTERM); code != exitOK {
			t.Errorf("it ended with %d:\n%s", code, p.log)
		}
		if !strings.Contains(p.log.String(), "msg=stopped") || strings.Contains(p.log.String(), "level=ERROR") {
			t.Errorf("it did not end in order:\n%s", p.log)
		}
	}
}
