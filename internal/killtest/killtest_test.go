package killtest_test

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"peerbot/internal/killtest"
	"peerbot/outbox"
)

// round is how many kills one store has to bear, so that it does not grow for ever.
const round = 200

// within is how long a life is at most. It has to read the store and take up what it
// left before it gets anywhere.
const within = 200 * time.Millisecond

func TestProofLettersSurviveKills(t *testing.T) {
	t.Run("a receiver that recognises ids has none twice", func(t *testing.T) {
		t.Parallel()
		campaign(t, 8, true)
	})
	t.Run("a receiver that does not has one message a kill twice at most", func(t *testing.T) {
		t.Parallel()
		campaign(t, 1, false)
	})
}

// campaign kills in rounds, half of all the kills, with letters for so many rooms. What
// was parked because the program died under it five times is let go by hand.
func campaign(t *testing.T, rooms int, dedups bool) {
	began, total := time.Now(), tally{}
	for left := (killtest.Kills(t) + 1) / 2; left > 0; left -= round {
		c := tally{kills: min(left, round), facts: map[string]bool{}, kept: map[string]bool{}, receipts: map[string][]string{}}
		seed := rand.Uint64()
		receiver := killtest.NewReceiver(dedups, func() time.Duration { return time.Duration(rand.IntN(2000)) * time.Microsecond })
		address, path := receiver.Listen(t), filepath.Join(t.TempDir(), "store")
		killtest.Campaign{
			Kills: c.kills, Rand: rand.New(rand.NewPCG(seed, 1)), Within: within, Heard: c.hear,
			Program: func(life int) *exec.Cmd {
				name := strconv.Itoa(life)
				if life == c.kills {
					name = "last"
				}
				return victim(path, address, name, rooms, dedups)
			},
		}.Run(t)
		c.check(t, receiver, dedups)
		total.add(c)
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
	t.Logf("%d kills in %v: %d facts, %d repeated, %d recognised, %d unknown, %d parked", total.kills,
		time.Since(began).Round(time.Second), total.n, total.repeated, total.recognised, total.unknown, total.parked)
}

// tally is what was heard in one round.
type tally struct {
	kills, n, repeated, recognised, unknown, parked int

	facts    map[string]bool     // Acknowledged before a kill.
	kept     map[string]bool     // In the store at the end.
	receipts map[string][]string // Outcome, class, repeated, told.
}

func (c *tally) hear(line string) {
	switch what, fact, rest := words(line); what {
	case "fact":
		c.facts[fact] = true
	case "kept":
		c.kept[fact] = true
	case "receipt":
		c.receipts[fact] = rest
	case "parked":
		c.parked++
	}
}

func (c *tally) check(t *testing.T, r *killtest.Receiver, dedups bool) {
	arrived := r.Letters()
	c.n, c.repeated, c.recognised = len(c.facts), r.Repeated(), r.Recognised()
	for fact := range c.facts {
		if !c.kept[fact] {
			t.Errorf("%s was acknowledged and is lost", fact)
		}
	}
	for fact := range c.kept {
		c.checkLetter(t, fact, arrived[fact], dedups)
	}
	if c.n == 0 || dedups && c.repeated > 0 || c.repeated > c.kills {
		t.Errorf("%d facts, %d kills and %d messages repeated", c.n, c.kills, c.repeated)
	}
}

func (c *tally) checkLetter(t *testing.T, fact string, arrived int, dedups bool) {
	receipt := c.receipts[fact]
	if len(receipt) != 4 {
		t.Errorf("the letter of %s is lost: it arrived %d times and has no receipt", fact, arrived)
		return
	}
	outcome, class, repeated, told := outbox.Outcome(receipt[0]), outbox.Class(receipt[1]), receipt[2] == "true", receipt[3] == "true"
	switch {
	case outcome == outbox.Unknown && class == outbox.Digest && !dedups && arrived < 2:
		c.unknown++
	case outcome != outbox.Sent || arrived == 0:
		t.Errorf("the letter of %s is %s and arrived %d times", fact, outcome, arrived)
	case arrived > 1 && (dedups || !repeated || class == outbox.Digest):
		t.Errorf("the letter of %s, %s, arrived %d times, counted as repeated: %v", fact, class, arrived, repeated)
	}
	if !told {
		t.Errorf("nobody was told of the letter of %s", fact)
	}
}

func (c *tally) add(d tally) {
	c.kills, c.n, c.parked = c.kills+d.kills, c.n+d.n, c.parked+d.parked
	c.repeated, c.recognised, c.unknown = c.repeated+d.repeated, c.recognised+d.recognised, c.unknown+d.unknown
}
