package killtest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"peerbot/chat"
	"peerbot/internal/killtest"
	"peerbot/outbox"
	"peerbot/schedule"
	"peerbot/storage"
	"peerbot/storage/bolt"
)

// The victim is this test binary, started again with these in its environment.
const (
	storeEnv    = "KILLTEST_STORE"
	receiverEnv = "KILLTEST_RECEIVER"
	lifeEnv     = "KILLTEST_LIFE" // Number of the life; "last" brings all to its end.
	roomsEnv    = "KILLTEST_ROOMS"
	dedupsEnv   = "KILLTEST_DEDUPS"
)

func TestMain(m *testing.M) {
	if os.Getenv(storeEnv) == "" {
		os.Exit(m.Run())
	}
	if err := live(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func victim(path, receiver, life string, rooms int, dedups bool) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), storeEnv+"="+path, receiverEnv+"="+receiver, lifeEnv+"="+life,
		roomsEnv+"="+strconv.Itoa(rooms), dedupsEnv+"="+strconv.FormatBool(dedups))
	return c
}

// life is one life of the victim: facts are written with what is due because of them,
// the agenda makes letters of that, and the outbox sends them.
type life struct {
	name   string
	rooms  int
	store  *bolt.Store
	agenda *schedule.Agenda
	outbox *outbox.Outbox
	to     outbox.Sender
}

func open() (*life, error) {
	store, err := bolt.Open(os.Getenv(storeEnv), bolt.Options{})
	if err != nil {
		return nil, err
	}
	vault, err := storage.NewVault(make([]byte, storage.KeySize))
	if err != nil {
		return nil, err
	}
	rooms, err := strconv.Atoi(os.Getenv(roomsEnv))
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	l := &life{name: os.Getenv(lifeEnv), rooms: rooms, store: store,
		agenda: schedule.NewAgenda(store, vault, log), outbox: outbox.New(store, vault, log)}
	line := sender{killtest.Line{Address: os.Getenv(receiverEnv)}}
	if l.to = line; os.Getenv(dedupsEnv) == "true" {
		l.to = deduper{line}
	}
	return l, nil
}

// sender reads from a message which letters it is made of.
type sender struct{ line killtest.Line }

var token = regexp.MustCompile(`<[^>]+>`)

func (s sender) Send(ctx context.Context, _ chat.Address, id string, m chat.Message) (string, error) {
	return s.line.Send(ctx, id, token.FindAllString(m.Body.String(), -1)...)
}

type deduper struct{ sender }

func (deduper) Window(string) time.Duration { return time.Hour }

func live(ctx context.Context) error {
	l, err := open()
	if err != nil {
		return err
	}
	loops, ctx := errgroup.WithContext(ctx)
	ctx, end := context.WithCancel(ctx)
	defer end()
	loops.Go(func() error { return l.agenda.Run(ctx, map[string]schedule.Plan{"fact": l.plan}) })
	loops.Go(func() error { return l.outbox.Run(ctx, l.to, l.settled()) })
	if l.name == "last" {
		loops.Go(func() error { defer end(); return l.settle(ctx) })
	} else {
		for writer := range 3 {
			loops.Go(func() error { return l.write(ctx, writer) })
		}
	}
	return errors.Join(loops.Wait(), l.store.Close())
}

// write writes facts, and says of each that it is acknowledged.
func (l *life) write(ctx context.Context, writer int) error {
	for n := 0; ; n++ {
		fact := fmt.Sprintf("<%s.%d.%d>", l.name, writer, n)
		due := time.Now().Add(time.Duration(rand.IntN(20)) * time.Millisecond)
		err := l.store.Update(ctx, func(tx storage.Tx) error {
			if err := tx.Put("facts", []byte(fact), nil); err != nil {
				return err
			}
			return l.agenda.Put(tx, schedule.Item{Kind: "fact", ID: fact, At: due})
		})
		if err != nil {
			return err
		}
		fmt.Println("fact", fact)
		time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
	}
}

// plan posts the letter of a fact, every eighth one that is not to be repeated.
func (l *life) plan(tx storage.Tx, now time.Time, it schedule.Item) error {
	n := len(it.ID) + int(it.ID[len(it.ID)-2])
	class := []outbox.Class{outbox.Exact, outbox.Safety, outbox.Exact, outbox.Digest}[n/2%4]
	return l.outbox.Post(tx, outbox.Letter{
		ID: it.ID, Class: class, NotBefore: it.At, NotAfter: it.At.Add(24 * time.Hour),
		To:      chat.Address{Platform: "line", Space: "s", Room: strconv.Itoa(n % l.rooms)},
		Message: chat.Message{Body: chat.Words(it.ID)},
	})
}

// settled writes down that the domain was told, in the same transaction.
func (l *life) settled() map[outbox.Class]outbox.Settled {
	told := func(tx storage.Tx, _ time.Time, r outbox.Receipt) error { return tx.Put("told", []byte(r.ID), nil) }
	return map[outbox.Class]outbox.Settled{outbox.Safety: told, outbox.Exact: told, outbox.Digest: told}
}

// settle waits until everything is settled, five minutes at most, lets go what was parked,
// and says what became of every fact.
func (l *life) settle(ctx context.Context) error {
	for began := time.Now(); ; {
		waiting, err := l.retry(ctx)
		if err != nil {
			return err
		}
		if waiting == 0 || time.Since(began) > 5*time.Minute {
			return l.store.View(ctx, l.report)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (l *life) retry(ctx context.Context) (waiting int, err error) {
	var parked []string
	err = l.store.View(ctx, func(r storage.Reader) error {
		for _, err := range r.Scan("agenda", nil, nil) {
			if waiting++; err != nil {
				return err
			}
		}
		for line, err := range l.outbox.List(r, "") {
			if err != nil {
				return err
			}
			if line.State != outbox.Finished {
				waiting++
			}
			if line.State == outbox.OnHold {
				parked = append(parked, line.Key)
			}
		}
		return nil
	})
	for _, key := range parked {
		fmt.Println("parked", key)
		err = errors.Join(err, l.store.Update(ctx, func(tx storage.Tx) error {
			_, err := l.outbox.Retry(tx, key, time.Now())
			return err
		}))
	}
	return waiting, err
}

func (l *life) report(r storage.Reader) error {
	for e, err := range r.Scan("facts", nil, nil) {
		if err != nil {
			return err
		}
		fmt.Println("kept", string(e.Key))
	}
	for line, err := range l.outbox.List(r, "") {
		if err != nil {
			return err
		}
		_, err := r.Get("told", []byte(line.Receipt.ID))
		fmt.Println("receipt", line.Receipt.ID, cmp.Or(string(line.Receipt.Outcome), string(line.State)), line.Receipt.Class, line.Receipt.Repeated, err == nil)
	}
	return nil
}

// words splits a line of the victim.
func words(line string) (what, fact string, rest []string) {
	f := strings.Fields(line)
	return f[0], f[1], f[2:]
}
