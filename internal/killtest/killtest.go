// Package killtest kills a program at moments that nobody chose, starts it again over
// the same store, and counts at a receiver outside of it what came of its letters.
//
// It is for tests alone. It knows no bot: a program under test says line by line on its
// standard output what it has acknowledged, and what it sends ends in a Receiver of the
// process that does the killing, over a Line or through a fake of a platform.
package killtest

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Kills is how often to kill: PEERBOT_PROOF, else 200.
func Kills(t testing.TB) int {
	text := os.Getenv("PEERBOT_PROOF")
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PEERBOT_PROOF=%s is no number of kills", text)
	}
	return n
}

// Campaign is a number of kills over one store.
type Campaign struct {
	Kills   int
	Rand    *rand.Rand
	Within  time.Duration            // Within is how long a program lives at most, from its start; longer where that is too short to say anything.
	Program func(life int) *exec.Cmd // Program makes the program's life; the last is number Kills, and ends by itself.
	Heard   func(line string)        // Heard is told what the program said, line by line.
}

// Run kills the program so often, and then lets it live to its end.
func (c Campaign) Run(t testing.TB) {
	t.Helper()
	silent := 0 // silent counts the lives in a row in which nothing was said.
	for life := range c.Kills {
		said, err := c.live(c.Program(life), time.Duration(c.Rand.Int64N(int64(c.Within))))
		if err != nil {
			t.Fatalf("life %d: %v", life, err)
		}
		if silent++; said {
			silent = 0
		}
		if silent == 5 { // The machine is slow.
			c.Within, silent = 2*c.Within, 0
		}
	}
	if _, err := c.live(c.Program(c.Kills), 0); err != nil {
		t.Fatalf("the last life: %v", err)
	}
}

// live runs the program and kills it after that long; 0 is never. What it said before
// it was killed is heard to the last line; said reports whether it was anything.
func (c Campaign) live(program *exec.Cmd, after time.Duration) (said bool, err error) {
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := program.Start(); err != nil {
		return false, err
	}
	killed := make(chan bool, 1)
	var death *time.Timer
	if after > 0 {
		death = time.AfterFunc(after, func() { killed <- program.Process.Kill() == nil })
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = true
		c.Heard(lines.Text())
	}
	err = program.Wait()
	if death != nil && (death.Stop() || !<-killed) {
		return said, fmt.Errorf("the program ended before it was killed: %w", err)
	}
	if death != nil {
		return said, lines.Err()
	}
	return said, err
}
