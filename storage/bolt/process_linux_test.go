package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"peerbot/storage"
	"peerbot/storage/bolt"
)

// Tests that need a process of their own run this binary again; the environment
// says which part it plays and on which store.
const partOfChild, storeOfChild = "PEERBOT_TEST_CHILD", "PEERBOT_TEST_STORE"

func TestMain(m *testing.M) {
	path := os.Getenv(storeOfChild)
	switch os.Getenv(partOfChild) {
	case "writer":
		writer(path)
	case "full":
		diskFull(path)
	default:
		os.Exit(m.Run())
	}
}

func child(t *testing.T, part, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), partOfChild+"="+part, storeOfChild+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

const workers = 4

// writer writes until it is killed, and prints each write once it is acknowledged.
func writer(path string) {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for {
				n := appendOne(ctx, s, w)
				out.Lock()
				fmt.Println(w, n)
				out.Unlock()
				if w == 0 && n%20 == 19 {
					if err := s.Compact(ctx); err != nil {
						panic(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// appendOne gives the worker's next number a record of its own, and deletes an old one.
func appendOne(ctx context.Context, s storage.Store, w int) (n int) {
	b := storage.Bucket("worker" + strconv.Itoa(w))
	err := s.Update(ctx, func(tx storage.Tx) error {
		v, err := tx.Get(b, []byte("next"))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		n, _ = strconv.Atoi(string(v)) // Missing is 0.
		return errors.Join(
			tx.Put(b, []byte("next"), strconv.AppendInt(nil, int64(n+1), 10)),
			tx.Put(b, fmt.Appendf(nil, "n%09d", n), make([]byte, 200)),
			tx.Delete(b, fmt.Appendf(nil, "n%09d", n-100)))
	})
	if err != nil {
		panic(err)
	}
	return n
}

// TestProofOfKills kills a writer at random moments, also while it compacts: every
// acknowledged write is there, and none is there by half.
func TestProofOfKills(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("PEERBOT_PROOF"))
	if err != nil {
		kills = 8
	}
	path := filepath.Join(t.TempDir(), "store.db")
	total := 0
	for range kills {
		acknowledged := killed(t, path)
		s := open(t, path, bolt.Options{})
		for w, n := range acknowledged {
			if got := next(t, s, w); got < n {
				t.Errorf("worker %d has %d writes, %d were acknowledged", w, got, n)
			}
			total += n
		}
		closed(t, s)
	}
	if total == 0 {
		t.Error("nothing was ever acknowledged")
	}
}

// killed starts a writer, kills it, and returns how many writes of each worker it
// had acknowledged, those of its predecessors too.
func killed(t *testing.T, path string) map[int]int {
	t.Helper()
	cmd := child(t, "writer", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := make(map[int]int)
	lines := bufio.NewScanner(out)
	for first := true; lines.Scan(); first = false {
		if first {
			time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
		var w, n int
		if _, err := fmt.Sscan(lines.Text(), &w, &n); err == nil {
			acknowledged[w] = n + 1
		}
	}
	_ = cmd.Wait() // It was killed.
	return acknowledged
}

// next is how many writes of the worker the store holds; the last hundred must be whole.
func next(t *testing.T, s storage.Store, w int) int {
	t.Helper()
	b := storage.Bucket("worker" + strconv.Itoa(w))
	n, err := strconv.Atoi(get(t, s, b, "next"))
	if err != nil {
		t.Fatal(err)
	}
	want := "next"
	for i := n - 1; i >= max(0, n-100); i-- {
		want = fmt.Sprintf("n%09d ", i) + want
	}
	var got []string
	err = s.View(t.Context(), func(r storage.Reader) error {
		for e, err := range r.Scan(b, nil, nil) {
			if err != nil {
				return err
			}
			got = append(got, string(e.Key))
		}
		return nil
	})
	if strings.Join(got, " ") != want || err != nil {
		t.Errorf("worker %d holds %q, want %q (%v)", w, got, want, err)
	}
	return n
}

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := child(t, "full", path).Run(); err != nil {
		t.Errorf("the process with a full disk: %v", err)
	}
	s := open(t, path, bolt.Options{})
	if get(t, s, "a", "before") != "1" || get(t, s, "a", "after") != "1" {
		t.Error("what was acknowledged is not there")
	}
}

// diskFull fills a file that the system does not let grow: the store says so, goes
// on reading, and writes again once there is room.
func diskFull(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := bolt.Open(path, bolt.Options{})
	check("open", err, nil)
	write := func(key string, size int) error {
		return s.Update(ctx, func(tx storage.Tx) error {
			return errors.Join(tx.Put("a", []byte(key), []byte("1")), tx.Put("a", []byte("big"), make([]byte, size)))
		})
	}
	check("before", write("before", 1), nil)
	check("small limit", limit(1<<18), nil)
	check("full", write("full", 1<<19), storage.ErrFull)
	check("full again", write("full", 1<<19), storage.ErrFull)
	check("backup", s.Backup(ctx, path+".backup"), storage.ErrFull)
	check("compact", s.Compact(ctx), storage.ErrFull)
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
		check(fmt.Sprint("left over: ", left), fs.ErrExist, nil)
	}
	check("nothing of it", s.View(ctx, func(r storage.Reader) error {
		if _, err := r.Get("a", []byte("full")); !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("a part was written: %w", err)
		}
		_, err := r.Get("a", []byte("before"))
		return err
	}), nil)
	check("no limit", limit(1<<40), nil)
	check("after", write("after", 1<<19), nil)
	check("close", s.Close(), nil)
}

// limit lets files grow to so many bytes, as a disk with no more room would.
func limit(bytes uint64) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	l.Cur = min(bytes, l.Max)
	return unix.Setrlimit(unix.RLIMIT_FSIZE, &l)
}

func check(what string, err, want error) {
	if !errors.Is(err, want) {
		fmt.Fprintf(os.Stderr, "%s: %v, want %v\n", what, err, want)
		os.Exit(1)
	}
}

// TestReadOnly opens a file that this user may not write.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	closed(t, open(t, path, bolt.Options{}))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		asNobody(t, dir, path)
	}
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("open: %v, want %v", err, storage.ErrReadOnly)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(before) != string(after) {
		t.Errorf("the file has changed (%v)", err)
	}
}

// asNobody gives the folder to a user without rights and lets this thread act as them.
func asNobody(t *testing.T, dir, path string) {
	t.Helper()
	const nobody = 65534
	for d := dir; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chown(dir, nobody, nobody), os.Chmod(dir, 0o700), os.Chown(path, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	if err := unix.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
}
