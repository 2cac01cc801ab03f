package telegram

import (
	"strings"
	"sync"

	"peerbot/chat"
)

// maxAlbums bounds the albums that are remembered.
const maxAlbums = 1_000

// albums remembers of the latest albums which file counts: Telegram brings each file of
// an album as a message of its own.
type albums struct {
	mu   sync.Mutex
	seen map[albumKey]*album
}

type albumKey struct {
	chat  int64
	album string
}

// album is known by the numbers of two updates, so that one that comes twice is judged
// the same.
type album struct {
	taken int64 // taken is the update with the file that counts.
	told  int64 // told is the update that is answered for all the others.
}

// sift leaves of every album the file with a command, or else the first, and one more
// that stands for all the rest.
func (a *albums) sift(jobs []*job) (left []*job) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, j := range jobs {
		if j.album != "" && strings.HasPrefix(j.Text, "/") {
			a.of(j).taken = j.Update
		}
	}
	for _, j := range jobs {
		if j.album == "" || a.counts(j) {
			left = append(left, j)
		}
	}
	return left
}

func (a *albums) counts(j *job) bool {
	switch of := a.of(j); {
	case of.taken == 0 || of.taken == j.Update:
		of.taken = j.Update
	case of.told == 0 || of.told == j.Update:
		of.told, j.More, j.Text, j.File = j.Update, true, "", nil
	default:
		return false
	}
	return true
}

func (a *albums) of(j *job) *album {
	key := albumKey{j.Chat, j.album}
	if known := a.seen[key]; known != nil {
		return known
	}
	if len(a.seen) >= maxAlbums {
		clear(a.seen)
	}
	fresh := &album{}
	a.seen[key] = fresh
	return fresh
}

// oneOnly tells somebody who sent several files at once that one was looked at.
func (s *shift) oneOnly(j *job) error {
	c := &chat.Call{From: j.person(), At: j.address()}
	return s.answer(j, c, chat.Reply{Body: s.words(j.Lang, chat.Say("telegram.file.one")), Private: true})
}
